"""What it feels like when pictures arrive as they please: an open loop at parts of the capacity.

Latencies count from the moment when a picture was due, so that a stall is felt by everybody whom
it would have kept waiting.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
from dataclasses import dataclass, field

import aiohttp

from benchmarks.contestants import Mergeshot
from benchmarks.pictures import FIRST, Step
from benchmarks.report import Findings, Row
from benchmarks.server import Server, serving
from benchmarks.tasks import CARD, JPEG, PNG, SAMPLES, Task
from service.cli.speed.turns import Summary, Turn

SHARES = (0.5, 0.7, 0.9)
"""Of what four at a time gave."""

AT_A_TIME = 4
TASKS = (Task(CARD, PNG), Task(CARD, JPEG), *(Task(sample, PNG) for sample in SAMPLES))


@dataclass
class _Entry:
    task: Task
    share: float
    rate: float
    turns: list[Turn] = field(default_factory=list)


def measure(rounds: int, seconds: float, step: Step, *, quick: bool) -> Findings:
    """Find the capacity, then let parts of it arrive.

    Raises:
        WrongAnswer: something else came than the picture that was asked for.
        StartupError: the server does not start.
    """
    with serving((CARD, *SAMPLES)) as server:
        return asyncio.run(_measure(server, rounds, seconds, step, TASKS[:1] if quick else TASKS))


async def _measure(
    server: Server, rounds: int, seconds: float, step: Step, tasks: tuple[Task, ...]
) -> Findings:
    connections = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(server.spawned.address, connector=connections) as session:
        ours, numbers = Mergeshot(session, server), itertools.count(FIRST)
        entries = []
        for task in tasks:
            step(f"capacity, {task}")
            closed = [
                await ours.turn(task, numbers, concurrency=AT_A_TIME, seconds=seconds / 2)
                for _ in range(3)
            ]
            # The first of the three warms up.
            capacity = statistics.mean(turn.rate for turn in closed[1:])
            entries += [_Entry(task, share, share * capacity) for share in SHARES]
        order = random.Random(7)
        for done in range(rounds):
            for entry in order.sample(entries, len(entries)):
                step(f"arrivals, round {done + 1}: {entry.task}, {entry.share:.0%}")
                entry.turns.append(
                    await ours.arrivals(entry.task, numbers, rate=entry.rate, seconds=seconds)
                )
    return Findings(
        "Pictures that arrive at a fixed rate, a part of what four at a time gave",
        rows=[
            Row(
                ours.name,
                str(entry.task),
                f"{entry.rate:.0f}/s, {entry.share:.0%}",
                Summary.of(entry.turns),
            )
            for entry in entries
        ],
    )
