import pytest
from aiohttp import web

from service.errors import StartupError, Unauthenticated
from service.web.access import (
    Handler,
    Scope,
    Verdict,
    public,
    refuse_undeclared,
    requires,
    verdict,
)


def handler() -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response()

    return answer


def test_a_route_that_does_not_say_who_may_call_it_stops_the_start() -> None:
    app = web.Application()
    app.router.add_get("/open", public(handler()))
    app.router.add_get("/forgotten", handler())

    with pytest.raises(StartupError, match="GET /forgotten") as caught:
        refuse_undeclared(app)
    assert "/open" not in caught.value.message


def test_routes_that_say_it_may_start() -> None:
    app = web.Application()
    app.router.add_get("/open", public(handler()))
    app.router.add_get("/closed", requires(Scope.OPERATE)(handler()))

    refuse_undeclared(app)

    assert len(app.router.routes()) == 4  # each with its HEAD


@pytest.mark.parametrize(
    ("access", "trusted", "expected"),
    [
        ("public", False, Verdict.ALLOWED),
        ("signed", False, Verdict.GENERIC),
        ("signed", True, Verdict.ALLOWED),
        ("key", True, Verdict.ALLOWED),
    ],
)
def test_unsigned_requests_get_what_the_templates_access_says(
    access: str, trusted: bool, expected: Verdict
) -> None:
    assert verdict(access, trusted=trusted) is expected


def test_a_template_for_key_holders_asks_for_a_key() -> None:
    with pytest.raises(Unauthenticated):
        verdict("key", trusted=False)
