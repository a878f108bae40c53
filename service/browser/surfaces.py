"""How a drawn page becomes a picture: by Chromium's screenshot command, or from its window.

A surface is asked once the document is put on its page and marked; it gives back exactly that
document's card, or raises.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import structlog

from service.browser.functions import PageUnfit
from service.browser.marks import Cells
from service.browser.page import StandingPage
from service.browser.screen import Screen
from service.browser.xvfb import Grid
from service.imaging.encode import Wanted
from service.imaging.raster import Captured, Encoded, Pixels
from service.metrics import MARKS_MISSED
from service.model import Format

log = structlog.get_logger(__name__)

MARK_TIMEOUT_S = 1.0
"""How long a mark may take to appear on the screen. Most are there in some 5 ms."""


class Surface(Protocol):
    """Takes the card's picture from a page that carries `mark`."""

    async def capture(self, page: StandingPage, mark: str, wanted: Wanted) -> Captured:
        """The card as pixels, or as a file that needs no more than a check.

        Raises:
            PageUnfit: the page does not carry the mark, so what came may be another picture.
        """
        ...


class ScreenshotSurface:
    """`Page.captureScreenshot`: works in every Chromium, with transparency, at any size."""

    async def capture(self, page: StandingPage, mark: str, wanted: Wanted) -> Captured:
        """Chromium's own JPEG where one is wanted of whatever size, else its quickest PNG."""
        kind, options = screenshot_options(wanted)
        # Both in one breath: a page takes its commands in order, and nobody else commands this
        # one, so the mark is that of the photograph. One after the other costs 4 ms more.
        body, seen = await asyncio.gather(page.photograph(options), page.marked())
        if seen != mark:
            raise PageUnfit("the page carries another mark than this drawing's")
        return Encoded(body, kind)


class ScreenSurface:
    """The memory that a virtual screen is drawn into: the same pixels, and nobody has to be asked.

    A picture whose mark does not appear is taken by the screenshot command, of the same page.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._panes: WeakKeyDictionary[StandingPage, Grid] = WeakKeyDictionary()
        self._otherwise = ScreenshotSurface()

    def add(self, page: StandingPage, pane: Grid) -> None:
        """Remember which part of the screen a page is on."""
        self._panes[page] = pane

    async def capture(self, page: StandingPage, mark: str, wanted: Wanted) -> Captured:
        """The pixels, copied between two looks at the mark."""
        pane, cells = self._panes[page], Cells(mark, wanted.scale)

        def there() -> bool:
            return cells.shown(pane, wanted.height)

        if await self._screen.until(there, within=MARK_TIMEOUT_S):
            pixels = pane[: wanted.height, : wanted.width].copy()
            if there():
                return Pixels(pixels.data, wanted.width, wanted.height, 4, "bgrx")
        MARKS_MISSED.inc()
        log.warning("mark_missed")
        return await self._otherwise.capture(page, mark, wanted)


def screenshot_options(wanted: Wanted) -> tuple[Format, dict[str, Any]]:
    """What to ask the screenshot command for, and the format that comes."""
    if wanted.format is Format.JPEG and not wanted.transparent and wanted.budget is None:
        return Format.JPEG, {"format": "jpeg", "quality": wanted.quality}
    # Chromium's default PNG costs 110 ms of the browser's one thread, this one 22: what it loses
    # in size our own encoder wins back outside the browser.
    return Format.PNG, {"format": "png", "optimizeForSpeed": True}
