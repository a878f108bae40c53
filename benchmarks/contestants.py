"""Who draws: our server over HTTP, and beside it what somebody would take instead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Literal, Protocol

import aiohttp
from playwright.async_api import Browser, Page, async_playwright
from takumi_py import FontResource, Renderer, RenderOptions

from benchmarks.card import HEIGHT, QUALITY, WIDTH, Card, address
from benchmarks.checks import WrongAnswer

SLOTS = 4
"""The most pictures that are asked for at a time."""

Kind = Literal["png", "jpeg"]

_FONT_FAMILY = "InterX"
_WEIGHTS = (400, 700)


class Contestant(Protocol):
    """One way to draw the card."""

    name: str

    async def draw(self, slot: int, number: int, kind: Kind) -> bytes:
        """Picture `number` as a file. A slot draws one picture at a time."""
        ...


class Mergeshot:
    """The whole service, from the request's first byte to the picture's last."""

    name = "mergeshot"

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def draw(self, _: int, number: int, kind: Kind) -> bytes:
        """Ask for the picture and be content with nothing but the exact one."""
        async with self._session.get(address(number, kind)) as response:
            body = await response.read()
            status = response.headers.get("Mergeshot-Status")
            if (response.status, status) != (200, "exact"):
                raise WrongAnswer(f"mergeshot: {response.status}, Mergeshot-Status: {status}")
            return body


class WarmPage:
    """Playwright as its documentation shows it, with the page kept open between pictures."""

    name = "playwright, warm page"

    def __init__(self, card: Card, pages: list[Page]) -> None:
        self._card = card
        self._pages = pages

    async def draw(self, slot: int, number: int, _: Kind) -> bytes:
        """Set the page's content and take its screenshot."""
        page = self._pages[slot]
        await page.set_content(self._card.document(number))
        return await page.screenshot()


class ContextPerPicture:
    """Playwright as its documentation shows it: nothing is shared between two pictures."""

    name = "playwright, context per picture"

    def __init__(self, card: Card, browser: Browser) -> None:
        self._card = card
        self._browser = browser

    async def draw(self, _: int, number: int, __: Kind) -> bytes:
        """Open a context and a page, draw as the warm page does, close them."""
        context = await self._browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        try:
            page = await context.new_page()
            await page.set_content(self._card.document(number))
            return await page.screenshot()
        finally:
            await context.close()


class Takumi:
    """takumi-py: no browser, a large subset of CSS, in a thread for each slot."""

    name = "takumi-py"

    def __init__(self, card: Card, threads: ThreadPoolExecutor) -> None:
        self._card = card
        self._threads = threads
        faces = [FontResource(card.font, name=_FONT_FAMILY, weight=w) for w in _WEIGHTS]
        self._renderer = Renderer(fonts=faces)
        # It draws a fragment: what the page's body says is said of an element of ours.
        self._style = card.style[card.style.index("}") + 1 :].replace("body{", ".root{")

    async def draw(self, _: int, number: int, kind: Kind) -> bytes:
        """Draw in a thread; the library lets the interpreter's lock go meanwhile."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._draw, number, kind)

    def _draw(self, number: int, kind: Kind) -> bytes:
        quality = QUALITY if kind == "jpeg" else None
        return self._renderer.render_html(
            f'<div class="root">{self._card.body(number)}</div>',
            stylesheets=[self._style],
            options=RenderOptions(width=WIDTH, height=HEIGHT, format=kind, quality=quality),
        )


@asynccontextmanager
async def all_contestants(server: str, browser: Path) -> AsyncIterator[list[Contestant]]:
    """Everybody, started: our server's clients, one browser for the Playwright ways, takumi."""
    card = Card.read()
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(server))
        threads = stack.enter_context(ThreadPoolExecutor(SLOTS))
        driver = await stack.enter_async_context(async_playwright())
        chromium = await driver.chromium.launch(executable_path=browser)
        stack.push_async_callback(chromium.close)
        pages = [
            await chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            for _ in range(SLOTS)
        ]
        yield [
            Mergeshot(session),
            WarmPage(card, pages),
            ContextPerPicture(card, chromium),
            Takumi(card, threads),
        ]
