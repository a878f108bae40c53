"""Compare pictures, pixel by pixel."""

from __future__ import annotations

import numpy as np
import pyvips
from numpy.typing import NDArray

from service.model import Format

PICTURES = [image_format for image_format in Format if image_format is not Format.PDF]
"""The formats that are made of pixels."""


def pixels(picture: bytes) -> NDArray[np.uint8]:
    """Rows, columns, bands of any picture that libvips reads."""
    return np.asarray(pyvips.Image.new_from_buffer(picture, "").numpy(), dtype=np.uint8)


def differing(one: bytes, other: bytes) -> int:
    """How many pixels differ; more than there are when the sizes do."""
    a, b = pixels(one), pixels(other)
    if a.shape != b.shape:
        return max(a.size, b.size)
    return int(np.count_nonzero(np.any(a != b, axis=-1)))
