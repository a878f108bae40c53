"""What is counted of a template's pictures: numbers by name, and how they are read.

A name is one of ours (`_asked`), or a field's with what became of it (`first_name.missing`). Names
come from manifests and from our own lists, never from a request; so there are only so many.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from service.catalogue.manifest import Manifest
from service.model import Note, NoteCode, Rung
from service.render.plan import Plan
from service.render.sketch import Sketch

ASKED, PERSONALISED, REFUSED, TRUNCATED = "_asked", "_personalised", "_refused", "_truncated"
_RUNG = "_rung."
_UNRESOLVED = "unresolved"
_ONE_NUMBER = frozenset({"given", "missing", "absent", "invalid", "cut"})
UNKNOWN_PLATFORM = "unknown"
_MOST_OUTCOMES = 64
"""Kinds of answers that are held before they are put into words, so that memory is bounded."""


class Window(StrEnum):
    """How far back a report looks."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"

    @property
    def seconds(self) -> int:
        """Its length."""
        return {"hour": 3_600, "day": 86_400, "week": 604_800}[self.value]

    @property
    def span(self) -> int:
        """Seconds that are counted together for it; it begins with a whole one of them."""
        return {"hour": 300, "day": 3_600, "week": 21_600}[self.value]


class Outcome(NamedTuple):
    """What one answer was, as far as it is counted. Many answers of a mailing have the same."""

    version: str
    rung: Rung
    refused: bool
    given: frozenset[str]
    notes: tuple[Note, ...]


class Tally:
    """Counts of some minutes or hours, and the different addresses among them."""

    __slots__ = ("_outcomes", "_settled", "addresses")

    def __init__(self, counts: Mapping[str, int] | None = None, packed: bytes = b"") -> None:
        self._settled: Counter[str] = Counter(counts or {})
        self._outcomes: dict[Outcome, tuple[Manifest, int]] = {}
        self.addresses = Sketch(packed)

    def add(self, plan: Plan, rung: Rung, *, refused: bool) -> None:
        """Count one answer. Quick: it is put into words only once for all that are alike."""
        template = plan.template
        outcome = Outcome(template.version, rung, refused, plan.filled.asked.given, plan.notes)
        manifest, number = self._outcomes.get(outcome, (template.manifest, 0))
        self._outcomes[outcome] = (manifest, number + 1)
        if len(self._outcomes) > _MOST_OUTCOMES:
            self.counts()

    def counts(self) -> Counter[str]:
        """Every number by its name."""
        outcomes, self._outcomes = self._outcomes, {}
        for outcome, (manifest, number) in outcomes.items():
            for name in _names(manifest, outcome):
                self._settled[name] += number
        return self._settled

    @property
    def asked(self) -> int:
        """How many answers it counts."""
        return self.counts().get(ASKED, 0)

    def merge(self, other: Tally) -> None:
        """Count everything that `other` counted."""
        self._settled.update(other.counts())
        self.addresses.merge(other.addresses)

    def packed(self) -> tuple[str, bytes]:
        """Text and bytes, from which `unpacked` makes it again."""
        return json.dumps(self.counts(), separators=(",", ":")), self.addresses.packed()

    @classmethod
    def unpacked(cls, text: str, packed: bytes) -> Tally:
        """The tally that was packed.

        Raises:
            ValueError: when these are other bytes.
        """
        counts = json.loads(text)
        if not isinstance(counts, dict):
            raise ValueError("these are no counts")
        return cls(counts, packed)


def _names(manifest: Manifest, outcome: Outcome) -> Iterator[str]:
    """What one answer adds one to. An address that was refused says nothing about fields."""
    yield ASKED
    yield _RUNG + outcome.rung.value
    if outcome.refused:
        yield REFUSED
        return
    noted: dict[str, dict[NoteCode, str]] = {}
    for note in outcome.notes:
        # A part of a list or a group counts as its field: `items.0.title`.
        noted.setdefault(note.field.partition(".")[0], {})[note.code] = note.platform
    if any(NoteCode.TRUNCATED in codes for codes in noted.values()):
        yield TRUNCATED
    personal = False
    for name, keys in manifest.fields.items():
        if keys.source == "rules":
            continue
        codes = noted.get(name, {})
        became = _became(codes, given=name in outcome.given)
        personal = personal or became == "given"
        yield f"{name}.{became}"
        if NoteCode.CUT in codes:
            yield f"{name}.cut"
    if personal:
        yield PERSONALISED


def _became(codes: Mapping[NoteCode, str], *, given: bool) -> str:
    """One word for what a field got; an unfilled tag inside a text that is shown is the worst."""
    if NoteCode.UNRESOLVED_TAG in codes:
        return f"{_UNRESOLVED}.{codes[NoteCode.UNRESOLVED_TAG] or UNKNOWN_PLATFORM}"
    if given:
        return "given"
    if NoteCode.INVALID in codes:
        return "invalid"
    return "missing" if NoteCode.MISSING in codes else "absent"


@dataclass(slots=True)
class FieldCounts:
    """What became of one field. All but `cut` together are the addresses that could be read.

    `missing` came empty, or was required and did not come; `absent` was not in the address and
    need not be. `unresolved` is by platform. `invalid` was not valid for its kind.
    """

    given: int = 0
    missing: int = 0
    absent: int = 0
    invalid: int = 0
    cut: int = 0
    unresolved: dict[str, int] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """How many addresses could say something about this field."""
        return (
            self.given + self.missing + self.absent + self.invalid + sum(self.unresolved.values())
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """A template's counts in words. `addresses` is about how many different ones there were."""

    asked: int
    personalised: int
    refused: int
    truncated: int
    addresses: int
    rungs: Mapping[Rung, int]
    fields: Mapping[str, FieldCounts]

    @property
    def read(self) -> int:
        """The requests whose values were looked at."""
        return self.asked - self.refused


def counts_of(tally: Tally, declared: list[str]) -> Counts:
    """What a tally says; the fields in the manifest's order, then those that it had before."""
    fields = {name: FieldCounts() for name in declared}
    numbers = tally.counts()
    for name, number in numbers.items():
        if name.startswith("_"):
            continue
        field_name, _, became = name.partition(".")
        counts = fields.setdefault(field_name, FieldCounts())
        what, _, platform = became.partition(".")
        if what == _UNRESOLVED:
            counts.unresolved[platform] = number
        elif what in _ONE_NUMBER:  # a later release may have counted more
            setattr(counts, what, number)
    return Counts(
        asked=numbers[ASKED],
        personalised=numbers[PERSONALISED],
        refused=numbers[REFUSED],
        truncated=numbers[TRUNCATED],
        addresses=min(tally.addresses.count(), numbers[ASKED]),
        rungs={rung: numbers[_RUNG + rung.value] for rung in Rung},
        fields=fields,
    )
