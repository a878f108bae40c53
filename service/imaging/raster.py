"""What a surface hands over: pixels, or a file that the browser made of them.

And the same pixels in the shape that each encoder takes, copied once at the most. NumPy and Pillow
let the GIL go meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyvips
from numpy.typing import NDArray
from PIL import Image

from service.model import Format

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file that the browser made itself: a lossless PNG, or a JPEG of the wanted quality."""

    body: bytes = field(repr=False)
    format: Format


@dataclass(frozen=True, slots=True)
class Pixels:
    """Raw pixels in rows from the top, without a gap, `bands` bytes each.

    In the order `rgb`, 3 are RGB and 4 RGBA. In the order `bgrx`, which is a screen's, there are
    always 4, and the last has no meaning: an opaque picture.
    """

    data: bytes | bytearray | memoryview = field(repr=False)
    width: int
    height: int
    bands: int
    order: Literal["rgb", "bgrx"] = "rgb"

    @property
    def alpha(self) -> bool:
        """Whether it may be seen through."""
        return self.bands == 4 and self.order == "rgb"


Captured = Encoded | Pixels


def planes(pixels: Pixels, *, alpha: bool) -> list[Bytes]:
    """Red, green, blue, and alpha where it is wanted and there: rows by columns, not copied."""
    grid = np.frombuffer(pixels.data, np.uint8).reshape(pixels.height, pixels.width, pixels.bands)
    places = (2, 1, 0) if pixels.order == "bgrx" else (0, 1, 2)
    found = [grid[:, :, place] for place in places]
    return [*found, grid[:, :, 3]] if alpha and pixels.alpha else found


def for_pillow(pixels: Pixels, *, alpha: bool) -> Image.Image:
    """The picture, with its alpha where that is wanted and there."""
    mode = "RGBA" if alpha and pixels.alpha else "RGB"
    laid = "BGRX" if pixels.order == "bgrx" else "RGBX" if pixels.bands > len(mode) else mode
    data = np.frombuffer(pixels.data, np.uint8)
    return Image.frombuffer(mode, (pixels.width, pixels.height), data, "raw", laid, 0, 1)


def for_vips(pixels: Pixels, *, alpha: bool) -> pyvips.Image:
    """The picture, with its alpha where that is wanted and there."""
    bands = 4 if alpha and pixels.alpha else 3
    data = pixels.data
    if pixels.order == "bgrx" or pixels.bands != bands:
        data = np.stack(planes(pixels, alpha=alpha), axis=-1).reshape(-1).data
    image = pyvips.Image.new_from_memory(data, pixels.width, pixels.height, bands, "uchar")
    return image.copy(interpretation="srgb")
