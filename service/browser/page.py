"""One standing page: a document is put on it, drawn, photographed, and the next one follows."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar, cast
from urllib.parse import quote, urlsplit

import structlog
from playwright.async_api import Browser, BrowserContext, CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from service.browser import shell
from service.browser.functions import Functions, PageUnfit, drawing_notes
from service.browser.marks import new_mark
from service.browser.viewport import Viewport
from service.errors import RenderFailed
from service.metrics import BROWSER_REQUESTS
from service.model import Document, Note

log = structlog.get_logger(__name__)
T = TypeVar("T")

CLOSE_TIMEOUT_S = 2.0
WORN_AFTER = 64


class StandingPage:
    """A page of ours with one frame in it, made ready for one template version at a time.

    It belongs to one drawing at a time. Any error leaves it unfit: the caller throws it away.
    """

    def __init__(
        self, context: BrowserContext, page: Page, session: CDPSession, viewport: Viewport
    ) -> None:
        self._context = context
        self._session = session
        self._viewport = viewport
        self._origin = shell.random_origin()
        self._functions: Functions
        self._answering: set[asyncio.Task[None]] = set()
        self._document: Document | None = None
        self._standing: frozenset[str] = frozenset()
        self._drawing = False
        self._offered: list[str] = []
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the page crashes: calls to it would wait for ever."""
        page.on("crash", self._on_crash)
        self._loads = 0
        self.drawn = 0

    @classmethod
    async def open(cls, browser: Browser, viewport: Viewport) -> StandingPage:
        """Open a page with the shell on it; nothing stands in its frame yet."""
        context = await browser.new_context(
            java_script_enabled=False, no_viewport=True, service_workers="block", locale="en-US"
        )
        page = await context.new_page()
        session = await context.new_cdp_session(page)
        standing = cls(context, page, session, viewport)
        await viewport.open(session)
        session.on("Fetch.requestPaused", standing._on_request)
        await session.send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})
        await page.goto(f"{standing._origin}/", wait_until="load")
        standing._functions = await Functions.bring(session)
        return standing

    def fits(self, document: Document) -> bool:
        """Whether the page has this document's size and scale already."""
        return self._viewport.fits(document)

    @property
    def worn(self) -> bool:
        """Whether the page had better be replaced by a new one.

        Playwright's network domain keeps what a frame loaded until the page itself goes, up to
        200 MB: a page that changes between templates grows by all that they load.
        """
        return self._loads >= WORN_AFTER

    @property
    def offered(self) -> tuple[str, ...]:
        """The addresses that the last drawing asked for."""
        return tuple(self._offered)

    @property
    def standing(self) -> frozenset[str]:
        """The paths of the documents that have a frame here: their like needs no load."""
        return self._standing

    async def draw(
        self, document: Document, capture: Callable[[str], Awaitable[T]]
    ) -> tuple[T, tuple[Note, ...]]:
        """Put `document` on the page and have `capture`, given its mark, take the picture.

        An asset that is asked for all the same (a mask's, the first time) may not have come in
        time: then all is done again. Only the photograph's own time makes sure that the request
        has reached us, so it is looked for after it.

        Raises:
            PageUnfit: the page can no longer be trusted.
            RenderFailed: the document itself cannot be drawn in this lane.
        """
        await self._viewport.fit(self._session, document)
        self._document = document
        for _ in range(4):
            self._offered.clear()
            mark, drawn = await self._swap(document)
            captured = await capture(mark)
            self._drawing = False
            late = [url for url in self._offered if self._asset(document, url) is not None]
            if not late:
                self.drawn += 1
                return captured, drawing_notes(drawn, self._offered)
            await self._functions.call("arrived", late)
        raise PageUnfit("the document does not settle")

    async def _swap(self, document: Document) -> tuple[str, Mapping[str, Any]]:
        """Replace what a frame shows; the new mark, and what settling it reported."""
        path = shell.card_path(document)
        mark = new_mark()
        drawn: Mapping[str, Any] = {"stale": True}
        if path in self._standing:
            drawn = await self._put(path, document, mark)
        if drawn.get("stale"):
            await self._stand(path, document)
            drawn = await self._put(path, document, mark)
        if "stray" in drawn:
            self._standing = self._standing - {path}
            raise RenderFailed(
                f"The template's body holds a <{drawn['stray']}>, which cannot be drawn.",
                hint="Take it out, or set `javascript = true` in template.toml.",
            )
        if drawn.get("stale"):
            raise RenderFailed(
                "The template's head changes from one picture to the next.",
                hint="Keep data out of the head; `mergeshot check` finds where it is.",
            )
        return mark, drawn

    async def _put(self, path: str, document: Document, mark: str) -> Mapping[str, Any]:
        self._drawing = True
        drawn = await self._functions.call(
            "draw", path, self._viewport.box(document), document.html, mark
        )
        return cast(Mapping[str, Any], drawn)

    async def _stand(self, path: str, document: Document) -> None:
        """Load a document into a frame of its own: once per template version and head."""
        self._drawing = False
        images = [name for name in document.assets if name.lower().endswith(shell.IMAGES)]
        sources = [f"{shell.folder_of(document)}/{quote(name)}" for name in images]
        stood = await self._functions.call("stand", path, self._viewport.box(document), sources)
        for family in stood["problems"]:
            log.warning("font_not_loaded", family=family, version=document.version)
        self._standing = frozenset(stood["standing"])
        self._loads += 1

    async def marked(self) -> str:
        """The mark that the page shows now."""
        return str(await self._functions.call("mark"))

    async def show_mark(self, mark: str) -> None:
        """Show a mark and no document, at the very top: to find where the page is on a screen."""
        await self._functions.call("showMark", mark, 0)

    async def photograph(self, options: Mapping[str, Any]) -> bytes:
        """Chromium's own picture of the card."""
        clip = self._viewport.clip(self._document) if self._document else {}
        answer = await self._session.send("Page.captureScreenshot", {**options, **clip})
        return base64.b64decode(answer["data"])

    async def outer_html(self) -> str:
        """The framed document as it is now, for comparisons."""
        return str(await self._functions.call("outerHTML"))

    async def tidy(self) -> None:
        """Let go of the documents that were drawn before.

        They are garbage, but a page that is always busy never gets round to collecting it: it
        grows by some 0.3 MB a picture.
        """
        await self._session.send("HeapProfiler.collectGarbage")

    async def close(self) -> None:
        """Close the page within a bound. Never on a request's path."""
        for task in self._answering:
            task.cancel()
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._context.close()
        self._viewport.close()

    def _on_crash(self, _: Page) -> None:
        if not self.gone.done():
            self.gone.set_result(None)

    def _on_request(self, event: dict[str, Any]) -> None:
        task = asyncio.ensure_future(self._answer(event["requestId"], event["request"]["url"]))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, request_id: str, url: str) -> None:
        """Answer from what is held, or refuse. Nothing is ever let through to a network."""
        found = self._resource(url)
        if self._drawing:
            self._offered.append(url)
        with contextlib.suppress(PlaywrightError):  # the page may be gone already
            if found is None:
                await self._session.send(
                    "Fetch.failRequest",
                    {"requestId": request_id, "errorReason": "BlockedByClient"},
                )
                BROWSER_REQUESTS.inc()
                return
            headers, body = found
            await self._session.send(
                "Fetch.fulfillRequest",
                {
                    "requestId": request_id,
                    "responseCode": 200,
                    "responseHeaders": [
                        {"name": name, "value": value} for name, value in headers.items()
                    ],
                    "body": base64.b64encode(body).decode(),
                },
            )

    def _resource(self, url: str) -> tuple[dict[str, str], bytes] | None:
        if not url.startswith(f"{self._origin}/"):
            return None
        path = urlsplit(url).path
        if path == "/":
            return shell.SHELL_HEADERS, shell.SHELL_HTML
        document = self._document
        if document is None:
            return None
        if path == shell.card_path(document):
            return shell.card_headers(scripts=False), document.html.encode()
        name = self._asset(document, url)
        return (
            None if name is None else (shell.asset_headers(name), shell.asset_body(document, name))
        )

    def _asset(self, document: Document, url: str) -> str | None:
        return shell.asset_name(document, self._origin, url)
