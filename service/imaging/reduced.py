"""PNG of at most 256 colours: a third of the bytes for what is drawn, and looks the same there.

Photographs and wide gradients have more shades than that. What comes out is therefore held against
the pixels that went in, with a stated bound.
"""

from __future__ import annotations

import numpy as np
import pyvips

from service.imaging.density import per_mm
from service.imaging.raster import Bytes, Pixels, for_vips

MEAN = 0.4
"""By how many levels of 255 the bands of all pixels may be off on average."""

MOST = 64
"""By how many levels a single band of a single pixel may be off."""

_LEVELS = {"fast": 1, "balanced": 4, "small": 8}
_QUALITY = 90
_STEP = 8
"""Every so many rows are tried first: reducing a photograph takes seconds, all for nothing."""

_HOPELESS = 2
"""How many times MEAN those rows have to be off to leave it at that."""


def write_near(pixels: Pixels, *, effort: str, scale: float, alpha: bool) -> bytes | None:
    """The picture with at most 256 colours; None where that is off by more than MEAN or MOST."""
    image = for_vips(pixels, alpha=alpha)
    some = image.subsample(1, _STEP).copy_memory() if image.height > _STEP else image
    if _difference(some, _file(some, effort, scale))[0] > _HOPELESS * MEAN:
        return None
    body = _file(image, effort, scale)
    mean, most = _difference(image, body)
    return body if mean <= MEAN and most <= MOST else None


def write_reduced(pixels: Pixels, *, effort: str, scale: float, alpha: bool) -> bytes:
    """The picture with at most 256 colours, however far off they are."""
    return _file(for_vips(pixels, alpha=alpha), effort, scale)


def _file(image: pyvips.Image, effort: str, scale: float) -> bytes:
    density = per_mm(scale)
    body = image.copy(xres=density, yres=density).pngsave_buffer(
        palette=True, Q=_QUALITY, compression=_LEVELS[effort], keep="none"
    )
    return bytes(body)


def _difference(image: pyvips.Image, body: bytes) -> tuple[float, int]:
    """By how much a file is off: on average, and at the worst place."""
    made = pyvips.Image.pngload_buffer(body)
    if image.hasalpha() and not made.hasalpha():
        made = made.addalpha()
    one, other = _seen(image), _seen(made)
    off = np.maximum(one, other) - np.minimum(one, other)
    return float(off.mean()), int(off.max())


def _seen(image: pyvips.Image) -> Bytes:
    """Rows, columns, bands; a colour counts as much as can be seen of it."""
    raster = np.frombuffer(image.write_to_memory(), np.uint8)
    raster = raster.reshape(image.height, image.width, image.bands)
    if image.bands == 3:
        return raster
    shown = raster[:, :, :3].astype(np.uint16) * raster[:, :, 3:] // 255
    return np.concatenate((shown.astype(np.uint8), raster[:, :, 3:]), axis=-1)
