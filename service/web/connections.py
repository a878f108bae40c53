"""Connections that answer even an unreadable request with our own error body.

aiohttp refuses what its parser cannot read before any middleware sees it, in plain text and with
the request line in its log. These three small classes are where that is put right.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from service import metrics
from service.logs import Facts, log_request
from service.web.middleware import SERVER, request_id
from service.web.problems import refusal, unexpected

log = structlog.get_logger(__name__)

_UNREADABLE = "unreadable"
_INTERNAL_ERROR = 500
_Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Connection(web.RequestHandler):
    """One connection, which never logs what it could not read."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer with a problem and close; `message` quotes the request and goes nowhere."""
        if request.writer.output_size > 0:
            raise ConnectionError("The answer has begun already; an error cannot follow it.")
        if isinstance(exc, LineTooLong):
            # The parser says what it was reading: a request's target begins with a slash.
            line = exc.args[0]
            is_target = line.startswith("/" if isinstance(line, str) else b"/")
            status = 414 if is_target else 431
        if status >= _INTERNAL_ERROR:
            log.error("unexpected_error", exc_info=exc)
        return _refused(status)


class Listener(web.Server):
    """Makes a `Connection` for each caller."""

    def __call__(self) -> web.RequestHandler:
        """Make the protocol of one new connection."""
        return Connection(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """aiohttp's runner, with our kind of connection."""

    __slots__ = ()

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        kwargs: dict[str, Any] = made._kwargs
        return Listener(
            _explained(made.request_handler),
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            loop=asyncio.get_running_loop(),
            **kwargs,
        )


def _explained(handler: _Handler) -> _Handler:
    """`handler`, with a problem for what aiohttp refuses before any middleware: `Expect`."""

    async def explained(request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            return _refused(error.status)

    return explained


def _refused(status: int) -> web.Response:
    identity = request_id(None)
    response = (
        refusal(status, request_id=identity)
        if status < _INTERNAL_ERROR
        else unexpected(request_id=identity)
    )
    response.headers.update({"X-Request-Id": identity, "Server": SERVER})
    response.force_close()
    metrics.REQUESTS.labels(_UNREADABLE, status).inc()
    log_request(Facts(route=_UNREADABLE, status=status, request_id=identity))
    return response


def open_runner(app: web.Application, *, max_url: int, patience: float) -> Runner:
    """A runner for `app` that refuses request lines beyond `max_url` bytes.

    `patience` is how many seconds a stop waits for requests that have begun. A caller that
    leaves frees its place in the queue; aiohttp's own access log, which holds whole addresses,
    is off.
    """
    return Runner(
        app,
        access_log=None,
        handler_cancellation=True,
        max_line_size=max_url,
        shutdown_timeout=patience,
    )
