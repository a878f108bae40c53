"""The last rung: a tile of the template's colour. In development it says what went wrong."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import pyvips
from PIL import Image, ImageDraw, ImageFont

from service.imaging.encode import Wanted, encode

_DARK = "#111827"
_LIGHT = "#f9fafb"
_EVEN = 0.19
"""The luminance on which dark and light ink can be read equally well."""

_MOST_CHARACTERS = 4000

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def tile(colour: str, wanted: Wanted, text: str = "") -> bytes:
    """A picture of one colour, `#rrggbb`, with `text` on it where there is any.

    Text that does not fit ends with an ellipsis; where not even a line fits there is none.
    """
    picture = Image.new("RGB", (wanted.width, wanted.height), colour[:7])
    if text:
        _write(picture, text[:_MOST_CHARACTERS])
    pixels = pyvips.Image.new_from_memory(
        picture.tobytes(), wanted.width, wanted.height, 3, "uchar"
    ).copy(interpretation="srgb")
    return encode(pixels, wanted)


def _write(picture: Image.Image, text: str) -> None:
    size = max(10, min(picture.width // 36, picture.height // 14))
    margin = min(size * 2, picture.width // 12, picture.height // 8)
    step = size * 3 // 2
    font = ImageFont.load_default(size)
    lines = list(_wrapped(text, font, picture.width - 2 * margin))
    room = (picture.height - 2 * margin) // step
    if len(lines) > room:
        lines = [*lines[: max(0, room - 1)], "…"][:room]
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((margin, margin + number * step), line, font=font, fill=_ink(picture))


def _wrapped(text: str, font: Font, width: int) -> Iterator[str]:
    """Lines that are no wider than `width`; words that alone are wider are cut through."""
    for line in text.splitlines():
        columns = max(1, len(line))
        while columns > 1 and any(
            font.getlength(part) > width for part in textwrap.wrap(line, columns)
        ):
            columns = columns * 4 // 5
        yield from textwrap.wrap(line, columns) or [""]


def _ink(picture: Image.Image) -> str:
    """Dark or light, whichever has more contrast to the picture's colour."""
