"""Moving pictures stand still, others are left alone."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from service.imaging.still import still


def file_of(kind: str, frames: int) -> bytes:
    colours = ["red", "blue", "lime"][:frames]
    pictures = [Image.new("RGB", (8, 6), colour) for colour in colours]
    out = io.BytesIO()
    pictures[0].save(out, kind, save_all=frames > 1, append_images=pictures[1:], lossless=True)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_becomes_its_first_frame(kind: str) -> None:
    picture = Image.open(io.BytesIO(still(file_of(kind, 3)))).convert("RGB")

    assert picture.getpixel((3, 3)) == (255, 0, 0)
    assert getattr(picture, "n_frames", 1) == 1


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "JPEG"])
def test_a_picture_that_stands_still_keeps_its_bytes(kind: str) -> None:
    body = file_of(kind, 1)

    assert still(body) == body


@pytest.mark.parametrize("body", [b"", b"GIF89a", b"RIFF....WEBPANIM", b"\x89PNG acTL IDAT"])
def test_what_cannot_be_read_is_left_as_it_is(body: bytes) -> None:
    assert still(body) == body
