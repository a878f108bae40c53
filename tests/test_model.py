"""The shared words that reckon: paper, and how many pixels there are of a length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.model import Format, Guest, HeldPicture, Paper, device_pixels


@pytest.mark.parametrize(
    ("length", "scale", "pixels"),
    [(7, 1, 7), (7, 1.5, 11), (1001, 1.5, 1502), (45, 1.7, 77), (45, 2.3, 104), (33, 1.1, 36)],
)
def test_pixels_are_what_chromium_made_of_these(length: int, scale: float, pixels: int) -> None:
    """Seen in its own pictures: halves go up, and 45 times 2.3 is half."""
    assert device_pixels(length, scale) == pixels


@given(st.integers(1, 4096), st.floats(1, 3))
def test_pixels_are_reckoned_in_four_bytes(length: int, scale: float) -> None:
    product = np.float32(length) * np.float32(scale)

    assert device_pixels(length, scale) == int(np.floor(np.float64(product) + 0.5))


def test_paper_is_the_same_in_every_unit() -> None:
    paper = Paper(25.4, 50.8)

    assert [*paper.pixels, *paper.points] == [96, 192, 72, 144]
    assert Paper.of_pixels(96, 192) == paper


def test_a_pdf_is_no_image() -> None:
    assert Format.PDF.media_type == "application/pdf"
    assert Format.from_extension("PDF") is Format.PDF


def test_a_guests_picture_is_found_by_its_address_secure_or_not() -> None:
    held = HeldPicture(b"x", "image/png")
    guest = Guest(remote={"https://a.de/1": held, "https://a.de/2": None})

    assert guest.picture("https://a.de/1") is guest.picture("http://a.de/1") is held
    assert guest.picture("https://a.de/2") is guest.picture("https://a.de/3") is None
    assert guest.unreachable == {"https://a.de/2"}
