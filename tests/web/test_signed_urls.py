"""`POST /v1/signed-urls`: addresses for programs."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientResponse
from yarl import URL

from tests.fakes import FakeParts
from tests.web.client import Client, assert_problem
from tests.web.conftest import ADMIN_KEY


async def ask(client: Client, **body: Any) -> ClientResponse:
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    return await client.post("/v1/signed-urls", json=body, headers=headers)


@pytest.mark.parametrize("kind", ["sealed", "signed"])
async def test_what_is_fixed_and_what_is_open_is_shown(
    client: Client, parts: FakeParts, kind: str
) -> None:
    fixed = await (
        await ask(client, template="sealed", data={"first_name": "Ada"}, kind=kind)
    ).json()
    left = await (await ask(client, template="sealed", open=["First-Name"], kind=kind)).json()

    assert (fixed["kind"], fixed["expires"]) == (kind, None)
    await client.get(URL(URL(fixed["url"]).raw_path_qs, encoded=True))
    first = parts.renderer.drawn[-1].filled.values
    assert first["first_name"] == "Ada"
    asked = URL(left["url"]).raw_path_qs
    assert asked.endswith("first_name=&_end=1")
    await client.get(URL(asked.replace("first_name=&", "first_name=Grace&"), encoded=True))
    second = parts.renderer.drawn[-1].filled.values
    assert second["first_name"] == "Grace"


async def test_an_address_says_until_when_it_is_good(client: Client) -> None:
    told = await (await ask(client, template="sealed", expires_in=3600, kind="signed")).json()

    assert told["expires"].endswith("Z")
    assert "_exp=" in told["url"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"open": ["nobody"]}, "nobody"),
        ({"open": ["first_name"], "data": {"first_name": "Ada"}}, "first_name"),
        ({"data": {"first_nam": "Ada"}}, "first_nam"),
        ({"expires_in": 5}, "expires_in"),
        ({"kind": "plain"}, "kind"),
        ({"opened": []}, "opened"),
    ],
)
async def test_what_cannot_be_signed_is_refused_by_name(
    client: Client, body: dict[str, Any], field: str
) -> None:
    response = await ask(client, template="sealed", **body)

    problem = await assert_problem(response, 422, "invalid_data")
    assert field in {one["field"] for one in problem["errors"]}


async def test_nobody_signs_without_a_key(client: Client) -> None:
    response = await client.post("/v1/signed-urls", json={"template": "sealed"})

    await assert_problem(response, 401, "key_required")
