"""Outlook sizes a picture by the density that its file tells."""

from __future__ import annotations

import io
from dataclasses import replace

import PIL.Image
import pytest

from service.imaging.density import per_inch, with_density
from service.imaging.encode import QUALITY, Wanted, finish
from service.imaging.raster import Encoded, Pixels
from service.model import Format
from tests.imaging.samples import HEIGHT, SAMPLES, WIDTH

RASTER = SAMPLES["photograph"]()
PIXELS = Pixels(RASTER.tobytes(), WIDTH, HEIGHT, 3)


def jpeg(*, jfif: bool) -> bytes:
    file = io.BytesIO()
    PIL.Image.fromarray(RASTER).save(file, "jpeg", quality=80)
    body = file.getvalue()
    return body if jfif else body[:2] + body[20:]


def wanted(image_format: Format, scale: float) -> Wanted:
    return Wanted(image_format, WIDTH, HEIGHT, QUALITY[image_format], scale=scale)


def told(body: bytes) -> tuple[float, float] | None:
    return PIL.Image.open(io.BytesIO(body)).info.get("dpi")


@pytest.mark.parametrize(("scale", "density"), [(1, 96), (1.5, 144), (2, 192), (3, 288)])
def test_a_css_pixel_is_a_ninety_sixth_of_an_inch(scale: float, density: int) -> None:
    assert per_inch(scale) == density


@pytest.mark.parametrize("scale", [1.5, 2.0, 3.0])
@pytest.mark.parametrize("image_format", [Format.PNG, Format.JPEG])
def test_what_we_encode_tells_it(image_format: Format, scale: float) -> None:
    body = finish(PIXELS, wanted(image_format, scale))

    assert told(body) == pytest.approx((96 * scale, 96 * scale), abs=0.05)


@pytest.mark.parametrize("scale", [1.5, 2.0, 3.0])
@pytest.mark.parametrize("jfif", [True, False])
def test_the_browsers_own_jpeg_tells_it_too(jfif: bool, scale: float) -> None:
    own = jpeg(jfif=jfif)
    body = finish(Encoded(own, Format.JPEG), wanted(Format.JPEG, scale))

    assert told(body) == (96 * scale, 96 * scale)
    assert body.endswith(own[20:] if jfif else own[2:])
    assert PIL.Image.open(io.BytesIO(body)).tobytes() == PIL.Image.open(io.BytesIO(own)).tobytes()


def test_the_header_says_dots_per_inch_in_so_many_bytes() -> None:
    head = with_density(jpeg(jfif=True), 2)[:20]

    assert head == bytes.fromhex("ffd8ffe000104a46494600 0101 01 00c0 00c0 0000")
    assert with_density(jpeg(jfif=False), 2)[:20] == head


def test_a_palette_tells_it() -> None:
    body = finish(PIXELS, replace(wanted(Format.PNG, 2), palette=True))

    assert told(body) == pytest.approx((192, 192), abs=0.05)


def test_at_scale_1_nobody_has_to_be_told() -> None:
    own = jpeg(jfif=True)

    assert finish(Encoded(own, Format.JPEG), wanted(Format.JPEG, 1)) is own
    assert told(finish(PIXELS, wanted(Format.PNG, 1))) == pytest.approx((96, 96), abs=0.05)


@pytest.mark.parametrize("image_format", [Format.WEBP, Format.AVIF])
def test_formats_that_nobody_reads_it_from_are_the_same_at_any_scale(image_format: Format) -> None:
    assert finish(PIXELS, wanted(image_format, 1)) == finish(PIXELS, wanted(image_format, 2))
