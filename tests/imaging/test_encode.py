"""Encoding: the file that was asked for, or nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import deflate
import numpy as np
import PIL.features
import PIL.Image
import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.imaging.encode import (
    QUALITY,
    PictureInvalid,
    Wanted,
    encode,
    encoders,
    finish,
)
from service.imaging.fitting import convert_within
from service.imaging.raster import Captured, Encoded, Pixels
from service.model import Format
from tests.imaging.samples import on_a_screen
from tests.pictures import PICTURES, differing, pixels

WIDTH, HEIGHT = 90, 60


def drawing() -> NDArray[np.uint8]:
    """Something like a card: flat areas, sharp edges, a gradient and a little noise."""
    image = np.full((HEIGHT, WIDTH, 3), 245, dtype=np.uint8)
    image[8:30, 6:50] = (20, 90, 200)
    image[34:56, :, 0] = np.linspace(0, 255, WIDTH).astype(np.uint8)
    image[40:50, 60:80] = np.random.default_rng(7).integers(0, 255, (10, 20, 3))
    return image


@cache
def file_of(image_format: str, *, mode: str = "RGB") -> bytes:
    """The drawing as a browser might hand it over."""
    file = io.BytesIO()
    PIL.Image.fromarray(drawing()).convert(mode).save(file, image_format)
    return file.getvalue()


def captured(image_format: Format = Format.PNG) -> Encoded:
    return Encoded(file_of(image_format.value), image_format)


def see_through() -> Pixels:
    """Half clear: alpha 0 on the left, 255 on the right, red everywhere."""
    image = np.zeros((HEIGHT, WIDTH, 4), dtype=np.uint8)
    image[:, :, 0] = 255
    image[:, WIDTH // 2 :, 3] = 255
    return Pixels(image.tobytes(), WIDTH, HEIGHT, 4)


def wanted(image_format: Format = Format.PNG, **more: object) -> Wanted:
    plain = Wanted(image_format, WIDTH, HEIGHT, QUALITY[image_format])
    return replace(plain, **more)  # type: ignore[arg-type]


def convert(body: bytes, asked: Wanted) -> bytes:
    return convert_within(body, asked).body


def opened(body: bytes) -> PIL.Image.Image:
    return PIL.Image.open(io.BytesIO(body))


# Every format


@pytest.mark.parametrize("image_format", PICTURES)
@pytest.mark.parametrize(
    "capture",
    [captured(), Pixels(drawing().tobytes(), WIDTH, HEIGHT, 3)],
    ids=["file", "pixels"],
)
def test_the_file_has_the_format_and_size_that_were_asked_for(
    image_format: Format, capture: Captured
) -> None:
    file = opened(finish(capture, wanted(image_format)))

    assert (file.format or "").lower() == image_format.value
    assert file.size == (WIDTH, HEIGHT)
    assert file.mode == "RGB"


@pytest.mark.parametrize("effort", ["fast", "balanced", "small"])
def test_png_keeps_every_pixel(effort: str) -> None:
    assert differing(finish(captured(), wanted(effort=effort)), file_of("png")) == 0


@pytest.mark.parametrize("image_format", [Format.JPEG, Format.WEBP, Format.AVIF])
@pytest.mark.parametrize("effort", ["fast", "balanced", "small"])
def test_the_others_look_like_what_was_drawn(image_format: Format, effort: str) -> None:
    body = finish(captured(), wanted(image_format, effort=effort))
    flat = pixels(body)[10:28, 8:48].astype(int) - np.array([20, 90, 200])

    assert np.abs(flat).max() < 12


def test_more_effort_for_a_jpeg_changes_its_bytes_and_not_its_look() -> None:
    plain, small = (
        finish(captured(), wanted(Format.JPEG, effort=effort)) for effort in ("balanced", "small")
    )

    assert len(small) < len(plain)
    assert differing(small, plain) == 0


def test_rows_of_shared_memory_are_read_where_they_are() -> None:
    memory = memoryview(bytearray(drawing().tobytes()))

    assert differing(finish(Pixels(memory, WIDTH, HEIGHT, 3), wanted()), file_of("png")) == 0


@pytest.mark.parametrize("image_format", PICTURES)
@pytest.mark.parametrize("transparent", [False, True])
def test_pixels_of_a_screen_make_the_same_file(image_format: Format, transparent: bool) -> None:
    asked = wanted(image_format, transparent=transparent)

    assert finish(on_a_screen(drawing()), asked) == finish(
        Pixels(drawing().tobytes(), WIDTH, HEIGHT, 3), asked
    )


def test_the_browsers_own_jpeg_is_handed_on_as_it_is() -> None:
    assert finish(captured(Format.JPEG), wanted(Format.JPEG)) is file_of("jpeg")


def test_a_jpeg_from_a_png_has_colour_in_every_pixel() -> None:
    """Letters in colour are blurred by half the resolution that JPEGs often have for it."""
    file = opened(finish(captured(), wanted(Format.JPEG)))

    assert [layer[1:3] for layer in file.layer] == [(1, 1)] * 3  # type: ignore[attr-defined]


@pytest.mark.parametrize("image_format", [Format.JPEG, Format.WEBP, Format.AVIF])
def test_less_quality_is_a_smaller_file(image_format: Format) -> None:
    sizes = [
        len(finish(captured(), wanted(image_format, quality=quality))) for quality in (5, 50, 98)
    ]

    assert sizes == sorted(set(sizes))


def test_quality_means_nothing_for_png() -> None:
    assert finish(captured(), wanted(quality=1)) == finish(captured(), wanted(quality=100))


def test_more_effort_is_a_smaller_file() -> None:
    sizes = [len(finish(captured(), wanted(effort=effort))) for effort in ("fast", "small")]

    assert sizes[0] > sizes[1]


@pytest.mark.parametrize("image_format", [Format.JPEG, Format.WEBP, Format.AVIF])
def test_a_palette_means_nothing_for_the_others(image_format: Format) -> None:
    plain = finish(captured(), wanted(image_format))

    assert finish(captured(), wanted(image_format, palette=True)) == plain


@pytest.mark.parametrize("image_format", PICTURES)
@pytest.mark.parametrize("palette", [False, True])
def test_the_same_picture_gives_the_same_bytes(image_format: Format, palette: bool) -> None:
    """AVIF's and WebP's encoders could well do otherwise, and ETags say that they do not."""
    asked = wanted(image_format, palette=palette)

    assert len({finish(captured(), asked) for _ in range(3)}) == 1


@pytest.mark.parametrize("image_format", PICTURES)
def test_the_file_holds_no_metadata(image_format: Format) -> None:
    """Neither what came with the capture nor the encoder's own marks."""
    file = io.BytesIO()
    exif = PIL.Image.Exif()
    exif[0x010E] = "a description"
    PIL.Image.fromarray(drawing()).save(file, "png", exif=exif, icc_profile=b"profile", dpi=(7, 7))
    body = finish(Encoded(file.getvalue(), Format.PNG), wanted(image_format))

    assert b"a description" not in body
    left = {"exif", "icc_profile", "xmp", "comment", "Software", "software"} & set(
        opened(body).info
    )
    assert left == set()


