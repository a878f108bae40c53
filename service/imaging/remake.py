"""A picture from elsewhere, made anew: decoded whole, upright, in sRGB, and nothing else of it.

What comes out is a file of ours. Whatever else the one that came may have held is gone: animation,
position, profile, thumbnail, another file behind it. For threads: libvips lets the GIL go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyvips

from service.imaging.sniff import MAX_PIXELS, look_at

LONGEST_SIDE = 4_096
"""Pixels: more than a page shows of one picture."""

MAX_BYTES = 6_000_000
"""The largest file that comes out: it travels inside a document."""


_QUALITY = 92
_PNG_LEVEL = 4


class NotAPicture(Exception):
    """These bytes are no picture that we take: another type, damaged, or too many pixels."""


@dataclass(frozen=True, slots=True)
class Remade:
    """A PNG or a JPEG that we made ourselves."""

    body: bytes = field(repr=False)
    media_type: str


_LOADERS: Mapping[str, Callable[..., Any]] = {
    "png": pyvips.Image.pngload_buffer,
    "jpeg": pyvips.Image.jpegload_buffer,
    "webp": pyvips.Image.webpload_buffer,
    "gif": pyvips.Image.gifload_buffer,
    "avif": pyvips.Image.heifload_buffer,
}
"""By the type that the first bytes say: libvips is never left to guess, for it reads much more."""


def remake(body: bytes) -> Remade:
    """The picture that `body` holds; of a moving one the first frame.

    A photograph that came as JPEG stays one; all else becomes PNG, unless that is too large.

    Raises:
        NotAPicture: it is none, or not whole, or larger than 32 megapixels.
    """
    raster = look_at(body)
    if raster is None:
        raise NotAPicture("not a PNG, JPEG, WebP, GIF or AVIF")
    if raster.width * raster.height > MAX_PIXELS:
        raise NotAPicture("too many pixels")
    try:
        image = _LOADERS[raster.type](body, fail_on="error", access="sequential")
        if image.width * image.height > MAX_PIXELS:  # the first bytes said something else
            raise NotAPicture("too many pixels")
        image = _upright(_smaller(_in_srgb(image), LONGEST_SIDE).copy_memory())
        return _file_of(image, photograph=raster.type == "jpeg")
    except pyvips.Error as error:
        raise NotAPicture("it cannot be decoded") from error


def _in_srgb(image: pyvips.Image) -> pyvips.Image:
    """Eight bits of red, green and blue, with or without alpha, as a page means them."""
    if image.get_typeof("icc-profile-data"):
        plain = "cmyk" if image.interpretation == "cmyk" else "srgb"
        try:
            image = image.icc_transform(
                "srgb", embedded=True, input_profile=plain, intent="perceptual"
            )
        except pyvips.Error:  # a profile that is of no use: browsers do without it too
            image = image.copy()
    if image.interpretation != "srgb":
        image = image.colourspace("srgb")
    return image.cast("uchar")


def _smaller(image: pyvips.Image, side: int) -> pyvips.Image:
    if max(image.width, image.height) <= side:
        return image
    return image.thumbnail_image(side, height=side, size="down", no_rotate=True)


def _upright(image: pyvips.Image) -> pyvips.Image:
    return image.autorot() if image.get_typeof("orientation") else image


def _file_of(image: pyvips.Image, *, photograph: bool) -> Remade:
    """A file that is small enough to travel.

    An opaque picture that is too large as PNG is a photograph, whatever it came as; what is too
    large all the same has more pixels than it needs.
    """
    while True:
        if photograph:
            body = image.jpegsave_buffer(Q=_QUALITY, subsample_mode="off", keep="none")
        else:
            body = image.pngsave_buffer(compression=_PNG_LEVEL, keep="none")
        if len(body) <= MAX_BYTES:
            return Remade(bytes(body), "image/jpeg" if photograph else "image/png")
        if photograph or image.hasalpha():
            image = _smaller(image, max(image.width, image.height) * 7 // 10).copy_memory()
        photograph = not image.hasalpha()
