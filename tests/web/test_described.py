"""A route says what it takes and answers, or nothing starts."""

from __future__ import annotations

import pytest
from aiohttp import web

from service import app as root
from service.config import Settings
from service.errors import NotFound, StartupError
from service.web import ROUTES
from service.web.access import Scope, public, requires
from service.web.body import Body
from service.web.described import (
    BY_BODY,
    BY_GUARD,
    OPERATION,
    Described,
    Reply,
    description_of,
    refuse_undescribed,
)
from tests.fakes import FakeParts


class Order(Body):
    template: str


async def answer(request: web.Request) -> web.StreamResponse:
    return web.Response()


def told(**more: object) -> Described:
    return Described("Answer", tag=OPERATION, replies=(Reply(200, "Well."),), **more)  # type: ignore[arg-type]  # whatever a test wants to say


def test_every_route_is_described() -> None:
    assert ROUTES
    assert [route.path for route in ROUTES if description_of(route.handler) is None] == []


def test_a_route_without_a_description_is_named() -> None:
    async def forgotten(request: web.Request) -> web.StreamResponse:
        return web.Response()

    routes = [web.get("/told", told()(answer)), web.get("/forgotten", public(forgotten))]

    with pytest.raises(StartupError, match="GET /forgotten") as caught:
        refuse_undescribed(routes)
    assert "/told" not in caught.value.message


def test_it_stops_the_start(parts: FakeParts, monkeypatch: pytest.MonkeyPatch) -> None:
    async def forgotten(request: web.Request) -> web.StreamResponse:
        return web.Response()

    monkeypatch.setattr(root, "ROUTES", (*ROUTES, web.get("/forgotten", public(forgotten))))

    with pytest.raises(StartupError, match="GET /forgotten"):
        root.create_app(parts.open, Settings.read({}), development=True)


def test_a_guard_outside_hides_no_description() -> None:
    guarded = requires(Scope.OPERATE)(told()(answer))

    assert description_of(guarded) is description_of(answer)


def test_what_guard_and_body_refuse_need_not_be_repeated() -> None:
    described = told(body=Order, refusals=(NotFound, BY_BODY[0]))

    assert described.refused(guarded=True) == (*BY_GUARD, *BY_BODY, NotFound)
    assert described.refused(guarded=False) == (*BY_BODY, NotFound)
