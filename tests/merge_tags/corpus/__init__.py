"""Labelled values: what is a merge tag that nobody filled in, and what only looks like one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from service.merge_tags.reading import read
from service.model import Given, NoteCode

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Positive:
    """A value with a tag in it: whose it is (as notes say it), and the default to be read."""

    platform: str
    text: str
    default: str | None


def positives() -> list[Positive]:
    found, platform = [], ""
    for line in _lines(HERE / "positives.txt"):
        if line.startswith("== "):
            platform = line.removeprefix("== ").replace("?", "")
            continue
        text, arrow, default = line.partition(" => ")
        found.append(Positive(platform, text, default if arrow else None))
    return found


def negatives() -> list[str]:
    return [line for path in sorted((HERE / "negatives").glob("*.txt")) for line in _lines(path)]


def _lines(path: Path) -> list[str]:
    """Without comments, which begin with a sign and a space that no value here begins with."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


@dataclass(slots=True)
class Score:
    """`found` of `tags`, of which `right` with the platform and the default as labelled."""

    tags: int = 0
    found: int = 0
    right: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """What detection makes of the corpus; `false` are the values without a tag that it takes."""

    by_platform: dict[str, Score]
    missed: list[str]
    wrong: list[str]
    false: list[str]

    @property
    def recall(self) -> float:
        tags = sum(score.tags for score in self.by_platform.values())
        return 1 - len(self.missed) / tags

    @property
    def precision(self) -> float:
        found = sum(score.found for score in self.by_platform.values())
        return found / (found + len(self.false))

    def table(self) -> str:
        lines = [f"{'platform':30} {'tags':>5} {'found':>6} {'as labelled':>12}"]
        lines += [
            f"{name or '(nobody known)':30} {one.tags:5} {one.found:6} {one.right:12}"
            for name, one in sorted(self.by_platform.items())
        ]
        return "\n".join((*lines, f"precision {self.precision:.4f}, recall {self.recall:.4f}"))


def judged() -> Judged:
    """Every value of the corpus, read as requests are."""
    scores: dict[str, Score] = defaultdict(Score)
    missed, wrong = [], []
    for one in positives():
        score = scores[one.platform]
        score.tags += 1
        given = read(one.text)
        tags = [note for note in given.notes if note.code is NoteCode.UNRESOLVED_TAG]
        if not tags:
            missed.append(one.text)
            continue
        score.found += 1
        if (tags[0].platform, given.default) == (one.platform, one.default):
            score.right += 1
        else:
            wrong.append(one.text)
    return Judged(
        dict(scores), missed, wrong, [text for text in negatives() if read(text) != Given(text)]
    )
