"""Contestants that draw nothing."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.contestants import Mergeshot
from benchmarks.tasks import Task
from service.cli.speed.turns import Turn


class FakeContestant:
    """Somebody with a name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def draws(self, _: Task, __: int) -> bool:
        return True

    async def turn(
        self, task: Task, numbers: Iterator[int], *, concurrency: int, seconds: float
    ) -> Turn:
        raise NotImplementedError

    async def picture(self, task: Task, number: int) -> bytes:
        raise NotImplementedError

    def memory(self) -> int | None:
        return None


class FakeMergeshot(FakeContestant, Mergeshot):
    """Us, without a server."""

    def __init__(self) -> None:
        super().__init__(Mergeshot.name)
