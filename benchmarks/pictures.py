"""How many pictures a second, no two alike: the whole service over HTTP beside its peers.

Everybody draws in short turns, in another order in each round, so that whatever else the machine
does hurts all of them alike, and nobody always follows the one that heats the machine.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from benchmarks.checks import differing
from benchmarks.contestants import Contestant, Mergeshot
from benchmarks.node_peers import node_peers
from benchmarks.python_peers import WarmPage, python_peers
from benchmarks.report import Findings, Ratio, Row, Spread
from benchmarks.server import Server, serving
from benchmarks.tasks import CARD, JPEG, PNG, SAMPLES, WEBP, Task
from service.cli.speed.turns import Summary, Turn, percentile

WARM_UP_S = 0.4
FIRST = 1000
"""The number of everybody's first picture: no text is shorter than another's."""

BESIDE_PEERS = tuple((Task(CARD, kind), many) for kind in (PNG, JPEG) for many in (1, 4))
"""Our rows that are measured in every round, as the peers' are: ratios are of these."""

EVERYTHING = tuple(
    (Task(template, kind, scale), many)
    for template in (CARD, *SAMPLES)
    for kind in (PNG, JPEG, WEBP)
    for scale in (None, 2 if template != "email-banner" else 1)
    for many in (1, 2, 4, 8)
)
"""All our rows. E-mail banners are drawn at 2 by themselves."""


@dataclass
class Entry:
    """One contestant at one thing, with a turn for each of the first `rounds` rounds."""

    contestant: Contestant
    task: Task
    concurrency: int
    rounds: int
    turns: list[Turn] = field(default_factory=list)
    peak: int | None = None

    def row(self) -> Row:
        """All rounds together."""
        summary = Summary.of(self.turns)
        return Row(self.contestant.name, str(self.task), str(self.concurrency), summary, self.peak)

    @property
    def rates(self) -> list[float]:
        """Pictures a second, round by round."""
        return [turn.rate for turn in self.turns]

    @property
    def p50s(self) -> list[float]:
        """Seconds of the picture in the middle, round by round."""
        return [percentile(turn.latencies, 50) for turn in self.turns]


@dataclass(frozen=True)
class Extent:
    """How much is measured: `rounds` beside the peers, `further` of all our other rows."""

    rounds: int
    seconds: float
    further: int
    wanted: str = ""


Step = Callable[[str], None]
"""Told what is measured next, for whoever watches."""


@asynccontextmanager
async def contestants(
    server: Server, browser: Path, wanted: str = ""
) -> AsyncIterator[list[Contestant]]:
    """Ours and the peers whose names hold `wanted`, all started."""
    async with AsyncExitStack() as stack:
        connections = aiohttp.TCPConnector(limit=0)
        session = await stack.enter_async_context(
            aiohttp.ClientSession(server.spawned.address, connector=connections)
        )
        ours: list[Contestant] = [Mergeshot(session, server)] if wanted in Mergeshot.name else []
        ours += await stack.enter_async_context(python_peers(browser, wanted))
        ours += await stack.enter_async_context(node_peers(browser, wanted))
        yield ours


def entries(everybody: Sequence[Contestant], extent: Extent) -> list[Entry]:
    """Who draws what: the rows with peers first, then all of ours."""
    found = [
        Entry(one, task, many, extent.rounds)
        for task, many in BESIDE_PEERS
        for one in everybody
        if one.draws(task, many)
    ]
    if extent.further:
        found += [
            Entry(one, task, many, extent.further)
            for one in everybody
            if isinstance(one, Mergeshot)
            for task, many in EVERYTHING
            if (task, many) not in BESIDE_PEERS
        ]
    return found


def measure(browser: Path, extent: Extent, step: Step) -> Findings:
    """Start everybody, measure in turns, and compare.

    Raises:
        WrongAnswer: somebody gave something else than the picture that was asked for.
        StartupError: our server does not start.
    """
    with serving((CARD, *SAMPLES)) as server:
        return asyncio.run(_measure(server, browser, extent, step))


async def _measure(server: Server, browser: Path, extent: Extent, step: Step) -> Findings:
    async with contestants(server, browser, extent.wanted) as everybody:
        rows = entries(everybody, extent)
        numbers = {one.name: itertools.count(FIRST) for one in everybody}
        for entry in rows:
            step(f"warming up {entry.contestant.name}")
            await entry.contestant.turn(
                entry.task,
                numbers[entry.contestant.name],
                concurrency=entry.concurrency,
                seconds=WARM_UP_S if entry.rounds == extent.rounds else 0,
            )
        remarks = [remark async for remark in _likeness(everybody)]
        order = random.Random(7)
        for done in range(extent.rounds):
            taking_part = [entry for entry in rows if done < entry.rounds]
            for entry in order.sample(taking_part, len(taking_part)):
                step(f"round {done + 1}: {entry.contestant.name}, {entry.task}")
                await _turn(entry, numbers[entry.contestant.name], extent.seconds)
    return Findings(
        "Pictures a second, each with other data",
        rows=[entry.row() for entry in rows],
        ratios=list(ratios(rows)),
        figures=dict(figures(rows)),
        remarks=remarks,
    )


async def _turn(entry: Entry, numbers: Iterator[int], seconds: float) -> None:
    turn = await entry.contestant.turn(
        entry.task, numbers, concurrency=entry.concurrency, seconds=seconds
    )
    entry.turns.append(turn)
    held = entry.contestant.memory()
    if held is not None:
        entry.peak = max(held, entry.peak or 0)


async def _likeness(everybody: Sequence[Contestant]) -> AsyncIterator[str]:
    """How far the peers' pictures are from ours: they are meant to be the same card."""
    task, number = Task(CARD, PNG), FIRST - 1
    ours = next((one for one in everybody if isinstance(one, Mergeshot)), None)
    if ours is None:
        return
    picture = await ours.picture(task, number)
    for peer in everybody:
        if peer is not ours:
            at_all, visibly = differing(picture, await peer.picture(task, number))
            yield f"{peer.name}: {at_all:,} pixels differ from ours, {visibly:,} by over 8 levels."


def ratios(rows: Sequence[Entry]) -> Iterator[Ratio]:
    """Ours to everybody's who drew the same, as many at a time, in the same rounds."""
    for ours, theirs in _pairs(rows):
        yield Ratio(
            f"{ours.task.format.value.upper()}, {ours.concurrency} at a time",
            theirs.contestant.name,
            Spread.between(ours.rates, theirs.rates),
            Spread.between(ours.p50s, theirs.p50s),
        )


def figures(rows: Sequence[Entry]) -> Iterator[tuple[str, Spread]]:
    """What the goals are about."""
    for ours, theirs in _pairs(rows):
        if ours.concurrency == 4:
            key = f"{ours.task.format.value} {theirs.contestant.name}"
            yield key, Spread.between(ours.rates, theirs.rates)
        elif ours.task.format is PNG and theirs.contestant.name == WarmPage.name:
            yield "p50 warm page", Spread.between(ours.p50s, theirs.p50s)


def _pairs(rows: Sequence[Entry]) -> Iterator[tuple[Entry, Entry]]:
    for ours in rows:
        if not isinstance(ours.contestant, Mergeshot):
            continue
        for theirs in rows:
            same = (theirs.task, theirs.concurrency) == (ours.task, ours.concurrency)
            if same and theirs.contestant is not ours.contestant:
                yield ours, theirs
