"""The fresh lane: a new browser context and page for one picture, thrown away after it.

It draws templates with scripts. Without scripts it is also the truth that the swap lane is held
to: the same document, opened as a top-level page that has drawn nothing before.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, Route
from playwright.async_api import Error as PlaywrightError

from service.browser import shell
from service.browser.functions import Functions, drawing_notes
from service.browser.viewport import set_background, set_metrics
from service.metrics import BROWSER_REQUESTS
from service.model import Document, Note

CLOSE_TIMEOUT_S = 2.0


class FreshPage:
    """A top-level page that shows one document. Make it, `open` it, photograph it, close it."""

    def __init__(self, browser: Browser, document: Document, *, scripts: bool) -> None:
        self._browser = browser
        self._document = document
        self._scripts = scripts
        self._origin = shell.random_origin()
        self._offered: list[str] = []
        self._context: BrowserContext | None = None
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the page crashes: calls to it would wait for ever."""
        self._session: CDPSession
        self._functions: Functions

    async def open(self) -> tuple[Note, ...]:
        """Open the document and settle it; its notes."""
        document = self._document
        self._context = await self._browser.new_context(
            no_viewport=True,
            java_script_enabled=self._scripts,
            service_workers="block",
            locale="en-US",
        )
        await self._context.route("**/*", self._answer)
        page = await self._context.new_page()
        page.on("crash", self._on_crash)
        self._session = await self._context.new_cdp_session(page)
        await set_metrics(self._session, document)
        await set_background(self._session, transparent=document.transparent)
        await page.goto(self._origin + shell.card_path(document), wait_until="load")
        self._functions = await Functions.bring(self._session)
        drawn = await self._functions.call("settle")
        return drawing_notes(drawn, self._offered)

    async def photograph(self, options: dict[str, Any]) -> bytes:
        """Chromium's own picture of the viewport, which is the card."""
        answer = await self._session.send("Page.captureScreenshot", options)
        return base64.b64decode(answer["data"])

    async def outer_html(self) -> str:
        """The document as it is now, for comparisons."""
        return str(await self._functions.call("outerHTML"))

    async def close(self) -> None:
        """Close the context within a bound. Not on a request's path: a script may hold it."""
        if self._context is not None:
            with contextlib.suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await self._context.close()

    def _on_crash(self, _: Page) -> None:
        if not self.gone.done():
            self.gone.set_result(None)

    async def _answer(self, route: Route) -> None:
        """Answer from what the document holds; refuse all else, a second navigation included."""
        url, document = route.request.url, self._document
        name = shell.asset_name(document, self._origin, url)
        with contextlib.suppress(PlaywrightError):  # the page may be gone already
            if name is not None:
                body = shell.asset_body(document, name)
                await route.fulfill(headers=shell.asset_headers(name), body=body)
            elif urlsplit(url).path == shell.card_path(document) and not self._offered:
                await route.fulfill(
                    headers=shell.card_headers(scripts=self._scripts), body=document.html
                )
            else:
                self._offered.append(url)
                BROWSER_REQUESTS.inc()
                await route.abort("blockedbyclient")
