"""Files of our own pages, packaged with the service: read once, served from memory."""

from __future__ import annotations

import mimetypes
from functools import cache
from importlib import resources

from aiohttp import web

from service.errors import NotFound

_FOLDER = resources.files(__package__)
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


def static_response(folder: str, name: str) -> web.Response:
    """The file `name` of one of our pages.

    Raises:
        NotFound: there is no such file.
    """
    body = _read(folder, name)
    if body is None:
        raise NotFound("There is no such file.")
    # Asked again each time and answered 304 mostly by nobody: they are small, and a new release
    # must never meet the style sheet of an old one.
    return _response(name, body, "no-cache")


def asset_response(name: str, body: bytes) -> web.Response:
    """A template's file for a composed page in somebody's browser; its address has its version.

    The page is sandboxed, so of no origin: fonts need to be allowed to it.
    """
    response = _response(name, body, "private, max-age=3600")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


def _response(name: str, body: bytes, keeping: str) -> web.Response:
    suffix = name[name.rfind(".") :].lower()
    media_type = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    charset = "utf-8" if media_type.startswith("text/") else None
    return web.Response(
        body=body,
        content_type=media_type,
        charset=charset,
        headers={"Cache-Control": keeping, "X-Content-Type-Options": "nosniff"},
    )


@cache
def _read(folder: str, name: str) -> bytes | None:
    try:
        return _FOLDER.joinpath(folder, name).read_bytes()
    except OSError:
        return None
