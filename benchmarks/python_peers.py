"""Peers that are called from Python: Playwright as its documentation shows it, and takumi-py."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright
from takumi_py import FontResource, Renderer, RenderOptions

from benchmarks.card import HEIGHT, QUALITY, WIDTH, Card, values
from benchmarks.checks import Checks
from benchmarks.contestants import Contestant, Meter
from benchmarks.tasks import CARD, JPEG, PNG, Task
from service.cli.speed.trees import ProcessTree, children_of
from service.cli.speed.turns import Turn, closed_loop

AT_A_TIME = (1, 4)
"""How many pictures at a time the peers are asked for."""

_FONT_FAMILY = "InterX"
_WEIGHTS = (400, 700)

Kind = Literal["png", "jpeg"]


class _InProcess:
    """A peer of which each picture is one call from here."""

    name: str

    def __init__(self, card: Card, meter: Meter) -> None:
        self._card = card
        self._meter = meter
        self._checks = Checks(self.name)

    def draws(self, task: Task, concurrency: int) -> bool:
        """The card as PNG and JPEG."""
        plain = task.template == CARD and task.scale is None and task.format in {PNG, JPEG}
        return plain and concurrency in AT_A_TIME

    async def turn(
        self, task: Task, numbers: Iterator[int], *, concurrency: int, seconds: float
    ) -> Turn:
        """Draw in a closed loop."""
        kind = _kind(task)
        before = self._meter.processor()
        turn = await closed_loop(
            partial(self._draw, kind), numbers, concurrency=concurrency, seconds=seconds
        )
        turn = self._meter.of(turn, before)
        self._checks.check(turn.bodies, task.format, (WIDTH, HEIGHT))
        turn.bodies = []
        return turn

    async def picture(self, task: Task, number: int) -> bytes:
        """One picture, to look at."""
        return await self._draw(_kind(task), 0, number)

    def memory(self) -> int | None:
        """What its processes hold."""
        return self._meter.memory()

    async def _draw(self, kind: Kind, slot: int, number: int) -> bytes:
        raise NotImplementedError


class WarmPage(_InProcess):
    """Playwright, with the page kept open between pictures."""

    name = "playwright, warm page"

    def __init__(self, card: Card, meter: Meter, pages: list[Page]) -> None:
        super().__init__(card, meter)
        self._pages = pages

    async def _draw(self, kind: Kind, slot: int, number: int) -> bytes:
        page = self._pages[slot]
        await page.set_content(self._card.document(values(number)))
        return await _shot(page, kind)


class ContextPerPicture(_InProcess):
    """Playwright, with nothing shared between two pictures."""

    name = "playwright, context per picture"

    def __init__(self, card: Card, meter: Meter, browser: Browser) -> None:
        super().__init__(card, meter)
        self._browser = browser

    def draws(self, task: Task, concurrency: int) -> bool:
        """The card as PNG: what costs here is not the format."""
        return super().draws(task, concurrency) and task.format is PNG

    async def _draw(self, kind: Kind, slot: int, number: int) -> bytes:
        context = await self._browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        try:
            page = await context.new_page()
            await page.set_content(self._card.document(values(number)))
            return await _shot(page, kind)
        finally:
            await context.close()


class Takumi(_InProcess):
    """takumi-py: no browser, a large subset of CSS, in a thread for each slot."""

    name = "takumi-py"

    def __init__(self, card: Card, threads: ThreadPoolExecutor) -> None:
        super().__init__(card, Meter(None, own=True))
        self._threads = threads
        font = card.font.read_bytes()
        faces = [FontResource(font, name=_FONT_FAMILY, weight=weight) for weight in _WEIGHTS]
        self._renderer = Renderer(fonts=faces)
        # It draws a fragment: what the page's body says is said of an element of ours.
        self._style = card.style[card.style.index("}") + 1 :].replace("body{", ".root{")

    async def _draw(self, kind: Kind, slot: int, number: int) -> bytes:
        """Draw in a thread; the library lets the interpreter's lock go meanwhile."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._drawn, kind, number)

    def _drawn(self, kind: Kind, number: int) -> bytes:
        quality = QUALITY if kind == "jpeg" else None
        return self._renderer.render_html(
            f'<div class="root">{self._card.body(values(number))}</div>',
            stylesheets=[self._style],
            options=RenderOptions(width=WIDTH, height=HEIGHT, format=kind, quality=quality),
        )


@asynccontextmanager
async def python_peers(browser: Path, wanted: str = "") -> AsyncIterator[list[Contestant]]:
    """Those whose names hold `wanted`, started: one browser for the Playwright ways, takumi."""
    card = Card.read()
    peers: list[Contestant] = []
    async with AsyncExitStack() as stack:
        if wanted in WarmPage.name or wanted in ContextPerPicture.name:
            before = children_of(os.getpid())
            driver = await stack.enter_async_context(async_playwright())
            chromium = await driver.chromium.launch(executable_path=browser)
            stack.push_async_callback(chromium.close)
            pages = [
                await chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
                for _ in range(max(AT_A_TIME))
            ]
            tree = ProcessTree(*children_of(os.getpid()) - before)
            peers.append(WarmPage(card, Meter(tree, own=True), pages))
            peers.append(ContextPerPicture(card, Meter(tree, own=True), chromium))
        threads = stack.enter_context(ThreadPoolExecutor(max(AT_A_TIME)))
        peers.append(Takumi(card, threads))
        yield [peer for peer in peers if wanted in peer.name]


def _kind(task: Task) -> Kind:
    return "jpeg" if task.format is JPEG else "png"


async def _shot(page: Page, kind: Kind) -> bytes:
    if kind == "jpeg":
        return await page.screenshot(type="jpeg", quality=QUALITY)
    return await page.screenshot()
