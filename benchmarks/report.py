"""Figures: what a row of a benchmark is, how it is printed, where it is kept."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass
class Turn:
    """What one contestant did in one round: times in seconds, sizes in bytes."""

    rate: float
    latencies: list[float]
    sizes: list[int]


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    contestant: str
    format: str
    concurrency: int
    pictures: int
    per_second: float
    p50_ms: float
    p95_ms: float
    bytes: int


@dataclass(frozen=True)
class Entry:
    """One contestant, format and concurrency, with a turn for each round."""

    contestant: str
    format: str
    concurrency: int
    turns: list[Turn] = field(default_factory=list)

    def row(self) -> Row:
        """All rounds together; the rate is the median of theirs."""
        latencies = sorted(second for turn in self.turns for second in turn.latencies)
        return Row(
            contestant=self.contestant,
            format=self.format,
            concurrency=self.concurrency,
            pictures=len(latencies),
            per_second=round(statistics.median(turn.rate for turn in self.turns), 1),
            p50_ms=_ms(latencies, 0.5),
            p95_ms=_ms(latencies, 0.95),
            bytes=round(statistics.median(s for turn in self.turns for s in turn.sizes)),
        )


@dataclass(frozen=True)
class Ratio:
    """How many times as fast one entry is as another: the median round, and the extremes."""

    name: str
    times: float
    lowest: float
    highest: float
    goal: float | None = None

    @classmethod
    def of(cls, name: str, ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
        """Compare round by round: what disturbed one in a round disturbed the other too."""
        rounds = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        return cls(
            name,
            round(statistics.median(rounds), 2),
            round(min(rounds), 2),
            round(max(rounds), 2),
        )

    def __str__(self) -> str:
        text = f"{self.name}: {self.times} times ({self.lowest} to {self.highest})"
        if self.goal is None:
            return text
        return f"{text}, goal {self.goal}: {'met' if self.times >= self.goal else 'MISSED'}"


def warn_if_busy() -> None:
    """Say that somebody else uses the cores: ratios suffer less from that than rates, but do."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores / 2:
        print(f"This machine is busy already (load {load:.1f} on {cores} cores): repeat later.")


def keep(question: str, machine: Mapping[str, object], lines: Sequence[Row | Ratio]) -> Path:
    """Append a run to its question's file of JSON lines, and say which file that is."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{question}.jsonl"
    run: dict[str, object] = {
        "run": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
    }
    run["load"] = round(os.getloadavg()[0], 1)
    with path.open("a") as file:
        for line in lines:
            kind = type(line).__name__.lower()
            file.write(json.dumps({**run, **machine, "kind": kind, **asdict(line)}) + "\n")
    return path


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns for a terminal: the first to the left, numbers to the right."""
    cells = [[str(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    )


def _ms(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1)