# Transparency


@pytest.mark.parametrize("image_format", [Format.PNG, Format.WEBP, Format.AVIF])
def test_a_transparent_picture_keeps_its_alpha(image_format: Format) -> None:
    seen = pixels(finish(see_through(), wanted(image_format, transparent=True)))

    assert seen.shape[2] == 4
    assert seen[5, 5, 3] < 8
    assert seen[5, WIDTH - 5, 3] > 247
    assert seen[5, WIDTH - 5, 0] > 240


def test_a_palette_keeps_alpha_too() -> None:
    seen = pixels(finish(see_through(), wanted(transparent=True, palette=True)))

    assert (seen[5, 5, 3], seen[5, WIDTH - 5, 3]) == (0, 255)


def test_a_transparent_picture_as_jpeg_lies_on_white() -> None:
    seen = pixels(finish(see_through(), wanted(Format.JPEG, transparent=True)))

    assert seen.shape[2] == 3
    assert seen[5, 5].min() > 247
    assert abs(seen[5, WIDTH - 5].astype(int) - [255, 0, 0]).max() < 8


@pytest.mark.parametrize("image_format", PICTURES)
def test_alpha_that_nobody_asked_for_is_left_out(image_format: Format) -> None:
    """Chromium's PNGs have it even where every pixel is opaque."""
    seen = pixels(finish(see_through(), wanted(image_format)))

    assert seen.shape[2] == 3


