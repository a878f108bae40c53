"""Lossless PNG, no larger than Chromium's own, and much quicker.

Rows without a filter suit what is drawn: deflate finds the rows that repeat by itself.
Photographs, noise, gradients and small letters want the browser's filters, some of them here and
none there. A few bands of rows tell which it is. A few colours make a palette.
docs/decisions/0002-encoding.md has the figures.
"""

from __future__ import annotations

import pyvips

from service.imaging.palette import colours_of, write_palette
from service.imaging.png import ADAPTIVE, NONE, Deflated, Filtered, Picture, Way, Woven

PLAIN = Filtered(NONE, 1)
REPEATS = Filtered(NONE, 7)
BROWSER = Deflated(6)
"""What the browser does, within a tenth of its bytes."""

WOVEN = Woven(8)
"""Never larger than the browser's own by any page that it was measured by."""

WOVEN_BIG = Woven(7)
"""The same for big pictures full of detail, where it takes a third of the time."""

_TRIED_HARD: tuple[Way, ...] = (Filtered(NONE, 9), Filtered(ADAPTIVE, 6), Woven(9))
_LEVELS = {"balanced": 6, "small": 9}

_BANDS = 8
"""Bands of rows that are looked at before one way is taken for all."""

_SURE = 0.85
"""How much of BROWSER's bytes REPEATS may have in those bands to be sure of the whole."""

_SURE_BY_HASTY = 0.31
"""The same for the browser's hasty PNG, which has at most three times the bytes of its own."""

_BIG = 4_000_000
"""Pixels beyond which WOVEN may take seconds."""

_DETAILED = 2.5
"""Bits per pixel from which it does."""


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
    """Rows without a filter as long as that is surely good enough, the cheap question first."""
    repeats = REPEATS.write(picture)
    if captured is not None and len(repeats) <= _SURE_BY_HASTY * captured:
        return repeats
    browser = len(BROWSER.write(few))
    if len(REPEATS.write(few)) <= _SURE * browser:
        return repeats
    detailed = 8 * browser > _DETAILED * few.pixels
    woven = WOVEN_BIG if detailed and picture.pixels > _BIG else WOVEN
    return min(repeats, woven.write(picture), key=len)


def _as_palette(picture: Picture, few: Picture, *, level: int) -> bytes | None:
    colours = colours_of(few.image) and colours_of(picture.image)
    if colours is None:
        return None
    return write_palette(picture.image, colours, level=level, scale=picture.scale)
