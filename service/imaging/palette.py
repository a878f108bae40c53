"""Pictures of few colours as a palette: the same pixels in a third of the bytes, or less.

A drawn row is made of runs of one colour. Only where a pixel differs from the one before it can
there be a colour that was not there yet, which leaves little to look at.
"""

from __future__ import annotations

from typing import NamedTuple

import deflate
import numpy as np
from numpy.typing import NDArray

from service.imaging.png import PLACES, Picture, chunk, png_file
from service.imaging.raster import Bytes

MOST_COLOURS = 256

_GLANCES = 8
"""Rows that are looked at first: they tell of most pictures that they have too many colours."""

_DEPTHS = ((2, 1), (4, 2), (16, 4), (256, 8))
"""Up to how many colours a place in the palette takes how many bits."""

Codes = NDArray[np.uint32]


class Palette(NamedTuple):
    """The colours of a picture, rows of its bands, and for each pixel its colour's place."""

    colours: Bytes
    places: Bytes


def palette_of(picture: Picture) -> Palette | None:
    """A palette of exactly the picture's colours; None if there are more than one holds."""
    step = max(1, picture.height // _GLANCES)
    if _colours(_codes(picture, step).reshape(-1)) is None:
        return None
    codes = _codes(picture).reshape(-1)
    found = _colours(codes)
    if found is None:
        return None
    colours, starts, places = found
    lengths = np.diff(starts, append=codes.size)
    of_pixels = np.repeat(places.astype(np.uint8), lengths)
    raster = colours.astype("<u4").view(np.uint8).reshape(-1, 4)[:, : picture.depth]
    return Palette(raster, of_pixels.reshape(picture.height, picture.width))


def write_palette(palette: Palette, *, level: int, scale: float) -> bytes:
    """The picture as a PNG with this palette."""
    colours, places = palette
    height, width = places.shape
    depth = next(depth for most, depth in _DEPTHS if len(colours) <= most)
    rows = np.zeros((height, 1 + -(-width * depth // 8)), np.uint8)
    rows[:, 1:] = _packed(places, depth)
    extra = chunk(b"PLTE", colours[:, :3].tobytes())
    if colours.shape[1] == 4:
        extra += chunk(b"tRNS", colours[:, 3].tobytes())
    data = deflate.zlib_compress(rows, level)
    return png_file((width, height), scale, PLACES, data, depth=depth, extra=extra)


def _codes(picture: Picture, step: int = 1) -> Codes:
    """Every pixel, or those of every so many rows, as one number."""
    planes = [plane[::step] for plane in picture.planes]
    codes = np.zeros((*planes[0].shape, 4), np.uint8)
    for place, plane in enumerate(planes):
        codes[:, :, place] = plane
    return codes.view("<u4")[:, :, 0]


def _colours(codes: Codes) -> tuple[Codes, NDArray[np.intp], NDArray[np.intp]] | None:
    """The colours in order, where each run of one begins, and that one's place among them."""
    starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    first = codes[starts]
    colours = np.unique(first)
    if len(colours) > MOST_COLOURS:
        return None
    return colours, starts, np.searchsorted(colours, first)


def _packed(places: Bytes, depth: int) -> Bytes:
    """Rows of places, several to a byte where they need less; the first stands highest."""
    if depth == 8:
        return places
    each = 8 // depth
    height, width = places.shape
    wide = np.zeros((height, -(-width // each) * each), np.uint8)
    wide[:, :width] = places
    packed = np.zeros((height, wide.shape[1] // each), np.uint8)
    for place in range(each):
        packed |= wide[:, place::each] << np.uint8(8 - depth * (place + 1))
    return packed
