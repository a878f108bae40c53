"""Every error as one kind of body: `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import json
from http import HTTPStatus

from aiohttp import web
from multidict import CIMultiDict

from service.errors import Overloaded, ServiceError, TemplateFailed

_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    414: "address_too_long",
    417: "expectation_failed",
    431: "headers_too_large",
}
"""Codes of refusals that come from aiohttp; any other is `bad_request`."""

_HINTS = {
    404: "Pictures live at /i/{template}.{png|jpg|jpeg|webp|avif|pdf}.",
    414: "Shorten the address, or raise MERGESHOT_MAX_URL.",
}


def problem(error: ServiceError, *, request_id: str, development: bool = False) -> web.Response:
    """The answer for an error of ours.

    What is wrong inside a template is for its designer: in development alone.
    """
    detail, hint = error.message, error.hint
    if isinstance(error, TemplateFailed):
        place = f"{error.file}:{error.line}: " if error.file else ""
        detail = f"{place}{error.message}" if development else "See the server's log."
        hint = hint if development else ""
    headers = {}
    if isinstance(error, Overloaded):
        headers["Retry-After"] = str(error.retry_after)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    body = _body(error.status, error.code, error.title, detail, request_id)
    body["hint"] = hint
    body["errors"] = [
        {"field": wrong.field, "code": wrong.code, "message": wrong.message}
        for wrong in error.fields
    ]
    return _response(error.status, body, headers)


def refusal(status: int, *, request_id: str, allow: str | None = None) -> web.Response:
    """The answer for a request that aiohttp refused before a handler saw it."""
    title = HTTPStatus(status).phrase
    body = _body(
        status, code_of(status), title, HTTPStatus(status).description or title, request_id
    )
    body["hint"] = _HINTS.get(status, "")
    return _response(status, body, {"Allow": allow} if allow else {})


def code_of(status: int) -> str:
    """The code of a refusal that comes from aiohttp."""
    return _CODES.get(status, "bad_request")


def unexpected(*, request_id: str) -> web.Response:
    """The answer when something broke that nobody foresaw; the log knows the rest."""
    return problem(
        ServiceError("This is a mistake of ours.", hint="The log names it by this request_id."),
        request_id=request_id,
    )


def _body(status: int, code: str, title: str, detail: str, request_id: str) -> dict[str, object]:
    return {
        "type": f"urn:mergeshot:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "hint": "",
        "errors": [],
        "request_id": request_id,
    }


def _response(status: int, body: dict[str, object], headers: dict[str, str]) -> web.Response:
    return web.Response(
        status=status,
        body=json.dumps(body, ensure_ascii=False).encode(),
        headers=CIMultiDict(
            {
                "Content-Type": "application/problem+json",
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
                **headers,
            }
        ),
    )
