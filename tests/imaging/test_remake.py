"""Pictures from elsewhere become pictures of ours, or nothing."""

from __future__ import annotations

import io
import zlib
from typing import Any

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms, PngImagePlugin

from service.imaging import remake as module
from service.imaging.remake import LONGEST_SIDE, NotAPicture, remake
from service.imaging.sniff import look_at
from tests.pictures import pixels


def file_of(image: Image.Image, kind: str, **keys: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **keys)
    return out.getvalue()


def noise(width: int, height: int, bands: int = 3) -> Image.Image:
    values = np.random.default_rng(7).integers(0, 255, (height, width, bands), dtype=np.uint8)
    return Image.fromarray(values)


RED = Image.new("RGB", (40, 30), (200, 20, 30))


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("PNG", "image/png"),
        ("GIF", "image/png"),
        ("WEBP", "image/png"),
        ("AVIF", "image/png"),
        ("JPEG", "image/jpeg"),
    ],
)
def test_every_type_becomes_a_png_or_stays_a_jpeg(kind: str, media_type: str) -> None:
    remade = remake(file_of(RED, kind))
    seen = pixels(remade.body)

    assert remade.media_type == media_type
    assert seen.shape == (30, 40, 3)
    assert np.abs(seen.astype(int) - (200, 20, 30)).max() <= 6


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "GIF"])
def test_what_one_can_see_through_stays_so(kind: str) -> None:
    image = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    image.paste((10, 200, 30, 255), (0, 0, 20, 30))

    seen = pixels(remake(file_of(image, kind)).body)

    assert seen[15, 30, 3] == 0
    assert seen[15, 5, 3] == 255


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "I;16", "RGBA"])
def test_every_way_of_keeping_pixels_becomes_srgb(mode: str) -> None:
    image = Image.new("L", (20, 10), 255)
    image = Image.new(mode, (20, 10), 65535) if mode == "I;16" else image.convert(mode)

    seen = pixels(remake(file_of(image, "PNG")).body)

    assert seen.shape[2] in (3, 4)
    assert (seen[..., :3] == 255).all()


def test_printers_colours_become_a_screens() -> None:
    seen = pixels(remake(file_of(RED.convert("CMYK"), "JPEG")).body)

    assert seen.shape == (30, 40, 3)
    assert seen[10, 10, 0] > seen[10, 10, 1] + 60


def test_a_picture_lies_as_it_was_taken() -> None:
    """Orientation 6: what is stored lying has its left side up."""
    image = Image.new("RGB", (40, 20), "blue")
    image.paste((255, 0, 0), (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6

    seen = pixels(remake(file_of(image, "JPEG", exif=exif.tobytes(), quality=95)).body)

    assert seen.shape == (40, 20, 3)
    assert seen[5, 10, 0] > 200
    assert seen[35, 10, 2] > 200


def test_a_colour_means_what_its_profile_says() -> None:
    """The same numbers in another space are another colour."""
    space = pyvips.Image.black(8, 8, bands=3).linear([1, 1, 1], [200, 20, 30]).cast("uchar")
    tagged = bytes(
        space.copy(interpretation="srgb")
        .icc_transform("p3", input_profile="srgb")
        .pngsave_buffer()
    )
    assert (pixels(tagged)[0, 0] != (200, 20, 30)).any()

    assert np.abs(pixels(remake(tagged).body)[0, 0].astype(int) - (200, 20, 30)).max() <= 1


def test_a_profile_that_is_of_no_use_is_left_out() -> None:
    seen = pixels(remake(file_of(RED, "PNG", icc_profile=b"not a profile" * 40)).body)

    assert (seen[0, 0] == (200, 20, 30)).all()


def test_nothing_but_pixels_comes_through() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "canary")
    exif = Image.Exif()
    exif[0x010E] = "canary"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    png = file_of(RED, "PNG", pnginfo=told, exif=exif.tobytes(), icc_profile=profile) + b"canary"
    jpeg = file_of(RED, "JPEG", exif=exif.tobytes(), comment=b"canary", icc_profile=profile)

    for body in (png, jpeg + b"<script>canary</script>"):
        assert b"canary" in body
        remade = remake(body).body
        assert b"canary" not in remade
        assert b"acsp" not in remade  # the mark of a colour profile


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue", "lime")]
    body = file_of(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True)
    remade = remake(body)

    assert Image.open(io.BytesIO(remade.body)).format == "PNG"
    assert getattr(Image.open(io.BytesIO(remade.body)), "n_frames", 1) == 1
    assert (pixels(remade.body)[10, 10, :3] == (255, 0, 0)).all()


def test_a_picture_of_thousands_of_frames_costs_one() -> None:
    first = Image.new("P", (16, 16), 1)
    rest = [Image.new("P", (16, 16), number % 250) for number in range(3_000)]
    body = file_of(first, "GIF", save_all=True, append_images=rest)

    assert pixels(remake(body).body).shape[:2] == (16, 16)


def test_a_picture_is_made_smaller_than_a_page_shows() -> None:
    body = file_of(Image.new("RGB", (LONGEST_SIDE * 2, 100), "red"), "PNG")

    assert pixels(remake(body).body).shape[:2] == (50, LONGEST_SIDE)


def test_what_has_no_room_as_png_is_a_photograph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 80_000)
    remade = remake(file_of(noise(200, 150), "PNG"))

    assert remade.media_type == "image/jpeg"
    assert len(remade.body) <= 80_000
    assert pixels(remade.body).shape[:2] == (150, 200)


