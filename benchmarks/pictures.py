"""How many pictures a second, no two alike: the whole service over HTTP beside its peers.

    python -m benchmarks.pictures

Everybody draws the reference card with other data each time, one and four at a time, in short
turns and several rounds, so that whatever else the machine does hurts all of them alike.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from pathlib import Path

from benchmarks.checks import Checks, WrongAnswer, differing
from benchmarks.contestants import (
    SLOTS,
    Contestant,
    ContextPerPicture,
    Kind,
    Mergeshot,
    Takumi,
    WarmPage,
    all_contestants,
)
from benchmarks.report import Entry, Ratio, Row, Turn, keep, table, warn_if_busy
from benchmarks.server import serving
from service.browser.locate import build_of, locate

FORMATS: dict[str, tuple[Kind, ...]] = {
    Mergeshot.name: ("png", "jpeg"),
    WarmPage.name: ("png",),
    ContextPerPicture.name: ("png",),
    Takumi.name: ("png", "jpeg"),
}
GOALS = {"png": 3.0, "jpeg": 7.0}
"""Times the warm page's PNG, four at a time."""

WARM_UP_S = 0.4
HEADS = ("", "format", "at a time", "pictures", "per second", "p50 ms", "p95 ms", "bytes")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, keep; the exit code is 1 when an answer was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each turn")
    parser.add_argument(
        "--only", default="", help="leave out whose name does not hold this; ratios need them all"
    )
    options = parser.parse_args(arguments)
    warn_if_busy()
    chosen = os.environ.get("MERGESHOT_CHROMIUM")
    browser = locate(Path(chosen) if chosen else None)
    try:
        with serving() as server:
            entries = asyncio.run(_measure(server, browser, options))
    except WrongAnswer as error:
        print(f"Wrong answer, so no figures. {error}")
        return 1
    rows = [entry.row() for entry in entries]
    ratios = list(_ratios(entries))
    print(table(HEADS, [astuple(row) for row in rows]))
    print(*ratios, sep="\n")
    lines: list[Row | Ratio] = [*rows, *ratios]
    print(f"Kept in {keep('pictures', {'chromium': build_of(browser)}, lines)}")
    return 0


async def _measure(server: str, browser: Path, options: argparse.Namespace) -> list[Entry]:
    numbers = itertools.count(1000)
    async with all_contestants(server, browser) as everybody:
        chosen = {c.name: c for c in everybody if options.only in c.name}
        checks = {name: Checks(name) for name in chosen}
        await _show_likeness(everybody, next(numbers))
        entries = [
            Entry(name, kind, concurrency)
            for name in chosen
            for kind in FORMATS[name]
            for concurrency in (1, SLOTS)
        ]
        for entry in entries:
            await _turn(chosen[entry.contestant], entry, numbers, WARM_UP_S)
        order = random.Random(7)
        for done in range(options.rounds):
            # Another order each time: nobody always follows the one that heats the machine.
            for entry in order.sample(entries, len(entries)):
                turn, bodies = await _turn(
                    chosen[entry.contestant], entry, numbers, options.seconds
                )
                for body in bodies:
                    checks[entry.contestant].check(body, entry.format)
                entry.turns.append(turn)
            print(f"Round {done + 1} of {options.rounds} done.", flush=True)
    return entries


async def _turn(
    contestant: Contestant, entry: Entry, numbers: Iterator[int], seconds: float
) -> tuple[Turn, list[bytes]]:
    """Draw for so long, and finish what was begun."""
    latencies: list[float] = []
    bodies: list[bytes] = []
    kind: Kind = "png" if entry.format == "png" else "jpeg"
    began = time.perf_counter()

    async def slot(place: int) -> float:
        """One picture after the other; the rate of this slot, up to its own last picture."""
        drawn, now = 0, began
        while drawn == 0 or now - began < seconds:
            body = await contestant.draw(place, next(numbers), kind)
            before, now = now, time.perf_counter()
            latencies.append(now - before)
            bodies.append(body)
            drawn += 1
        return drawn / (now - began)

    rates = await asyncio.gather(*(slot(place) for place in range(entry.concurrency)))
    return Turn(sum(rates), latencies, [len(body) for body in bodies]), bodies


async def _show_likeness(everybody: Sequence[Contestant], number: int) -> None:
    """Say how far the peers' pictures are from ours: they are meant to be the same card."""
    ours, *peers = [await contestant.draw(0, number, "png") for contestant in everybody]
    for contestant, theirs in zip(everybody[1:], peers, strict=True):
        at_all, visibly = differing(ours, theirs)
        print(f"{contestant.name}: {at_all} pixels differ from ours, {visibly} by over 8 levels")


def _ratios(entries: Sequence[Entry]) -> Iterator[Ratio]:
    """Ours at four at a time: to the warm page, which the goals are about, and to the others."""
    found = {(e.contestant, e.format): e for e in entries if e.concurrency == SLOTS}
    for kind, goal in GOALS.items():
        ours = found.get((Mergeshot.name, kind))
        for name, formats in FORMATS.items():
            theirs = found.get((name, kind if kind in formats else "png"))
            if ours is None or theirs is None or theirs is ours:
                continue
            ratio = Ratio.of(
                f"{kind.upper()}, four at a time, to {name} ({theirs.format.upper()})",
                [turn.rate for turn in ours.turns],
                [turn.rate for turn in theirs.turns],
            )
            yield replace(ratio, goal=goal) if name == WarmPage.name else ratio


if __name__ == "__main__":
    raise SystemExit(main())
