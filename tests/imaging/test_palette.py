"""A palette of a picture's own colours loses none of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.imaging.palette import palette_of, write_palette
from service.imaging.png import Picture
from tests.imaging.samples import captured
from tests.pictures import pixels

channel = st.integers(0, 255)


def picture_of(colours: list[tuple[int, ...]], width: int = 50) -> tuple[Picture, np.ndarray]:
    """Each colour somewhere, the first in between."""
    cells = [*colours, *[colours[0]] * (-len(colours) % width)]
    raster = np.array(cells, dtype=np.uint8).reshape(-1, width, len(colours[0]))
    return Picture(captured(raster), 1), raster


@settings(deadline=None)
@given(
    st.one_of(
        st.lists(st.tuples(channel, channel, channel), min_size=1, max_size=256, unique=True),
        st.lists(
            st.tuples(channel, channel, channel, channel), min_size=1, max_size=256, unique=True
        ),
    )
)
def test_up_to_256_colours_of_any_kind_come_back(colours: list[tuple[int, ...]]) -> None:
    picture, raster = picture_of(colours)
    found = palette_of(picture)

    assert found is not None
    assert {tuple(colour) for colour in found.colours.tolist()} == set(colours)
    assert np.array_equal(pixels(write_palette(found, level=6, scale=1)), raster)


@pytest.mark.parametrize("width", [1, 3, 7, 8, 9])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 16, 17, 256])
def test_places_of_any_depth_fill_whole_bytes(count: int, width: int) -> None:
    picture, raster = picture_of([(7, shade, 0) for shade in range(count)], width)
    found = palette_of(picture)

    assert found is not None
    assert np.array_equal(pixels(write_palette(found, level=6, scale=1)), raster)


def test_more_colours_are_too_many() -> None:
    picture, _ = picture_of([(shade % 256, shade // 256, 0) for shade in range(257)])

    assert palette_of(picture) is None


def test_colours_that_stand_in_one_row_alone_are_counted() -> None:
    raster = np.zeros((97, 300, 3), dtype=np.uint8)
    raster[50, :, 0], raster[50, :, 1] = np.arange(300) % 256, np.arange(300) // 256

    assert palette_of(Picture(captured(raster), 1)) is None
