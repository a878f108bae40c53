"""Make the finished file from what a surface captured. For threads: the GIL is let go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import deflate
import PIL
import pyvips
from PIL import features

from service.imaging.density import with_density
from service.imaging.lossless import write_png
from service.imaging.raster import Captured, Encoded, Pixels, for_pillow, for_vips
from service.imaging.reduced import write_near
from service.model import Format

QUALITY = {Format.JPEG: 85, Format.WEBP: 82, Format.AVIF: 62, Format.PNG: 100, Format.PDF: 100}
"""What is used when nobody asks: looked at side by side with the lossless picture."""

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

    `quality` is 1 to 100 and means nothing for PNG. `effort` is fast, balanced or small. `palette`
    allows a PNG of 256 colours, where they come near enough. `scale`, device pixels per CSS pixel,
    is told in files that can tell it. `budget` is how many bytes the file may have; where `free`,
    it may become a JPEG for that.
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
    jpeg, webp = (features.version(name) for name in ("libjpeg_turbo", "webp"))
    return (
        f"libvips {vips}, pillow {PIL.__version__}, libjpeg-turbo {jpeg}, libwebp {webp}, "
        f"deflate {deflate.__version__}"
    )


def finish(captured: Captured, wanted: Wanted) -> bytes:
    """Check what was captured, whole, and encode it, whatever its size; see also `fitting`.

    Raises:
        PictureInvalid: when it does not decode or has another size.
    """
    if isinstance(captured, Encoded) and captured.format is wanted.format is Format.JPEG:
        with _pictures_alone():
            _checked(captured, wanted)
            # Every byte is read, but only half the size is worked out: 3 ms, not 5.
            _jpeg(captured.body, shrink=2).copy_memory()
        return _told(captured.body, wanted)
    return encode(decode(captured, wanted), wanted)


def decode(captured: Captured, wanted: Wanted) -> Pixels:
    """What was captured, checked and in memory.

    Raises:
        PictureInvalid: when it does not decode or has another size.
    """
    if isinstance(captured, Encoded):
        with _pictures_alone():
            return _pixels(_checked(captured, wanted))
    _check(captured.width, captured.height, captured.bands, wanted)
    if memoryview(captured.data).nbytes != captured.width * captured.height * captured.bands:
        raise PictureInvalid("pixels are missing, or too many")
    return captured


def resize(body: bytes, wanted: Wanted) -> Pixels:
    """A PNG that is kept, in another size: for generic pictures only.

    Raises:
        PictureInvalid: when `body` does not decode.
    """
    with _pictures_alone():
        kept = _opened(Encoded(body, Format.PNG))
        return _pixels(kept.thumbnail_image(wanted.width, height=wanted.height, size="force"))


@contextmanager
def _pictures_alone() -> Iterator[None]:
    """Whatever libvips refuses is no picture."""
    try:
        yield
    except pyvips.Error as error:
        raise PictureInvalid(str(error).splitlines()[0]) from error


def _checked(captured: Encoded, wanted: Wanted) -> pyvips.Image:
    image = _opened(captured)
    _check(image.width, image.height, image.bands, wanted)
    return image


def _check(width: int, height: int, bands: int, wanted: Wanted) -> None:
    if (width, height) != (wanted.width, wanted.height):
        raise PictureInvalid(f"{width}x{height} came instead of {wanted.width}x{wanted.height}")
    if bands not in (3, 4):
        raise PictureInvalid(f"a picture with {bands} bands came")


def _opened(captured: Encoded) -> pyvips.Image:
    """The picture, not decoded yet: where it is cut short or broken, decoding it fails.

    A PNG is covered by checksums; of a JPEG, what breaks its structure is all that can be seen.
    """
    if captured.format is Format.JPEG:
        return _jpeg(captured.body)
    return pyvips.Image.pngload_buffer(captured.body, fail_on="error")


def _pixels(image: pyvips.Image) -> Pixels:
    """The picture, decoded."""
    return Pixels(memoryview(image.write_to_memory()), image.width, image.height, image.bands)


def _jpeg(body: bytes, *, shrink: int = 1) -> pyvips.Image:
    # libjpeg only warns of data that cannot be right, and fills in grey.
    return pyvips.Image.jpegload_buffer(
        body, fail_on="warning", shrink=shrink, access="sequential"
    )


def encode(pixels: Pixels, wanted: Wanted) -> bytes:
    """The file that is wanted, from pixels of the right size, whatever its budget."""
    alpha = wanted.transparent
    match wanted.format:
        case Format.PNG:
            return _png_file(pixels, wanted)
        case Format.JPEG:
            return _told(_jpeg_file(_on_white(pixels) if alpha else pixels, wanted), wanted)
        case Format.WEBP:
            file = BytesIO()
            for_pillow(pixels, alpha=alpha).save(
                file, "webp", quality=wanted.quality, method=_WEBP_EFFORTS[wanted.effort]
            )
            return file.getvalue()
        case Format.AVIF:
            body = for_vips(pixels, alpha=alpha).heifsave_buffer(
                Q=wanted.quality,
                compression="av1",
                effort=_AVIF_EFFORTS[wanted.effort],
                keep="none",
                subsample_mode="off",
            )
            return bytes(body)
        case Format.PDF:
            raise ValueError("a PDF is printed, not encoded")


def _png_file(pixels: Pixels, wanted: Wanted) -> bytes:
    """Without loss, unless a palette is allowed that comes near enough."""
    effort, scale, alpha = wanted.effort, wanted.scale, wanted.transparent
    body = write_near(pixels, effort=effort, scale=scale, alpha=alpha) if wanted.palette else None
    return body or write_png(pixels, effort=effort, scale=scale, alpha=alpha)


def _on_white(pixels: Pixels) -> Pixels:
    if not pixels.alpha:
        return pixels
    return _pixels(for_vips(pixels, alpha=True).flatten(background=[255, 255, 255]))


def _jpeg_file(pixels: Pixels, wanted: Wanted) -> bytes:
    """With its colour in every pixel: letters in colour fray at half the resolution."""
    file = BytesIO()
    for_pillow(pixels, alpha=False).save(
        file,
        "jpeg",
        quality=wanted.quality,
        subsampling="4:4:4",
        optimize=wanted.effort == "small",
    )
    return file.getvalue()


def _told(jpeg: bytes, wanted: Wanted) -> bytes:
    """The JPEG with its density, where that is not the one that everybody takes for granted."""
    return jpeg if wanted.scale == 1 else with_density(jpeg, wanted.scale)
