"""The tile: the last rung, and a designer's mistakes in words that can be read."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.imaging.encode import Wanted
from service.imaging.tile import tile
from service.model import Format
from tests.pictures import PICTURES, pixels

MISTAKE = "The template could not be filled\ntemplate.html, line 12\n'first_nam' is undefined"
LONG = [
    "word " * 800,
    "W" * 3000,
    "\n".join(f"{line}" for line in range(500)),
    "é𝔘漢字\u202e" * 400,
    "a " + "M" * 200,
]


def wanted(width: int = 1200, height: int = 630, image_format: Format = Format.PNG) -> Wanted:
    return Wanted(image_format, width, height, 90)


def inked(body: bytes) -> NDArray[np.bool_]:
    """Where a tile is not of the colour of its corner."""
    seen = pixels(body)
    differs: NDArray[np.bool_] = np.any(seen != seen[0, 0], axis=-1)
    return differs


def luminance(colour: NDArray[np.uint8]) -> float:
    """WCAG 2's relative luminance."""
    share = colour.astype(float) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("image_format", PICTURES)
@pytest.mark.parametrize(("width", "height"), [(1200, 630), (1, 1), (37, 411)])
def test_a_tile_has_the_size_the_format_and_the_colour(
    image_format: Format, width: int, height: int
) -> None:
    body = tile("#1e90ff", wanted(width, height, image_format))
    file = PIL.Image.open(io.BytesIO(body))
    seen = pixels(body)

    assert (file.format or "").lower() == image_format.value
    assert file.size == (width, height)
    assert np.abs(seen.astype(int) - [0x1E, 0x90, 0xFF]).max() < 6


def test_a_png_tile_has_exactly_the_colour() -> None:
    assert (pixels(tile("#1e90ff", wanted())) == [0x1E, 0x90, 0xFF]).all()


def test_an_alpha_behind_the_colour_does_not_count() -> None:
    assert tile("#1e90ff80", wanted()) == tile("#1e90ff", wanted())


def test_a_tile_with_a_palette_is_the_same_to_the_eye() -> None:
    asked = Wanted(Format.PNG, 60, 30, 100, palette=True)

    assert (pixels(tile("#1e90ff", asked))[..., :3] == [0x1E, 0x90, 0xFF]).all()


def test_the_same_mistake_gives_the_same_bytes() -> None:
    assert tile("#1e90ff", wanted(), MISTAKE) == tile("#1e90ff", wanted(), MISTAKE)


def test_another_mistake_is_another_picture() -> None:
    assert tile("#1e90ff", wanted(), MISTAKE) != tile("#1e90ff", wanted(), MISTAKE + "!")


def test_each_line_of_the_text_is_a_line_of_the_picture() -> None:
    rows = np.flatnonzero(inked(tile("#ffffff", wanted(), "one\ntwo\n\nfour")).any(axis=1))
    begins = rows[np.flatnonzero(np.diff(rows, prepend=-9) > 1)]
    between = np.diff(begins)

    assert len(begins) == 3
    assert between[1] > 1.6 * between[0]  # the empty line has its place


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 0xFFFFFF))
def test_text_can_be_read_on_any_colour(colour: int) -> None:
    """At 3 to 1 or better, as WCAG asks of large letters; 4.1 is the best for the worst colour."""
    seen = pixels(tile(f"#{colour:06x}", wanted(240, 120), "HHH"))
    shades = np.unique(seen.reshape(-1, 3), axis=0)

    assert max(contrast(shade, seen[0, 0]) for shade in shades) > 3.5


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize(
    ("width", "height"), [(1200, 630), (630, 1200), (600, 100), (100, 600), (60, 30), (2400, 90)]
)
def test_long_text_stays_within_the_picture(text: str, width: int, height: int) -> None:
    ink = inked(tile("#ffffff", wanted(width, height), text))
    edge = max(1, min(width, height) // 40)

    assert ink.any()
    assert not ink[:edge].any()
    assert not ink[-edge:].any()
    assert not ink[:, :edge].any()
    assert not ink[:, -edge:].any()


def test_text_without_room_ends_with_an_ellipsis() -> None:
    """So that nobody takes what can be seen for the whole."""
    lines = [str(number) for number in range(40)]
    few, many = (inked(tile("#ffffff", wanted(), "\n".join(text))) for text in (lines[:2], lines))
    last = np.flatnonzero(many.any(axis=1))
    begin = last[np.flatnonzero(np.diff(last) > 1)[-1] + 1]

    assert (few[:100] == many[:100]).all()
    assert (last[-1] - begin) < 8  # three dots are low
    assert last[-1] > 500


def test_lines_are_broken_at_a_space() -> None:
    text = "A sentence of several words that does not fit into a single line of this little tile."
    spaces = [at for at, letter in enumerate(text) if letter == " "]
    by_hand = [
        tile("#ffffff", wanted(400, 300), f"{text[:at]}\n{text[at + 1 :]}") for at in spaces
    ]

    assert tile("#ffffff", wanted(400, 300), text) in by_hand


def test_a_word_that_is_too_long_is_broken_within() -> None:
    word = "https://example.com/" + "a" * 60
    by_hand = [
        tile("#ffffff", wanted(400, 300), f"{word[:at]}\n{word[at:]}")
        for at in range(1, len(word))
    ]

    assert tile("#ffffff", wanted(400, 300), word) in by_hand


@pytest.mark.parametrize(("width", "height"), [(1, 1), (10, 10), (25, 4000), (4000, 9)])
def test_a_picture_too_small_for_a_line_has_no_text(width: int, height: int) -> None:
    assert tile("#ffffff", wanted(width, height), MISTAKE) == tile(
        "#ffffff", wanted(width, height)
    )
