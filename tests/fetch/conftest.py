"""What the tests of fetching share."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from service.fetch.copies import Copies
from service.fetch.fetcher import Fetcher
from tests.fetch.site import Site, open_site

SECRET = b"a secret for tests and nothing else"

Make = Callable[..., Fetcher]


@cache
def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "#c8141e") -> bytes:
    """A picture's file, of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


class Clock:
    """A time that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with open_site() as opened:
        opened.serves("/logo.png", picture())
        yield opened


@pytest.fixture
async def make(site: Site, clock: Clock, tmp_path: Path) -> AsyncIterator[Make]:
    """Makes fetchers over one folder of copies; a file may take a second, not three."""
    async with AsyncExitStack() as stack:

        def made(*, web: Any = None, **keys: Any) -> Fetcher:
            copies = Copies(tmp_path / "remote", SECRET, clock=clock)
            fetcher = Fetcher(web or site.web(), copies, **{"total": 1.0, **keys})
            stack.push_async_callback(fetcher.close)
            return fetcher

        yield made


@pytest.fixture
async def fetcher(make: Make) -> Fetcher:
    return make()