def test_what_has_no_room_and_can_be_seen_through_is_made_smaller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 60_000)
    remade = remake(file_of(noise(200, 150, 4), "PNG"))

    assert remade.media_type == "image/png"
    assert len(remade.body) <= 60_000
    assert pixels(remade.body).shape[2] == 4


def bomb(side: int) -> bytes:
    """A PNG whose header is sound and whose pixels would be `side` squared."""
    return file_of(Image.new("1", (side, side)), "PNG", optimize=True)


def test_a_bomb_is_refused_by_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    body = bomb(16_384)
    monkeypatch.setattr(module, "_LOADERS", {})  # nothing begins to decode it

    assert len(body) < 100_000
    with pytest.raises(NotAPicture, match="pixels"):
        remake(body)


def test_a_header_that_lies_does_not_help(monkeypatch: pytest.MonkeyPatch) -> None:
    """A WebP whose outer size is small and whose picture is not."""
    small = look_at(file_of(RED, "PNG"))
    monkeypatch.setattr(module, "look_at", lambda _: small)

    with pytest.raises(NotAPicture, match="pixels"):
        remake(bomb(6_000))


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def packed_text_bomb() -> bytes:
    """A small PNG with a text of a hundred megabytes in it."""
    body = file_of(RED, "PNG")
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100_000_000), 9))
    return body[:33] + text + body[33:]


def test_a_packed_text_is_not_unpacked_into_a_picture() -> None:
    remade = remake(packed_text_bomb())

    assert len(remade.body) < 10_000


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_picture_that_is_cut_short_is_none(kind: str, share: float) -> None:
    body = file_of(noise(80, 60), kind)

    with pytest.raises(NotAPicture):
        remake(body[: int(len(body) * share)])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><html><body>Sign in",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect/></svg>",
        b"\x89PNG\r\n\x1a\n<html>",
        b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x09\0\0\0\x09\x08\x02\0\0\0",
        b"GIF89a<script>alert(1)</script>",
        b"\xff\xd8\xff\xe0 not a picture",
        b"RIFF\0\0\0\0WEBPVP8 not a picture at all, though",
        b"\0\0\0\x20ftypavif\0\0\0\0avifispe" + bytes(4) + (9).to_bytes(4) * 2,
        b"%PDF-1.7\n",
    ],
)
def test_what_only_looks_like_a_picture_is_none(body: bytes) -> None:
    with pytest.raises(NotAPicture):
        remake(body)
