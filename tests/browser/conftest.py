from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from service.browser.engine import HeadlessEngine
from service.browser.locate import locate


@pytest.fixture(scope="session")
async def engine() -> AsyncIterator[HeadlessEngine]:
    """A real browser, shared: a page of it is as fresh as a browser's."""
    started = await HeadlessEngine.start(locate(None), True)
    yield started
    await started.close()
