"""Ask for pictures for a while, and keep what that took: one turn of one contestant."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

Draw = Callable[[int, int], Awaitable[bytes]]
"""Draws the picture of a number, the second argument, in a slot, the first."""


@dataclass
class Turn:
    """What came of one turn: times in seconds, sizes in bytes.

    `rate` is pictures a second. `processor` is what the contestant's processes used in all, None
    where nobody can tell.
    """

    rate: float
    latencies: list[float]
    sizes: list[int]
    processor: float | None = None
    bodies: list[bytes] = field(default_factory=list, repr=False)


async def closed_loop(
    draw: Draw, numbers: Iterator[int], *, concurrency: int, seconds: float
) -> Turn:
    """So many at a time, each slot one after the other, for so long; what was begun is finished.

    The rate is the sum of the slots' own, each up to its last picture: no slot is blamed for the
    time in which it had nothing more to do.
    """
    latencies: list[float] = []
    bodies: list[bytes] = []
    began = time.perf_counter()

    async def slot(place: int) -> float:
        drawn, now = 0, began
        while drawn == 0 or now - began < seconds:
            body = await draw(place, next(numbers))
            before, now = now, time.perf_counter()
            latencies.append(now - before)
            bodies.append(body)
            drawn += 1
        return drawn / (now - began)

    rates = await asyncio.gather(*(slot(place) for place in range(concurrency)))
    return Turn(sum(rates), latencies, [len(body) for body in bodies], bodies=bodies)


async def open_loop(draw: Draw, numbers: Iterator[int], *, rate: float, seconds: float) -> Turn:
    """`rate` pictures are asked for each second, whether or not those before have come.

    A latency counts from the moment when the picture was due to be asked for, so that a stall is
    felt by everybody whom it would have kept waiting.
    """
    latencies: list[float] = []
    bodies: list[bytes] = []
    began = time.perf_counter()

    async def one(due: float, number: int) -> None:
        body = await draw(0, number)
        latencies.append(time.perf_counter() - due)
        bodies.append(body)

    async with asyncio.TaskGroup() as tasks:
        for place in range(max(1, round(rate * seconds))):
            due = began + place / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.create_task(one(due, next(numbers)))
    took = time.perf_counter() - began
    return Turn(len(bodies) / took, latencies, [len(body) for body in bodies], bodies=bodies)


@dataclass(frozen=True)
class Summary:
    """All turns of one contestant at one thing: the rate is the median of the turns' rates."""

    pictures: int
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    bytes: int
    processor_ms: float | None

    @classmethod
    def of(cls, turns: Sequence[Turn]) -> Summary:
        """Put turns together. Processor time is milliseconds a picture."""
        latencies = [second for turn in turns for second in turn.latencies]
        used = [turn.processor for turn in turns]
        known = [one for one in used if one is not None]
        return cls(
            pictures=len(latencies),
            per_second=round(statistics.median(turn.rate for turn in turns), 1),
            p50_ms=_ms(percentile(latencies, 50)),
            p95_ms=_ms(percentile(latencies, 95)),
            p99_ms=_ms(percentile(latencies, 99)),
            bytes=round(statistics.median(size for turn in turns for size in turn.sizes)),
            processor_ms=_ms(sum(known) / len(latencies)) if len(known) == len(used) else None,
        )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` percent of all do not exceed."""
    ordered = sorted(values)
    rank = -(-len(ordered) * share // 100)
    return ordered[max(0, int(rank) - 1)]


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
