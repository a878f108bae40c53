"""How far two captures of the same page are from each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.imaging.encode import Wanted, decode
from service.imaging.raster import Captured, planes

SLIGHT = 3
"""Levels that nobody sees. Chromium is off by as many where it scales one picture twice, or blends
in two steps; two fresh pages are not the same there either."""

FAINT = 8
"""Levels by which thin curves may be off where tiles meet, also between two fresh pages: in 1,016
of two million pixels of a sample."""

FEW = 1e-3
"""The part of the pixels that may be off by so much."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How many pixels of how many differ, and by how many of 255 levels at the most."""

    pixels: int
    of: int
    levels: int

    @property
    def slight(self) -> bool:
        """Whether it is no more than Chromium's own from one fresh page to another.

        Another text, or what is left of the picture before, is off by dozens of levels.
        """
        return self.levels <= SLIGHT or (self.levels <= FAINT and self.pixels <= self.of * FEW)


def compare(one: Captured, other: Captured, wanted: Wanted) -> Difference:
    """Compare two captures, pixel by pixel. For threads.

    Raises:
        PictureInvalid: when one of them is not a picture of the wanted size.
    """
    first, second = (planes(decode(one, wanted), alpha=True) for one in (one, other))
    if len(first) != len(second):
        return Difference(wanted.width * wanted.height, wanted.width * wanted.height, 255)
    apart = np.max([np.abs(a.astype(np.int16) - b) for a, b in zip(first, second, strict=True)], 0)
    return Difference(int(np.count_nonzero(apart)), apart.size, int(apart.max()))
