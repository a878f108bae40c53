"""What a template's page says of its campaigns: the report of a day, made for reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.model import Rung
from service.render.campaign import Report
from service.render.findings import Finding, percent
from service.render.tally import FieldCounts


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar that is 100 wide; `kind` is its colour's name."""

    start: float
    width: float
    kind: str


@dataclass(frozen=True, slots=True)
class Line:
    """One field: its bar, and its shares by what became of it, empty where there are none."""

    name: str
    parts: tuple[Part, ...]
    shares: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Panel:
    """The whole; `unused` are the fields that no address had."""

    facts: tuple[str, ...]
    lines: tuple[Line, ...]
    unused: tuple[str, ...]
    findings: tuple[Finding, ...]


def panel(report: Report) -> Panel | None:
    """The panel, or None where no picture was asked for."""
    counts = report.counts
    if not counts.asked:
        return None
    facts = [
        f"{counts.asked:,} asked for",
        f"about {counts.addresses:,} addresses",
        f"{percent(counts.personalised / counts.asked)} personalised",
        f"{percent(counts.rungs[Rung.EXACT] / counts.asked)} exact",
    ]
    if counts.refused:
        facts.append(f"{percent(counts.refused / counts.asked)} not signed")
    used = {name: one for name, one in counts.fields.items() if one.read > one.absent}
    return Panel(
        facts=tuple(facts),
        lines=tuple(Line(name, tuple(_parts(one)), _shares(one)) for name, one in used.items()),
        unused=tuple(name for name in counts.fields if name not in used),
        findings=report.findings,
    )


def _parts(counts: FieldCounts) -> Iterator[Part]:
    start = 0.0
    for number, kind in (
        (counts.given, "good"),
        (counts.missing + counts.invalid, "poor"),
        (sum(counts.unresolved.values()), "bad"),
    ):
        width = round(100 * number / counts.read, 2)
        if width:
            yield Part(start, width, kind)
        start += width


def _shares(counts: FieldCounts) -> dict[str, str]:
    numbers = {
        "given": counts.given,
        "absent": counts.absent,
        "missing": counts.missing,
        "invalid": counts.invalid,
        "tags": sum(counts.unresolved.values()),
        "cut": counts.cut,
    }
    return {
        what: percent(number / counts.read) if number else "" for what, number in numbers.items()
    }
