"""The fresh lane: a new browser context and page for one picture, thrown away after it.

It draws templates with scripts, prints PDF, and draws what guests bring. Without scripts it is
also the truth that the swap lane is held to: the same document, opened as a top-level page that
has drawn nothing before.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from typing import Any
from urllib.parse import urldefrag

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, Route
from playwright.async_api import Error as PlaywrightError

from service.browser import shell
from service.browser.drawn import Drawn
from service.browser.functions import Functions, PageUnfit, drawing_notes
from service.browser.guest import area_of, check_elements, check_presence, guest_headers
from service.browser.printing import print_card, print_document
from service.browser.surfaces import screenshot_options
from service.browser.viewport import box_of, set_background, set_metrics
from service.errors import RenderTimeout
from service.imaging.encode import Wanted
from service.imaging.raster import Encoded
from service.metrics import BROWSER_REQUESTS
from service.model import Document, Format, Note

CLOSE_TIMEOUT_S = 2.0
PATIENCE_S = 5.0
"""How long a page with scripts may take to load and to say that it is ready."""

SETTLING_S = 2.0
"""And then for its fonts, and for its pictures: all are at hand, so it is its script that stops
them."""

_LATE = {
    "load": "Keep scripts short, and close a document that a script has opened.",
    "ready": 'Have the page set data-ready="yes" on <html> sooner, or leave data-ready out.',
}


class FreshPage:
    """A page that shows one document. Make it, `draw` with it, close it."""

    def __init__(self, browser: Browser, document: Document, *, scripts: bool) -> None:
        self._browser = browser
        self._document = document
        self._scripts = scripts
        self._origin = shell.random_origin()
        # What is printed on one page stands in the shell's frame; see `printing`.
        self._framed = document.sheet is not None and document.guest is None
        self._shown = False
        self._offered: list[str] = []
        self._context: BrowserContext | None = None
        self._closed = False
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the page crashes: calls to it would wait for ever."""
        self._session: CDPSession
        self._functions: Functions

    async def draw(self, wanted: Wanted) -> Drawn:
        """Open the document and take its picture, or print it.

        Raises:
            InvalidData: a guest's document cannot be drawn as it is; names the key at fault.
            RenderTimeout: its scripts do not come to an end.
        """
        document = self._document
        notes = await self.open()
        if self._framed:
            printed = await print_card(self._session, self._functions, document)
            return Drawn(Encoded(printed, Format.PDF), notes)
        if document.sheet is not None:
            printed = await print_document(self._session, document)
            return Drawn(Encoded(printed, Format.PDF), notes)
        kind, options = screenshot_options(wanted)
        area = document.guest and await area_of(self._functions, document, document.guest)
        if not area:
            return Drawn(Encoded(await self.photograph(options), kind), notes)
        options |= {"clip": area.clip(document.scale), "captureBeyondViewport": True}
        picture = Encoded(await self.photograph(options), kind)
        return Drawn(picture, notes, (area.width, area.height))

    async def open(self) -> tuple[Note, ...]:
        """Open the document and settle it; its notes."""
        document = self._document
        self._context = await self._browser.new_context(
            no_viewport=True,
            java_script_enabled=self._scripts,
            service_workers="block",
            locale="en-US",
        )
        if self._closed:  # this context came too late for whoever closed us
            await self._context.close()
            raise PageUnfit("the page is closed")
        await self._context.route("**/*", self._answer)
        page = await self._context.new_page()
        page.on("crash", self._on_crash)
        self._session = await self._context.new_cdp_session(page)
        await set_metrics(self._session, document)
        await set_background(self._session, transparent=document.transparent)
        # Not by `goto`: it would wait for the page that a script wants to go to.
        path = "/" if self._framed else shell.card_path(document)
        went = await self._session.send("Page.navigate", {"url": self._origin + path})
        try:
            self._functions = await Functions.bring(self._session)
            return await self._settle()
        except (PlaywrightError, PageUnfit):
            if document.guest:
                await check_presence(self._session, went["loaderId"])
            raise

    async def photograph(self, options: dict[str, Any]) -> bytes:
        """Chromium's own picture of the viewport, which is the card, or of a part of the page."""
        answer = await self._session.send("Page.captureScreenshot", options)
        return base64.b64decode(answer["data"])

    async def outer_html(self) -> str:
        """The document as it is now, for comparisons."""
        return str(await self._functions.call("outerHTML"))

    async def close(self) -> bool:
        """Close the context within a bound; whether it did. Not on a request's path."""
        self._closed = True
        if self._context is None:
            return True
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._context.close()
        except TimeoutError:
            return False
        except PlaywrightError:
            pass  # its browser has ended, and the context with it
        return True

    async def _settle(self) -> tuple[Note, ...]:
        document = self._document
        if self._framed:
            await self._functions.call("stand", shell.card_path(document), box_of(document), [])
        if self._scripts:
            late = await self._functions.call("ready", PATIENCE_S * 1000)
            if late:
                raise RenderTimeout("The page is not ready in time.", hint=_LATE[late])
        else:
            await self._functions.call("loaded")
        if document.guest:
            check_elements(await self._functions.call("elements"))
        drawn = await self._functions.call("settle", SETTLING_S * 1000 if self._scripts else 0)
        unreachable = document.guest.unreachable if document.guest else ()
        return drawing_notes(drawn, self._offered, unreachable)

    def _on_crash(self, _: Page) -> None:
        if not self.gone.done():
            self.gone.set_result(None)

    async def _answer(self, route: Route) -> None:
        """Answer from what the document holds; refuse all else, a second navigation included."""
        url = route.request.url
        found = self._resource(url)
        with contextlib.suppress(PlaywrightError):  # the page may be gone already
            if found is not None:
                headers, body = found
                await route.fulfill(headers=headers, body=body)
                return
            self._offered.append(url)
            BROWSER_REQUESTS.inc()
            # An aborted navigation leaves the page as it is; a blocked one would show an error.
            leaving = route.request.is_navigation_request()
            await route.abort("aborted" if leaving else "blockedbyclient")

    def _resource(self, url: str) -> tuple[dict[str, str], bytes] | None:
        """The headers and the body of what is asked for; None when it is not ours to give."""
        document, guest = self._document, self._document.guest
        name = shell.asset_name(document, self._origin, url)
        if name is not None:
            return shell.asset_headers(name), shell.asset_body(document, name)
        if self._framed and url == f"{self._origin}/":
            return shell.SHELL_HEADERS, shell.SHELL_HTML
        if url == self._origin + shell.card_path(document) and not self._shown:
            self._shown = True
            headers = guest_headers if guest else shell.card_headers
            return headers(scripts=self._scripts), document.html.encode()
        picture = guest and guest.picture(urldefrag(url).url)
        if picture:
            return {"Content-Type": picture.media_type}, picture.body
        return None
