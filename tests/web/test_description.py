"""The page that shows the description, and what it is made of."""

from __future__ import annotations

import re

import pytest

from service.web.description import _FILES, _STATIC
from tests.web.client import Client, assert_problem


async def test_the_page_lets_nothing_in_from_elsewhere(dev_client: Client) -> None:
    response = await dev_client.get("/docs")
    policy = response.headers["Content-Security-Policy"]

    assert response.content_type == "text/html"
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


async def test_the_page_has_no_script_or_style_in_itself(dev_client: Client) -> None:
    text = await (await dev_client.get("/docs")).text()

    assert re.findall(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", text) == []


async def test_every_part_that_the_page_names_is_there_to_stay(dev_client: Client) -> None:
    text = await (await dev_client.get("/docs")).text()
    named = re.findall(r'(?:src|href)="(docs/[^"]+)"', text)

    assert {name.partition("?")[0].removeprefix("docs/") for name in named} == set(_FILES)
    for address in named:
        response = await dev_client.get(f"/{address}")
        assert response.status == 200
        assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        script = ".js" in address
        assert response.content_type == ("text/javascript" if script else "text/css")
        assert len(await response.read()) > 100


@pytest.mark.parametrize("file", ["swagger-ui.js", "LICENSE", "..%2Fdocs.html", "%2Fetc%2Fpasswd"])
async def test_no_other_file_is_served(dev_client: Client, file: str) -> None:
    await assert_problem(await dev_client.get(f"/docs/{file}"), 404, "not_found")


def test_what_is_not_ours_has_its_licence_beside_it() -> None:
    files = {path.name for path in (_STATIC / "swagger").iterdir()}

    assert files == {
        "LICENSE",
        "NOTICE",
        "swagger-ui-bundle.js",
        "swagger-ui-bundle.js.LICENSE.txt",
        "swagger-ui.css",
    }
