"""Pictures of HTML that a request brings along.

Beside the two verbs, because there is nothing to decide and nothing to keep: such a picture has
no template, no fields and no key, it is drawn each time it is asked for, and what nobody could
`forget` is not stored. Pool, deadline, encoding and numbers are those of every other picture.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from service.errors import FieldProblem, InvalidData, RenderTimeout
from service.fetch.fetcher import Fetched, Unreachable
from service.imaging.encode import QUALITY, Wanted
from service.model import (
    Document,
    Format,
    Guest,
    HeldPicture,
    Image,
    Lane,
    Note,
    NoteCode,
    Paper,
    Sheet,
    device_pixels,
)
from service.render.addresses import remote_pictures
from service.render.photograph import Photographer, stage
from service.render.pictures import Pictures

DEFAULT_WIDTH, DEFAULT_HEIGHT = 1200, 630

MOST_PICTURES = 32
MOST_PICTURE_BYTES = 5_000_000
MOST_BYTES = 32_000_000
"""Pictures from elsewhere in one page: how many, what each may weigh, and all together."""

_GRACE = 0.1
"""Seconds after the deadline in which the pool says itself that it has passed."""

_OLD = "a picture could not be had; its last good copy was drawn"
_STYLE = "style.css"
_LINK = f'<link rel="stylesheet" href="{_STYLE}">'
_WHOLE = re.compile(
    r"(?:\s|<!--.*?-->|<\?.*?>)*+<(?:!doctype|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_OPENING = re.compile(
    r"(?:\s|<!--.*?-->|<\?.*?>|<(?:!doctype|html|head)\b[^>]*>)*+", re.IGNORECASE | re.DOTALL
)
_END_OF_HEAD = re.compile(
    r"""<!--.*?(?:-->|\Z)
    |<(script|style|title|noscript)\b.*?(?:</\1|\Z)
    |(?P<end></head\b|<body\b)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class HtmlRequest:
    """A page to draw, as it came, each value within its bounds.

    `html` is a whole page or what stands in a body. `width` and `height` are CSS pixels, `scale`
    device pixels per CSS pixel.
    """

    html: str = field(repr=False)
    css: str = field(default="", repr=False)
    width: int = DEFAULT_WIDTH
    height: int = DEFAULT_HEIGHT
    scale: float = 1.0
    format: Format = Format.PNG
    quality: int | None = None
    selector: str = ""
    full_page: bool = False
    transparent: bool = False

    @property
    def wanted(self) -> Wanted:
        """The file that shall come out; its size is the page's to tell when a part is wanted."""
        return Wanted(
            self.format,
            device_pixels(self.width, self.scale),
            device_pixels(self.height, self.scale),
            self.quality or QUALITY[self.format],
            transparent=self.transparent,
            scale=self.scale,
        )


@dataclass(frozen=True, slots=True)
class Brought:
    """Pictures from elsewhere by their address, and what was noted on the way."""

    remote: Mapping[str, HeldPicture | None]
    notes: tuple[Note, ...]


class HtmlRenderer:
    """Draws guests' pages. `timeout` is seconds for all of it, `hosts` whose pictures may come."""

    def __init__(
        self,
        photographer: Photographer,
        encoder: ThreadPoolExecutor,
        pictures: Pictures,
        *,
        hosts: Sequence[str],
        timeout: float,
    ) -> None:
        self._photographer = photographer
        self._encoder = encoder
        self._pictures = pictures
        self._hosts = tuple(hosts)
        self._timeout = timeout

    async def draw(self, request: HtmlRequest) -> Image:
        """The picture.

        Raises:
            InvalidData: the page cannot be drawn as it is; names the key at fault.
            RenderTimeout: it was not ready by the deadline, or not soon enough to be waited for.
            ServiceError: as `Pool.draw`.
        """
        began = asyncio.get_running_loop().time()
        deadline = began + self._timeout
        try:
            async with asyncio.timeout_at(deadline + _GRACE):
                with stage("fetch"):
                    brought = await self._fetched(request, until=began + self._timeout / 2)
                return await self._photographer.take(
                    document_of(request, brought.remote),
                    request.wanted,
                    deadline,
                    noted=brought.notes,
                )
        except TimeoutError as error:
            raise RenderTimeout("The picture was not ready in time.") from error

    async def _fetched(self, request: HtmlRequest, *, until: float) -> Brought:
        """Every picture from elsewhere, all at once; one that has not come in time is none."""
        loop = asyncio.get_running_loop()
        urls = await loop.run_in_executor(
            self._encoder, remote_pictures, request.html, request.css
        )
        if len(urls) > MOST_PICTURES:
            message = f"names {len(urls)} pictures from elsewhere; allowed are {MOST_PICTURES}"
            problem = FieldProblem("html", "invalid", message)
            raise InvalidData("These keys cannot be used as given: html.", fields=[problem])
        came = await asyncio.gather(*(self._picture(url, until) for url in urls))
        remote, notes, weight = dict[str, HeldPicture | None](), list[Note](), 0
        for url, found in zip(urls, came, strict=True):
            weight += len(found.body) if found else 0
            if found is None or weight > MOST_BYTES:
                remote[url] = None
                continue
            remote[url] = HeldPicture(found.body, found.media_type)
            if found.old:
                notes.append(Note("", NoteCode.IMAGE_OLD, _OLD))
        return Brought(remote, tuple(notes))

    async def _picture(self, url: str, until: float) -> Fetched | None:
        try:
            async with asyncio.timeout_at(until):
                return await self._pictures.picture(
                    url, hosts=self._hosts, max_bytes=MOST_PICTURE_BYTES
                )
        except (Unreachable, TimeoutError):
            return None


def document_of(
    request: HtmlRequest, remote: Mapping[str, HeldPicture | None] | None = None
) -> Document:
    """The page to photograph, or to print on sheets as large as the viewport."""
    paper = Paper.of_pixels(request.width, request.height)
    return Document(
        html=_page(request.html, linked=bool(request.css)),
        head="",
        width=request.width,
        height=request.height,
        scale=request.scale,
        lane=Lane.FRESH,
        version="guest",
        assets={_STYLE: request.css.encode()},
        transparent=request.transparent,
        scripts=True,
        sheet=Sheet(paper) if request.format is Format.PDF else None,
        guest=Guest(request.selector, request.full_page, remote or {}),
    )


def _page(html: str, *, linked: bool) -> str:
    """A whole page; the style sheet is linked where its head ends."""
    link = _LINK if linked else ""
    if not _WHOLE.match(html):
        head = f'<head><meta charset="utf-8">{link}</head>'
        return f"<!doctype html><html>{head}<body>{html}</body></html>"
    place = next((found.start() for found in _END_OF_HEAD.finditer(html) if found["end"]), None)
    if place is None:
        opening = _OPENING.match(html)
        place = opening.end() if opening else 0
    return html[:place] + link + html[place:]
