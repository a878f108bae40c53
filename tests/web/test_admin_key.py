"""The operator's key: opens what is closed, and nothing that it opened is kept for others."""

from __future__ import annotations

import pytest

from tests.web.client import Client, assert_problem
from tests.web.conftest import ADMIN_KEY

BEARER = {"Authorization": f"Bearer {ADMIN_KEY}"}


@pytest.mark.parametrize("path", ["/metrics", "/version", "/healthz"])
async def test_the_key_opens_what_operators_need(client: Client, path: str) -> None:
    assert (await client.get(path, headers=BEARER)).status == 200


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", f"Basic {ADMIN_KEY}", f"Bearer {ADMIN_KEY}x", "Bearer é"]
)
async def test_anything_else_does_not(client: Client, header: str) -> None:
    response = await client.get("/metrics", headers={"Authorization": header})

    await assert_problem(response, 401, "key_required")


@pytest.mark.parametrize("template", ["sealed", "internal"])
async def test_the_key_fills_every_template_and_no_cache_keeps_the_answer(
    client: Client, template: str
) -> None:
    response = await client.get(f"/i/{template}.png?first_name=Ada", headers=BEARER)

    assert response.headers["Mergeshot-Status"] == "exact"
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["Mergeshot-Cache"] == "miss"
