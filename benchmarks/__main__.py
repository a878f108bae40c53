"""`python -m benchmarks`: the service beside its peers, in one run on one machine."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from benchmarks import goals, machine, pictures
from benchmarks.pictures import Extent
from benchmarks.report import GOAL_HEADS, Findings, keep, table
from service.browser.locate import locate
from service.errors import ServiceError


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
    told = machine.described(browser) | {"load before and after": f"{before}, {machine.load()}"}
    every = {key: value for one in found for key, value in one.figures.items()}
    judged = list(goals.judged(every))
    for one in found:
        print(f"\n{one.question}\n")
        print(*(table(heads, lines) for heads, lines in one.tables()), *one.remarks, sep="\n\n")
    print(f"\nGoals\n\n{table(GOAL_HEADS, judged)}\n")
    print(f"Kept in {keep(found, judged, told, now)}.md and .json")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about two minutes, coarse figures")
    parser.add_argument("--rounds", type=int, help="beside the peers")
    parser.add_argument("--contestants", default="", help="those whose name holds this, alone")
    return parser.parse_args(arguments)


def _measured(browser: Path, options: argparse.Namespace) -> list[Findings]:
    rounds = options.rounds or (2 if options.quick else 6)
    extent = Extent(
        rounds, 1.0 if options.quick else 1.5, 0 if options.quick else 2, options.contestants
    )
    with Progress(
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as progress:
        line = progress.add_task("starting")
        return [
            pictures.measure(browser, extent, lambda text: progress.update(line, description=text))
        ]


if __name__ == "__main__":
    raise SystemExit(main())
