"""Who sits where: pages that are idle, drawings that wait for one, and the engines they are of."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from service.browser import shell
from service.browser.engine import Engine
from service.browser.page import StandingPage
from service.errors import QueueFull, ServiceError
from service.metrics import PAGES, WAITING
from service.model import Document, Lane


@dataclass(eq=False, slots=True)
class Crew:
    """One engine and its pages. `limit` is when it is recycled, in pictures."""

    engine: Engine
    limit: int
    seats: set[Seat] = field(default_factory=set)
    drawn: int = 0
    busy: int = 0
    retired: bool = False
    drained: asyncio.Event = field(default_factory=asyncio.Event)

    def leave(self) -> None:
        """One seat went out to a drawing."""
        self.busy += 1
        self.drained.clear()

    def back(self) -> None:
        """One seat came back, or its page was thrown away."""
        self.busy -= 1
        if not self.busy:
            self.drained.set()


@dataclass(eq=False, slots=True)
class Seat:
    """One page, for one drawing at a time."""

    crew: Crew
    page: StandingPage
    lane: Lane = Lane.SWAP
    """Of the drawing that has the seat now."""


@dataclass(eq=False, slots=True)
class Waiter:
    """One drawing in the queue, and the seat that it will have."""

    lane: Lane
    seat: asyncio.Future[Seat]


class Seats:
    """Hands idle seats to drawings, first come, first served; at most `queue_max` wait.

    Drawings in the fresh lane cost many times what a swap costs, and what guests bring takes as
    long as it likes. So at most `fresh_max` of them have a seat at a time, and they may fill but
    half of the queue: the rest is for pictures that come quickly.
    """

    def __init__(self, queue_max: int, fresh_max: int) -> None:
        self._queue_max = queue_max
        self._fresh_max = fresh_max
        self._idle: list[Seat] = []
        self._waiting: list[Waiter] = []
        self._busy = 0
        self._fresh = 0

    @property
    def idle(self) -> int:
        """Seats on which nothing is drawn."""
        return len(self._idle)

    @property
    def waiting(self) -> int:
        """Drawings that wait for a seat."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether one more drawing would be refused."""
        return not self._idle and len(self._waiting) >= self._queue_max

    async def take(self, document: Document, avoid: Crew | None, deadline: float) -> Seat | None:
        """A seat, best one where this template stands already and not of `avoid`.

        None when none came free by the deadline, which is on the event loop's clock.

        Raises:
            QueueFull: as many drawings wait as may.
        """
        lane = document.lane
        seat = self._best_idle(document, avoid) if self._may_sit(lane) else None
        if seat is not None:
            self._idle.remove(seat)
            self._out(seat, lane)
            return seat
        if not self._may_wait(lane):
            raise QueueFull("Too many pictures are waiting to be drawn.")
        loop = asyncio.get_running_loop()
        waiter = Waiter(lane, loop.create_future())
        self._waiting.append(waiter)
        WAITING.set(len(self._waiting))
        try:
            await asyncio.wait({waiter.seat}, timeout=max(0.0, deadline - loop.time()))
        except asyncio.CancelledError:
            self._withdraw(waiter)
            raise
        if waiter.seat.done():
            return waiter.seat.result()
        self._withdraw(waiter)
        return None

    def back(self, seat: Seat) -> None:
        """Take a seat back from its drawing; `free` or `remove` says what becomes of it."""
        seat.crew.back()
        self._busy -= 1
        self._fresh -= seat.lane is Lane.FRESH
        PAGES.labels("busy").set(self._busy)
        self._serve()

    def free(self, seat: Seat) -> None:
        """Hand a seat to whoever has waited longest, or keep it idle."""
        self._idle.append(seat)
        self._serve()

    def remove(self, crew: Crew) -> None:
        """Give out no idle seat of this crew any more."""
        self._idle = [seat for seat in self._idle if seat.crew is not crew]
        PAGES.labels("idle").set(len(self._idle))

    def refuse(self, error: ServiceError) -> None:
        """Tell everybody who waits that there will be no seat."""
        for waiter in self._waiting:
            if not waiter.seat.done():
                waiter.seat.set_exception(error)
        self._waiting.clear()
        WAITING.set(0)

    def _may_sit(self, lane: Lane) -> bool:
        return lane is not Lane.FRESH or self._fresh < self._fresh_max

    def _may_wait(self, lane: Lane) -> bool:
        fresh = sum(waiter.lane is Lane.FRESH for waiter in self._waiting)
        return len(self._waiting) < self._queue_max and (
            lane is not Lane.FRESH or fresh < (self._queue_max + 1) // 2
        )

    def _serve(self) -> None:
        """Give idle seats to those who wait, in their order, as far as they may sit."""
        for waiter in list(self._waiting):
            if not self._idle:
                break
            if self._may_sit(waiter.lane) and not waiter.seat.done():
                seat = self._idle.pop()
                self._waiting.remove(waiter)
                self._out(seat, waiter.lane)
                waiter.seat.set_result(seat)
        WAITING.set(len(self._waiting))
        PAGES.labels("idle").set(len(self._idle))

    def _out(self, seat: Seat, lane: Lane) -> None:
        seat.crew.leave()
        seat.lane = lane
        self._busy += 1
        self._fresh += lane is Lane.FRESH
        PAGES.labels("busy").set(self._busy)
        PAGES.labels("idle").set(len(self._idle))

    def _best_idle(self, document: Document, avoid: Crew | None) -> Seat | None:
        path = shell.card_path(document)
        return max(
            reversed(self._idle),  # of equals the one used last: what it needs is still at hand
            key=lambda seat: (
                seat.crew is not avoid,
                path in seat.page.standing,
                seat.page.fits(document),
            ),
            default=None,
        )

    def _withdraw(self, waiter: Waiter) -> None:
        """Wait no longer; a seat that came at the last moment goes back."""
        if waiter in self._waiting:
            self._waiting.remove(waiter)
            WAITING.set(len(self._waiting))
        elif waiter.seat.done() and waiter.seat.exception() is None:
            self.back(waiter.seat.result())
            self.free(waiter.seat.result())
