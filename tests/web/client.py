"""What tests of the web layer share: the client's type, and ways to look at what is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient

Client = TestClient[web.Request, web.Application]

MEMBERS = {"type", "title", "status", "detail", "code", "hint", "errors", "request_id"}


async def assert_problem(response: ClientResponse, status: int, code: str) -> Mapping[str, Any]:
    """Every error has the same body, and nobody on the way may keep it."""
    assert response.status == status
    assert response.content_type == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    body: dict[str, Any] = await response.json(content_type="application/problem+json")
    assert set(body) == MEMBERS
    assert (body["status"], body["code"]) == (status, code)
    assert body["request_id"] == response.headers["X-Request-Id"]
    return body


def responses(document: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any]:
    """The responses of an operation of `/openapi.json`, wherever they stand."""
    shared = document["components"]["responses"]
    return {
        status: shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for status, one in operation["responses"].items()
    }
