"""What first bytes say, besides what reading a `data:` picture shows."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from service.imaging.sniff import Raster, look_at


def avif(size: tuple[int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", size, "red").save(file, "AVIF")
    return file.getvalue()


def test_an_avif_says_its_size() -> None:
    assert look_at(avif((30, 20))) == Raster("avif", 30, 20)


def test_of_the_sizes_that_an_avif_names_the_largest_counts() -> None:
    body = avif((30, 20))
    grid = body.replace(b"ispe", b"ispe" + bytes(4) + (9_000).to_bytes(4) * 2 + b"ispe", 1)

    assert look_at(grid) == Raster("avif", 9_000, 9_000)


@pytest.mark.parametrize(
    "body",
    [
        b"\0\0\0\x20ftypheic\0\0\0\0heicmif1",
        b"\0\0\0\x20ftypavif\0\0\0\0avif",
        b"\0\0\0\x20ftypavif\0\0\0\0avifispe\0\0\0\0",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>",
        b"<!doctype html><img src=x>",
        b"%PDF-1.7",
        b"BM\x00\x00\x00\x00",
        b"II*\0\x08\0\0\0",
        b"\0\0\x01\0\x01\0",
        b"",
    ],
)
def test_what_is_no_picture_of_ours_is_nothing(body: bytes) -> None:
    assert look_at(body) is None
