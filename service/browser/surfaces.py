"""How a drawn page becomes a picture. One way so far: Chromium's screenshot command.

A surface is asked once the document is put on its page and marked; it gives back exactly that
document's card, or raises.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from service.browser.functions import PageUnfit
from service.browser.page import StandingPage
from service.imaging.encode import Wanted
from service.imaging.raster import Captured, Encoded
from service.model import Format


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


def screenshot_options(wanted: Wanted) -> tuple[Format, dict[str, Any]]:
    """What to ask the screenshot command for, and the format that comes."""
    if wanted.format is Format.JPEG and not wanted.transparent and wanted.budget is None:
        return Format.JPEG, {"format": "jpeg", "quality": wanted.quality}
    # Chromium's default PNG costs 110 ms of the browser's one thread, this one 22: what it loses
    # in size our own encoder wins back outside the browser.
    return Format.PNG, {"format": "png", "optimizeForSpeed": True}
