"""Clients of a virtual screen, for tests: they draw, and open windows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from Xlib import X
from Xlib.display import Display

from service.browser.locate import locate_window


def xvfb() -> Path:
    found = locate_window(None)
    assert found is not None, "Xvfb or a full Chromium is missing"
    return found[0]


@contextmanager
def client(environment: Mapping[str, str]) -> Iterator[Display]:
    """A client of the server that this environment names, for as long as the block runs."""
    with patch.dict("os.environ", environment):
        display = Display(environment["DISPLAY"])
    try:
        yield display
    finally:
        display.close()


def fill(display: Display, left: int, top: int, width: int, height: int, colour: int) -> None:
    """A rectangle of one colour, `0xrrggbb`, on the ground of the screen."""
    root = display.screen().root
    brush = root.create_gc(foreground=colour)
    root.fill_rectangle(brush, left, top, width, height)
    brush.free()
    display.sync()


def open_window(display: Display, width: int = 20, height: int = 20) -> Any:
    """A window at the top left, on the screen when this returns. Its stubs know no brushes."""
    screen = display.screen()
    window = screen.root.create_window(
        0, 0, width, height, 0, screen.root_depth, X.InputOutput, background_pixel=0xFF0000
    )
    window.map()
    display.sync()
    return window
