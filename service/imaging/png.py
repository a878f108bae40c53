"""Ways to write a PNG without losing a pixel: a filter for the rows, and how they are deflated.

libdeflate deflates: of all that were measured it takes the least time for as few bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import deflate
import numpy as np
import pyvips

from service.imaging.density import per_mm
from service.imaging.raster import Bytes, Pixels, planes

BAND_ROWS = 16
"""Rows of one band: that rows repeat shows only where several stand together."""

COLOURS, COLOURS_ALPHA, PLACES = 2, 6, 3
"""PNG's own numbers for what a pixel is: RGB, RGBA, a place in a palette."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NONE, _SUB, _UP = 0, 1, 2
_ADAPTIVE = 16 | 32 | 64 | 128
"""libpng's number for its filters: for each row the one with the least sum, as browsers do it."""

_HEADER = 8
_TRYING = 3
"""The level that tells which filter will do, and is quick about it."""


class Picture:
    """Pixels to be written at a scale; what several ways need of them is made once."""

    def __init__(self, pixels: Pixels, scale: float, *, alpha: bool = True) -> None:
        self.planes = planes(pixels, alpha=alpha)
        self.width, self.height, self.scale = pixels.width, pixels.height, scale

    @property
    def depth(self) -> int:
        """Bytes a pixel: 3, or 4 with alpha."""
        return len(self.planes)

    def bands_at(self, tops: Sequence[int]) -> Picture:
        """A picture of some bands of this one's rows, that begin there."""
        rows = np.add.outer(np.asarray(tops), np.arange(BAND_ROWS)).reshape(-1)
        some = np.stack([plane[rows] for plane in self.planes], axis=-1)
        return Picture(
            Pixels(some.reshape(-1).data, self.width, len(rows), self.depth), self.scale
        )

    @cached_property
    def rows(self) -> Bytes:
        """The rows as they are, each behind the number that says so."""
        rows = np.empty((self.height, 1 + self.width * self.depth), np.uint8)
        rows[:, 0] = _NONE
        for place, plane in enumerate(self.planes, start=1):
            rows[:, place :: self.depth] = plane
        return rows

    @cached_property
    def filtered(self) -> Bytes:
        """The rows filtered as the browser would, each behind the number of its filter."""
        data = np.ascontiguousarray(self.rows[:, 1:])
        image = pyvips.Image.new_from_memory(
            data, self.width, self.height, self.depth, "uchar"
        ).copy(interpretation="srgb")
        file = bytes(image.pngsave_buffer(compression=0, filter=_ADAPTIVE, keep="none"))
        stored = b"".join(file[start:end] for kind, start, end in _chunks(file) if kind == b"IDAT")
        filtered = deflate.zlib_decompress(stored, self.rows.size)
        return np.frombuffer(filtered, np.uint8).reshape(self.rows.shape)

    def guesses(self, top: int, rows: int) -> tuple[bytes, bytes]:
        """Some rows, but not the first, in two simple filters that come near the browser's own.

        What is on the left taken away, and what is above.
        """
        whole, data = self.rows[top : top + rows], self.rows[top : top + rows, 1:]
        left, above = np.full_like(whole, _SUB), np.full_like(whole, _UP)
        left[:, 1:] = data
        left[:, 1 + self.depth :] -= data[:, : -self.depth]
        np.subtract(data, self.rows[top - 1 : top + rows - 1, 1:], out=above[:, 1:])
        return left.tobytes(), above.tobytes()

    def file(self, data: bytes | bytearray) -> bytes:
        """The whole file around its deflated rows."""
        kind = COLOURS if self.depth == 3 else COLOURS_ALPHA
        return png_file((self.width, self.height), self.scale, kind, data)


@dataclass(frozen=True, slots=True)
class Plain:
    """Rows without a filter."""

    level: int

    def write(self, picture: Picture) -> bytes:
        """The whole file."""
        return picture.file(deflate.zlib_compress(picture.rows, self.level))


@dataclass(frozen=True, slots=True)
class Filtered:
    """The browser's own filters."""

    level: int

    def write(self, picture: Picture) -> bytes:
        """The whole file."""
        return picture.file(deflate.zlib_compress(picture.filtered, self.level))


@dataclass(frozen=True, slots=True)
class Woven:
    """For each band of rows the browser's filters or none, whichever deflates better."""

    level: int

    def write(self, picture: Picture) -> bytes:
        """The whole file."""
        return picture.file(deflate.zlib_compress(b"".join(_woven(picture)), self.level))


Way = Plain | Filtered | Woven


def _woven(picture: Picture) -> Iterator[memoryview]:
    for top in range(0, picture.height, BAND_ROWS):
        bands = (rows[top : top + BAND_ROWS] for rows in (picture.filtered, picture.rows))
        yield min(bands, key=lambda band: size_of(band, _TRYING)).data


def size_of(data: Bytes | bytes, level: int) -> int:
    """How many bytes are left when this is deflated."""
    return len(deflate.deflate_compress(data, level))


def png_file(
    size: tuple[int, int],
    scale: float,
    kind: int,
    data: bytes | bytearray,
    *,
    depth: int = 8,
    extra: bytes = b"",
) -> bytes:
    """A PNG around its deflated rows. `extra` are chunks that stand before them."""
    width, height = size
    density = round(per_mm(scale) * 1000).to_bytes(4)
    header = width.to_bytes(4) + height.to_bytes(4) + bytes((depth, kind, 0, 0, 0))
    parts = (
        _SIGNATURE,
        chunk(b"IHDR", header),
        chunk(b"pHYs", density * 2 + b"\x01"),
        extra,
        chunk(b"IDAT", data),
        chunk(b"IEND", b""),
    )
    return b"".join(parts)


def chunk(kind: bytes, data: bytes | bytearray) -> bytes:
    """One part of a PNG file."""
    sealed = deflate.crc32(data, deflate.crc32(kind)).to_bytes(4)
    return b"".join((len(data).to_bytes(4), kind, data, sealed))


def _chunks(file: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's kind, and where its data begins and ends."""
    at = len(_SIGNATURE)
    while at < len(file):
        start = at + _HEADER
        end = start + int.from_bytes(file[at : at + 4])
        yield file[at + 4 : start], start, end
        at = end + 4
