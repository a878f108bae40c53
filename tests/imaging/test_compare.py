"""How far two captures of one page are from each other."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from service.imaging.compare import Difference, compare
from service.imaging.encode import PictureInvalid, Wanted, finish
from service.imaging.raster import Encoded, Pixels
from service.model import Format

WIDTH, HEIGHT = 40, 30
WANTED = Wanted(Format.PNG, WIDTH, HEIGHT, 100)
Raster = NDArray[np.uint8]


def noise() -> Raster:
    return np.random.default_rng(7).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)


def flat(level: int) -> Raster:
    return np.full((HEIGHT, WIDTH, 3), level, np.uint8)


def on_a_screen(raster: Raster, spare: int = 0) -> Pixels:
    """As a screen's memory has it, with whatever in the byte that means nothing."""
    last = np.full((HEIGHT, WIDTH, 1), spare, np.uint8)
    data = np.concatenate([raster[:, :, ::-1], last], axis=2).tobytes()
    return Pixels(data, WIDTH, HEIGHT, 4, "bgrx")


def as_pixels(raster: Raster) -> Pixels:
    return Pixels(raster.tobytes(), WIDTH, HEIGHT, raster.shape[2])


def as_png(raster: Raster) -> Encoded:
    return Encoded(finish(as_pixels(raster), WANTED), Format.PNG)


def test_a_screens_pixels_are_those_of_a_png_of_the_same() -> None:
    assert compare(on_a_screen(noise()), as_png(noise()), WANTED) == Difference(0, 1200, 0)
    assert compare(on_a_screen(noise(), 3), on_a_screen(noise(), 9), WANTED).pixels == 0


def test_each_pixel_that_differs_counts_once_and_the_farthest_level_is_told() -> None:
    """Brighter or darker, in one colour or in all three."""
    one, other = flat(100), flat(100)
    other[0, 0] = (90, 90, 90)
    other[29, 39, 2] = 142
    found = compare(on_a_screen(one), as_png(other), WANTED)

    assert found == Difference(pixels=2, of=1200, levels=42)
    assert compare(as_png(other), on_a_screen(one), WANTED) == found


def test_black_and_white_are_as_far_as_can_be() -> None:
    assert compare(as_pixels(flat(0)), as_pixels(flat(255)), WANTED) == Difference(1200, 1200, 255)


def test_one_that_can_be_seen_through_is_not_one_that_cannot() -> None:
    clear = np.dstack([noise(), np.full((HEIGHT, WIDTH, 1), 255, np.uint8)])

    assert not compare(as_pixels(clear), as_pixels(noise()), WANTED).slight


@pytest.mark.parametrize(
    ("pixels", "levels", "slight"),
    [(0, 0, True), (756_000, 3, True), (756, 8, True), (757, 8, False), (1, 9, False)],
)
def test_what_nobody_sees_is_chromiums_own(pixels: int, levels: int, slight: bool) -> None:
    """Any number of pixels by at most 3 levels; of 756,000 at most 756 by at most 8."""
    assert Difference(pixels, 1200 * 630, levels).slight is slight


@pytest.mark.parametrize(
    "broken",
    [
        Encoded(b"no picture", Format.PNG),
        Pixels(bytes(HEIGHT * WIDTH * 3), HEIGHT, WIDTH, 3),
        Pixels(bytes(10), WIDTH, HEIGHT, 3),
    ],
)
def test_what_is_no_picture_of_that_size_is_not_compared(broken: Encoded | Pixels) -> None:
    with pytest.raises(PictureInvalid):
        compare(as_pixels(noise()), broken, WANTED)
