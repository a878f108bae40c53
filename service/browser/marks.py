"""The mark of one drawing: a picture that shows it is that drawing's, and all of it is there.

A page shows it as six cells of one colour each, right below the card, set in the same breath as
the card's own content: they change on the screen together.
"""

from __future__ import annotations

import secrets

import numpy as np

from service.browser.xvfb import Grid

CELLS = 6
CELL_WIDTH, CELL_HEIGHT = 8, 4
"""In pixels of CSS, like those of shell.html."""


def new_mark() -> str:
    """144 random bits as 36 digits: six for the colour of each cell."""
    return secrets.token_hex(3 * CELLS)


class Cells:
    """How a mark looks on a screen, in so many device pixels for each of CSS."""

    def __init__(self, mark: str, scale: float = 1) -> None:
        colours = np.frombuffer(bytes.fromhex(mark), np.uint8).reshape(CELLS, 3)
        self._colours = colours[:, ::-1]  # blue, green, red
        # In the middle of each: where a scale cuts a pixel in two, their edges are mixed.
        self._columns = [int((place + 0.5) * CELL_WIDTH * scale) for place in range(CELLS)]
        self._rows = int(CELL_HEIGHT * scale)

    def shown(self, screen: Grid, top: int) -> bool:
        """Whether a page on `screen` has the mark in the rows from `top`."""
        seen = screen[top : top + self._rows, self._columns, :3]
        return bool((seen == self._colours).all()) and len(seen) == self._rows
