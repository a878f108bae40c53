import asyncio

import pytest

from service import __version__
from service.web.keys import DRAINING
from tests.fakes import FakeParts
from tests.web.client import Client, assert_problem


async def test_livez_and_readyz_are_open_to_everybody(client: Client) -> None:
    for path in ("/livez", "/readyz"):
        response = await client.get(path)

        assert (response.status, await response.json()) == (200, {"status": "ok"})
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/healthz", "/version", "/metrics"])
async def test_the_rest_is_for_operators(client: Client, path: str) -> None:
    await assert_problem(await client.get(path), 401, "key_required")


async def test_an_ill_part_makes_the_server_unready_but_not_dead(
    client: Client, parts: FakeParts
) -> None:
    parts.ill = "it draws nothing"

    assert (await client.get("/readyz")).status == 503
    assert (await client.get("/livez")).status == 200


async def test_a_server_that_stops_wants_no_more_requests(client: Client) -> None:
    client.app[DRAINING].set()

    assert (await client.get("/readyz")).status == 503


async def test_healthz_names_what_is_ill_and_what_is_broken(
    dev_client: Client, parts: FakeParts
) -> None:
    parts.ill = "it draws nothing"

    response = await dev_client.get("/healthz")

    assert response.status == 503
    assert await response.json() == {
        "status": "unavailable",
        "parts": {"browser": "it draws nothing"},
        "figures": {"engines": 1},
        "templates": 5,
        "broken_templates": {},
    }


async def test_version_says_which_release_this_is(dev_client: Client) -> None:
    response = await dev_client.get("/version")

    assert await response.json() == {"name": "mergeshot", "version": __version__}


async def test_metrics_count_requests_by_route(dev_client: Client) -> None:
    await asyncio.gather(dev_client.get("/livez"), dev_client.get("/i/ticket.png?first_name=Ada"))

    text = await (await dev_client.get("/metrics")).text()

    assert 'mergeshot_http_requests_total{route="/livez",status="200"}' in text
    assert 'route="/i/{template}.{ext}"' in text
    assert "Ada" not in text
