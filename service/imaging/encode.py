"""Make the finished file from what a surface captured. For threads: libvips lets the GIL go."""

from __future__ import annotations

from dataclasses import dataclass

import PIL
import pyvips

from service.imaging.raster import Captured, Encoded
from service.model import Format

QUALITY = {Format.JPEG: 85, Format.WEBP: 82, Format.AVIF: 62, Format.PNG: 100, Format.PDF: 100}
"""What is used when nobody asks: looked at side by side with the lossless picture."""

_PNG_LEVELS = {"fast": 1, "balanced": 4, "small": 8}
_AVIF_EFFORTS = {"fast": 1, "balanced": 2, "small": 5}
_WEBP_EFFORTS = {"fast": 1, "balanced": 3, "small": 6}

# Every drawing is another picture: libvips' operation cache would only hold recipients' pixels,
# and one thread a picture is enough when several pictures are encoded at a time.
pyvips.cache_set_max(0)
pyvips.concurrency_set(1)


class PictureInvalid(Exception):
    """The browser's answer is not the picture that was asked for: broken, or of another size."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The file that shall come out. `width` and `height` are device pixels.

    `quality` is 1 to 100 and means nothing for PNG. `effort` is fast, balanced or small.
    """

    format: Format
    width: int
    height: int
    quality: int
    effort: str = "balanced"
    palette: bool = False
    transparent: bool = False


def encoders() -> str:
    """The versions of what encodes: part of the fingerprint, since they change bytes."""
    vips = ".".join(str(pyvips.version(part)) for part in range(3))
    return f"libvips {vips}, pillow {PIL.__version__}"


def finish(captured: Captured, wanted: Wanted) -> bytes:
    """Check what was captured, whole, and encode it.

    Raises:
        PictureInvalid: when it does not decode or has another size.
    """
    try:
        image = _opened(captured)
        if (image.width, image.height) != (wanted.width, wanted.height):
            raise PictureInvalid(
                f"{image.width}x{image.height} came instead of {wanted.width}x{wanted.height}"
            )
        if isinstance(captured, Encoded) and captured.format is wanted.format is Format.JPEG:
            # Every byte is read, but only half the size is worked out: 3 ms, not 5.
            _jpeg(captured.body, shrink=2).copy_memory()
            return captured.body
        return encode(image.copy_memory(), wanted)
    except pyvips.Error as error:
        raise PictureInvalid(str(error).splitlines()[0]) from error


def convert(body: bytes, wanted: Wanted) -> bytes:
    """Another format or size of a PNG that is kept: for generic pictures only.

    Raises:
        PictureInvalid: when `body` does not decode.
    """
    try:
        image = _opened(Encoded(body, Format.PNG)).thumbnail_image(
            wanted.width, height=wanted.height, size="force"
        )
        return encode(image, wanted)
    except pyvips.Error as error:
        raise PictureInvalid(str(error).splitlines()[0]) from error


def _opened(captured: Captured) -> pyvips.Image:
    """The picture, not decoded yet: where it is cut short or broken, decoding it fails.

    A PNG is covered by checksums; of a JPEG, what breaks its structure is all that can be seen.
    """
    if isinstance(captured, Encoded):
        if captured.format is Format.JPEG:
            return _jpeg(captured.body)
        return pyvips.Image.pngload_buffer(captured.body, fail_on="error")
    return pyvips.Image.new_from_memory(
        captured.data, captured.width, captured.height, captured.bands, "uchar"
    ).copy(interpretation="srgb")


def _jpeg(body: bytes, *, shrink: int = 1) -> pyvips.Image:
    # libjpeg only warns of data that cannot be right, and fills in grey.
    return pyvips.Image.jpegload_buffer(
        body, fail_on="warning", shrink=shrink, access="sequential"
    )


def encode(image: pyvips.Image, wanted: Wanted) -> bytes:
    """The file that is wanted, from a libvips image of the right size."""
    if image.hasalpha() and not (wanted.transparent and wanted.format is not Format.JPEG):
        image = (
            image.extract_band(0, n=3)
            if not wanted.transparent
            else image.flatten(background=[255, 255, 255])
        )
    match wanted.format:
        case Format.PNG:
            # Without a filter deflate finds the repeated rows of a drawn page by itself: smaller
            # than Chromium's own PNG and several times as fast (docs/decisions/0002-encoding.md).
            options = {"palette": True, "Q": 90} if wanted.palette else {"filter": "none"}
            body = image.pngsave_buffer(
                compression=_PNG_LEVELS[wanted.effort], keep="none", **options
            )
        case Format.JPEG:
            body = image.jpegsave_buffer(Q=wanted.quality, keep="none", subsample_mode="off")
        case Format.WEBP:
            body = image.webpsave_buffer(
                Q=wanted.quality, effort=_WEBP_EFFORTS[wanted.effort], keep="none"
            )
        case Format.AVIF:
            body = image.heifsave_buffer(
                Q=wanted.quality,
                compression="av1",
                effort=_AVIF_EFFORTS[wanted.effort],
                keep="none",
                subsample_mode="off",
            )
        case Format.PDF:
            raise ValueError("a PDF is printed, not encoded")
    return bytes(body)
