"""Around every request: its id, its one log line, its numbers; and every error as one body.

Listed outermost first in `service.web`: `request_context`, then `problems`.
"""

from __future__ import annotations

import asyncio
import functools
import os
import re
from collections.abc import Awaitable, Callable
from time import perf_counter

import structlog
from aiohttp import web

from service import metrics
from service.errors import Overloaded, ServiceError
from service.logs import Facts, begin_facts, log_request
from service.web.keys import DEVELOPMENT, REQUEST_ID
from service.web.problems import problem, refusal, unexpected

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SERVER = "mergeshot"
"""What `Server` says: no versions, they would only help to choose an attack."""

CLIENT_LEFT = 499
"""nginx's number for a caller that closed the connection before the answer was ready."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_INTERNAL_ERROR = 500

_requests = functools.cache(metrics.REQUESTS.labels)
"""The counter of a route and a status. There are few; to look one up costs more than to count."""

log = structlog.get_logger(__name__)


def request_id(incoming: str | None) -> str:
    """The caller's id for this request if it is harmless, else one of ours."""
    if incoming is not None and _REQUEST_ID.fullmatch(incoming):
        return incoming
    return os.urandom(12).hex()


@web.middleware
async def request_context(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id and, when it ends in whatever way, its line and its count."""
    start = perf_counter()
    identity = request[REQUEST_ID] = request_id(request.headers.get("X-Request-Id"))
    resource = request.match_info.route.resource
    route = "unmatched" if resource is None else resource.canonical
    facts = Facts(method=request.method, route=route, request_id=identity)
    begin_facts(facts)
    try:
        response = await handler(request)
        response.headers["X-Request-Id"] = identity
        response.headers["Server"] = SERVER
        facts.status = response.status
    except asyncio.CancelledError:
        # Else it is a stop of ours that ran out of patience.
        facts.status = CLIENT_LEFT if request.transport is None else 503
        raise
    finally:
        facts.duration_ms = round((perf_counter() - start) * 1000, 2)
        _requests(route, facts.status).inc()
        log_request(facts)
    return response


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Translate every error into a problem: ours, aiohttp's, and what nobody foresaw."""
    identity = request[REQUEST_ID]
    try:
        return await handler(request)
    except ServiceError as error:
        # A full queue is no event of its own: there would be thousands, and each has its line.
        if error.status >= _INTERNAL_ERROR and not isinstance(error, Overloaded):
            log.warning("request_failed", exc_info=error)
        return problem(error, request_id=identity, development=request.app[DEVELOPMENT])
    except web.HTTPException as error:
        return refusal(error.status, request_id=identity, allow=error.headers.get("Allow"))
    except Exception as error:
        log.exception("unexpected_error", exc_info=error)
        return unexpected(request_id=identity)
