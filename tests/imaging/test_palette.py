"""A palette of a picture's own colours loses none of them."""

from __future__ import annotations

import numpy as np
import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st

from service.imaging.palette import colours_of, write_palette
from tests.pictures import pixels

channel = st.integers(0, 255)


def image_of(colours: list[tuple[int, ...]], width: int = 50) -> tuple[pyvips.Image, np.ndarray]:
    """Each colour somewhere, the first in between."""
    cells = [*colours, *[colours[0]] * (-len(colours) % width)]
    raster = np.array(cells, dtype=np.uint8).reshape(-1, width, len(colours[0]))
    image = pyvips.Image.new_from_memory(
        raster.tobytes(), width, len(cells) // width, len(colours[0]), "uchar"
    ).copy(interpretation="srgb")
    return image, raster


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
    image, raster = image_of(colours)
    found = colours_of(image)
    assert found == sorted(set(colours))

    body = write_palette(image, found, level=6, scale=1)

    assert body is not None
    assert np.array_equal(pixels(body), raster)


@pytest.mark.parametrize("bands", [3, 4])
def test_256_neighbours_are_told_apart(bands: int) -> None:
    image, raster = image_of([(200, 7, shade, 255)[4 - bands :][:bands] for shade in range(256)])
    body = write_palette(image, colours_of(image) or [], level=6, scale=1)

    assert body is not None
    assert np.array_equal(pixels(body), raster)


def test_more_colours_are_too_many() -> None:
    image, _ = image_of([(shade % 256, shade // 256, 0) for shade in range(257)])

    assert colours_of(image) is None
