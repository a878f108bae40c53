"""Lossless PNG, no larger than Chromium's own, in a tenth of its time.

Rows without a filter suit what is drawn: deflate finds the rows that repeat by itself.
Photographs, noise, some gradients and small letters want the browser's filters, some of them here
and none there. A few bands of rows tell which it is. A few colours make a palette.
docs/decisions/0002-encoding.md has the figures.
"""

from __future__ import annotations

from statistics import median

from service.imaging.palette import palette_of, write_palette
from service.imaging.png import BAND_ROWS, Filtered, Picture, Plain, Way, Woven, size_of
from service.imaging.raster import Pixels

PLAIN = Plain(1)
REPEATS = Plain(6)
WOVEN = Woven(8)
"""Never larger than the browser's own by any page that it was measured by."""

WOVEN_BIG = Woven(7)
"""The same for big pictures full of detail, where it takes a third of the time."""

_BIG = 4_000_000
"""Pixels beyond which WOVEN may take seconds."""

_DETAILED = 4
"""Bits per pixel of REPEATS from which it does."""

_TRIED_HARD: tuple[Way, ...] = (Plain(9), Filtered(9), Woven(9))
_PALETTE_LEVELS = {"balanced": 7, "small": 9}

_GLANCES, _GLANCE_ROWS = 7, 3
_SURE_AT_A_GLANCE = 0.4
"""How much of the bytes that a quick guess at the browser's comes to REPEATS may have."""

_LOOKS, _LOOK_EVERY = 8, 80
"""Bands that are looked at: so many, or in a tall picture one for so many rows, a fifth of all."""

_SURE = 0.88
"""The same for a better guess, which takes longer."""

_SURE_BY_FILTERS = 0.9
"""The same for the browser's own filters in some bands of rows, which take as long again."""


def write_png(pixels: Pixels, *, effort: str, scale: float, alpha: bool = True) -> bytes:
    """The picture, every pixel as it is. `effort` is fast, balanced or small.

    Its alpha is left out where that is not wanted.
    """
    picture = Picture(pixels, scale, alpha=alpha)
    if effort == "fast":
        return PLAIN.write(picture)
    palette = palette_of(picture)
    if palette is not None:
        return write_palette(palette, level=_PALETTE_LEVELS[effort], scale=scale)
    if effort == "small":
        return min((way.write(picture) for way in _TRIED_HARD), key=len)
    return _balanced(picture)


def _balanced(picture: Picture) -> bytes:
    """Rows without a filter as long as that is surely good enough, the cheap question first."""
    repeats = REPEATS.write(picture)
    if len(repeats) <= _SURE_AT_A_GLANCE * _glance(picture) or _looks_repeating(picture):
        return repeats
    pixels = picture.width * picture.height
    big = pixels > _BIG and 8 * len(repeats) > _DETAILED * pixels
    return min(repeats, (WOVEN_BIG if big else WOVEN).write(picture), key=len)


def _glance(picture: Picture) -> float:
    """About how many bytes the browser's own would have, rather too few than too many.

    By the band in the middle when they are put in order: what is in a few of them is no matter.
    """
    bands = [
        min(size_of(guess, 1) for guess in picture.guesses(top, _GLANCE_ROWS))
        for top in _tops(picture.height, _GLANCES, _GLANCE_ROWS)
    ]
    return median(bands) / _GLANCE_ROWS * picture.height if bands else 0


def _looks_repeating(picture: Picture) -> bool:
    """Whether REPEATS does surely better than the browser by some bands of rows."""
    level, count = REPEATS.level, max(_LOOKS, picture.height // _LOOK_EVERY)
    tops = _tops(picture.height, count, BAND_ROWS)
    if not tops:
        return False
    few = picture.bands_at(tops)
    plain = size_of(few.rows, level)
    guesses = (picture.guesses(top, BAND_ROWS) for top in tops)
    guessed = sum(min(size_of(guess, level) for guess in both) for both in guesses)
    return plain <= _SURE * guessed or plain <= _SURE_BY_FILTERS * size_of(few.filtered, level)


def _tops(height: int, count: int, rows: int) -> list[int]:
    """Where bands begin that are spread over a picture; none where there is no room for them."""
    free = height - rows - 1
    return [1 + round((band + 0.5) / count * free) for band in range(count)] if free > 0 else []
