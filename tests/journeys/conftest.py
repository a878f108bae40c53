"""The real thing: the whole application over a real browser, and as a process of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from service.app import create_app, open_renderer
from service.config import Settings
from service.fetch.web import Web

Client: TypeAlias = TestClient[web.Request, web.Application]
Open: TypeAlias = Callable[..., Awaitable[Client]]


def settings(data: Path, **more: str) -> Settings:
    environ = {"MERGESHOT_DATA_DIR": str(data), "MERGESHOT_CACHE_DISK": "64MiB"}
    return Settings.read(environ | {f"MERGESHOT_{name.upper()}": v for name, v in more.items()})


@pytest.fixture(scope="session")
async def serve() -> AsyncIterator[Open]:
    """Opens servers in this process, closed when all tests are over."""
    async with AsyncExitStack() as stack:

        async def opened(
            data: Path, *, development: bool = True, web: Web | None = None, **more: str
        ) -> Client:
            chosen = settings(data, **more)
            parts = partial(open_renderer, chosen, development=development, web=web)
            app = create_app(parts, chosen, development=development)
            return await stack.enter_async_context(TestClient(TestServer(app)))

        yield opened


@pytest.fixture(scope="session")
async def client(serve: Open, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """One server in development mode, shared by the tests that leave it as it is."""
    return await serve(tmp_path_factory.mktemp("data"))
