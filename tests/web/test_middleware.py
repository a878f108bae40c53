import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from service.web.keys import DEVELOPMENT
from service.web.middleware import Handler, problems, request_context
from tests.web.client import Client, assert_problem

CANARY = "PII-4711"


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Client]:
    """A server with our middlewares around one handler at /."""
    app = web.Application(middlewares=[request_context, problems], client_max_size=10)
    app[DEVELOPMENT] = False
    app.router.add_route("GET", "/", handler)
    app.router.add_route("POST", "/", handler)
    async with TestClient(TestServer(app)) as client:
        yield client


async def fine(request: web.Request) -> web.Response:
    return web.Response(text="fine")


async def test_every_answer_has_an_id() -> None:
    async with serving(fine) as client:
        first, second = await client.get("/"), await client.get("/")

    assert re.fullmatch("[0-9a-f]{24}", first.headers["X-Request-Id"])
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("incoming", "kept"),
    [("trace-12345678", True), ("short", False), ("x" * 65, False), ("with space 123", False)],
)
async def test_the_callers_id_is_kept_if_it_is_harmless(incoming: str, kept: bool) -> None:
    async with serving(fine) as client:
        response = await client.get("/", headers={"X-Request-Id": incoming})

    assert (response.headers["X-Request-Id"] == incoming) is kept


async def test_an_unknown_address_is_a_problem() -> None:
    async with serving(fine) as client:
        await assert_problem(await client.get("/nowhere"), 404, "not_found")


async def test_a_wrong_method_is_a_problem_that_names_the_right_ones() -> None:
    async with serving(fine) as client:
        response = await client.delete("/")
        await assert_problem(response, 405, "method_not_allowed")

    assert response.headers["Allow"] == "GET,POST"


async def test_a_body_that_is_too_large_is_a_problem() -> None:
    async def reading(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async with serving(reading) as client:
        await assert_problem(await client.post("/", data=b"x" * 11), 413, "body_too_large")


async def test_what_nobody_foresaw_is_a_problem_and_its_text_stays_here() -> None:
    async def breaking(request: web.Request) -> web.Response:
        raise ValueError(CANARY)

    async with serving(breaking) as client:
        with capture_logs() as lines:
            response = await client.get("/")
        await assert_problem(response, 500, "internal_error")
        assert CANARY not in await response.text()

    assert [line["event"] for line in lines] == ["unexpected_error", "request"]


async def test_an_unknown_address_is_one_line_without_the_address() -> None:
    async with serving(fine) as client:
        with capture_logs() as lines:
            await client.get(f"/{CANARY}?name={CANARY}")

    (line,) = lines
    assert (line["route"], line["status"]) == ("unmatched", 404)
    assert CANARY not in str(line)


async def test_a_caller_that_left_is_no_fault_of_ours() -> None:
    begun = asyncio.Event()

    async def slow(request: web.Request) -> web.Response:
        begun.set()
        await asyncio.sleep(60)
        raise AssertionError("the handler ends with its caller")

    async with serving(slow) as client:
        with capture_logs() as lines:
            request = asyncio.ensure_future(client.get("/"))
            await begun.wait()
            request.cancel()
            for _ in range(200):
                await asyncio.sleep(0 if lines else 0.01)

    assert [line["status"] for line in lines] == [499]
