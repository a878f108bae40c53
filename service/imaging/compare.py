"""How far two captures of the same page are from each other."""

from __future__ import annotations

from dataclasses import dataclass

from service.imaging.encode import Wanted, decode
from service.imaging.raster import Captured

FEW = 1e-5
SLIGHT = 3


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
    first, second = (decode(captured, wanted) for captured in (one, other))
    apart = (first.extract_band(0, n=3) - second.extract_band(0, n=3)).abs()
    differing = (apart > 0).bandor()
    pixels = round(differing.avg() / 255 * wanted.width * wanted.height)
    return Difference(pixels, wanted.width * wanted.height, int(apart.max()))
