"""A contact sheet: many pictures in rows as wide as the sheet, each with its caption."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

import pyvips
from PIL import Image, ImageDraw, ImageFont

GROUND = "#e9ebee"
EDGE = "#d3d7dc"
INK = "#33383f"

MARGIN, GAP, CAPTION = 28, 20, 44
"""Pixels around the sheet, between pictures, and from a picture to the one below its caption."""

LETTERS = 16
SHARE = 1 / 22
"""About how much of a square as wide as the sheet one picture gets, whatever its shape."""

MOST = 1.3
"""How much higher than that a row may become for the sake of being full."""

WIDTHS = (1600, 1440, 1280, 1120, 960, 800)
"""Tried in this order until the file is small enough."""

LIMIT = 245_000
"""Bytes that a picture of the documentation may have."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, as a file, and what stands below it."""

    caption: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture goes on the sheet, in pixels from its top left corner."""

    x: int
    y: int
    width: int
    height: int


def laid_out(groups: Sequence[Sequence[tuple[int, int]]], width: int) -> tuple[list[Place], int]:
    """A place for each picture of each group, by its width and height, and the sheet's height.

    Each group begins on a new row. Every row but the last of a group is as wide as the sheet.
    """
    places: list[Place] = []
    inner, y = width - 2 * MARGIN, MARGIN
    for group in groups:
        tallest = math.inf
        for row, full in _rows([one / other for one, other in group], inner):
            tall = _fitting(row, inner)
            if not full:  # what is left over is as high as the row above, or as it would like
                tall = min(tall, tallest if tallest < math.inf else _height(row, inner))
            x = float(MARGIN)
            for shape in row:
                wide = max(1, round(x + shape * tall) - round(x))
                places.append(Place(round(x), y, wide, max(1, round(tall))))
                x += shape * tall + GAP
            tallest = tall
            y += max(1, round(tall)) + CAPTION
        y += GAP if group else 0
    # Below the last caption there is no other picture.
    return places, y - 2 * GAP + MARGIN if places else 2 * MARGIN


def contact_sheet(groups: Sequence[Sequence[Picture]], *, limit: int = LIMIT) -> bytes:
    """The sheet as a PNG of at most `limit` bytes, or the smallest that could be made.

    The same pictures give the same bytes.
    """
    opened = [[_opened(picture.body) for picture in group] for group in groups]
    captions = [picture.caption for group in groups for picture in group]
    body = b""
    for width in WIDTHS:
        body = _encoded(_drawn(opened, captions, width), dither=0)
        if len(body) <= limit:
            break
    return body


def single(body: bytes, *, limit: int = LIMIT) -> bytes:
    """A picture as a PNG of at most `limit` bytes, no wider than the widest sheet."""
    picture = _opened(body)
    made = b""
    for width in dict.fromkeys(min(picture.width, one) for one in WIDTHS):
        height = max(1, round(picture.height * width / picture.width))
        resized = picture if width == picture.width else _resized(picture, width, height)
        made = _encoded(resized, dither=1)
        if len(made) <= limit:
            break
    return made


def shortened(caption: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    """A caption that is no wider than `width` pixels: cut, with an ellipsis, where it must be."""
    if font.getlength(caption) <= width:
        return caption
    for end in range(len(caption) - 1, 0, -1):
        cut = f"{caption[:end].rstrip(' ,')}…"
        if font.getlength(cut) <= width:
            return cut
    return ""


def _rows(shapes: Sequence[float], inner: int) -> Iterator[tuple[list[float], bool]]:
    """Pictures by their width for each pixel of height, in rows; whether each row is full."""
    row: list[float] = []
    for shape in shapes:
        longer = [*row, shape]
        if row and _strain(row, inner) <= min(MOST, 1 / _strain(longer, inner)):
            yield row, True
            longer = [shape]
        row = longer
    if row:
        yield row, _strain(row, inner) <= 1


def _fitting(row: Sequence[float], inner: int) -> float:
    """The height at which a row is as wide as there is room."""
    return (inner - GAP * (len(row) - 1)) / sum(row)


def _height(row: Sequence[float], inner: int) -> float:
    """How high a row would like to be."""
    return sum(inner * math.sqrt(SHARE / shape) for shape in row) / len(row)


def _strain(row: Sequence[float], inner: int) -> float:
    """How many times as high as it would like to be a row is when it is full."""
    return _fitting(row, inner) / _height(row, inner)


def _drawn(
    opened: Sequence[Sequence[Image.Image]], captions: Sequence[str], width: int
) -> Image.Image:
    places, height = laid_out([[one.size for one in group] for group in opened], width)
    sheet = Image.new("RGB", (width, height), GROUND)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(LETTERS)
    pictures = [picture for group in opened for picture in group]
    for picture, caption, place in zip(pictures, captions, places, strict=True):
        box = (place.x - 1, place.y - 1, place.x + place.width, place.y + place.height)
        draw.rectangle(box, fill="#ffffff", outline=EDGE)
        resized = _resized(picture, place.width, place.height)
        sheet.paste(resized, (place.x, place.y), resized if resized.mode == "RGBA" else None)
        at = (place.x, place.y + place.height + 6)
        draw.text(at, shortened(caption, font, place.width), font=font, fill=INK)
    return sheet


def _opened(body: bytes) -> Image.Image:
    picture = Image.open(BytesIO(body))
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _resized(picture: Image.Image, width: int, height: int) -> Image.Image:
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _encoded(picture: Image.Image, *, dither: float) -> bytes:
    """A PNG of at most 256 colours."""
    bands = len(picture.getbands())
    pixels = pyvips.Image.new_from_memory(
        picture.tobytes(), picture.width, picture.height, bands, "uchar"
    ).copy(interpretation="srgb")
    return bytes(
        pixels.pngsave_buffer(
            palette=True, Q=95, dither=dither, effort=9, compression=9, keep="none"
        )
    )
