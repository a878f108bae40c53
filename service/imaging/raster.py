"""What a surface hands over: pixels, or a file that the browser made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from service.model import Format


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


Captured = Encoded | Pixels
