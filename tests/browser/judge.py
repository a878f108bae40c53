"""Holds what an engine draws on a standing page to its own fresh pages, pixel by pixel."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.browser.engine import Engine, HeadlessEngine
from service.browser.hiring import WINDOWS
from service.browser.locate import locate, locate_window
from service.browser.page import StandingPage
from service.browser.surfaces import ScreenshotSurface, screenshot_options
from service.browser.window import WindowEngine, suits
from service.imaging.encode import Wanted, decode
from service.imaging.raster import Captured, Encoded, planes
from service.model import Document, Format, device_pixels

Named = tuple[str, Document]


@dataclass(frozen=True, slots=True)
class Bound:
    """By how much a document may differ: this part of its pixels, by so many levels; and why."""

    part: float
    levels: int
    reason: str


EQUAL = Bound(0, 0, "it is the same")
ROUNDED = Bound(1e-5, 3, "a pixel or two are rounded the other way, and not on every run")
HAIRLINES = Bound(6e-4, 8, "thin curves are cut at the edges of tiles, and two fresh pages differ")
SYMBOLS = Bound(1e-3, 50, "a sign that fonts of several languages hold, as they asked for it")
BLENDED = Bound(5e-2, 10, "a backdrop filter or a blend within a clip is rounded twice")
FIXED = Bound(0.1, 1, "a fixed background is a layer of its own on a top-level page alone")
TURNED = Bound(
    5e-4,
    1,
    "what is turned in space or filtered is rounded upon the page of a window, not the card",
)
LENIENT = {
    **dict.fromkeys(("layout 238", "layout 256", "layout 298"), ROUNDED),
    "layout 3": Bound(0.02, 2, "one blend upon another is rounded twice"),
    "layout 43": Bound(0.04, 240, "emphasis marks in the font of the language that asked first"),
    "layout 45": SYMBOLS,
    "layout 163": SYMBOLS,
    "layout 278": SYMBOLS,
    "certificate one-hour": HAIRLINES,
    "social-card arabic story": HAIRLINES,
    "social-card german-compound story": HAIRLINES,
    "social-card one-word story": HAIRLINES,
    "layout 65": BLENDED,
    "layout 174": BLENDED,
    "fixed background": FIXED,
}
"""Documents that Chromium itself draws in more than one way. All others are equal."""

AT_A_TIME = 4
"""So many fresh pages are open at a time: two cores are busy, and none waits for long."""

KEPT_BELOW = 100_000
"""The truth of documents with fewer pixels is kept: those are drawn more than once."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How an engine of a kind is started, which documents it draws, how many layouts a day."""

    start: Callable[[], Awaitable[Engine]]
    layouts: int
    rounding: Bound = EQUAL
    draws: Callable[[Document], bool] = lambda _: True


async def _headless() -> Engine:
    return await HeadlessEngine.start(locate(None), True)


async def _window() -> Engine:
    found = locate_window(None)
    assert found is not None, "Xvfb or a full Chromium is missing"
    return await WindowEngine.start(*found, WINDOWS, True)


KINDS = {
    HeadlessEngine.kind: Kind(_headless, 60),
    WindowEngine.kind: Kind(_window, 310, TURNED, suits),
}
"""Every kind of engine. A new one is one line here, and all the contract suite holds for it."""


def wanted_of(document: Document) -> Wanted:
    """A PNG in the document's own size."""
    return Wanted(
        Format.PNG,
        device_pixels(document.width, document.scale),
        device_pixels(document.height, document.scale),
        100,
        transparent=document.transparent,
        scale=document.scale,
    )


def pixels_of(captured: Captured, document: Document) -> NDArray[np.uint8]:
    """Rows, columns and bands, as the service itself would encode them."""
    pixels = decode(captured, wanted_of(document))
    return np.stack(planes(pixels, alpha=document.transparent), axis=-1)


def unlike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> tuple[int, int]:
    """How many pixels differ, and by how many levels the one that differs most."""
    if one.shape != other.shape:
        return max(one.size, other.size), 255
    if np.array_equal(one, other):
        return 0, 0
    far = np.abs(one.astype(np.int16) - other).max(axis=-1)
    return int(np.count_nonzero(far)), int(far.max())


