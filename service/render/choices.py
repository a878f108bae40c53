"""Size, scale, quality, language, theme: what was asked for, or the nearest that is allowed."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from service.model import Note, NoteCode


class Extent(Protocol):
    """A width and a height in CSS pixels."""

    @property
    def width(self) -> int: ...  # noqa: D102 - said above

    @property
    def height(self) -> int: ...  # noqa: D102 - said above


Choice = tuple[str, tuple[Note, ...]]


def choose_size(asked: str | None, sizes: Mapping[str, Extent]) -> Choice:
    """A declared size, by its name or as `600x315`; otherwise the nearest declared one."""
    if asked is None:
        return "default", ()
    wanted = asked.strip().lower()
    if wanted in sizes:
        return wanted, ()
    measured = re.fullmatch(r"(\d{1,6})x(\d{1,6})", wanted)
    if measured is None:
        return "default", (_note("_size", f"one of {_listed(sizes)} is allowed"),)
    width, height = int(measured[1]), int(measured[2])
    nearest = min(
        sizes, key=lambda name: abs(sizes[name].width - width) + abs(sizes[name].height - height)
    )
    if (sizes[nearest].width, sizes[nearest].height) == (width, height):
        return nearest, ()
    return nearest, (_note("_size", f"one of {_listed(sizes)} is allowed"),)


def choose_scale(
    asked: str | None, default: float, allowed: Sequence[float]
) -> tuple[float, tuple[Note, ...]]:
    """A listed scale; otherwise the nearest listed one."""
    if asked is None:
        return default, ()
    note = _note("_scale", f"one of {_listed(f'{scale:g}' for scale in allowed)} is allowed")
    number = _number(asked)
    if number is None:
        return default, (note,)
    bounded = min(max(number, min(allowed)), max(allowed))  # all are as far from 1e300 as 1 is
    nearest = min(allowed, key=lambda scale: abs(scale - bounded))
    return nearest, () if nearest == number else (note,)


def choose_quality(asked: str | None, default: int) -> tuple[int, tuple[Note, ...]]:
    """A whole number from 1 to 100; what is beyond is brought to the nearer end."""
    if asked is None:
        return default, ()
    note = _note("_quality", "a whole number from 1 to 100 is allowed")
    number = _number(asked)
    if number is None:
        return default, (note,)
    clamped = min(100, max(1, round(number)))
    return clamped, () if clamped == number else (note,)


def choose_language(asked: str | None, default: str, allowed: Collection[str]) -> Choice:
    """A language of the template: `de-AT` gets `de` where there is no closer one."""
    if asked is None or not asked.strip():
        return default, ()
    wanted = asked.strip().replace("_", "-").lower()
    by_tag = {tag.lower(): tag for tag in allowed}
    while wanted:
        if wanted in by_tag:
            return by_tag[wanted], ()
        wanted = wanted.rpartition("-")[0]
    return default, (_note("_lang", f"one of {_listed(allowed)} is allowed"),)


def choose_theme(
    asked: str | None, default: str | None, allowed: Collection[str]
) -> tuple[str | None, tuple[Note, ...]]:
    """A theme of the template."""
    if asked is None or not asked.strip():
        return default, ()
    if asked.strip().lower() in allowed:
        return asked.strip().lower(), ()
    message = f"one of {_listed(allowed)} is allowed" if allowed else "this template has no themes"
    return default, (_note("_theme", message),)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _note(name: str, message: str) -> Note:
    return Note(name, NoteCode.INVALID, message)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