# What is no picture, or not the one that was asked for


@pytest.mark.parametrize("image_format", [Format.PNG, Format.JPEG])
@pytest.mark.parametrize(
    ("width", "height"), [(WIDTH + 1, HEIGHT), (WIDTH, HEIGHT - 1), (HEIGHT, WIDTH), (1, 1)]
)
def test_another_size_is_refused(image_format: Format, width: int, height: int) -> None:
    with pytest.raises(PictureInvalid, match=f"90x60 came instead of {width}x{height}"):
        finish(captured(image_format), wanted(image_format, width=width, height=height))


def test_pixels_of_another_size_are_refused() -> None:
    with pytest.raises(PictureInvalid, match="60x90 came"):
        finish(Pixels(drawing().tobytes(), HEIGHT, WIDTH, 3), wanted())


@pytest.mark.parametrize("missing", [1, WIDTH * 3, WIDTH * HEIGHT * 3])
def test_pixels_that_are_missing_are_noticed(missing: int) -> None:
    data = drawing().tobytes()[:-missing]

    with pytest.raises(PictureInvalid):
        finish(Pixels(data, WIDTH, HEIGHT, 3), wanted())


def test_pixels_that_are_too_many_are_noticed() -> None:
    with pytest.raises(PictureInvalid):
        finish(Pixels(drawing().tobytes() + b"more", WIDTH, HEIGHT, 3), wanted())


@pytest.mark.parametrize("image_format", [Format.PNG, Format.JPEG])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"GIF89a" + bytes(50),
        b"<svg xmlns='http://www.w3.org/2000/svg' width='90' height='60'/>",
        b"<!doctype html><p>502 Bad Gateway",
        bytes(1000),
    ],
)
def test_what_is_no_picture_is_refused(image_format: Format, body: bytes) -> None:
    with pytest.raises(PictureInvalid):
        finish(Encoded(body, image_format), wanted(image_format))


@pytest.mark.parametrize(
    ("claimed", "true"),
    [("jpeg", "png"), ("png", "jpeg"), ("png", "webp"), ("jpeg", "gif"), ("png", "bmp")],
)
def test_a_file_of_another_kind_than_it_claims_is_refused(claimed: str, true: str) -> None:
    kind = Format(claimed)

    with pytest.raises(PictureInvalid):
        finish(Encoded(file_of(true), kind), wanted(kind))


