"""Lossless PNG, no larger than Chromium's own, in the quickest way that is good enough.

Which filter suits a picture depends on what is drawn on it, and to try them all costs more than
the drawing. So ways are tried on a few bands of rows, the quickest first, and measured by what the
browser would do with them. A few colours make a palette. docs/decisions/0002-encoding.md has the
figures.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import pyvips

from service.imaging.palette import colours_of, write_palette
from service.imaging.png import (
    ADAPTIVE,
    NONE,
    PAETH,
    QUICK,
    SUB,
    Deflated,
    Filtered,
    Picture,
    Way,
    Woven,
)

PLAIN = Filtered(NONE, 1)
REPEATS = Filtered(NONE, 7)
DEEP = Filtered(NONE, 9)
SMOOTH = Filtered(SUB, 5)
MIXED = Filtered(SUB | PAETH, 6)
VARIED = Filtered(ADAPTIVE, 6)
GRAIN = Deflated(1, zlib.Z_RLE)
BROWSER = Deflated(6)
THOROUGH = Woven(8)
FINEST = Woven(9)
ONE_FILTER = Filtered(SUB, 4)
TWO_FILTERS = Filtered(SUB | PAETH, 4)

_FEW_BANDS, _MORE_BANDS, _ROWS_PER_BAND = 4, 8, 128
"""What is looked at of a picture: a few bands, or at least more, one for so many rows."""

_SPARSE, _LIGHT, _DENSE = 1.5, 2.5, 4.0
"""Bits per pixel. Below the first there is little on a picture, and a few bands may miss it; below
the second, more bands are as quick as a few. Above the last there are photographs, noise and
gradients alone, whose size is foreseen well."""

_LADDER: Mapping[Way, float] = {SMOOTH: 0.97, GRAIN: 0.985, MIXED: 0.97, VARIED: 1, DEEP: 0.97}
"""The quickest first, and how much of the browser's estimated size each may have. VARIED is the
browser's own way with a better deflate."""

_OF_DENSE = (VARIED, DEEP)
"""Not worth trying for a picture with little on it: THOROUGH is as quick there, and surer."""

_REPETITIVE = 0.92
"""The same where much repeats: the browser deflates that better than what we take for its way."""

_SLOW: Sequence[Way] = (DEEP, Filtered(SUB, 8), Filtered(SUB | PAETH, 8), GRAIN)


class Trial(dict[Way, int]):
    """How large each way that was asked for makes a picture."""

    def __init__(self, picture: Picture) -> None:
        super().__init__()
        self._picture = picture

    def __missing__(self, way: Way) -> int:
        size = self[way] = len(way.write(self._picture))
        return size

    def bits(self, way: Way) -> float:
        """Bits per pixel."""
        return 8 * self[way] / self._picture.pixels

    @property
    def repetitive(self) -> bool:
        """Whether much repeats beyond one colour in a row: then deflate's skill counts most."""
        return self[GRAIN] > 1.3 * self[BROWSER]


def write_png(
    image: pyvips.Image, *, effort: str, scale: float, captured: int | None = None
) -> bytes:
    """The picture, every pixel as it is. Only `fast` may be larger than the browser's own.

    `captured` is the size of the browser's hasty PNG, where the pixels came in one.
    """
    picture = Picture(image, scale, captured)
    if effort == "fast":
        return PLAIN.write(picture)
    few = picture.bands(_FEW_BANDS)
    small = effort == "small"
    body = _as_palette(picture, few, level=9 if small else 6)
    if body is None:
        body = _small(picture, Trial(few)) if small else _balanced(picture, Trial(few))
    return min((body, *picture.made), key=len)


def _as_palette(picture: Picture, few: Picture, *, level: int) -> bytes | None:
    colours = colours_of(few.image) and colours_of(picture.image)
    if colours is None:
        return None
    return write_palette(picture.image, colours, level=level, scale=picture.scale)


def _balanced(picture: Picture, trial: Trial) -> bytes:
    if _is_far_below_hasty(picture, trial) or _is_plain_gain(trial):
        return picture.quick
    if trial.bits(TWO_FILTERS) < _LIGHT:
        trial = Trial(_more_bands(picture))
    sparse = trial.bits(BROWSER) < _SPARSE
    if not sparse and trial[QUICK] <= 0.9 * trial[BROWSER]:
        return picture.quick
    if trial[REPEATS] <= 0.9 * trial[BROWSER]:
        return REPEATS.write(picture)
    most = _REPETITIVE if sparse or trial.repetitive else 1
    for way, share in _LADDER.items():
        if sparse and way in _OF_DENSE:
            continue
        if trial[way] <= min(share, most) * trial[BROWSER]:
            return way.write(picture)
    if sparse or (trial.bits(BROWSER) < _DENSE and trial[GRAIN] > 1.15 * trial[BROWSER]):
        return THOROUGH.write(picture)
    return min(_LADDER, key=trial.__getitem__).write(picture)


def _is_far_below_hasty(picture: Picture, trial: Trial) -> bool:
    """Whether the quickest way is so far below the browser's hasty PNG that its own is larger.

    The hasty one has at most some three times the bytes of its own. The first question is the
    cheap one: whether it is worth while to ask.
    """
    captured = picture.captured
    if captured is None or trial.bits(QUICK) * picture.pixels / 8 > 0.53 * captured:
        return False
    return len(picture.quick) <= 0.31 * captured


def _is_plain_gain(trial: Trial) -> bool:
    """Whether rows without a filter win by so much that no closer look is worth its time.

    By gradients one filter comes as near to the browser as two do. By text it does not, and there
    the browser may be far better than either.
    """
    one, two = trial[ONE_FILTER], trial[TWO_FILTERS]
    return trial[QUICK] <= 0.92 * two and one <= 0.985 * two


def _small(picture: Picture, trial: Trial) -> bytes:
    """By the two slow ways that promise most."""
    bits = trial.bits(BROWSER)
    if bits < _LIGHT:
        trial = Trial(_more_bands(picture))
    if bits < _SPARSE:
        return _smallest(picture, (min(_SLOW, key=trial.__getitem__), FINEST))
    ways = _SLOW if bits >= _DENSE else (*_SLOW, THOROUGH)
    return _smallest(picture, sorted(ways, key=trial.__getitem__)[:2])


def _more_bands(picture: Picture) -> Picture:
    rows = int(picture.image.height)
    return picture.bands(max(_MORE_BANDS, rows // _ROWS_PER_BAND))


def _smallest(picture: Picture, ways: Sequence[Way]) -> bytes:
    return min((way.write(picture) for way in ways), key=len)
