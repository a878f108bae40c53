"""A file within its budget: the best that fits, and a note about what was given up for it.

For threads, like all encoding; what was captured is decoded once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from service.imaging.encode import QUALITY, Wanted, decode, encode, finish, resize
from service.imaging.raster import Captured, Pixels
from service.imaging.reduced import write_reduced
from service.model import Format, Note, NoteCode

LOWEST_QUALITY = 40
"""Below it letters fray. Who asks for less than that gets it, but nothing less than that."""

GOOD_QUALITY = 60
"""Below it a JPEG looks worse than a PNG of 256 colours."""

_WITHIN_REACH = 2
"""How many times its budget a PNG may have that more effort is worth trying for."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished file: its bytes, its format, and what was given up for its size."""

    body: bytes
    format: Format
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One file, and how it was brought about; empty where it is what was asked for."""

    body: bytes
    format: Format
    how: str = ""
    quality: int = 100


def finish_within(captured: Captured, wanted: Wanted) -> Finished:
    """Check what was captured, encode it, and keep it within its budget if it has one.

    Raises:
        PictureInvalid: when it does not decode or has another size.
    """
    if wanted.budget is None:
        return Finished(finish(captured, wanted), wanted.format)
    return _fitted(decode(captured, wanted), wanted, wanted.budget)


def convert_within(body: bytes, wanted: Wanted) -> Finished:
    """Another format or size of a PNG that is kept, within the budget.

    Raises:
        PictureInvalid: when `body` does not decode.
    """
    pixels = resize(body, wanted)
    if wanted.budget is None:
        return Finished(encode(pixels, wanted), wanted.format)
    return _fitted(pixels, wanted, wanted.budget)


def weighed(body: bytes, wanted: Wanted) -> Finished:
    """A file of which nothing can be taken away; a note says if it has more than its budget."""
    over = wanted.budget is not None and len(body) > wanted.budget
    notes = (_over(body, wanted.budget or 0),) if over else ()
    return Finished(body, wanted.format, notes)


def _fitted(pixels: Pixels, wanted: Wanted, budget: int) -> Finished:
    """The first attempt that fits, which is the best; else the smallest of all."""
    tried: list[_Attempt] = []
    for attempt in _attempts(pixels, wanted, budget):
        if len(attempt.body) <= budget:
            return Finished(attempt.body, attempt.format, _reduced(attempt, budget))
        tried.append(attempt)
    least = min(tried, key=lambda attempt: len(attempt.body))
    notes = (*_reduced(least, budget), _over(least.body, budget))
    return Finished(least.body, least.format, notes)


def _over(body: bytes, budget: int) -> Note:
    message = f"the file has {len(body)} bytes, more than the {budget} that were wanted"
    return Note("", NoteCode.OVER_BUDGET, message)


def _reduced(attempt: _Attempt, budget: int) -> tuple[Note, ...]:
    if not attempt.how:
        return ()
    return (Note("", NoteCode.REDUCED, f"{attempt.how}, for a file within {budget} bytes"),)


def _attempts(pixels: Pixels, wanted: Wanted, budget: int) -> Iterator[_Attempt]:
    """The best first."""
    if wanted.format is not Format.PNG:
        yield from _by_quality(pixels, wanted, budget, lowest=LOWEST_QUALITY)
        return
    yield from _losslessly(pixels, wanted, budget)
    may_be_jpeg = wanted.free and not wanted.transparent
    if may_be_jpeg:
        yield from _as_jpeg(pixels, wanted, budget, lowest=GOOD_QUALITY)
    body = write_reduced(pixels, effort="small", scale=wanted.scale, alpha=wanted.transparent)
    yield _Attempt(body, Format.PNG, "at most 256 colours were left")
    if may_be_jpeg:
        yield from _as_jpeg(pixels, wanted, budget, lowest=LOWEST_QUALITY)


def _losslessly(pixels: Pixels, wanted: Wanted, budget: int) -> Iterator[_Attempt]:
    body = encode(pixels, wanted)
    yield _Attempt(body, Format.PNG)
    if wanted.effort != "small" and len(body) <= _WITHIN_REACH * budget:
        yield _Attempt(encode(pixels, replace(wanted, effort="small")), Format.PNG)


def _as_jpeg(pixels: Pixels, wanted: Wanted, budget: int, *, lowest: int) -> Iterator[_Attempt]:
    jpeg = replace(wanted, format=Format.JPEG, quality=QUALITY[Format.JPEG])
    for attempt in _by_quality(pixels, jpeg, budget, lowest=lowest):
        yield replace(attempt, how=f"it became a JPEG of quality {attempt.quality}")


def _by_quality(pixels: Pixels, wanted: Wanted, budget: int, *, lowest: int) -> Iterator[_Attempt]:
    """At the quality that is wanted; else the highest that fits, or the lowest of all."""

    def at(quality: int) -> bytes:
        return encode(pixels, replace(wanted, quality=quality))

    yield _Attempt(at(wanted.quality), wanted.format, quality=wanted.quality)
    fits, too_large = min(lowest, wanted.quality), wanted.quality
    body = at(fits)
    while len(body) <= budget and too_large - fits > 1:
        middle = (fits + too_large) // 2
        tried = at(middle)
        if len(tried) <= budget:
            fits, body = middle, tried
        else:
            too_large = middle
    yield _Attempt(body, wanted.format, f"the quality was lowered to {fits}", fits)