@dataclass
class Judge:
    """Draws on one engine as the pool does, and compares."""

    engine: Engine
    kind: Kind
    _windows: Any = None
    _kept: dict[tuple[object, ...], asyncio.Task[Captured]] = field(default_factory=dict)
    _open: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_A_TIME))

    async def differences(self, documents: Sequence[Named], *, pages: int = 1) -> list[str]:
        """One line for each document that is not drawn as a fresh page draws it.

        They are drawn in their order, on so many pages, each of which takes its part of the row.
        """
        row = [(name, one) for name, one in documents if self.kind.draws(one)]
        truths = [self._truth(one) for _, one in row]
        part = -(-len(row) // pages) or 1
        spans = [range(len(row))[start : start + part] for start in range(0, len(row), part)]
        lines = await asyncio.gather(*(self._walk(row, truths, span) for span in spans))
        return [line for some in lines for line in some]

    async def _walk(
        self, row: Sequence[Named], truths: Sequence[asyncio.Task[Captured]], span: range
    ) -> list[str]:
        page = await self.engine.open_page()
        wrong = []
        # Each part begins with the last of the one before, so that every pair of the row is drawn.
        if span.start:
            await self.drawn(page, row[span.start - 1][1])
        for index in span:
            name, document = row[index]
            seen = await self.drawn(page, document)
            truth = await truths[index]
            line = await asyncio.to_thread(self._compared, name, document, seen, truth)
            if line:
                before = row[index - 1][0] if index else "nothing"
                wrong.append(f"{before} -> {line}")
        await page.close()
        return wrong

    async def drawn(self, page: StandingPage, document: Document) -> list[Captured]:
        """What the surface captures; then, if it takes none itself, a screenshot of the same."""
        surface, wanted = self.engine.surface, wanted_of(document)
        kind, options = screenshot_options(wanted)

        async def capture(mark: str) -> list[Captured]:
            captured = [await surface.capture(page, mark, wanted)]
            if not isinstance(surface, ScreenshotSurface):
                captured.append(Encoded(await page.photograph(options), kind))
            return captured

        return (await page.draw(document, capture))[0]

    def _compared(
        self, name: str, document: Document, seen: Sequence[Captured], truth: Captured
    ) -> str:
        right = pixels_of(truth, document)
        found = []
        for way, captured in zip(("surface", "screenshot"), seen, strict=False):
            count, levels = unlike(pixels_of(captured, document), right)
            usual = self.kind.rounding if name.startswith("layout") else EQUAL
            bound = LENIENT.get(name, usual)
            if count > bound.part * right.shape[0] * right.shape[1] or levels > bound.levels:
                found.append(f"{way} differs by {count} pixels, {levels} levels at most")
        return f"{name}: {'; '.join(found)}" if found else ""

    def _truth(self, document: Document) -> asyncio.Task[Captured]:
        # All of what the tests vary; the assets go with the version.
        size = (document.width, document.height, document.scale)
        key = (document.version, document.html, document.transparent, *size)
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        task = asyncio.ensure_future(self._fresh(document))
        if document.width * document.height < KEPT_BELOW:
            self._kept[key] = task
        return task

    async def _fresh(self, document: Document) -> Captured:
        async with self._open:
            page: Any = self.engine.fresh(document, scripts=False)
            page._browser = self._windows = self._windows or Windows(page._browser)
            try:
                captured: Captured = (await page.draw(wanted_of(document))).captured
                return captured
            finally:
                await page.close()


class Windows:
    """A browser whose contexts are used again: to open a window takes longer than all the rest.

    Each document goes to an origin of its own, hence into a process of its own, so it comes upon
    nothing of the one before. Stands in for Playwright's `Browser` as far as a fresh page asks.
    """

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._free: list[Window] = []

    async def new_context(self, **options: Any) -> Any:
        """One that is free, else a new one."""
        if self._free:
            return self._free.pop()
        context = await self._browser.new_context(**options)
        page = await context.new_page()
        return Window(page, await context.new_cdp_session(page), self._free)


class Window:
    """A context with its one page, which `close` gives back."""

    def __init__(self, page: Any, session: Any, free: list[Window]) -> None:
        self._page, self._session, self._free = page, session, free

    async def route(self, pattern: str, handler: Any) -> None:
        await self._page.unroute_all()
        await self._page.route(pattern, handler)

    async def new_page(self) -> Any:
        return self._page

    async def new_cdp_session(self, _: Any) -> Any:
        return self._session

    async def close(self) -> None:
        self._free.append(self)
