"""The whole web layer over a fake browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from service.app import create_app
from service.config import Settings
from tests.fakes import FakeParts, write_template
from tests.web.client import Client

ADMIN_KEY = "operators-only-0815"


@pytest.fixture
def parts(tmp_path: Path) -> FakeParts:
    write_template(tmp_path, "ticket")
    write_template(tmp_path, "sealed", access="signed")
    write_template(tmp_path, "internal", access="key")
    write_template(tmp_path, "clock", more='refresh = "1m"')
    write_template(
        tmp_path, "acme/ticket", more='scales = [1, 2]\nthemes = []\nlanguages = ["de"]'
    )
    return FakeParts(tmp_path)


@pytest.fixture
async def open_client(
    parts: FakeParts,
) -> AsyncIterator[Callable[..., Awaitable[Client]]]:
    """Opens a client of a server in production, or with `development=True` of the other kind."""
    async with AsyncExitStack() as stack:

        async def opened(*, development: bool = False) -> Client:
            settings = Settings.read({"MERGESHOT_ADMIN_KEY": ADMIN_KEY})
            app = create_app(parts.open, settings, development=development)
            return await stack.enter_async_context(TestClient(TestServer(app)))

        yield opened


@pytest.fixture
async def client(open_client: Callable[..., Awaitable[Client]]) -> Client:
    return await open_client()


@pytest.fixture
async def dev_client(open_client: Callable[..., Awaitable[Client]]) -> Client:
    return await open_client(development=True)
