"""Pictures of every kind that a filter or a palette treats in another way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from service.imaging.raster import Pixels

WIDTH, HEIGHT = 320, 240

Raster = NDArray[np.uint8]


def _grid() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    return x / WIDTH, y / HEIGHT


def _bytes(*bands: NDArray[np.float64]) -> Raster:
    return np.clip(np.stack(bands, axis=-1) * 255, 0, 255).astype(np.uint8)


def flat() -> Raster:
    return np.full((HEIGHT, WIDTH, 3), (37, 99, 235), dtype=np.uint8)


def few_colours() -> Raster:
    """A chequered field with a grey ramp, as letters on white have it: 200 colours."""
    image = np.full((HEIGHT, WIDTH, 3), 255, dtype=np.uint8)
    ramp = np.arange(200, dtype=np.uint8)
    image[40:80, 20:220] = ramp[None, :, None]
    image[100:180:7, ::5] = 12
    return image


def gradient() -> Raster:
    x, y = _grid()
    return _bytes(x, np.hypot(x - 0.5, y - 0.3), 1 - y)


def noise() -> Raster:
    return np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def photograph() -> Raster:
    """Large shapes, small ones, and grain, each with less of the next: the spectrum of a photo."""
    random = np.random.default_rng(5)
    rows, columns = np.fft.fftfreq(HEIGHT)[:, None], np.fft.rfftfreq(WIDTH)[None, :]
    fall = np.maximum(np.hypot(rows, columns), 1 / WIDTH) ** 1.5
    bands = []
    for _ in range(3):
        spectrum = np.fft.rfft2(random.normal(size=(HEIGHT, WIDTH))) / fall
        band = np.fft.irfft2(spectrum, (HEIGHT, WIDTH))
        bands.append(0.5 + band / band.std() / 6)
    return _bytes(*bands)


def words() -> Raster:
    """Rows of small shapes that come again and again, soft at their edges, and a shaded bar."""
    random = np.random.default_rng(9)
    letters = [random.integers(0, 2, (9, 6)) * random.integers(120, 255) for _ in range(20)]
    image = np.full((HEIGHT, WIDTH, 3), 250, dtype=np.uint8)
    for top in range(10, HEIGHT - 40, 14):
        for left in range(8, WIDTH - 10, 7):
            shape = letters[int(random.integers(20))]
            image[top : top + 9, left : left + 6] -= (shape[:, :, None] * 0.9).astype(np.uint8)
    bar = _bytes(*(np.linspace(low, 1, WIDTH)[None, :].repeat(20, 0) for low in (0.9, 0.3, 0.1)))
    image[-25:-5] = bar
    return image


def half_clear() -> Raster:
    x, _ = _grid()
    return np.dstack([photograph(), (x * 255).astype(np.uint8)])


SAMPLES: Mapping[str, Callable[[], Raster]] = {
    made.__name__: made
    for made in (flat, few_colours, gradient, noise, photograph, words, half_clear)
}


@cache
def sample(name: str) -> Pixels:
    """A sample as it might be captured."""
    return captured(SAMPLES[name]())


def captured(raster: Raster) -> Pixels:
    """A picture as a surface hands it over: RGB, or RGBA."""
    height, width, bands = raster.shape
    return Pixels(raster.tobytes(), width, height, bands)


def on_a_screen(raster: Raster) -> Pixels:
    """The same as a virtual screen holds it: blue first, and a byte that means nothing."""
    height, width, _ = raster.shape
    image = np.full((height, width, 4), 77, dtype=np.uint8)
    image[:, :, :3] = raster[:, :, 2::-1]
    return Pixels(memoryview(bytearray(image.tobytes())), width, height, 4, "bgrx")
