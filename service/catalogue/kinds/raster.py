"""What the first bytes of a picture say: its type and its size in pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's markers for a start of frame; the three left out mean something else."""

_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
"""JPEG's markers that no length follows."""


class Raster(NamedTuple):
    """The type of a picture (png, jpeg, webp or gif), and its size in pixels."""

    type: str
    width: int
    height: int


def look_at(body: bytes) -> Raster | None:
    """The picture that these bytes begin; None if they are none of ours, or cut off too early."""
    for measure in (_png, _gif, _webp, _jpeg):
        try:
            raster = measure(body)
        except IndexError:
            return None
        if raster is not None:
            return raster if raster.width > 0 and raster.height > 0 else None
    return None


def _png(body: bytes) -> Raster | None:
    if not body.startswith(b"\x89PNG\r\n\x1a\n") or body[12:16] != b"IHDR":
        return None
    return Raster("png", int.from_bytes(body[16:20]), int.from_bytes(body[20:24]))


def _gif(body: bytes) -> Raster | None:
    if not body.startswith((b"GIF87a", b"GIF89a")):
        return None
    return Raster("gif", int.from_bytes(body[6:8], "little"), int.from_bytes(body[8:10], "little"))


def _webp(body: bytes) -> Raster | None:
    if body[:4] != b"RIFF" or body[8:12] != b"WEBP":
        return None
    form, data = body[12:16], body[20:30]
    if form == b"VP8X":
        width = int.from_bytes(data[4:7], "little") + 1
        height = int.from_bytes(data[7:10], "little") + 1
    elif form == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif form == b"VP8 ":
        width = int.from_bytes(data[6:8], "little") & 0x3FFF
        height = int.from_bytes(data[8:10], "little") & 0x3FFF
    else:
        return None
    return Raster("webp", width, height)


def _jpeg(body: bytes) -> Raster | None:
    if not body.startswith(b"\xff\xd8\xff"):
        return None
    for marker, at in _segments(body):
        if marker in _FRAMES:
            height, width = (
                int.from_bytes(body[at + 3 : at + 5]),
                int.from_bytes(body[at + 5 : at + 7]),
            )
            return Raster("jpeg", width, height)
    return None


def _segments(body: bytes) -> Iterator[tuple[int, int]]:
    """Each segment's marker, and where its length stands."""
    at = 2
    while at + 4 <= len(body) and body[at] == 0xFF:
        marker = body[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        else:
            yield marker, at + 2
            at += 2 + int.from_bytes(body[at + 2 : at + 4])
