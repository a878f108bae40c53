"""The window engine: one Chromium with several windows on a virtual screen of its own.

Its pictures are read from the memory that the screen is drawn into, which costs a third of what
Chromium's screenshot command does. docs/decisions/0010-windows.md says why, and what it takes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path

import structlog
from playwright.async_api import Browser

from service.browser.fresh import FreshPage
from service.browser.functions import PageUnfit
from service.browser.launch import Launched, launch
from service.browser.marks import CELL_HEIGHT, Cells, new_mark
from service.browser.page import StandingPage
from service.browser.screen import Screen
from service.browser.surfaces import ScreenSurface, Surface
from service.browser.viewport import WindowViewport
from service.browser.xvfb import Grid
from service.errors import StartupError
from service.model import Document, Lane

log = structlog.get_logger(__name__)

WIDTH, HEIGHT = 2432, 1936
"""The largest card that is drawn in a window, in device pixels: a link preview or a story in two
device pixels for each of CSS, or nearly."""

STRIP = 4 * CELL_HEIGHT
"""Rows below the largest card, for the mark."""

TOOLBAR = 120
"""Rows above the page that are the browser's own, at the most."""

FIND_TIMEOUT_S = 10.0
_ROWS = TOOLBAR + HEIGHT + STRIP
_MARGIN = 8
"""Rows at the bottom of the screen that no window covers, for the pointer."""


def suits(document: Document) -> bool:
    """Whether a window can draw this one, rather than a headless browser.

    A screen has no transparency; and where a card ends within a pixel, the frame on the page and
    a page of that size round it each in its own way.
    """
    width, height = document.width * document.scale, document.height * document.scale
    return (
        document.lane is Lane.SWAP
        and not document.transparent
        and width == int(width) <= WIDTH
        and height == int(height) <= HEIGHT
    )


class WindowEngine:
    """Chromium with `windows` windows, one below the other; above them a place to open in."""

    kind = "window"

    def __init__(self, launched: Launched, screen: Screen, windows: int) -> None:
        self._launched = launched
        self._screen = screen
        self._free = list(range(windows, 0, -1))
        self._opened = 0
        self._died = asyncio.Event()
        self._panes = ScreenSurface(screen)
        self.surface: Surface = self._panes
        launched.browser.on("disconnected", self._on_disconnected)
        screen.on_mapped = self._on_mapped
        self._watching = asyncio.create_task(self._watch())

    @classmethod
    async def start(
        cls, xvfb: Path, executable: Path, windows: int, sandbox: bool
    ) -> WindowEngine:
        """Start a screen, and a browser on it.

        Raises:
            StartupError: when one of them does not start.
        """
        height = (windows + 1) * _ROWS + _MARGIN
        starting = asyncio.create_task(Screen.start(xvfb, WIDTH, height))

        async def variables() -> Mapping[str, str]:
            return (await starting).environment

        try:
            launched = await launch(
                executable, sandbox=sandbox, screen=variables, window=(WIDTH, _ROWS)
            )
        except BaseException:
            with contextlib.suppress(StartupError):
                await (await starting).close()
            raise
        return cls(launched, await starting, windows)

    @property
    def alive(self) -> bool:
        """Whether browser and screen still run."""
        return not self._died.is_set()

    @property
    def died(self) -> asyncio.Event:
        """Set when one of them ends, whoever ended it."""
        return self._died

    async def open_page(self) -> StandingPage:
        """A new standing page for the swap lane, in a window of its own.

        Raises:
            PageUnfit: it has no place on the screen, or cannot be found there.
        """
        if not self._free:
            raise PageUnfit("the screen is full")
        place = self._free.pop()
        bounds = {"left": 0, "top": place * _ROWS, "width": WIDTH, "height": _ROWS}
        size = (WIDTH, HEIGHT + STRIP)
        viewport = WindowViewport(bounds, size, lambda: self._free.append(place))
        self._opened += 1
        page = await StandingPage.open(self._launched.browser, viewport)
        self._panes.add(page, await self._find(page, bounds["top"]))
        return page

    def fresh(self, document: Document, *, scripts: bool) -> FreshPage:
        """A page for one picture, not yet open: it opens above the others, and is photographed."""
        self._opened += 1
        return FreshPage(self._launched.browser, document, scripts=scripts)

    async def close(self) -> None:
        """End browser and screen within a bound."""
        self._died.set()
        await self._launched.close()
        await self._screen.close()
        await self._watching

    def kill(self) -> None:
        """End both at once."""
        self._died.set()
        self._launched.kill()
        self._screen.kill()

    async def _find(self, page: StandingPage, top: int) -> Grid:
        """The part of the screen that a page is on: where a mark at its very top shows."""
        mark = new_mark()
        cells = Cells(mark)
        found: list[int] = []

        def visible() -> bool:
            rows = range(top, top + TOOLBAR)
            found[:] = [row for row in rows if cells.shown(self._screen.pixels, row)]
            return bool(found)

        await page.show_mark(mark)
        if not await self._screen.until(visible, within=FIND_TIMEOUT_S):
            raise PageUnfit("the page is not where its window should be")
        return self._screen.pixels[found[0] : found[0] + HEIGHT + STRIP, :WIDTH]

    def _on_disconnected(self, _: Browser) -> None:
        self._died.set()

    def _on_mapped(self) -> None:
        """A window that we did not open would cover ours: with it, no picture can be trusted."""
        if self._screen.mapped > self._opened and self.alive:
            log.error("unexpected_window", windows=self._screen.mapped, opened=self._opened)
            self.kill()

    async def _watch(self) -> None:
        await self._screen.died.wait()
        self._died.set()
