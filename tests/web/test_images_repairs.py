"""Addresses that came damaged, asked for over HTTP."""

from pathlib import Path

import pytest
from aiohttp import ClientResponse
from yarl import URL

from tests.fakes import FakeParts, write_template
from tests.web.client import Client, assert_problem


@pytest.fixture
def parts(tmp_path: Path) -> FakeParts:
    company = '[fields.company]\nkind = "text"\nfallback = "us"\n'
    write_template(tmp_path, "ticket", more=company)
    return FakeParts(tmp_path)


async def get(client: Client, address: str) -> ClientResponse:
    """Ask for an address as it stands there, which a client that parses it would tidy up."""
    return await client.session.get(URL(f"{client.make_url('/')}{address[1:]}", encoded=True))


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("company=AT&T", "company", "AT&T"),
        ("first_name=Zo%EB", "first_name", "Zoë"),
        ("First-Name=Zo%25C3%25AB", "first_name", "Zoë"),
        ("_lang=en&amp;company=AT&amp;T", "company", "AT&T"),
        ("first_name=Zo%C3%83%C2%AB", "first_name", "Zoë"),
        ("first_name=3DAda&_end=3D1", "first_name", "Ada"),
    ],
)
async def test_a_damaged_value_is_drawn_as_it_was_meant_and_noted(
    dev_client: Client, parts: FakeParts, query: str, field: str, value: str
) -> None:
    response = await get(dev_client, f"/i/ticket.png?{query}")

    assert response.status == 200
    assert response.headers["Mergeshot-Notes"] == f"{field};repaired"
    assert parts.renderer.drawn[-1].filled.values[field] == value


async def test_a_repaired_value_is_the_picture_of_the_value_itself(dev_client: Client) -> None:
    damaged = await get(dev_client, "/i/ticket.png?first_name=Zo%EB")
    whole = await get(dev_client, "/i/ticket.png?first_name=Zo%C3%AB")

    assert damaged.headers["ETag"] == whole.headers["ETag"]


async def test_a_value_that_cannot_be_read_is_missing(
    dev_client: Client, parts: FakeParts
) -> None:
    response = await get(dev_client, "/i/ticket.png?first_name=%C8%E2%E0%ED")

    assert response.headers["Mergeshot-Status"] == "exact"
    assert response.headers["Mergeshot-Notes"] == "first_name;invalid"
    assert "first_name" not in parts.renderer.drawn[-1].filled.given


async def test_an_address_that_lost_its_end_is_drawn_and_noted(dev_client: Client) -> None:
    response = await dev_client.get("/i/ticket.png?_merge=first_name&first_name=Ada")

    assert response.headers["Mergeshot-Status"] == "exact"
    assert response.headers["Mergeshot-Notes"] == "_end;truncated"


async def test_a_strict_request_takes_repairs_and_refuses_what_was_cut_off(client: Client) -> None:
    repaired = await get(client, "/i/ticket.png?company=AT&T&_strict=1")
    address = "/i/ticket.png?_strict=1&_merge=first_name&first_name=Ada"

    assert repaired.status == 200
    assert repaired.headers["Mergeshot-Notes"] == "company;repaired"
    body = await assert_problem(await client.get(address), 422, "invalid_data")
    assert [(error["field"], error["code"]) for error in body["errors"]] == [("_end", "truncated")]
    assert (await client.get(f"{address}&_end=1")).status == 200
