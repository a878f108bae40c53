"""Answers that the caller may keep and has to ask about each time."""

from __future__ import annotations

import hashlib

from aiohttp import web
from pydantic import BaseModel

from service.web.body import JSON
from service.web.headers import PRIVATE, still_fresh


def etag_of(body: bytes) -> str:
    """A strong ETag of these bytes, quotes included."""
    return f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def conditional(
    request: web.Request, body: bytes | BaseModel, content_type: str = JSON, *, etag: str = ""
) -> web.Response:
    """The answer, or 304 when the caller has these very bytes; `etag` if it is known already."""
    if isinstance(body, BaseModel):
        body = body.model_dump_json(by_alias=True).encode()
    headers = {
        "Cache-Control": PRIVATE,
        "ETag": etag or etag_of(body),
        "X-Content-Type-Options": "nosniff",
    }
    match = request.headers.get("If-None-Match")
    if match is not None and still_fresh(match, headers["ETag"]):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers={**headers, "Content-Type": content_type})
