"""The last rung: a tile of the template's colour. In development it says what went wrong."""

from __future__ import annotations

import textwrap

import pyvips
from PIL import Image, ImageDraw, ImageFont

from service.imaging.encode import Wanted, encode

_LINES = 12


def tile(colour: str, wanted: Wanted, text: str = "") -> bytes:
    """A picture of one colour, `#rrggbb`, with `text` on it where there is any."""
    picture = Image.new("RGB", (wanted.width, wanted.height), colour[:7])
    if text:
        _write(picture, text)
    pixels = pyvips.Image.new_from_memory(
        picture.tobytes(), wanted.width, wanted.height, 3, "uchar"
    ).copy(interpretation="srgb")
    return encode(pixels, wanted)


def _write(picture: Image.Image, text: str) -> None:
    size = max(10, min(picture.width // 36, picture.height // 14))
    margin = size * 2
    font = ImageFont.load_default(size)
    columns = max(12, int((picture.width - 2 * margin) / (size * 0.55)))
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, columns) or [""]]
    red, green, blue = picture.getpixel((0, 0))  # type: ignore[misc]
    bright = 0.299 * red + 0.587 * green + 0.114 * blue > 140
    ImageDraw.Draw(picture).multiline_text(
        (margin, margin),
        "\n".join(lines[:_LINES]),
        font=font,
        fill="#111827" if bright else "#f9fafb",
        spacing=size // 2,
    )
