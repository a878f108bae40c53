"""`python -m benchmarks`: the service beside its peers, in one run on one machine."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from benchmarks import (
    arrivals,
    chart,
    goals,
    hits,
    machine,
    memory,
    pictures,
    plans,
    sizes,
    starts,
)
from benchmarks.card import REPOSITORY
from benchmarks.pictures import Extent, Step
from benchmarks.report import CHART, GOAL_HEADS, RESULTS, Findings, Run, table
from service.browser.locate import locate
from service.errors import ServiceError

PAGE = REPOSITORY / "docs" / "benchmarks.md"
PICTURE = REPOSITORY / "docs" / "pictures" / CHART


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, keep; the exit code is 1 when an answer was wrong."""
    options = _options(arguments)
    now, before, warning = datetime.now(UTC), machine.load(), machine.busy()
    if warning:
        print(warning)
    chosen = os.environ.get("MERGESHOT_CHROMIUM")
    try:
        browser = locate(Path(chosen) if chosen else None)
        found = _measured(browser, options)
    except ServiceError as error:
        print(f"No figures. {error.message}\n{error.hint}".rstrip())
        return 1
    except KeyboardInterrupt:
        print("Interrupted: no figures.")
        return 130
    told = machine.described(browser) | {"load before and after": f"{before}, {machine.load()}"}
    every = {key: value for one in found for key, value in one.figures.items()}
    judged = list(goals.judged(every))
    for one in found:
        print(f"\n{one.question}\n")
        print(*(table(heads, lines) for heads, lines in one.tables()), *one.remarks, sep="\n\n")
    print(f"\nGoals\n\n{table(GOAL_HEADS, judged)}\n")
    _keep(Run(now, told, found, judged), options)
    return 0


def _keep(run: Run, options: argparse.Namespace) -> None:
    """Write the run down, with a chart where it has one, and into the documentation if wanted."""
    path = run.keep(RESULTS)
    print(f"Kept in {path}.md and .json")
    if "pictures" not in options.only or options.contestants:
        return
    chart.draw(run.written(), path.with_suffix(".png"))
    if options.publish:
        shutil.copy(path.with_suffix(".png"), PICTURE)
        run.publish(PAGE)
        print(f"Published in {PAGE} and {PICTURE}")


@dataclass(frozen=True)
class Plan:
    """How long each part goes on."""

    rounds: int
    seconds: float
    further: int
    arrival_rounds: int
    arrival_seconds: float
    hit_rounds: int
    hit_seconds: int
    starts: int


FULL = Plan(6, 1.5, 1, 2, 4.0, 3, 3, 5)
QUICK = Plan(2, 1.0, 0, 1, 3.0, 1, 2, 1)
PARTS = ("pictures", "arrivals", "hits", "starts", "sizes", "plans")
ON_REQUEST = ("memory",)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="The service beside its peers, in one run on one machine.",
        epilog="memory is measured only when it is asked for: it draws 20,000 pictures.",
    )
    parser.add_argument("--quick", action="store_true", help="about two minutes, coarse figures")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=(*PARTS, *ON_REQUEST),
        default=PARTS,
        metavar="PART",
        help=f"some of these parts: {', '.join((*PARTS, *ON_REQUEST))}",
    )
    parser.add_argument("--rounds", type=int, help="of pictures beside the peers")
    parser.add_argument(
        "--contestants",
        default="",
        metavar="WORD",
        help="of pictures, those whose name has this word, alone",
    )
    parser.add_argument(
        "--publish", action="store_true", help="write table and chart into docs/ as well"
    )
    return parser.parse_args(arguments)


def _measured(browser: Path, options: argparse.Namespace) -> list[Findings]:
    """All parts that are wanted, one after the other."""
    with Progress(
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as progress:
        line = progress.add_task("starting")

        def step(text: str) -> None:
            progress.update(line, description=text)

        found = []
        for name in options.only:
            print(f"Measuring {name} ...", flush=True)
            found.append(_part(name, browser, options, step))
        return found


def _part(name: str, browser: Path, options: argparse.Namespace, step: Step) -> Findings:
    plan = QUICK if options.quick else FULL
    rounds = options.rounds or plan.rounds
    extent = Extent(rounds, plan.seconds, plan.further, options.contestants)
    parts: dict[str, Callable[[], Findings]] = {
        "pictures": lambda: pictures.measure(browser, extent, step),
        "arrivals": lambda: arrivals.measure(
            plan.arrival_rounds, plan.arrival_seconds, step, quick=options.quick
        ),
        "hits": lambda: hits.measure(plan.hit_rounds, plan.hit_seconds, step),
        "starts": lambda: starts.measure(plan.starts, step),
        "sizes": lambda: sizes.measure(browser, step),
        "plans": lambda: plans.measure(step),
        "memory": lambda: memory.measure(step),
    }
    return parts[name]()


if __name__ == "__main__":
    raise SystemExit(main())
