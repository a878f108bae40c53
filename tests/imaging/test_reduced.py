"""A palette of 256 colours where that looks the same; every pixel as it is where it would not."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

from service.imaging import reduced
from service.imaging.encode import QUALITY, Wanted, finish
from service.imaging.raster import Pixels
from service.imaging.reduced import MEAN, MOST, write_near, write_reduced
from service.model import Format
from tests.imaging.samples import HEIGHT, SAMPLES, WIDTH, captured, on_a_screen, sample
from tests.pictures import pixels


def letters() -> NDArray[np.uint8]:
    """A drawn card of a thousand colours: soft letters on grounds of several."""
    image = SAMPLES["words"]().astype(int)
    image[: HEIGHT // 2, : WIDTH // 2] -= (0, 60, 90)
    image[HEIGHT // 2 :, WIDTH // 2 :] -= (70, 30, 0)
    return np.asarray(np.clip(image, 0, 255), dtype=np.uint8)


def near(picture: Pixels, *, alpha: bool = False) -> bytes | None:
    return write_near(picture, effort="balanced", scale=1, alpha=alpha)


def asked(*, palette: bool, transparent: bool = False) -> Wanted:
    quality = QUALITY[Format.PNG]
    return Wanted(Format.PNG, WIDTH, HEIGHT, quality, palette=palette, transparent=transparent)


def mode_of(body: bytes) -> str:
    return PIL.Image.open(io.BytesIO(body)).mode


def test_what_is_drawn_becomes_a_palette_within_the_bound() -> None:
    picture = captured(letters())
    made = finish(picture, asked(palette=True))
    off = np.abs(pixels(made).astype(int) - letters())

    assert mode_of(made) == "P"
    assert len(made) < len(finish(picture, asked(palette=False)))
    assert 0 < off.mean() <= MEAN
    assert off.max() <= MOST


def test_a_screens_pixels_make_the_same_palette() -> None:
    assert near(on_a_screen(letters())) == near(captured(letters()))


@pytest.mark.parametrize("name", ["photograph", "noise", "gradient", "half_clear"])
def test_what_has_too_many_shades_keeps_every_pixel(name: str) -> None:
    transparent = name == "half_clear"
    made = finish(sample(name), asked(palette=True, transparent=transparent))

    assert near(sample(name), alpha=transparent) is None
    assert np.array_equal(pixels(made), SAMPLES[name]())


@pytest.mark.parametrize("bound", ["MEAN", "MOST"])
def test_either_bound_is_kept_to_the_last_level(
    bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = captured(letters())
    off = np.abs(pixels(near(picture) or b"").astype(int) - letters())
    found = {"MEAN": float(off.mean()), "MOST": float(off.max())}[bound]

    monkeypatch.setattr(reduced, bound, found)
    assert near(picture) is not None
    monkeypatch.setattr(reduced, bound, found - 0.001)
    assert near(picture) is None


def test_what_is_clear_may_have_any_colour_beneath() -> None:
    """Nobody sees it, and the palette's colours are for what is seen."""
    image = np.zeros((HEIGHT, WIDTH, 4), dtype=np.uint8)
    image[:, :, :3] = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3))
    image[40:80, 40:80] = (200, 30, 30, 255)
    made = near(captured(image), alpha=True)

    assert made is not None
    assert pixels(made)[50, 50].tolist() == [200, 30, 30, 255]
    assert pixels(made)[0, 0, 3] == 0


def test_who_insists_gets_256_colours_of_anything() -> None:
    made = write_reduced(sample("photograph"), effort="balanced", scale=1, alpha=False)

    assert mode_of(made) == "P"
    assert len(np.unique(pixels(made).reshape(-1, 3), axis=0)) <= 256
