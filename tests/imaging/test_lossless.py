"""PNG without loss, whatever is on the picture. Sizes: `tests/browser/test_file_sizes.py`."""

from __future__ import annotations

import io
import zlib

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from service.imaging.lossless import PLAIN, REPEATS, WOVEN, WOVEN_BIG, write_png
from service.imaging.png import COLOURS, Filtered, Picture, Way, png_file
from tests.imaging.samples import SAMPLES, captured, on_a_screen, sample
from tests.pictures import pixels

EFFORTS = ("fast", "balanced", "small")
WAYS = (PLAIN, REPEATS, Filtered(9), WOVEN, WOVEN_BIG)


def opened(body: bytes) -> PIL.Image.Image:
    """Read by another library than the one that wrote it, checksums and all."""
    file = PIL.Image.open(io.BytesIO(body))
    file.load()
    return file


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_pixel_is_kept_whatever_the_picture(name: str, effort: str) -> None:
    made = write_png(sample(name), effort=effort, scale=1)
    mode = "RGBA" if sample(name).bands == 4 else "RGB"

    assert np.array_equal(np.asarray(opened(made).convert(mode)), SAMPLES[name]())
    assert np.array_equal(pixels(made), SAMPLES[name]())


@pytest.mark.parametrize("way", WAYS, ids=repr)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_way_keeps_every_pixel(name: str, way: Way) -> None:
    assert np.array_equal(pixels(way.write(Picture(sample(name), 1))), SAMPLES[name]())


@settings(deadline=None, max_examples=60)
@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40), st.sampled_from([3, 4])).flatmap(
        lambda shape: arrays(np.uint8, shape, elements=st.integers(0, 255))
    ),
    st.sampled_from(EFFORTS),
)
def test_a_picture_of_any_size_keeps_every_pixel(raster: NDArray[np.uint8], effort: str) -> None:
    assert np.array_equal(pixels(write_png(captured(raster), effort=effort, scale=2)), raster)


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_picture_gives_the_same_bytes(name: str, effort: str) -> None:
    assert len({write_png(sample(name), effort=effort, scale=1) for _ in range(2)}) == 1


@pytest.mark.parametrize("name", SAMPLES)
def test_more_effort_never_gives_a_larger_file(name: str) -> None:
    fast, balanced, small = (
        len(write_png(sample(name), effort=effort, scale=1)) for effort in EFFORTS
    )

    assert small <= balanced <= fast


@pytest.mark.parametrize(("name", "mode"), [("flat", "P"), ("few_colours", "P"), ("words", "RGB")])
def test_a_few_colours_become_a_palette(name: str, mode: str) -> None:
    assert opened(write_png(sample(name), effort="balanced", scale=1)).mode == mode


def test_colours_beside_the_bands_that_are_looked_at_are_not_lost() -> None:
    """Two colours in every band, and thousands between them."""
    raster = SAMPLES["flat"]().copy()
    raster[100:104] = SAMPLES["noise"]()[100:104]

    assert np.array_equal(pixels(write_png(captured(raster), effort="balanced", scale=1)), raster)


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("name", SAMPLES)
def test_the_order_of_the_bytes_that_came_means_nothing(name: str, effort: str) -> None:
    """And alpha that is not wanted is left out."""
    screen = write_png(on_a_screen(SAMPLES[name]()), effort=effort, scale=1)

    assert screen == write_png(sample(name), effort=effort, scale=1, alpha=False)
    assert np.array_equal(pixels(screen), SAMPLES[name]()[:, :, :3])


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("name", ["flat", "words"])
@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0, 3.0])
def test_the_density_is_told(name: str, effort: str, scale: float) -> None:
    dpi = opened(write_png(sample(name), effort=effort, scale=scale)).info["dpi"]

    assert dpi == pytest.approx((96 * scale, 96 * scale), abs=0.05)


@pytest.mark.parametrize("name", ["photograph", "half_clear"])
def test_bands_are_whole_rows_one_after_another(name: str) -> None:
    raster, tops = SAMPLES[name](), [1, 28, 200]
    bands = Picture(sample(name), 1).bands_at(tops)
    expected = np.concatenate([raster[top : top + 16] for top in tops])

    assert np.array_equal(bands.rows[:, 1:], expected.reshape(len(expected), -1))


def test_guesses_are_pngs_own_filters() -> None:
    """Written into a file with the row before them, another library reads the same pixels."""
    picture = Picture(sample("photograph"), 1)
    for guess in picture.guesses(11, 3):
        rows = picture.rows[10].tobytes() + guess
        file = png_file((picture.width, 4), 1, COLOURS, zlib.compress(rows))

        assert np.array_equal(np.asarray(opened(file)), SAMPLES["photograph"]()[10:14])


@pytest.mark.parametrize("effort", ["balanced", "small"])
def test_a_photograph_is_no_larger_than_with_the_usual_filters(effort: str) -> None:
    file = io.BytesIO()
    PIL.Image.fromarray(SAMPLES["photograph"]()).save(file, "png")

    assert len(write_png(sample("photograph"), effort=effort, scale=1)) <= len(file.getvalue())


def test_a_file_of_our_own_making_has_the_chunks_of_any_other() -> None:
    body = WOVEN.write(Picture(sample("words"), 2))
    kinds, at = [], 8
    while at < len(body):
        length = int.from_bytes(body[at : at + 4])
        kind, data = body[at + 4 : at + 8], body[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + data) == int.from_bytes(body[at + 8 + length : at + 12 + length])
        kinds.append(kind)
        at += 12 + length

    assert kinds == [b"IHDR", b"pHYs", b"IDAT", b"IEND"]