@pytest.mark.parametrize("image_format", [Format.PNG, Format.JPEG])
@pytest.mark.parametrize("asked", PICTURES)
def test_a_file_cut_short_anywhere_is_refused(image_format: Format, asked: Format) -> None:
    """Up to the PNG's last chunk, which is empty: before it every pixel is there."""
    body = file_of(image_format.value)
    last = len(body) - (12 if image_format is Format.PNG else 0)

    for length in [*range(0, last, max(1, last // 23)), last - 1]:
        with pytest.raises(PictureInvalid):
            finish(Encoded(body[:length], image_format), wanted(asked))


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, len(file_of("png")) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_in_a_png_is_refused_or_changes_nothing(at: int, bit: int) -> None:
    body = bytearray(file_of("png"))
    body[at] ^= 1 << bit

    try:
        made = finish(Encoded(bytes(body), Format.PNG), wanted(effort="fast"))
    except PictureInvalid:
        return
    assert differing(made, file_of("png")) == 0


Damage = Callable[[bytes, int], bytes]


@pytest.mark.parametrize(
    "damage",
    [
        lambda body, at: body[:at] + b"\xff\xd9" + body[at:],
        lambda body, at: body[:at] + b"\xff" * 20 + body[at + 20 :],
        lambda body, at: body[:at] + b"\xff\xc0" + body[at + 2 :],
    ],
    ids=["ends early", "blotted out", "another header"],
)
@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("asked", [Format.JPEG, Format.PNG])
def test_a_jpeg_whose_structure_is_broken_is_refused(
    damage: Damage, share: float, asked: Format
) -> None:
    """As far as that can be seen: a JPEG has no checksums, a flipped bit is a true picture too.

    And libvips asks for warnings strip by strip, so that those of the last strip are not heard.
    """
    body = file_of("jpeg")

    with pytest.raises(PictureInvalid):
        finish(Encoded(damage(body, int(len(body) * share)), Format.JPEG), wanted(asked))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_whatever_comes_is_a_picture_or_refused(noise: bytes) -> None:
    """Nothing else is ever raised, so nothing else has to be caught."""
    for start in (b"", file_of("png")[:60], file_of("jpeg")[:200]):
        for image_format in (Format.PNG, Format.JPEG):
            with pytest.raises(PictureInvalid):
                finish(Encoded(start + noise, image_format), wanted(image_format))


def test_grey_with_alpha_is_not_what_a_browser_sends() -> None:
    with pytest.raises(PictureInvalid):
        finish(Encoded(file_of("png", mode="LA"), Format.PNG), wanted())


# Kept pictures in another shape


@pytest.mark.parametrize("image_format", PICTURES)
@pytest.mark.parametrize("factor", [1, 2, 3])
def test_a_kept_picture_becomes_another_format_and_scale(
    image_format: Format, factor: int
) -> None:
    asked = wanted(image_format, width=WIDTH * factor, height=HEIGHT * factor)
    body = convert(file_of("png"), asked)
    middle = pixels(body)[20 * factor, 25 * factor, :3].astype(int)

    assert (opened(body).format or "").lower() == image_format.value
    assert opened(body).size == (WIDTH * factor, HEIGHT * factor)
    assert np.abs(middle - [20, 90, 200]).max() < 12


def test_a_kept_picture_in_its_own_shape_keeps_its_pixels() -> None:
    assert differing(convert(file_of("png"), wanted()), file_of("png")) == 0


def test_a_kept_transparent_picture_stays_transparent_and_is_white_as_jpeg() -> None:
    kept = finish(see_through(), wanted(transparent=True))
    png = pixels(convert(kept, wanted(transparent=True, width=WIDTH * 2, height=HEIGHT * 2)))
    jpeg = pixels(convert(kept, wanted(Format.JPEG, transparent=True)))

    assert (png[9, 9, 3], png[9, -9, 3]) == (0, 255)
    assert jpeg[9, 9].min() > 247


@pytest.mark.parametrize("length", [0, 8, 100, 400, -13, -30])
def test_a_kept_picture_that_was_cut_short_is_refused(length: int) -> None:
    with pytest.raises(PictureInvalid):
        convert(file_of("png")[:length], wanted())


# What encodes


def test_the_encoders_are_named_with_their_versions() -> None:
    assert encoders() == (
        f"libvips {pyvips.version(0)}.{pyvips.version(1)}.{pyvips.version(2)}, "
        f"pillow {PIL.__version__}, "
        f"libjpeg-turbo {PIL.features.version('libjpeg_turbo')}, "
        f"libwebp {PIL.features.version('webp')}, "
        f"deflate {deflate.__version__}"
    )


def test_libvips_keeps_no_pictures() -> None:
    """Its cache of operations would hold recipients' pixels."""
    encode(Pixels(bytes(4 * 4 * 3), 4, 4, 3), wanted(Format.AVIF, width=4, height=4))

    assert pyvips.cache_get_size() == 0
