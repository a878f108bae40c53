"""All that draws here: windows for most pictures, a headless browser for what they cannot do.

The second is started when it is first needed. Where there is no virtual screen there are headless
browsers alone.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog

from service.browser.drawn import Drawn
from service.browser.pool import Pool
from service.browser.window import suits
from service.errors import BrowserDown, RenderTimeout, ShuttingDown
from service.imaging.encode import Wanted
from service.model import Document, Lane

log = structlog.get_logger(__name__)


class Fleet:
    """Sends each document to the pool that it is for. `start` it, `draw` with it, `close` it."""

    def __init__(self, headless: Pool, windows: Pool | None = None) -> None:
        self._headless = headless
        self._windows = windows
        self._first = windows or headless
        self._starting: asyncio.Task[None] | None = None
        self._closing = False
        self._distrusted: set[str] = set()
        self.failed = headless.failed = self._first.failed
        """Set when browsers keep failing to start: the process had better end."""

    async def start(self) -> None:
        """Start the browsers that draw most.

        Raises:
            StartupError: when the first of them does not start.
        """
        await self._first.start()

    @property
    def ready(self) -> bool:
        """Whether a drawing that came now could begin or wait."""
        return self._first.ready

    def figures(self) -> dict[str, int]:
        """What `/healthz` tells: engines, pages and drawings that wait, of all pools together."""
        pools = [pool.figures() for pool in (self._windows, self._headless) if pool is not None]
        return {name: sum(figures[name] for figures in pools) for name in pools[0]}

    async def draw(self, document: Document, wanted: Wanted, *, deadline: float) -> Drawn:
        """Draw one document; see `Pool.draw`.

        Raises:
            BrowserDown: the browser that it needs did not start.
            ShuttingDown: the fleet is being closed.
        """
        if self._windows is not None:
            if document.version in self._distrusted:
                document = replace(document, lane=Lane.FRESH)
            if suits(document):
                return await self._windows.draw(document, wanted, deadline=deadline)
            await self._start_headless(deadline)
        return await self._headless.draw(document, wanted, deadline=deadline)

    @property
    def idle(self) -> bool:
        """Whether nobody waits for a window, and one is free."""
        figures = self._windows.figures() if self._windows else None
        return figures is not None and not figures["waiting"] and figures["idle"] > 0

    async def truth(self, document: Document, wanted: Wanted, *, deadline: float) -> Drawn:
        """The same document on a page of a window engine that has drawn nothing before.

        Raises:
            ServiceError: as `Pool.draw`.
        """
        if self._windows is None:
            raise ValueError("there are no windows to be compared with a fresh page")
        fresh = replace(document, lane=Lane.FRESH)
        return await self._windows.draw(fresh, wanted, deadline=deadline)

    def distrust(self, version: str) -> None:
        """Draw this version of a template on a fresh page each time, from now on."""
        self._distrusted.add(version)

    async def close(self) -> None:
        """Refuse what waits, end every engine, leave no process behind."""
        self._closing = True
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait({self._starting})
        pools = [pool for pool in (self._windows, self._headless) if pool is not None]
        await asyncio.gather(*(pool.close() for pool in pools))

    async def _start_headless(self, deadline: float) -> None:
        """Start the browser that draws what windows cannot, unless it runs."""
        if self._closing:
            raise ShuttingDown("The server is stopping.")
        if self._starting is None or (self._starting.done() and self._starting.exception()):
            self._starting = asyncio.create_task(self._headless.start())
        remaining = max(0.0, deadline - asyncio.get_running_loop().time())
        await asyncio.wait({self._starting}, timeout=remaining)
        if self._closing:
            raise ShuttingDown("The server is stopping.")
        if not self._starting.done():
            raise RenderTimeout("The picture was not ready in time.")
        error = self._starting.exception()
        if error is not None:
            log.error("headless_not_started", error=str(error))
            raise BrowserDown("The browser for this kind of picture did not start.") from error
