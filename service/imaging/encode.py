"""Make the finished file from what a surface captured. For threads: libvips lets the GIL go."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import PIL
import pyvips

from service.imaging.density import per_mm, with_density
from service.imaging.lossless import write_png
from service.imaging.raster import Captured, Encoded
from service.model import Format

QUALITY = {Format.JPEG: 85, Format.WEBP: 82, Format.AVIF: 62, Format.PNG: 100, Format.PDF: 100}
"""What is used when nobody asks: looked at side by side with the lossless picture."""

_PALETTE_LEVELS = {"fast": 1, "balanced": 4, "small": 8}
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

    `quality` is 1 to 100 and means nothing for PNG. `effort` is fast, balanced or small. `scale`,
    device pixels per CSS pixel, is told in files that can tell it. `budget` is how many bytes the
    file may have; where `free`, it may become a JPEG for that.
    """

    format: Format
    width: int
    height: int
    quality: int
    effort: str = "balanced"
    palette: bool = False
    transparent: bool = False
    scale: float = 1.0
    budget: int | None = None
    free: bool = False


def encoders() -> str:
    """The versions of what encodes: part of the fingerprint, since they change bytes."""
    vips = ".".join(str(pyvips.version(part)) for part in range(3))
    return f"libvips {vips}, pillow {PIL.__version__}, zlib {zlib.ZLIB_RUNTIME_VERSION}"


def finish(captured: Captured, wanted: Wanted) -> bytes:
    """Check what was captured, whole, and encode it, whatever its size; see also `fitting`.

    Raises:
        PictureInvalid: when it does not decode or has another size.
    """
    with _pictures_alone():
        image = _checked(captured, wanted)
        if isinstance(captured, Encoded) and captured.format is wanted.format is Format.JPEG:
            # Every byte is read, but only half the size is worked out: 3 ms, not 5.
            _jpeg(captured.body, shrink=2).copy_memory()
            return _told(captured.body, wanted)
        hasty = len(captured.body) if isinstance(captured, Encoded) else None
        return encode(image.copy_memory(), wanted, captured=hasty)


def decode(captured: Captured, wanted: Wanted) -> pyvips.Image:
    """What was captured, checked and in memory.

    Raises:
        PictureInvalid: when it does not decode or has another size.
    """
    with _pictures_alone():
        return _checked(captured, wanted).copy_memory()


def resize(body: bytes, wanted: Wanted) -> pyvips.Image:
    """A PNG that is kept, in another size: for generic pictures only.

    Raises:
        PictureInvalid: when `body` does not decode.
    """
    with _pictures_alone():
        kept = _opened(Encoded(body, Format.PNG))
        return kept.thumbnail_image(wanted.width, height=wanted.height, size="force").copy_memory()


@contextmanager
def _pictures_alone() -> Iterator[None]:
    """Whatever libvips refuses is no picture."""
    try:
        yield
    except pyvips.Error as error:
        raise PictureInvalid(str(error).splitlines()[0]) from error


def _checked(captured: Captured, wanted: Wanted) -> pyvips.Image:
    image = _opened(captured)
    if (image.width, image.height) != (wanted.width, wanted.height):
        raise PictureInvalid(
            f"{image.width}x{image.height} came instead of {wanted.width}x{wanted.height}"
        )
    if image.bands not in (3, 4):
        raise PictureInvalid(f"a picture with {image.bands} bands came")
    return image


def _opened(captured: Captured) -> pyvips.Image:
    """The picture, not decoded yet: where it is cut short or broken, decoding it fails.

    A PNG is covered by checksums; of a JPEG, what breaks its structure is all that can be seen.
    """
    if isinstance(captured, Encoded):
        if captured.format is Format.JPEG:
            return _jpeg(captured.body)
        return pyvips.Image.pngload_buffer(captured.body, fail_on="error")
    image = pyvips.Image.new_from_memory(
        captured.data, captured.width, captured.height, captured.bands, "uchar"
    )
    if captured.order == "bgrx":
        image = image[2].bandjoin([image[1], image[0]])
    return image.copy(interpretation="srgb")


def _jpeg(body: bytes, *, shrink: int = 1) -> pyvips.Image:
    # libjpeg only warns of data that cannot be right, and fills in grey.
    return pyvips.Image.jpegload_buffer(
        body, fail_on="warning", shrink=shrink, access="sequential"
    )


def encode(image: pyvips.Image, wanted: Wanted, *, captured: int | None = None) -> bytes:
    """The file that is wanted, from a libvips image of the right size, whatever its budget.

    `captured` is the size of the browser's own PNG of it, where there is one.
    """
    if image.hasalpha() and not (wanted.transparent and wanted.format is not Format.JPEG):
        image = (
            image.extract_band(0, n=3)
            if not wanted.transparent
            else image.flatten(background=[255, 255, 255])
        )
    match wanted.format:
        case Format.PNG if wanted.palette:
            density = per_mm(wanted.scale)
            body = image.copy(xres=density, yres=density).pngsave_buffer(
                palette=True, Q=90, compression=_PALETTE_LEVELS[wanted.effort], keep="none"
            )
        case Format.PNG:
            return write_png(image, effort=wanted.effort, scale=wanted.scale, captured=captured)
        case Format.JPEG:
            body = image.jpegsave_buffer(Q=wanted.quality, keep="none", subsample_mode="off")
            return _told(bytes(body), wanted)
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


def _told(jpeg: bytes, wanted: Wanted) -> bytes:
    """The JPEG with its density, where that is not the one that everybody takes for granted."""
    return jpeg if wanted.scale == 1 else with_density(jpeg, wanted.scale)
