"""Marks: what tells one drawing's picture from another's on a screen."""

from __future__ import annotations

import numpy as np
import pytest

from service.browser.marks import CELL_HEIGHT, CELL_WIDTH, CELLS, Cells, new_mark
from service.browser.xvfb import Grid

TOP = 5


def painted(mark: str, scale: float = 1, *, top: int = TOP) -> Grid:
    """A screen with the mark on it as Chromium paints it: edges within a pixel are mixed."""
    width, height = int(80 * scale), top + int(20 * scale)
    screen = np.full((height, width, 4), 255, np.uint8)
    colours = np.frombuffer(bytes.fromhex(mark), np.uint8).reshape(CELLS, 3)
    for place, colour in enumerate(colours):
        left, right = place * CELL_WIDTH * scale, (place + 1) * CELL_WIDTH * scale
        whole = screen[top : top + int(CELL_HEIGHT * scale), int(np.ceil(left)) : int(right)]
        whole[:, :, :3] = colour[::-1]
    return screen


def test_no_two_marks_are_the_same() -> None:
    marks = {new_mark() for _ in range(1000)}

    assert len(marks) == 1000
    assert {len(bytes.fromhex(mark)) for mark in marks} == {18}


@pytest.mark.parametrize("scale", [1, 1.25, 1.5, 2, 2.75, 3])
def test_a_mark_is_known_on_a_screen_of_any_scale(scale: float) -> None:
    mark = new_mark()

    assert Cells(mark, scale).shown(painted(mark, scale), TOP)


def test_the_byte_without_a_meaning_means_nothing() -> None:
    mark = new_mark()
    screen = painted(mark)
    screen[:, :, 3] = 7

    assert Cells(mark).shown(screen, TOP)


def test_another_drawings_mark_is_not_this_ones() -> None:
    assert not Cells(new_mark()).shown(painted(new_mark()), TOP)


@pytest.mark.parametrize("cell", range(CELLS))
@pytest.mark.parametrize("row", range(CELL_HEIGHT))
def test_a_mark_that_is_not_all_there_is_none(cell: int, row: int) -> None:
    """A frame that is painted in parts: one cell, in one row, is the one before's."""
    mark = new_mark()
    screen = painted(mark)
    screen[TOP + row, cell * CELL_WIDTH : (cell + 1) * CELL_WIDTH, :3] ^= 1

    assert not Cells(mark).shown(screen, TOP)


@pytest.mark.parametrize("top", [TOP - 1, TOP + 1])
def test_a_mark_is_looked_for_in_its_place_alone(top: int) -> None:
    mark = new_mark()

    assert not Cells(mark).shown(painted(mark), top)


def test_a_mark_below_the_screens_end_is_not_seen() -> None:
    """Its first rows are there; what is missing is not taken for right."""
    mark = new_mark()
    screen = painted(mark)[: TOP + CELL_HEIGHT - 1]

    assert not Cells(mark).shown(screen, TOP)
    assert not Cells(mark).shown(screen, len(screen))
