"""How much goes on at once: so many fetches in all, and so many of one host."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

AT_ONCE = 32
OF_ONE_HOST = 8


class Slots:
    """Places for fetches. A slow host fills its own places, never all of them."""

    def __init__(self, at_once: int = AT_ONCE, of_one_host: int = OF_ONE_HOST) -> None:
        self._all = asyncio.Semaphore(at_once)
        self._of_one_host = of_one_host
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def taken(self, host: str) -> AsyncIterator[None]:
        """Wait for a place among those of `host`, then for one among all, and hold both."""
        own = self._hosts.get(host)
        if own is None:
            own = self._hosts[host] = asyncio.Semaphore(self._of_one_host)
        async with own, self._all:
            yield
