"""The catalogue over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from service.model import Format
from tests.fakes import FakeParts, write_template
from tests.web.client import Client, assert_problem
from tests.web.conftest import ADMIN_KEY

FIELDS = '[fields.first_name]\nkind = "name"\nfallback = "friend"\n'


async def read(client: Client, path: str) -> dict[str, Any]:
    response = await client.get(path)
    assert response.status == 200, await response.text()
    body: dict[str, Any] = await response.json(content_type=None)
    return body


def rewrite(parts: FakeParts, folder: Path, name: str, text: str) -> None:
    (folder / name / "template.toml").write_text(text)
    parts.catalogue.load_all()


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/ticket",
        "/ticket/schema",
        "/ticket/versions",
        "/ticket/versions/0123456789abcdef01234567",
    ],
)
async def test_it_is_for_key_holders(client: Client, path: str) -> None:
    key = {"Authorization": f"Bearer {ADMIN_KEY}"}

    await assert_problem(await client.get(f"/v1/templates{path}"), 401, "key_required")
    assert (await client.get(f"/v1/templates{path}", headers=key)).status in {200, 404}


async def test_the_list_names_every_template_with_what_one_chooses_by(
    dev_client: Client, parts: FakeParts
) -> None:
    body = await read(dev_client, "/v1/templates")
    found = {one["name"]: one for one in body["templates"]}

    assert list(found) == ["acme/ticket", "clock", "internal", "sealed", "ticket"]
    assert body["broken"] == []
    ticket = found["acme/ticket"]
    assert ticket == {
        "name": "acme/ticket",
        "state": "ok",
        "title": "A ticket",
        "description": "",
        "tags": [],
        "version": parts.catalogue.get("acme/ticket").version,
        "access": "public",
        "sizes": {"default": {"width": 60, "height": 30}},
        "languages": ["en", "de"],
        "themes": [],
        "formats": [one.value for one in Format],
        "addresses": {
            "details": "/v1/templates/acme/ticket",
            "schema": "/v1/templates/acme/ticket/schema",
            "strict_schema": "/v1/templates/acme/ticket/schema?strict=1",
            "versions": "/v1/templates/acme/ticket/versions",
            "picture": "/i/acme/ticket.png",
        },
    }


async def test_every_address_that_is_told_leads_somewhere(dev_client: Client) -> None:
    for one in (await read(dev_client, "/v1/templates"))["templates"]:
        for address in one["addresses"].values():
            assert (await dev_client.get(address)).status == 200, address
        for version in (await read(dev_client, one["addresses"]["versions"]))["versions"]:
            assert (await dev_client.get(version["details"])).status == 200
            assert (await dev_client.get(version["picture"])).status == 200


async def test_addresses_begin_where_the_outside_reaches_the_server(tmp_path: Path) -> None:
    from aiohttp.test_utils import TestClient, TestServer

    from service.app import create_app
    from service.config import Settings

    write_template(tmp_path, "ticket")
    settings = Settings.read({"MERGESHOT_PUBLIC_URL": "https://img.example.com/mail"})
    app = create_app(FakeParts(tmp_path).open, settings, development=True)
    async with TestClient(TestServer(app)) as client:
        one = (await read(client, "/v1/templates"))["templates"][0]

    assert one["addresses"]["picture"] == "https://img.example.com/mail/i/ticket.png"


async def test_one_template_is_told_in_full(dev_client: Client, parts: FakeParts) -> None:
    folder = parts.folder
    rewrite(
        parts,
        folder,
        "ticket",
        """
        title = "A ticket"
        description = "To get in"
        width = 60
        height = 30
        max_age = "2h"
        refresh = "1m"
        alt = "For {first_name}"
        former_names = ["pass"]
        [sizes.tall]
        width = 30
        height = 60
        [fields.first_name]
        kind = "text"
        help = "Who"
        max_length = 9
        fallback = "friend"
        aliases = ["name"]
        example = "Ada"
        [fields.rows]
        kind = "list"
        fallback = []
        fields.day = { kind = "date", fallback = 2026-12-31 }
        [fields.level]
        kind = "text"
        source = "rules"
        fallback = "plain"
        """,
    )
    (folder / "ticket/examples").mkdir()
    (folder / "ticket/examples/ada.json").write_text('{"first_name": "Ada"}')
    parts.catalogue.load_all()

    body = await read(dev_client, "/v1/templates/ticket")

    assert body["description"] == "To get in"
    assert (body["max_age"], body["refresh"], body["former_names"]) == (7200, 60, ["pass"])
    assert body["sizes"]["tall"] == {"width": 30, "height": 60}
    assert body["alt"] == "For {first_name}"
    assert body["fields"]["first_name"] == {
        "kind": "text",
        "help": "Who",
        "required": False,
        "optional": False,
        "source": "request",
        "aliases": ["name"],
        "fallback": "friend",
        "example": "Ada",
        "max_length": 9,
        "too_long": "cut",
        "multiline": False,
    }
    assert body["fields"]["rows"]["fields"]["day"]["fallback"] == "2026-12-31"
    assert body["fields"]["level"]["source"] == "rules"
    assert body["examples"] == {"ada": {"first_name": "Ada"}}
    assert set(body["schema"]["properties"]) == {"first_name", "rows"}
    assert body["addresses"]["picture"] == "/i/ticket.png?first_name=Ada"
    assert [one["current"] for one in body["versions"]].count(True) == 1
    assert await read(dev_client, "/v1/templates/pass") == body, "a former name will do"


async def test_a_name_in_a_folder_may_be_written_either_way(dev_client: Client) -> None:
    plain = await read(dev_client, "/v1/templates/acme/ticket")

    assert await read(dev_client, "/v1/templates/acme%2Fticket") == plain


async def test_a_template_may_be_called_as_our_addresses_end(
    dev_client: Client, parts: FakeParts
) -> None:
    write_template(parts.folder, "shop/versions")
    parts.catalogue.load_all()

    found = (await read(dev_client, "/v1/templates"))["templates"]
    details = next(one["addresses"]["details"] for one in found if one["name"] == "shop/versions")

    assert details == "/v1/templates/shop%2Fversions"
    assert (await read(dev_client, details))["name"] == "shop/versions"


async def test_an_unknown_template_is_answered_with_the_closest_names(dev_client: Client) -> None:
    for path in ("", "/schema", "/versions", "/versions/0123456789abcdef01234567"):
        response = await dev_client.get(f"/v1/templates/tiket{path}")
        body = await assert_problem(response, 404, "template_not_found")

        assert "ticket" in body["hint"]


async def test_the_schema_says_what_is_understood_and_what_strictness_leaves(
    dev_client: Client,
) -> None:
    response = await dev_client.get("/v1/templates/ticket/schema")
    tolerant = await response.json(content_type="application/schema+json")
    strict = await read(dev_client, "/v1/templates/ticket/schema?strict=1")

    assert tolerant["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(tolerant)
    data = {"first_name": "Ada", "utm_source": "mail"}
    assert jsonschema_rs.is_valid(tolerant, data)
    assert not jsonschema_rs.is_valid(strict, data)


async def test_strictness_is_yes_or_no(dev_client: Client) -> None:
    response = await dev_client.get("/v1/templates/ticket/schema?strict=perhaps")

    await assert_problem(response, 400, "bad_request")


async def test_kept_versions_are_listed_and_told(dev_client: Client, parts: FakeParts) -> None:
    old = parts.catalogue.get("ticket").version
    seat = '[fields.seat]\nkind = "text"\nfallback = "1"\n'
    rewrite(parts, parts.folder, "ticket", f'title = "New"\nwidth = 6\nheight = 3\n{seat}{FIELDS}')
    new = parts.catalogue.get("ticket").version

    body = await read(dev_client, "/v1/templates/ticket/versions")
    kept = await read(dev_client, f"/v1/templates/ticket/versions/{old}")

    assert (body["name"], body["current"]) == ("ticket", new)
    assert {one["version"]: one["current"] for one in body["versions"]} == {new: True, old: False}
    assert all(one["first_served"] <= one["last_served"] for one in body["versions"])
    assert (kept["version"], set(kept["fields"])) == (old, {"first_name"})
    assert kept["addresses"]["picture"] == f"/i/ticket.png?_v={old}"


async def test_looking_at_a_version_is_no_service_of_it(
    dev_client: Client, parts: FakeParts
) -> None:
    old = parts.catalogue.get("ticket").version
    rewrite(parts, parts.folder, "ticket", f'title = "New"\nwidth = 9\nheight = 9\n{FIELDS}')
    before = await read(dev_client, "/v1/templates/ticket/versions")

    await read(dev_client, f"/v1/templates/ticket/versions/{old}")

    assert await read(dev_client, "/v1/templates/ticket/versions") == before


@pytest.mark.parametrize("version", ["0123456789abcdef01234567", "..", "x"])
async def test_a_version_that_is_not_kept_is_not_found(dev_client: Client, version: str) -> None:
    response = await dev_client.get(f"/v1/templates/ticket/versions/{version.replace('.', '%2E')}")

    assert response.status == 404


async def test_a_folder_that_went_bad_is_named_with_its_state(
    dev_client: Client, parts: FakeParts
) -> None:
    """The last good version is served on; a folder that never was good has no version."""
    write_template(parts.folder, "never", more="nonsense = 1")
    write_template(parts.folder, "empty", page="{{ undeclared }}")
    rewrite(parts, parts.folder, "ticket", "nonsense = 1")

    body = await read(dev_client, "/v1/templates")
    states = {one["name"]: one["state"] for one in body["templates"]}
    broken = {one["name"]: one for one in body["broken"]}

    assert (states["ticket"], states["clock"]) == ("outdated", "ok")
    assert states["empty"] == "broken"
    assert "never" not in states
    assert {name: one["state"] for name, one in broken.items()} == {
        "empty": "broken",
        "never": "broken",
        "ticket": "outdated",
    }
    assert "nonsense" in broken["ticket"]["problems"][0]
    assert (await read(dev_client, "/v1/templates/ticket"))["state"] == "outdated"
    await assert_problem(await dev_client.get("/v1/templates/never"), 500, "template_failed")


async def test_what_is_wrong_in_a_folder_is_for_its_designer(
    client: Client, parts: FakeParts
) -> None:
    rewrite(parts, parts.folder, "ticket", "nonsense = 1")
    response = await client.get("/v1/templates", headers={"Authorization": f"Bearer {ADMIN_KEY}"})

    assert (await response.json())["broken"] == [
        {"name": "ticket", "state": "outdated", "problems": []}
    ]


@pytest.mark.parametrize("path", ["", "/ticket", "/ticket/schema", "/ticket/versions"])
async def test_whoever_has_the_answer_is_told_so(dev_client: Client, path: str) -> None:
    first = await dev_client.get(f"/v1/templates{path}")
    tag = first.headers["ETag"]
    again = await dev_client.get(f"/v1/templates{path}", headers={"If-None-Match": tag})
    other = await dev_client.get(f"/v1/templates{path}", headers={"If-None-Match": '"other"'})

    assert first.headers["Cache-Control"] == "private, no-cache"
    assert (again.status, again.headers["ETag"], await again.read()) == (304, tag, b"")
    assert other.status == 200


async def test_a_store_that_cannot_be_read_costs_the_times_and_no_more(
    dev_client: Client, parts: FakeParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(parts.catalogue._store, "versions", broken)
    monkeypatch.setattr(parts.catalogue._store, "load", broken)

    body = await read(dev_client, "/v1/templates/ticket")
    gone = await dev_client.get("/v1/templates/ticket/versions/0123456789abcdef01234567")

    assert [(one["current"], one["last_served"]) for one in body["versions"]] == [(True, None)]
    assert gone.status == 404
