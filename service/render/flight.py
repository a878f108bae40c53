"""Who draws and who waits: the same picture asked for twice at once is drawn once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from service.errors import ServiceError
from service.metrics import JOINED
from service.model import Image

log = structlog.get_logger(__name__)


class Flight(Protocol):
    """Joins requests for one key to one drawing. On one machine now; over several later."""

    async def join(self, key: bytes, work: Callable[[], Awaitable[Image]]) -> Image:
        """The picture of `key`: by `work`, or by the same work already under way."""
        ...

    async def close(self) -> None:
        """Wait for what is under way."""
        ...


class LocalFlight:
    """Joins the requests of this process.

    The drawing is a task of its own: a waiter that leaves, or runs out of time, takes nothing
    from the others, and what was begun goes on until it fills the cache.
    """

    def __init__(self) -> None:
        self._under_way: dict[bytes, asyncio.Task[Image]] = {}

    async def join(self, key: bytes, work: Callable[[], Awaitable[Image]]) -> Image:
        """The picture of `key`: by `work`, or by the same work already under way."""
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.ensure_future(work())
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._landed(key, done))
        else:
            JOINED.inc()
        await asyncio.wait({task})  # unlike `await task`: our own end does not end the drawing
        return task.result()

    async def close(self) -> None:
        """Wait for what is under way. Every drawing has its own deadline."""
        if self._under_way:
            await asyncio.wait(self._under_way.values())

    def _landed(self, key: bytes, task: asyncio.Task[Image]) -> None:
        del self._under_way[key]
        if task.cancelled():
            return
        error = task.exception()  # looked at even when every waiter has left
        if error is not None and not isinstance(error, ServiceError):
            log.error("drawing_broke", error=type(error).__name__)
