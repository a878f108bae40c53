"""The last rung: a tile of the template's colour. In development it says what went wrong."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from math import ceil

from PIL import Image, ImageDraw, ImageFont

from service.imaging.encode import Wanted, encode
from service.imaging.raster import Pixels

_DARK = "#111827"
_LIGHT = "#f9fafb"
_EVEN = 0.19
"""The luminance on which both inks can be read equally well."""

_LONGEST = 1_500
"""Characters of a text that are looked at: no tile has room for more."""

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def tile(colour: str, wanted: Wanted, text: str = "") -> bytes:
    """A picture of one colour, `#rrggbb`, with `text` on it where there is any.

    Text that has no room ends with an ellipsis; a picture too small for a line has no text.
    """
    picture = Image.new("RGB", (wanted.width, wanted.height), colour[:7])
    if text:
        _write(picture, text[:_LONGEST])
    return encode(Pixels(picture.tobytes(), wanted.width, wanted.height, 3), wanted)


def _write(picture: Image.Image, text: str) -> None:
    size = max(10, min(picture.width // 36, picture.height // 14))
    margin = min(size * 2, picture.width // 10, picture.height // 8)
    step = size * 3 // 2
    width = picture.width - 2 * margin
    room = (picture.height - 2 * margin) // step if width > 3 * size else 0
    font = ImageFont.load_default(size)
    lines = list(islice(_wrapped(text, font, width), room + 1)) if room else []
    if len(lines) > room:
        lines[room - 1 :] = ["…"]
    ink = _ink(picture)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((margin, margin + number * step), line, font=font, fill=ink)


def _wrapped(text: str, font: _Font, width: int) -> Iterator[str]:
    """Lines no wider than `width` pixels, broken at spaces where there are any."""
    for whole in text.splitlines():
        line = whole
        while font.getlength(line) > width:
            fitting = _fitting(line, font, width)
            end = line.rfind(" ", 1, fitting + 1)
            end = end if end > 0 else fitting
            yield line[:end]
            line = line[end:].lstrip()
        yield line


def _fitting(line: str, font: _Font, width: int) -> int:
    """How many characters of a line have room in `width` pixels; one at the least."""
    ends = range(1, len(line) + 1)
    return max(1, bisect_right(ends, width, key=lambda end: ceil(font.getlength(line[:end]))))


def _ink(picture: Image.Image) -> str:
    """Dark or light: whichever stands out more from the picture's colour (WCAG 2's luminance)."""
    red, green, blue = (_linear(band) for band in picture.getpixel((0, 0)))  # type: ignore[union-attr]
    return _DARK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > _EVEN else _LIGHT


def _linear(band: int) -> float:
    share = band / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
