"""Campaign health over HTTP, counted by the real web application."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from service.app import create_app
from service.config import Settings
from service.errors import RenderFailed
from service.model import Rung
from tests.fakes import FakeParts
from tests.web.client import Client, assert_problem
from tests.web.conftest import ADMIN_KEY

KEY = {"Authorization": f"Bearer {ADMIN_KEY}"}
Open = Callable[..., Awaitable[Client]]


async def health(client: Client, name: str = "ticket", window: str = "day") -> dict[str, Any]:
    response = await client.get(f"/v1/templates/{name}/health?window={window}", headers=KEY)
    assert response.status == 200
    assert response.headers["Cache-Control"] == "no-store"
    body: dict[str, Any] = await response.json()
    return body


async def test_a_template_that_nobody_asked_for_is_told_with_its_fields(client: Client) -> None:
    told = await health(client)

    assert (told["template"], told["window"], told["asked"], told["red"]) == (
        "ticket",
        "day",
        0,
        False,
    )
    assert told["fields"]["first_name"]["given"] == 0
    assert told["findings"] == []


async def test_every_picture_is_counted_whether_drawn_or_kept(client: Client) -> None:
    for name in ("Ada", "Ada", "Bob", ""):
        await client.get(f"/i/ticket.png?first_name={name}")
    await client.get("/i/ticket.png")

    told = await health(client)
    assert (told["asked"], told["personalised"], told["addresses"]) == (5, 3, 4)
    assert told["rungs"]["exact"] == 5
    assert told["fields"]["first_name"] == {
        "given": 3,
        "missing": 1,
        "absent": 1,
        "unresolved": {},
        "invalid": 0,
        "cut": 0,
    }


async def test_a_copy_that_is_still_right_counts_and_a_head_does_not(client: Client) -> None:
    first = await client.get("/i/ticket.png?first_name=Ada")
    again = await client.get(
        "/i/ticket.png?first_name=Ada", headers={"If-None-Match": first.headers["ETag"]}
    )
    await client.head("/i/ticket.png?first_name=Ada")

    assert again.status == 304
    assert (await health(client))["asked"] == 2


async def test_an_address_that_proves_nothing_counts_as_refused(client: Client) -> None:
    await client.get("/i/sealed.png?first_name=Ada")
    await client.get("/i/sealed.png?first_name=Ada", headers=KEY)

    told = await health(client, "sealed")
    assert (told["asked"], told["refused"], told["personalised"]) == (2, 1, 1)
    assert told["rungs"]["generic"] == 1


async def test_an_error_is_no_picture(client: Client, parts: FakeParts) -> None:
    await client.get("/i/sealed.png?_strict=1")
    parts.renderer.error = RenderFailed("It broke.")
    await client.get("/i/ticket.png?_strict=1")

    assert (await health(client))["asked"] == 0
    assert (await health(client, "sealed"))["asked"] == 0


async def test_pictures_below_exact_are_red_with_the_way_out(
    client: Client, parts: FakeParts
) -> None:
    parts.ladder.rung = Rung.TILE
    for number in range(20):
        await client.get(f"/i/ticket.png?first_name=Ada&_send={number}")

    told = await health(client, window="hour")
    assert told["red"]
    (found,) = told["findings"]
    assert (found["code"], found["share"]) == ("late_pictures", 1.0)
    assert "/healthz" in found["way_out"]


async def test_a_campaign_in_which_the_names_never_came(client: Client) -> None:
    """A mailing of forty through the web layer, half of it without a name."""
    for number in range(40):
        name = "Ada" if number % 2 else ""
        await client.get(f"/i/ticket.png?first_name={name}&_send={number}")

    told = await health(client)
    (found,) = told["findings"]
    assert (found["code"], found["field"], found["share"]) == ("mostly_missing", "first_name", 0.5)
    assert "50 % of first_name came empty" in found["cause"]


async def test_a_template_in_a_folder_has_health_too(client: Client) -> None:
    await client.get("/i/acme/ticket.png?first_name=Ada")

    for name in ("acme/ticket", "acme%2Fticket"):
        assert (await health(client, name))["asked"] == 1


@pytest.mark.parametrize("window", ["year", "", "DAY"])
async def test_a_window_that_there_is_not_is_refused(client: Client, window: str) -> None:
    response = await client.get(f"/v1/templates/ticket/health?window={window}", headers=KEY)

    told = await assert_problem(response, 400, "bad_request")
    assert "hour, day, week" in told["detail"]


async def test_health_is_for_key_holders(client: Client) -> None:
    await assert_problem(await client.get("/v1/templates/ticket/health"), 401, "key_required")


async def test_counts_outlive_the_server_and_hold_nobodys_name(
    parts: FakeParts, tmp_path: Path
) -> None:
    parts.counts = tmp_path / "data" / "health.sqlite"
    settings = Settings.read({"MERGESHOT_ADMIN_KEY": ADMIN_KEY})
    for _ in range(2):
        app = create_app(parts.open, settings, development=False)
        async with TestClient(TestServer(app)) as client:
            await client.get("/i/ticket.png?first_name=Ada-Secretly&x=4711")
            told = await health(client)
    kept = b"".join(path.read_bytes() for path in parts.counts.parent.iterdir())

    assert (told["asked"], told["addresses"], told["lasting"]) == (2, 1, True)
    assert b"first_name" in kept
    assert not any(word in kept for word in (b"Secretly", b"4711", b".png"))


async def test_a_damaged_file_costs_no_picture_and_no_start(
    parts: FakeParts, tmp_path: Path
) -> None:
    parts.counts = tmp_path / "health.sqlite"
    parts.counts.write_bytes(os.urandom(8_192))
    settings = Settings.read({"MERGESHOT_ADMIN_KEY": ADMIN_KEY})
    app = create_app(parts.open, settings, development=False)
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/i/ticket.png?first_name=Ada")).status == 200
        told = await health(client)

    assert (told["asked"], told["lasting"]) == (1, False)
