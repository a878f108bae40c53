from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.browser.judge import KINDS, Judge


@pytest.fixture(scope="session", params=list(KINDS))
async def judge(request: pytest.FixtureRequest) -> AsyncIterator[Judge]:
    """One for each kind of engine; all tests of a kind share its browser."""
    kind = KINDS[request.param]
    engine = await kind.start()
    yield Judge(engine, kind)
    await engine.close()
