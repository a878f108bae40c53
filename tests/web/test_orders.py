"""Pictures ordered by a program: four outputs, honest codes, and addresses that mean the same."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yarl import URL

from service.errors import QueueFull
from service.model import Note, NoteCode
from tests.fakes import FakeParts, write_template
from tests.web.client import Client, assert_problem
from tests.web.conftest import ADMIN_KEY

BEARER = {"Authorization": f"Bearer {ADMIN_KEY}"}


async def order(client: Client, **body: Any) -> ClientResponse:
    return await client.post("/v1/images", json=body, headers=BEARER)


async def told(client: Client, **body: Any) -> dict[str, Any]:
    response = await order(client, output="json", **body)
    assert response.status == 200, await response.text()
    answer: dict[str, Any] = await response.json()
    return answer


async def test_an_order_needs_a_key(client: Client) -> None:
    response = await client.post("/v1/images", json={"template": "ticket"})

    await assert_problem(response, 401, "key_required")


@pytest.mark.parametrize("template", ["ticket", "sealed", "internal", "acme/ticket"])
async def test_a_key_orders_pictures_of_every_template(client: Client, template: str) -> None:
    response = await order(client, template=template, data={"first_name": "Ada"})

    assert response.status == 200
    assert response.content_type == "image/png"
    assert response.headers["Mergeshot-Status"] == "exact"
    assert response.headers["Mergeshot-Cache"] == "miss"
    assert response.headers["Cache-Control"] == "private, no-cache"
    named = template.replace("/", "-")
    assert response.headers["Content-Disposition"] == f'inline; filename="{named}.png"'


async def test_what_is_chosen_is_what_comes(client: Client, parts: FakeParts) -> None:
    response = await order(
        client, template="acme/ticket", format="jpg", scale=2, lang="de", quality=60
    )

    assert response.content_type == "image/jpeg"
    (plan,) = parts.renderer.drawn
    assert (plan.scale, plan.language, plan.quality) == (2, "de", 60)


async def test_repairs_are_told_and_a_strict_order_is_refused_for_them(client: Client) -> None:
    body = {"template": "ticket", "data": {"first_name": "1234"}}
    lenient = await order(client, **body)
    strict = await order(client, strict=True, **body)

    assert lenient.headers["Mergeshot-Notes"] == "first_name;invalid"
    refused = await assert_problem(strict, 422, "invalid_data")
    assert [one["field"] for one in refused["errors"]] == ["first_name"]


async def test_our_own_keys_are_named_as_the_body_names_them(client: Client) -> None:
    response = await order(client, template="ticket", size="huge", lang="tlh", strict=True)

    refused = await assert_problem(response, 422, "invalid_data")
    assert {one["field"] for one in refused["errors"]} == {"size", "lang"}


async def test_an_unknown_template_is_404_with_the_closest(client: Client) -> None:
    body = await assert_problem(await order(client, template="tickte"), 404, "template_not_found")

    assert "ticket" in body["hint"]


async def test_a_full_queue_is_503_and_says_when_to_come_back(
    client: Client, parts: FakeParts
) -> None:
    parts.renderer.error = QueueFull("Too many.", retry_after=7)
    response = await order(client, template="ticket")

    await assert_problem(response, 503, "queue_full")
    assert response.headers["Retry-After"] == "7"


# Addresses


async def test_an_address_is_answered_at_once_and_its_picture_is_drawn_beside(
    client: Client, parts: FakeParts
) -> None:
    parts.renderer.hold = asyncio.Event()
    response = await order(client, template="ticket", data={"first_name": "Ada"}, output="url")
    address = (await response.json())["url"]
    parts.renderer.hold.set()
    for _ in range(100):
        if parts.renderer.kept:
            break
        await asyncio.sleep(0.01)
    picture = await client.get(
        address.partition("/i/")[1] + address.partition("/i/")[2] + "&_strict=1"
    )

    assert address.endswith("/i/ticket.png?first_name=Ada")
    assert picture.headers["Mergeshot-Cache"] == "hit"


async def test_without_warming_nothing_is_drawn(client: Client, parts: FakeParts) -> None:
    for output in ("url", "html", "json"):
        await order(client, template="ticket", output=output, warm=False)
    await asyncio.sleep(0.05)

    assert parts.renderer.drawn == []


async def test_a_full_queue_is_no_reason_to_give_no_address(
    client: Client, parts: FakeParts
) -> None:
    parts.renderer.error = QueueFull("Too many.")

    assert (await order(client, template="ticket", output="url")).status == 200
    answer = await told(client, template="ticket")
    assert (answer["drawn"], answer["status"]) == (False, None)


async def test_html_is_an_image_to_paste(client: Client, parts: FakeParts) -> None:
    more = 'alt = "For {first_name} & friends"\nlink = "https://example.com/?n={first_name}"'
    write_template(parts.folder, "linked", more=f"{more}\nscale = 2.0")
    parts.catalogue.load_all()
    response = await order(
        client, template="linked", data={"first_name": "Zoë O'Neil"}, output="html"
    )
    text = await response.text()

    assert response.content_type == "text/html"
    assert 'width="60" height="30"' in text
    assert 'alt="For Zoë O&#x27;Neil &amp; friends"' in text
    assert 'href="https://example.com/?n=Zo%C3%AB%20O%27Neil"' in text
    assert "first_name=Zo%C3%AB%20O%27Neil" in text


async def test_json_has_all_that_there_is_to_say(client: Client, parts: FakeParts) -> None:
    parts.renderer.notes = (Note("first_name", NoteCode.SHRUNK, "smaller"),)
    answer = await told(client, template="ticket", data={"first_name": "", "x": 1}, scale=2)

    assert answer["url"].endswith("/i/ticket.png?_scale=2")
    assert answer["url"] in answer["html"]
    assert (answer["width"], answer["height"], answer["scale"]) == (120, 60, 2)
    assert answer["drawn"]
    assert answer["status"] == "exact"
    assert answer["bytes"] > 0
    codes = {(one["field"], one["code"]) for one in answer["notes"]}
    assert codes == {("first_name", "missing"), ("x", "unknown_field"), ("first_name", "shrunk")}


@pytest.mark.parametrize("output", ["url", "html", "json"])
async def test_no_address_is_given_that_would_not_show_the_values(
    client: Client, output: str
) -> None:
    response = await order(client, template="internal", output=output)

    body = await assert_problem(response, 422, "invalid_data")
    assert body["errors"][0]["field"] == "output"
    assert 'access = "signed"' in body["hint"]


@pytest.mark.parametrize("kind", ["sealed", "signed", None])
@pytest.mark.parametrize("template", ["ticket", "sealed"])
async def test_the_address_that_is_given_shows_the_values(
    client: Client, parts: FakeParts, template: str, kind: str | None
) -> None:
    chosen = {} if kind is None else {"url": kind}
    data = {"first_name": "Ada O'Zoë"}
    response = await order(
        client, template=template, data=data, output="url", warm=False, **chosen
    )
    url = urlsplit((await response.json())["url"])

    path = {"sealed": "/p/", "signed": "/i/", None: "/i/" if template == "ticket" else "/p/"}[kind]
    assert url.path.startswith(path)
    picture = await client.get(URL(f"{url.path}?{url.query}", encoded=True))
    assert picture.status == 200
    assert picture.headers["Mergeshot-Status"] == "exact"
    assert parts.renderer.drawn[-1].filled.values["first_name"] == "Ada O'Zoë"


async def test_a_kind_of_address_is_refused_where_none_is_told(client: Client) -> None:
    response = await order(client, template="ticket", url="sealed")

    body = await assert_problem(response, 422, "invalid_data")
    assert [one["field"] for one in body["errors"]] == ["url"]


@pytest.mark.parametrize(("key", "value"), [("budget", "email"), ("filename", "ada")])
async def test_what_an_address_does_not_carry_is_refused(
    client: Client, key: str, value: object
) -> None:
    response = await order(client, template="ticket", output="url", **{key: value})

    body = await assert_problem(response, 422, "invalid_data")
    assert [one["field"] for one in body["errors"]] == [key]


@pytest.mark.parametrize("budget", [0, -1, "huge", "12 apples", 1.5, True, []])
async def test_a_budget_that_is_none_is_refused(client: Client, budget: object) -> None:
    response = await order(client, template="ticket", budget=budget)

    body = await assert_problem(response, 422, "invalid_data")
    assert body["errors"][0]["field"] == "budget"
    assert "whatsapp" in body["errors"][0]["message"]


async def test_a_file_has_the_name_that_was_ordered_as_every_system_takes_it(
    client: Client,
) -> None:
    response = await order(client, template="ticket", filename="../Grüße: an/Ada.PNG")

    said = response.headers["Content-Disposition"]
    assert said.startswith("inline; filename=")
    assert "/" not in said.replace("UTF-8''", "")
    assert "Gr%C3%BC%C3%9Fe" in said


FIELDS = """
[fields.points]
kind = "integer"
fallback = 1
[fields.rate]
kind = "number"
fallback = 1
[fields.vip]
kind = "boolean"
fallback = false
[fields.note]
kind = "text"
multiline = true
max_length = 400
fallback = "none"
[fields.tags]
kind = "list"
fallback = []
[fields.seat]
kind = "group"
[fields.seat.fields.row]
kind = "text"
optional = true
"""
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
DATA = st.fixed_dictionaries(
    {},
    optional={
        "first_name": TEXT,
        "note": TEXT,
        "points": st.integers(-(10**6), 10**6) | TEXT,
        "rate": st.floats(-1000, 1000, allow_nan=False).map(lambda number: round(number, 3)),
        "vip": st.booleans(),
        "tags": st.lists(TEXT, max_size=3),
        "seat": st.fixed_dictionaries({"row": TEXT}),
    },
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=DATA)
async def test_an_address_means_the_very_picture_that_was_ordered(
    client: Client, parts: FakeParts, data: dict[str, Any]
) -> None:
    """Whatever the data: the address leads to the same key, or none is given."""
    if "typed" not in parts.catalogue.names():
        write_template(parts.folder, "typed")
        manifest = parts.folder / "typed/template.toml"
        manifest.write_text(manifest.read_text() + FIELDS)
        parts.catalogue.load_all()
    parts.renderer.kept.clear()
    response = await order(client, template="typed", data=data, output="json")
    if response.status == 422:
        body = await response.json()
        assert [one["field"] for one in body["errors"]] == ["data"]
        return
    answer = await response.json()
    path = "/i/" + answer["url"].partition("/i/")[2]
    asked = path + ("&" if "?" in path else "?") + "_download=1"
    picture = await client.get(asked, headers=BEARER)

    assert answer["drawn"]
    assert picture.headers["Mergeshot-Cache"] == "hit"
    assert picture.headers["Content-Disposition"].startswith("attachment")
