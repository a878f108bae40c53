"""Figures: what a row and a ratio are, how they are printed, where a run is kept."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.cli.speed.turns import Summary

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True)
class Row:
    """One line of the table. `at_a_time` is the concurrency, or the arrivals a second."""

    contestant: str
    task: str
    at_a_time: str
    summary: Summary
    peak_bytes: int | None = None

    HEADS = (
        *("", "picture", "at a time", "pictures", "per second", "p50 ms", "p95 ms", "p99 ms"),
        *("bytes", "CPU ms each", "peak MB"),
    )

    def cells(self) -> tuple[str, ...]:
        """What stands in the table."""
        one = self.summary
        return (
            self.contestant,
            self.task,
            self.at_a_time,
            f"{one.pictures:,}",
            f"{one.per_second:,.1f}" if one.per_second < 1000 else f"{one.per_second:,.0f}",
            *(_shown(ms) for ms in (one.p50_ms, one.p95_ms, one.p99_ms)),
            f"{one.bytes:,}",
            "" if one.processor_ms is None else _shown(one.processor_ms),
            "" if self.peak_bytes is None else f"{self.peak_bytes / 1e6:,.0f}",
        )


@dataclass(frozen=True)
class Spread:
    """A figure that was taken several times: the median, and the extremes."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of these."""
        return cls(
            _rounded(statistics.median(values)), _rounded(min(values)), _rounded(max(values))
        )

    @classmethod
    def between(cls, ours: Sequence[float], theirs: Sequence[float]) -> Spread:
        """Ours by theirs, in each round: what disturbed one in it disturbed the other too."""
        return cls.of([mine / other for mine, other in zip(ours, theirs, strict=True)])

    def __str__(self) -> str:
        if self.lowest == self.highest:
            return f"{self.median:g}"
        return f"{self.median:g} ({self.lowest:g} to {self.highest:g})"


@dataclass(frozen=True)
class Ratio:
    """Ours by a peer's, at the same thing in the same rounds."""

    what: str
    peer: str
    speed: Spread
    p50: Spread | None = None

    HEADS = ("ours", "by", "per second, times", "p50, times")

    def cells(self) -> tuple[str, ...]:
        """What stands in the table."""
        return self.what, self.peer, str(self.speed), "" if self.p50 is None else str(self.p50)


@dataclass
class Findings:
    """What one question came to. `figures` are those that goals are about, by the goals' keys."""

    question: str
    heads: Sequence[str] = ()
    lines: Sequence[Sequence[str]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    figures: dict[str, Spread] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def tables(self) -> list[tuple[Sequence[str], Sequence[Sequence[str]]]]:
        """Heads and lines of everything that it has to show."""
        every: list[tuple[Sequence[str], Sequence[Sequence[str]]]] = [
            (Row.HEADS, [row.cells() for row in self.rows]),
            (self.heads, self.lines),
            (Ratio.HEADS, [ratio.cells() for ratio in self.ratios]),
        ]
        return [(heads, lines) for heads, lines in every if lines]


def table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Columns for a terminal: texts to the left, numbers to the right."""
    widths = [max(len(line[place]) for line in (heads, *lines)) for place in range(len(heads))]
    left = [_is_text([line[place] for line in lines]) for place in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if is_text else cell.rjust(width)
            for cell, width, is_text in zip(line, widths, left, strict=True)
        ).rstrip()
        for line in (heads, *lines)
    )


def markdown(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """The same as a table of Markdown."""
    left = [_is_text([line[place] for line in lines]) for place in range(len(heads))]
    rule = ["---" if is_text else "--:" for is_text in left]
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, rule, *lines))


def _is_text(cells: Sequence[str]) -> bool:
    return any(cell[:1].isalpha() for cell in cells)


def document(
    findings: Sequence[Findings], goals: Sequence[Sequence[str]], machine: Mapping[str, str]
) -> str:
    """A run as a page of Markdown, without a heading of its own."""
    parts = [markdown(GOAL_HEADS, goals)]
    for one in findings:
        parts.append(f"### {one.question}")
        parts += [markdown(heads, lines) for heads, lines in one.tables()]
        parts += one.remarks
    parts.append("### Machine and versions")
    parts.append(markdown(("", ""), list(machine.items())))
    return "\n\n".join(parts) + "\n"


GOAL_HEADS = ("what", "measured", "at least", "", "frontier", "")


@dataclass(frozen=True)
class Run:
    """All that was found, when, where, and what became of the goals."""

    began: datetime
    machine: Mapping[str, str]
    findings: Sequence[Findings]
    goals: Sequence[Sequence[str]]

    @property
    def page(self) -> str:
        """The run as Markdown, without a heading of its own."""
        return document(self.findings, self.goals, self.machine)

    def written(self) -> dict[str, Any]:
        """The run as JSON."""
        return {
            "run": self.began.isoformat(timespec="seconds"),
            "machine": dict(self.machine),
            "goals": [dict(zip(GOAL_KEYS, line, strict=True)) for line in self.goals],
            "findings": [asdict(one) for one in self.findings],
        }

    def keep(self, folder: Path) -> Path:
        """Write it into a folder as JSON and as Markdown; the path of both, without an ending."""
        folder.mkdir(exist_ok=True)
        path = folder / self.began.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
        text = json.dumps(self.written(), indent=1, ensure_ascii=False)
        path.with_suffix(".json").write_text(text + "\n")
        path.with_suffix(".md").write_text(f"# {_day(self.began)}\n\n{self.page}")
        return path

    def publish(self, page: Path) -> None:
        """Put it in the place of whatever stands behind the mark of a page."""
        head, mark, _ = page.read_text().partition(MARK)
        shown = f"![Pictures a second, ours and the peers'](pictures/{CHART})"
        page.write_text(f"{head}{mark}\n\n## {_day(self.began)}\n\n{shown}\n\n{self.page}")


CHART = "benchmark.png"
MARK = "<!-- What follows is written by `make bench ARGS=--publish`. -->"


def _day(when: datetime) -> str:
    return f"{when.day} {when:%B %Y}"


GOAL_KEYS = ("what", "measured", "least", "least_met", "frontier", "frontier_met")


def _shown(milliseconds: float) -> str:
    """With as many digits as mean something."""
    return f"{milliseconds:,.1f}" if milliseconds >= 1 else f"{milliseconds:.2f}"


def _rounded(value: float) -> float:
    """Three digits that mean something."""
    if not value:
        return 0.0
    return round(value, 2 - math.floor(math.log10(abs(value))))
