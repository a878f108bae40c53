"""Wait for what nobody tells us of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

EVERY = 0.01


async def until(holds: Callable[[], object], *, what: str, within: float = 10) -> None:
    """Ask again and again, for so many seconds at the most."""
    for _ in range(round(within / EVERY)):
        if holds():
            return
        await asyncio.sleep(EVERY)
    raise AssertionError(f"never: {what}")
