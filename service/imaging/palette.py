"""Pictures of few colours as a palette: the same pixels in a third of the bytes, or less."""

from __future__ import annotations

import io
from typing import cast

import pyvips
from PIL import Image

from service.imaging.density import per_inch

MOST_COLOURS = 256

_Colour = tuple[int, ...]
_MODES = {3: "RGB", 4: "RGBA"}
_MODULI = (65521, 65519, 65497, 65479, 65449, 65447, 65437, 65423)
"""The primes below 2**16: by one of them hardly any 256 colours leave two equal remainders."""


def colours_of(image: pyvips.Image) -> list[_Colour] | None:
    """The colours of a picture in order; None if there are more than a palette holds."""
    mode = _MODES[image.bands]
    size = image.width, image.height
    found = Image.frombuffer(mode, size, image.write_to_memory(), "raw", mode, 0, 1).getcolors(
        MOST_COLOURS
    )
    return None if found is None else sorted(cast(_Colour, colour) for _, colour in found)


def write_palette(
    image: pyvips.Image, colours: list[_Colour], *, level: int, scale: float
) -> bytes | None:
    """The picture as a PNG with a palette of exactly these, its colours; None if that fails."""
    places = _places(image, colours)
    if places is None:
        return None
    picture = Image.frombytes("P", (image.width, image.height), places)
    picture.putpalette([part for colour in colours for part in colour], _MODES[image.bands])
    file = io.BytesIO()
    dpi = per_inch(scale)
    picture.save(file, "png", compress_level=level, dpi=(dpi, dpi))
    return file.getvalue()


def _places(image: pyvips.Image, colours: list[_Colour]) -> bytes | None:
    """Each pixel's place in the palette.

    A colour is a number to the base 256; its remainder by a prime is small enough for a table.
    """
    for modulus in _MODULI:
        weights = [pow(256, band, modulus) for band in range(image.bands)]
        codes = [
            sum(weight * part for weight, part in zip(weights, colour, strict=True)) % modulus
            for colour in colours
        ]
        if len(set(codes)) == len(codes):
            table = bytearray(2**16)
            for place, code in enumerate(codes):
                table[code] = place
            # The sums are small enough for the floating point that libvips works with here.
            sums = image.recomb(pyvips.Image.new_from_array([weights])).cast("uint")
            found = (
                (sums % modulus)
                .cast("ushort")
                .maplut(pyvips.Image.new_from_memory(bytes(table), len(table), 1, 1, "uchar"))
            )
            return bytes(found.write_to_memory())
    return None
