import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from service.web.connections import open_runner
from service.web.keys import DEVELOPMENT
from service.web.middleware import problems, request_context

CANARY = b"PII-4711"


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """The port of a server that takes request lines of at most 2000 bytes."""
    app = web.Application(middlewares=[request_context, problems])
    app[DEVELOPMENT] = False

    async def fine(request: web.Request) -> web.Response:
        return web.Response(text="fine")

    app.router.add_get("/", fine)
    runner = open_runner(app, max_url=2000, patience=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield site.port
    finally:
        await runner.cleanup()


async def exchange(request: bytes) -> tuple[int, bytes, bytes]:
    """Send raw bytes; the status, the headers and the body that come back."""
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), head, body


@pytest.mark.parametrize(
    ("request_bytes", "status", "code"),
    [
        (b"GET /?n=" + CANARY * 400 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "address_too_long"),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + CANARY * 2000 + b"\r\n\r\n",
            431,
            "headers_too_large",
        ),
        (b"GET / HTTP/1.1\r\n" + CANARY + b" \x00: a\r\n\r\n", 400, "bad_request"),
        (b"\x16\x03\x01" + CANARY + b"\r\n\r\n", 400, "bad_request"),
    ],
)
async def test_what_cannot_be_read_is_a_problem_like_any_other_and_is_not_quoted(
    request_bytes: bytes, status: int, code: str
) -> None:
    with capture_logs() as lines:
        got, head, body = await exchange(request_bytes)

    assert got == status
    assert b"application/problem+json" in head
    assert b"Server: mergeshot" in head
    assert json.loads(body)["code"] == code
    assert CANARY not in head + body
    (line,) = lines
    assert (line["route"], line["status"]) == ("unreadable", status)
    assert CANARY.decode() not in str(line)


async def test_a_line_as_long_as_allowed_is_read() -> None:
    request = b"GET /?n=" + b"a" * 1900 + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    status, _, body = await exchange(request)

    assert (status, body) == (200, b"fine")


async def test_an_expectation_that_is_not_understood_is_a_problem() -> None:
    request = b"GET / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\nConnection: close\r\n\r\n"

    status, _, body = await exchange(request)

    assert (status, json.loads(body)["code"]) == (417, "expectation_failed")


@pytest.mark.parametrize(
    "query", [b"n=Zo\xeb", "n=Zoë".encode(), b"n=Ada L", b"n=a\tb", b"n=a\x00b", b"n=a\x7fb"]
)
async def test_what_no_request_line_can_carry_is_a_bad_request(query: bytes) -> None:
    """Whoever sends it breaks HTTP/1.1 before any reading of a query begins."""
    status, _, body = await exchange(b"GET /?" + query + b" HTTP/1.1\r\nHost: a\r\n\r\n")

    assert (status, json.loads(body)["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    "query", [b"n=*|FNAME|*", b"n={{x|default:'y'}}", b"n=\"<a>^`\\'%", b"%%&=&%"]
)
async def test_signs_that_should_have_been_encoded_arrive(query: bytes) -> None:
    request = b"GET /?" + query + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    status, _, body = await exchange(request)

    assert (status, body) == (200, b"fine")
