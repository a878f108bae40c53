"""Ways to write a PNG without losing a pixel: a filter for the rows, and how they are deflated."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pyvips

from service.imaging.density import per_mm

NONE, SUB, UP, AVERAGE, PAETH = 8, 16, 32, 64, 128
"""libpng's filters."""

ADAPTIVE = SUB | UP | AVERAGE | PAETH
"""For each row the one with the least sum, which is what the browser does."""

BAND_ROWS = 16
"""Rows of one band: that rows repeat shows only where several stand together."""

_HEADER = 8
_TRYING = 4
"""The level that tells which filter will do, and is quick about it."""

_MEMORY = 7
"""zlib's `memLevel`: with less than the usual 8 its blocks are shorter, and fit a page's parts."""


class Picture:
    """Pixels to be written at a scale; what several ways need of them is made once."""

    def __init__(self, image: pyvips.Image, scale: float) -> None:
        self.image = image.copy(xres=per_mm(scale), yres=per_mm(scale))
        self.scale = scale

    @property
    def pixels(self) -> int:
        """How many it has."""
        return int(self.image.width * self.image.height)

    def bands(self, count: int) -> Picture:
        """A picture of `count` bands of this one's rows, or of all where there are not many."""
        image = self.image
        if image.height <= count * BAND_ROWS:
            return self
        free = image.height - BAND_ROWS
        tops = [round((band + 0.5) / count * free) for band in range(count)]
        parts = [image.crop(0, top, image.width, BAND_ROWS) for top in tops]
        return Picture(pyvips.Image.arrayjoin(parts, across=1).copy_memory(), self.scale)

    @cached_property
    def filtered(self) -> tuple[bytes, bytes]:
        """A file up to its pixels; and those, filtered as the browser would, but not deflated."""
        file = bytes(self.image.pngsave_buffer(compression=0, filter=ADAPTIVE, keep="none"))
        data = [(start, end) for kind, start, end in _chunks(file) if kind == b"IDAT"]
        rows = zlib.decompress(b"".join(file[start:end] for start, end in data))
        return file[: data[0][0] - _HEADER], rows


@dataclass(frozen=True, slots=True)
class Filtered:
    """One filter for all rows, or a few to choose from. libvips deflates, which is quick."""

    filters: int
    level: int

    def write(self, picture: Picture) -> bytes:
        """The whole file."""
        save = picture.image.pngsave_buffer
        return bytes(save(compression=self.level, filter=self.filters, keep="none"))


@dataclass(frozen=True, slots=True)
class Deflated:
    """The browser's own filters, deflated as it would: libvips cannot be asked for that."""

    level: int

    def write(self, picture: Picture) -> bytes:
        """The whole file."""
        start, rows = picture.filtered
        return _file(start, _deflated(rows, self.level))


@dataclass(frozen=True, slots=True)
class Woven:
    """For each band of rows the browser's filters or none, whichever deflates better."""

    level: int

    def write(self, picture: Picture) -> bytes:
        """The whole file."""
        start, rows = picture.filtered
        deflate = zlib.compressobj(self.level, memLevel=_MEMORY)
        pieces = [deflate.compress(band) for band in _woven(picture.image, rows)]
        return _file(start, b"".join([*pieces, deflate.flush()]))


Way = Filtered | Deflated | Woven


def _woven(image: pyvips.Image, filtered: bytes) -> Iterator[bytes]:
    """The rows, band by band, each behind the number of its filter."""
    width = image.width * image.bands
    pixels = memoryview(image.write_to_memory())
    for top in range(0, image.height, BAND_ROWS):
        end = min(top + BAND_ROWS, image.height)
        rows = [pixels[row * width : (row + 1) * width] for row in range(top, end)]
        plain = b"".join(part for row in rows for part in (b"\0", row))
        band = filtered[top * (width + 1) : end * (width + 1)]
        yield min(band, plain, key=lambda data: len(_deflated(data, _TRYING)))


def _deflated(data: bytes, level: int) -> bytes:
    deflate = zlib.compressobj(level, memLevel=_MEMORY)
    return deflate.compress(data) + deflate.flush()


def _file(start: bytes, data: bytes) -> bytes:
    return start + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunks(file: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's kind, and where its data begins and ends."""
    at = 8
    while at < len(file):
        start = at + _HEADER
        end = start + int.from_bytes(file[at : at + 4])
        yield file[at + 4 : start], start, end
        at = end + 4


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(data, zlib.crc32(kind)).to_bytes(4)
