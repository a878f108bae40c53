"""Engines and their pages, handed to one drawing at a time.

A drawing takes a seat (a page of an engine), prefers one on which its document's like stands
already, and gives it back. Whatever goes wrong costs the page, never the answer: the drawing goes
once more, elsewhere. Engines that die are replaced; engines that have drawn enough are replaced
first and retired then, so that recycling costs no request anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import structlog
from playwright.async_api import Error as PlaywrightError

from service.browser.breakage import refusal_of
from service.browser.drawn import Drawn
from service.browser.engine import Engine
from service.browser.fresh import FreshPage
from service.browser.functions import PageCrashed, PageUnfit
from service.browser.page import StandingPage
from service.browser.seats import Crew, Seat, Seats
from service.errors import (
    BrowserDown,
    QueueFull,
    RenderTimeout,
    ServiceError,
    ShuttingDown,
    StartupError,
)
from service.imaging.encode import Wanted
from service.metrics import BROWSER_STARTS, DRAWINGS
from service.model import Document, Lane

log = structlog.get_logger(__name__)
T = TypeVar("T")

OPEN_TIMEOUT_S = 15.0
"""A window that is opened beside three others, by a machine that has other work."""

EXAMINE_TIMEOUT_S = 2.0
TIDY_EVERY = 200
"""Drawings after which a page is cleaned up, which takes it some 20 ms."""

SHARE = 0.6
"""How much of the time that is left waiting may take, and then a first try at drawing."""

START_ATTEMPTS = 5
"""Failed starts in a row after which the pool gives up, so that an orchestrator may step in."""

_QUICK = {"format": "png", "optimizeForSpeed": True}
_BROKEN = (PlaywrightError, PageUnfit, TimeoutError)


def _share(deadline: float) -> float:
    now = asyncio.get_running_loop().time()
    return now + (deadline - now) * SHARE


class Pool:
    """All the pages there are. `start` it, `draw` with it, `close` it."""

    def __init__(
        self,
        start_engine: Callable[[], Awaitable[Engine]],
        *,
        engines: int,
        pages: int,
        queue_max: int,
        recycle_after: int,
        scripts: bool = True,
    ) -> None:
        self._start_engine = start_engine
        self._engine_count = engines
        self._page_count = pages
        self._recycle_after = recycle_after
        self._scripts = scripts
        self._crews: list[Crew] = []
        self._seats = Seats(queue_max, fresh_max=max(1, engines * pages // 2))
        self._background: set[asyncio.Task[Any]] = set()
        self._starting = asyncio.Lock()
        self._failures = 0
        self._closing = False
        self.failed = asyncio.Event()
        """Set when browsers keep failing to start: the process had better end."""

    async def start(self) -> None:
        """Start every engine; the first alone, so that a browser that cannot start says so once.

        Raises:
            StartupError: when the first engine does not start.
        """
        for _ in range(self._engine_count):
            await self._add_engine("first")

    @property
    def ready(self) -> bool:
        """Whether a drawing that came now could begin or wait."""
        return (
            not self._closing
            and any(crew.engine.alive for crew in self._crews)
            and not self._seats.full
        )

    def figures(self) -> dict[str, int]:
        """What `/healthz` tells: engines, pages and drawings that wait."""
        return {
            "engines": sum(crew.engine.alive for crew in self._crews),
            "pages": sum(len(crew.seats) for crew in self._crews),
            "idle": self._seats.idle,
            "waiting": self._seats.waiting,
        }

    async def draw(self, document: Document, wanted: Wanted, *, deadline: float) -> Drawn:
        """Draw one document. `deadline` is on the event loop's clock.

        Raises:
            QueueFull: as many drawings wait as may, or no page came free in time.
            BrowserDown: no page came free because none is running.
            RenderTimeout: the deadline passed, or the document's scripts took too long.
            RenderFailed: the document cannot be drawn, or two pages failed at it.
            InvalidData: a guest's document cannot be drawn as it is.
            ShuttingDown: the pool is being closed.
        """
        avoid: Crew | None = None
        asked = asyncio.get_running_loop().time()
        for last in (False, True):
            # Waiting must leave time to draw: a drawing begun too late would cost its page too.
            seat = await self._take(document, avoid, deadline if last else _share(deadline))
            began = asyncio.get_running_loop().time()
            # And a first try that hangs must leave time for the second; but a guest's page that
            # hangs would hang again.
            bound = deadline if last or document.guest else _share(deadline)
            try:
                drawn = await self._attempt(seat, document, wanted, bound)
            except _BROKEN as error:
                avoid = seat.crew
                self._doubt(seat, document)
                refusal = refusal_of(error, document, last=last, began=began, deadline=deadline)
                if refusal is not None:
                    raise refusal from error
            except ServiceError:  # the document's own fault, not the page's
                self._give(seat)
                DRAWINGS.labels(document.lane.value, "failed").inc()
                raise
            except BaseException:
                self._doubt(seat, document)  # whatever it was, the page's state is unknown
                raise
            else:
                self._give(seat)
                DRAWINGS.labels(document.lane.value, "ok").inc()
                now = asyncio.get_running_loop().time()
                return replace(drawn, waited=began - asked, drawing=now - began)
        raise AssertionError("a second try returns or raises")

    async def close(self) -> None:
        """Refuse what waits, end every engine, leave no process behind."""
        self._closing = True
        self._seats.refuse(ShuttingDown("The server is stopping."))
        for task in list(self._background):
            task.cancel()
        if self._background:
            await asyncio.wait(self._background, timeout=2)
        await asyncio.gather(*(crew.engine.close() for crew in self._crews))
        for crew in list(self._crews):
            self._remove(crew)

    # One drawing

    async def _attempt(
        self, seat: Seat, document: Document, wanted: Wanted, bound: float
    ) -> Drawn:
        engine = seat.crew.engine
        if document.lane is Lane.SWAP:
            work = self._swap(engine, seat.page, document, wanted)
            return await self._bounded(work, bound, seat.page.gone)
        page = engine.fresh(document, scripts=self._scripts and document.scripts)
        try:
            return await self._bounded(page.draw(wanted), bound, page.gone)
        finally:
            self._spawn(self._close(engine, page))

    async def _swap(
        self, engine: Engine, page: StandingPage, document: Document, wanted: Wanted
    ) -> Drawn:
        captured, notes = await page.draw(
            document, lambda mark: engine.surface.capture(page, mark, wanted)
        )
        return Drawn(captured, notes)

    async def _close(self, engine: Engine, page: FreshPage) -> None:
        """Close a page that has drawn; what cannot be closed ends with its browser."""
        if not await page.close():
            log.warning("page_not_closed")
            engine.kill()

    async def _bounded(
        self,
        work: Coroutine[Any, Any, T],
        deadline: float,
        gone: asyncio.Future[None] | None = None,
    ) -> T:
        """Wait for `work` until the deadline or until its page is gone; then leave it.

        It is never cancelled: a cancelled Playwright call may wait for ever for its own answer;
        one that is left fails as soon as its page is closed.
        """
        task = self._spawn(work)
        remaining = max(0.0, deadline - asyncio.get_running_loop().time())
        ends: set[asyncio.Future[Any]] = {task} if gone is None else {task, gone}
        await asyncio.wait(ends, timeout=remaining, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        if gone is not None and gone.done():
            raise PageCrashed("the page crashed")
        raise TimeoutError

    # Seats

    async def _take(self, document: Document, avoid: Crew | None, deadline: float) -> Seat:
        if self._closing:
            raise ShuttingDown("The server is stopping.")
        seat = await self._seats.take(document, avoid, deadline)
        if seat is not None:
            return seat
        if avoid is not None:
            raise RenderTimeout("The picture was not ready in time.")
        if not any(crew.engine.alive for crew in self._crews):
            raise BrowserDown("No browser is running at the moment.")
        raise QueueFull("No page came free in time.")

    def _give(self, seat: Seat) -> None:
        """Take a seat back and hand it on, unless its engine is done for."""
        crew = seat.crew
        self._seats.back(seat)
        crew.drawn += 1
        if crew.drawn >= crew.limit and not crew.retired:
            crew.retired = True
            self._spawn(self._recycle(crew))
        if crew.engine.alive and crew in self._crews:
            if seat.page.worn:
                crew.seats.discard(seat)
                self._spawn(self._replace_page(seat))
            elif seat.page.drawn and seat.page.drawn % TIDY_EVERY == 0:
                self._spawn(self._tidy(seat))
            else:
                self._seats.free(seat)

    async def _tidy(self, seat: Seat) -> None:
        """Clean a page up between two drawings, then hand it on."""
        now = asyncio.get_running_loop().time()
        try:
            await self._bounded(seat.page.tidy(), now + OPEN_TIMEOUT_S, seat.page.gone)
        except _BROKEN:
            seat.crew.seats.discard(seat)
            await self._replace_page(seat)
        else:
            self._seats.free(seat)

    def _discard(self, seat: Seat) -> None:
        """Throw a page away and open another in its place."""
        self._seats.back(seat)
        seat.crew.seats.discard(seat)
        self._spawn(self._replace_page(seat))

    def _doubt(self, seat: Seat, document: Document) -> None:
        """What becomes of a seat whose drawing broke: a fresh page was not the seat's own."""
        if document.lane is Lane.SWAP:
            self._discard(seat)
            return
        self._seats.back(seat)
        self._spawn(self._examine(seat))

    async def _examine(self, seat: Seat) -> None:
        """Find out whether a browser still photographs, after a fresh page in it broke.

        One process composes the pictures of all its pages: what has it work for minutes, such as
        blurs upon blurs, is not over when its page is closed.
        """
        now = asyncio.get_running_loop().time()
        try:
            await self._bounded(
                seat.page.photograph(_QUICK), now + EXAMINE_TIMEOUT_S, seat.page.gone
            )
        except _BROKEN:
            log.warning("browser_stuck")
            seat.crew.engine.kill()
        else:
            if seat.crew.engine.alive and seat.crew in self._crews:
                self._seats.free(seat)

    async def _replace_page(self, seat: Seat) -> None:
        await seat.page.close()
        if seat.crew.engine.alive and seat.crew in self._crews:
            await self._add_page(seat.crew)

    async def _add_page(self, crew: Crew) -> None:
        try:
            page = await self._bounded(
                crew.engine.open_page(), asyncio.get_running_loop().time() + OPEN_TIMEOUT_S
            )
        except _BROKEN as error:
            # An engine that cannot open a page draws nothing: end it, its replacement will.
            log.warning("page_not_opened", error=type(error).__name__)
            crew.engine.kill()
            return
        seat = Seat(crew, page)
        crew.seats.add(seat)
        self._seats.free(seat)

    # Engines

    async def _add_engine(self, reason: str) -> None:
        engine = await self._start_engine()
        BROWSER_STARTS.labels(reason).inc()
        jitter = random.uniform(0.8, 1.2)  # or all engines would be recycled in the same second
        crew = Crew(engine, limit=round(self._recycle_after * jitter))
        self._crews.append(crew)
        self._spawn(self._watch(crew))
        # Who waits for the first need not wait for all; one more is opened as each is there.
        await self._add_page(crew)
        self._spawn(self._add_pages(crew, self._page_count - 1))

    async def _add_pages(self, crew: Crew, count: int) -> None:
        for _ in range(count):
            if crew.engine.alive and crew in self._crews:
                await self._add_page(crew)

    async def _watch(self, crew: Crew) -> None:
        """Wait for an engine's death, and unless it was ours to die, start another."""
        await crew.engine.died.wait()
        self._remove(crew)
        if self._closing or crew.retired:
            return
        log.warning("browser_died", drawn=crew.drawn)
        if crew.drawn:
            self._failures = 0
        crew.engine.kill()
        self._spawn(crew.engine.close())
        await self._restart("crash")

    async def _restart(self, reason: str) -> None:
        """Start an engine in place of one that died; one start at a time, patiently."""
        async with self._starting:
            while len(self._crews) < self._engine_count and not self._closing:
                self._failures += 1
                if self._failures > START_ATTEMPTS:
                    log.error("browser_keeps_failing", attempts=START_ATTEMPTS)
                    self.failed.set()
                    return
                if self._failures > 1:
                    await asyncio.sleep(min(2 ** (self._failures - 2) * 0.25, 5))
                with contextlib.suppress(StartupError, *_BROKEN):
                    await self._add_engine(reason)

    async def _recycle(self, crew: Crew) -> None:
        """Replacement first, then drain, then end."""
        try:
            async with self._starting:
                await self._add_engine("recycle")
        except (StartupError, *_BROKEN) as error:
            log.warning("recycling_failed", error=type(error).__name__)
            crew.retired, crew.limit = False, crew.drawn + self._recycle_after
            return
        self._remove(crew)
        if crew.busy:
            await crew.drained.wait()  # each drawing ends by its own deadline
        await crew.engine.close()

    def _remove(self, crew: Crew) -> None:
        if crew in self._crews:
            self._crews.remove(crew)
        self._seats.remove(crew)

    # Book-keeping

    def _spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run `work` beside us. Its failure is looked at by whoever waits, or logged."""
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.debug("background_task_failed", error=type(error).__name__)
