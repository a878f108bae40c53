"""Who draws: what all contestants have in common, and our own server over HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Protocol

import aiohttp

from benchmarks.checks import Checks
from benchmarks.server import Server
from benchmarks.tasks import Task
from service.cli.speed.asking import exact
from service.cli.speed.trees import ProcessTree
from service.cli.speed.turns import Draw, Turn, closed_loop, open_loop

SLOTS = 8
"""The most pictures that are asked for at a time."""


class Contestant(Protocol):
    """One way to draw pictures."""

    name: str

    def draws(self, task: Task, concurrency: int) -> bool:
        """Whether it takes part in this row."""
        ...

    async def turn(
        self, task: Task, numbers: Iterator[int], *, concurrency: int, seconds: float
    ) -> Turn:
        """Draw for so long, have every picture checked, and say what it took.

        Raises:
            WrongAnswer: one of them is not what was asked for.
        """
        ...

    async def picture(self, task: Task, number: int) -> bytes:
        """One picture, to look at."""
        ...

    def memory(self) -> int | None:
        """Bytes that its own processes hold now; None for what has none."""
        ...


class Meter:
    """Processor time and memory of a contestant: of a tree of processes, of this one, or both."""

    def __init__(self, tree: ProcessTree | None, *, own: bool) -> None:
        self._tree = tree
        self._own = own

    def processor(self) -> float | None:
        """Seconds used so far; None where nobody can tell."""
        below = self._tree.processor_seconds() if self._tree else 0.0
        own = time.process_time() if self._own else 0.0
        return None if below is None else below + own

    def memory(self) -> int | None:
        """Bytes held by the tree: this process holds what is of everybody."""
        return self._tree.memory() if self._tree else None

    def of(self, turn: Turn, before: float | None) -> Turn:
        """The turn with what was used since `before`."""
        after = self.processor()
        if before is not None and after is not None:
            turn.processor = after - before
        return turn


class Mergeshot:
    """The whole service, from the request's first byte to the picture's last."""

    name = "mergeshot"

    def __init__(self, session: aiohttp.ClientSession, server: Server) -> None:
        self._session = session
        self._server = server
        self._checks = Checks(self.name)
        self._meter = Meter(server.spawned.tree, own=False)

    def draws(self, _: Task, __: int) -> bool:
        """It draws everything."""
        return True

    async def turn(
        self, task: Task, numbers: Iterator[int], *, concurrency: int, seconds: float
    ) -> Turn:
        """Draw in a closed loop."""
        before = self._meter.processor()
        turn = await closed_loop(
            self._draw(task), numbers, concurrency=concurrency, seconds=seconds
        )
        return self._checked(task, self._meter.of(turn, before))

    async def arrivals(
        self, task: Task, numbers: Iterator[int], *, rate: float, seconds: float
    ) -> Turn:
        """Draw what arrives at a fixed rate."""
        before = self._meter.processor()
        turn = await open_loop(self._draw(task), numbers, rate=rate, seconds=seconds)
        return self._checked(task, self._meter.of(turn, before))

    async def picture(self, task: Task, number: int) -> bytes:
        """One picture, to look at."""
        return await self._draw(task)(0, number)

    def memory(self) -> int | None:
        """What the server holds, browser and all."""
        return self._meter.memory()

    def _draw(self, task: Task) -> Draw:
        async def draw(_: int, number: int) -> bytes:
            return await exact(self._session, self._server.path(task, number))

        return draw

    def _checked(self, task: Task, turn: Turn) -> Turn:
        self._checks.check(turn.bodies, task.format, self._server.size(task))
        turn.bodies = []
        return turn
