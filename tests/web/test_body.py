"""A body is read whole or refused, and every key at fault is named."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import Field

from service.web.access import public
from service.web.body import MAX_BODY, Body, read_json
from service.web.keys import DEVELOPMENT
from service.web.middleware import problems, request_context
from tests.web.client import Client, assert_problem


class Order(Body):
    template: str
    count: int = 1
    data: dict[str, object] = Field(default_factory=dict)


@pytest.fixture
async def orders() -> AsyncIterator[Client]:
    @public
    async def order(request: web.Request) -> web.StreamResponse:
        read = await read_json(request, Order)
        return web.json_response(read.model_dump())

    app = web.Application(middlewares=[request_context, problems])
    app[DEVELOPMENT] = False
    app.router.add_post("/", order)
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_a_body_becomes_its_model(orders: Client) -> None:
    response = await orders.post("/", json={"template": "ticket", "data": {"a": [1, None]}})

    assert await response.json() == {"template": "ticket", "count": 1, "data": {"a": [1, None]}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"template": "a",}',
        '{"count": NaN}',
        "[" * 100_000,
        '{"template": "\\ud800"',
        b"\xff\xfe{}",
    ],
)
async def test_what_is_not_json_is_400(orders: Client, text: str | bytes) -> None:
    response = await orders.post("/", data=text, headers={"Content-Type": "application/json"})

    await assert_problem(response, 400, "bad_request")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_another_type_is_415(orders: Client, kind: str) -> None:
    response = await orders.post("/", data=b"{}", headers={"Content-Type": kind})

    body = await assert_problem(response, 415, "unsupported_type")
    assert "application/json" in body["hint"]


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_the_cap_is_413_and_is_not_read_to_its_end(
    orders: Client, chunked: bool
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 2**16 + 2):
            yield b" " * 2**16

    data = endless() if chunked else io.BytesIO(b" " * (MAX_BODY + 1))
    response = await orders.post("/", data=data, headers={"Content-Type": "application/json"})

    await assert_problem(response, 413, "body_too_large")


async def test_every_key_at_fault_is_named_with_what_is_allowed(orders: Client) -> None:
    response = await orders.post("/", json={"tempalte": "ticket", "count": "3", "data": []})

    body = await assert_problem(response, 422, "invalid_data")
    told = {problem["field"]: problem["message"] for problem in body["errors"]}
    assert set(told) == {"tempalte", "template", "count", "data"}
    assert "did you mean template?" in told["tempalte"]
    assert told["template"] == "must be given"
    assert told["count"] == "must be a whole number"


@pytest.mark.parametrize("text", ["[]", "null", "3", '"text"', '{"template": "\\ud800"}'])
async def test_json_of_another_shape_is_422(orders: Client, text: str) -> None:
    response = await orders.post("/", data=text, headers={"Content-Type": "application/json"})

    body = await assert_problem(response, 422, "invalid_data")
    assert [problem["field"] for problem in body["errors"]] == ["body"]


async def test_a_refusal_holds_nothing_of_what_was_sent(orders: Client) -> None:
    sent = {"template": 1, "data": "Zanzibarova7781"}
    response = await orders.post(
        "/", data=json.dumps(sent), headers={"Content-Type": "application/json"}
    )

    assert "Zanzibarova" not in await response.text()
