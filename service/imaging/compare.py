"""How far two captures of the same page are from each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.imaging.encode import Wanted, decode
from service.imaging.raster import Captured, planes

FEW = 1e-5
"""The part of the pixels that may differ slightly."""

SLIGHT = 3
"""By how many levels."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How many pixels of how many differ, and by how many of 255 levels at the most."""

    pixels: int
    of: int
    levels: int

    @property
    def slight(self) -> bool:
        """Whether it is no more than Chromium's own from one page to another.

        At most one pixel in 100,000, by 3 levels: seen at the edges of round pictures, where two
        of its ways to the same picture round otherwise.
        """
        return self.pixels <= self.of * FEW and self.levels <= SLIGHT


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
