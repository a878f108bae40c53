"""Whether the server grows: memory of its whole tree after 20,000 pictures, by that after 1,000.

It takes minutes, so it runs only when it is asked for by name.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics

import aiohttp

from benchmarks.contestants import Mergeshot
from benchmarks.pictures import FIRST, Step
from benchmarks.report import Findings, Spread
from benchmarks.server import Server, serving
from benchmarks.tasks import CARD, PNG, Task

EARLY, LATE = 1_000, 20_000
HEADS = ("pictures", "memory, MB")

_TURN_S = 1.0
_LOOKS = 5
_BETWEEN_S = 0.5


def measure(step: Step) -> Findings:
    """Draw all of them, four at a time, and look twice.

    Raises:
        WrongAnswer: something else came than the picture that was asked for.
        StartupError: the server does not start.
    """
    with serving((CARD,)) as server:
        return asyncio.run(_measure(server, step))


async def _measure(server: Server, step: Step) -> Findings:
    held = []
    async with aiohttp.ClientSession(server.spawned.address) as session:
        ours, numbers, drawn = Mergeshot(session, server), itertools.count(FIRST), 0
        for count in (EARLY, LATE):
            while drawn < count:
                step(f"memory: {drawn:,} of {LATE:,} pictures")
                turn = await ours.turn(Task(CARD, PNG), numbers, concurrency=4, seconds=_TURN_S)
                drawn += len(turn.sizes)
            held.append(await _settled(ours))
    counts = (EARLY, LATE)
    return Findings(
        "Memory of the server and all its processes",
        heads=HEADS,
        lines=[(f"{n:,}", f"{one / 1e6:,.0f}") for n, one in zip(counts, held, strict=True)],
        figures={"memory": Spread.of([held[1] / held[0]])} if held[0] else {},
    )


async def _settled(ours: Mergeshot) -> float:
    """The middle of several looks: a browser collects its garbage when it likes."""
    looks = []
    for _ in range(_LOOKS):
        await asyncio.sleep(_BETWEEN_S)
        looks.append(ours.memory() or 0)
    return statistics.median(looks)
