"""Merge tags that nobody filled in: the picture comes, and the numbers say whose they were."""

from __future__ import annotations

import re

from tests.web.client import Client, assert_problem
from tests.web.conftest import ADMIN_KEY

BEARER = {"Authorization": f"Bearer {ADMIN_KEY}"}


async def counted(client: Client, platform: str, template: str = "ticket") -> float:
    text = await (await client.get("/metrics", headers=BEARER)).text()
    labels = re.escape(f'{{platform="{platform}",template="{template}"}}')
    found = re.search(rf"^mergeshot_unresolved_tags_total{labels} (\S+)$", text, re.M)
    return float(found[1]) if found else 0.0


async def test_the_note_says_whose_tag_it_was(dev_client: Client) -> None:
    response = await dev_client.get("/i/ticket.png?first_name=*|FNAME|*")

    assert response.status == 200
    assert response.headers["Mergeshot-Status"] == "exact"
    assert response.headers["Mergeshot-Notes"] == "first_name;unresolved_tag;platform=mailchimp"


async def test_every_answer_is_counted_also_from_the_cache_and_unchanged(client: Client) -> None:
    before = await counted(client, "brevo")
    address = "/i/ticket.png?first_name=%7B%7B%20contact.FIRSTNAME%20%7D%7D"

    first = await client.get(address)
    await client.get(address)
    unchanged = await client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert unchanged.status == 304
    assert await counted(client, "brevo") == before + 3


async def test_orders_are_counted_too(client: Client) -> None:
    before = await counted(client, "keap")
    body = {"template": "ticket", "data": {"first_name": "~Contact.FirstName~"}, "output": "json"}

    answer = await client.post("/v1/images", json=body, headers=BEARER)

    assert answer.status == 200
    assert await counted(client, "keap") == before + 1


async def test_a_tag_of_nobody_known_is_counted_as_unknown(client: Client) -> None:
    before = await counted(client, "unknown")

    await client.get("/i/ticket.png?first_name=Hi%20%7B%7B")

    assert await counted(client, "unknown") == before + 1


async def test_values_that_nobody_vouched_for_are_not_counted(client: Client) -> None:
    before = await counted(client, "mailchimp", "sealed")

    await client.get("/i/sealed.png?first_name=*|FNAME|*")

    assert await counted(client, "mailchimp", "sealed") == before


async def test_a_strict_request_is_refused_for_an_unfilled_tag(client: Client) -> None:
    response = await client.get("/i/ticket.png?_strict=1&first_name=*|FNAME|*")
    problem = await assert_problem(response, 422, "invalid_data")

    assert problem["errors"][0]["code"] == "unresolved_tag"
    assert "FNAME" not in await response.text()
