"""`POST /v1/html`: a picture of HTML that the request brings along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from aiohttp import web
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from service.errors import FieldProblem, InvalidData
from service.logs import current_facts
from service.model import MAX_CSS_PIXELS, MAX_DEVICE_PIXELS, MAX_PIXELS, Format, Rung
from service.render.guest import DEFAULT_HEIGHT, DEFAULT_WIDTH, HtmlRequest
from service.web.access import Scope, requires
from service.web.body import Body, FileFormat, read_json
from service.web.described import (
    BY_DRAWING,
    IMAGES,
    MADE_HEADERS,
    PICTURES,
    Described,
    Reply,
)
from service.web.headers import guest_headers
from service.web.keys import HTML

routes = web.RouteTableDef()

MOST_BYTES = 2_000_000
"""Bytes of the HTML, and of the CSS."""


def _short(text: str) -> str:
    if len(text.encode()) > MOST_BYTES:
        raise PydanticCustomError("too_long", f"must have at most {MOST_BYTES} bytes")
    return text


Pixels = Annotated[int, Field(ge=1, le=MAX_CSS_PIXELS)]


class HtmlBody(Body):
    """The page, how large, and as what."""

    html: Annotated[str, Field(min_length=1), AfterValidator(_short)]
    css: Annotated[str, AfterValidator(_short)] = ""
    width: Pixels = DEFAULT_WIDTH
    height: Pixels = DEFAULT_HEIGHT
    selector: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    full_page: bool = False
    transparent: bool = False
    format: FileFormat = Format.PNG
    scale: Annotated[float, Field(ge=1, le=3, allow_inf_nan=False)] = 1.0
    quality: Annotated[int, Field(ge=1, le=100)] | None = None


@routes.post("/v1/html")
@requires(Scope.HTML)
@Described(
    "Draw HTML that the request brings",
    tag=PICTURES,
    text="Nothing of it is kept: it is drawn each time. Scripts run; the page has no network, and "
    "pictures come from `MERGESHOT_IMAGE_HOSTS` alone.",
    body=HtmlBody,
    replies=(Reply(200, "The picture, or the pages as PDF.", IMAGES, MADE_HEADERS),),
    refusals=BY_DRAWING,
)
async def html(request: web.Request) -> web.Response:
    """Draw the page of the body; nothing of it is kept."""
    body = await read_json(request, HtmlBody)
    problems = [FieldProblem(field, "invalid", message) for field, message in _misfits(body)]
    if problems:
        names = ", ".join(problem.field for problem in problems)
        raise InvalidData(f"These keys cannot be used as given: {names}.", fields=problems)
    image = await request.app[HTML].draw(_request(body))
    facts = current_facts()
    facts.rung = Rung.DEGRADED if image.degraded else Rung.EXACT
    facts.bytes = len(image.body)
    return web.Response(body=image.body, headers=guest_headers(image))


def _misfits(body: HtmlBody) -> Iterator[tuple[str, str]]:
    """Keys that are right alone and do not fit together."""
    if body.format is Format.PDF:
        for name in ("selector", "full_page"):
            if getattr(body, name):
                yield name, "is for pictures; a PDF has as many pages as the document needs"
        return
    if body.selector and body.full_page:
        yield "full_page", "must be left out where there is a selector"
    wanted = _request(body).wanted
    width, height = wanted.width, wanted.height
    if max(width, height) > MAX_DEVICE_PIXELS or width * height > MAX_PIXELS:
        yield (
            "scale",
            f"makes {width} x {height} pixels of this width and height; allowed are "
            f"{MAX_DEVICE_PIXELS} a side and {MAX_PIXELS // 10**6} megapixels",
        )


def _request(body: HtmlBody) -> HtmlRequest:
    return HtmlRequest(
        html=body.html,
        css=body.css,
        width=body.width,
        height=body.height,
        scale=1.0 if body.format is Format.PDF else body.scale,
        format=body.format,
        quality=body.quality,
        selector=body.selector or "",
        full_page=body.full_page,
        transparent=body.transparent,
    )
