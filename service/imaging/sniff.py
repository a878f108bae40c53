"""What the first bytes of a picture say: its type and its size in pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

MAX_PIXELS = 32_000_000
"""The largest picture that is decoded, whatever its file weighs."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's markers for a start of frame; the three left out mean something else."""

_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
"""JPEG's markers that no length follows."""


_AVIF = frozenset({b"avif", b"avis"})
_LONGEST_HEAD = 65_536
"""Bytes of an AVIF file in which its sizes are looked for."""


class Raster(NamedTuple):
    """The type of a picture (png, jpeg, webp, gif or avif), and its size in pixels."""

    type: str
    width: int
    height: int


def look_at(body: bytes) -> Raster | None:
    """The picture that these bytes begin; None if they are none of ours, or cut off too early."""
    for measure in (_png, _gif, _webp, _jpeg, _avif):
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


def _avif(body: bytes) -> Raster | None:
    """The largest of the sizes that it names: a grid names those of its tiles too."""
    length = int.from_bytes(body[:4])
    if body[4:8] != b"ftyp" or not _AVIF & {
        body[at : at + 4] for at in range(8, min(length, 256), 4)
    }:
        return None
    head, at, sizes = body[:_LONGEST_HEAD], 0, [(0, 0)]
    while (at := head.find(b"ispe", at) + 4) > 3:
        sizes.append(
            (int.from_bytes(head[at + 4 : at + 8]), int.from_bytes(head[at + 8 : at + 12]))
        )
    return Raster("avif", *max(sizes, key=lambda size: size[0] * size[1]))


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
