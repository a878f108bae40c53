"""What a surface hands over: pixels, or a file that the browser made of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.model import Format


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file that the browser made itself: a lossless PNG, or a JPEG of the wanted quality."""

    body: bytes = field(repr=False)
    format: Format


@dataclass(frozen=True, slots=True)
class Pixels:
    """Raw pixels in rows from the top, `bands` bytes each: 3 for RGB, 4 for RGBA."""

    data: bytes | memoryview = field(repr=False)
    width: int
    height: int
    bands: int


Captured = Encoded | Pixels
