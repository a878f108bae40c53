"""Lossless PNG, about as small as Chromium's own or smaller, and much quicker.

Rows without a filter suit what is drawn: deflate finds the rows that repeat by itself.
Photographs, noise and some gradients want the browser's filters. A few bands of rows tell which it
is; where they leave a doubt, several ways are tried and the smallest is kept. A few colours make a
palette. docs/decisions/0002-encoding.md has the figures.
"""

from __future__ import annotations

import pyvips

from service.imaging.palette import colours_of, write_palette
from service.imaging.png import ADAPTIVE, NONE, Filtered, Picture, Woven

PLAIN = Filtered(NONE, 1)
REPEATS = Filtered(NONE, 7)
DEEP = Filtered(NONE, 9)
VARIED = Filtered(ADAPTIVE, 6)
"""The browser's own way, as libvips deflates: some per cent larger than the browser at times."""

WOVEN = Woven(8)

_TRIED_HARD = (DEEP, VARIED, Woven(9))
_LEVELS = {"balanced": 6, "small": 9}

_BANDS = 8
"""Bands of rows that are looked at before one way is taken for all."""

_SURE, _SURE_BY_BANDS = 0.92, 0.82
"""How much of VARIED's bytes REPEATS may have to be sure of the browser's, which may be 8 % fewer;
bands are up to 10 % off besides."""

_SURE_BY_HASTY = 0.31
"""The same for the browser's hasty PNG, which has at most three times the bytes of its own."""

_MOST_WOVEN = 4_000_000
"""Pixels beyond which the slowest way takes seconds, which nobody waits for."""


def write_png(
    image: pyvips.Image, *, effort: str, scale: float, captured: int | None = None
) -> bytes:
    """The picture, every pixel as it is. `effort` is fast, balanced or small.

    `captured` is the size of the browser's hasty PNG, where the pixels came in one.
    """
    picture = Picture(image, scale)
    if effort == "fast":
        return PLAIN.write(picture)
    few = picture.bands(_BANDS)
    body = _as_palette(picture, few, level=_LEVELS[effort])
    if body is not None:
        return body
    if effort == "small":
        return min((way.write(picture) for way in _TRIED_HARD), key=len)
    return _balanced(picture, few, captured)


def _balanced(picture: Picture, few: Picture, captured: int | None) -> bytes:
    """Rows without a filter as long as that is surely good enough, each question a dearer one."""
    repeats = REPEATS.write(picture)
    if captured is not None and len(repeats) <= _SURE_BY_HASTY * captured:
        return repeats
    if len(REPEATS.write(few)) <= _SURE_BY_BANDS * len(VARIED.write(few)):
        return repeats
    varied = VARIED.write(picture)
    if len(repeats) <= _SURE * len(varied):
        return repeats
    if picture.image.width * picture.image.height > _MOST_WOVEN:
        return min(repeats, varied, key=len)
    return min(repeats, varied, WOVEN.write(picture), key=len)


def _as_palette(picture: Picture, few: Picture, *, level: int) -> bytes | None:
    colours = colours_of(few.image) and colours_of(picture.image)
    if colours is None:
        return None
    return write_palette(picture.image, colours, level=level, scale=picture.scale)
