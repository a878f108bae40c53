"""`/openapi.json` and `/docs`: this server described, for programs and for people."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from aiohttp import web

from service.catalogue.template import Template
from service.errors import NotFound
from service.web.access import Scope, requires
from service.web.body import JSON
from service.web.conditional import conditional, etag_of
from service.web.described import (
    DESCRIPTION,
    FRESHNESS,
    RESPECTED,
    TEXT,
    UNCHANGED,
    Described,
    Header,
    Parameter,
    Reply,
)
from service.web.keys import CATALOGUE, Catalogue
from service.web.openapi import Document

routes = web.RouteTableDef()


class Description:
    """The document as bytes, made anew only when a template is another than it was."""

    def __init__(self, routes: Sequence[web.RouteDef], *, development: bool) -> None:
        self._routes = routes
        self._development = development
        self._lock = asyncio.Lock()
        self._made: tuple[tuple[Template, ...], bytes, str] = ((), b"", "")

    async def read(self, catalogue: Catalogue) -> tuple[bytes, str]:
        """The document and its ETag."""
        async with self._lock:
            # A template is one value for as long as nothing in its folder changes.
            templates = tuple(
                catalogue.get(name) for name in catalogue.names() if catalogue.is_sound(name)
            )
            known, body, etag = self._made
            if not body or templates != known:
                body = await asyncio.to_thread(self._make, templates)
                etag = etag_of(body)
                self._made = (templates, body, etag)
            return body, etag

    def _make(self, templates: tuple[Template, ...]) -> bytes:
        document = Document(self._routes, templates, development=self._development).build()
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


DOCUMENT: web.AppKey[Description] = web.AppKey("document", Description)

_STATIC = Path(__file__).parent / "static"
_FILES = {
    "swagger-ui-bundle.js": ("swagger/swagger-ui-bundle.js", "text/javascript"),
    "swagger-ui.css": ("swagger/swagger-ui.css", "text/css"),
    "docs.js": ("docs.js", "text/javascript"),
    "docs.css": ("docs.css", "text/css"),
}
"""What the page is made of: the name in its address, the file, the type."""

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@routes.get("/openapi.json")
@requires(Scope.TEMPLATES_READ)
@Described(
    "Describe this server",
    tag=DESCRIPTION,
    text="OpenAPI 3.1 of every route, and of every template with its fields.",
    parameters=(FRESHNESS,),
    replies=(Reply(200, "The description.", {JSON: {"type": "object"}}, RESPECTED), UNCHANGED),
)
async def openapi(request: web.Request) -> web.Response:
    """Answer with the description of everything that this server answers."""
    body, etag = await request.app[DOCUMENT].read(request.app[CATALOGUE])
    return conditional(request, body, etag=etag)


@routes.get("/docs")
@requires(Scope.TEMPLATES_READ)
@Described(
    "Show this description",
    tag=DESCRIPTION,
    text="A page for people, in which every route can be tried out.",
    parameters=(FRESHNESS,),
    replies=(
        Reply(
            200,
            "The page.",
            {"text/html": TEXT},
            {**RESPECTED, "Content-Security-Policy": Header("Nothing comes from elsewhere.")},
        ),
        UNCHANGED,
    ),
)
async def page(request: web.Request) -> web.Response:
    """Answer with the page; it loads the description and shows it."""
    version = await asyncio.to_thread(_version)
    text = (await asyncio.to_thread(_read, "docs.html")).decode()
    response = conditional(request, text.replace("VERSION", version).encode(), "text/html")
    response.headers["Content-Security-Policy"] = _PAGE_POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@routes.get("/docs/{file}")
@requires(Scope.TEMPLATES_READ)
@Described(
    "Get a part of that page",
    tag=DESCRIPTION,
    text="Its scripts and styles, which change their address when they change.",
    parameters=(
        Parameter("file", "path", "One of them.", {"type": "string", "enum": list(_FILES)}),
    ),
    replies=(
        Reply(
            200,
            "The file.",
            {"text/javascript": TEXT, "text/css": TEXT},
            {"Cache-Control": Header("The caller may keep it for a year.")},
        ),
    ),
    refusals=(NotFound,),
)
async def part(request: web.Request) -> web.Response:
    """Answer with one of the files that the page is made of."""
    found = _FILES.get(request.match_info["file"])
    if found is None:
        raise NotFound("The page has no such part.")
    file, content_type = found
    return web.Response(
        body=await asyncio.to_thread(_read, file),
        headers={
            "Content-Type": f"{content_type}; charset=utf-8",
            "Cache-Control": "private, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        },
    )


@cache
def _read(file: str) -> bytes:
    return (_STATIC / file).read_bytes()


@cache
def _version() -> str:
    """One digest over all files: a page never gets parts of another release."""
    state = hashlib.blake2b(digest_size=8)
    for file, _type in _FILES.values():
        state.update(_read(file))
    return state.hexdigest()
