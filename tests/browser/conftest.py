from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.browser.engine import HeadlessEngine
from service.browser.locate import locate


@pytest.fixture(scope="session")
async def engine() -> AsyncIterator[HeadlessEngine]:
    """A real browser, shared: a page of it is as fresh as a browser's."""
    started = await HeadlessEngine.start(locate(None), True)
    yield started
    await started.close()


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Those that are made for screens while a test runs; other programs have theirs."""
    made: list[Path] = []
    mkdtemp = tempfile.mkdtemp

    def recorded(prefix: str, dir: str) -> str:
        made.append(Path(mkdtemp(prefix=prefix, dir=dir)))
        return str(made[-1])

    monkeypatch.setattr(tempfile, "mkdtemp", recorded)
    return made
