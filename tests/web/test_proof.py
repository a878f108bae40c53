"""Addresses that a key vouches for, over HTTP: what they show, and what they never do."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import permutations
from urllib.parse import quote

import pytest
from aiohttp import ClientResponse
from yarl import URL

from service.access.address import Address
from service.access.keyring import SigningKey
from service.access.sealing import seal
from service.render.signed import sealed_address, signed_address
from tests.fakes import FakeParts, write_template
from tests.web.client import Client, assert_problem
from tests.web.conftest import ADMIN_KEY

ADDRESS = Address(template="sealed", format="png", values={"first_name": "Zoë O'Ada"})
OPEN = Address(template="sealed", format="png", open=("first_name",))


async def get(client: Client, address: str, **headers: str) -> ClientResponse:
    return await client.get(URL(address, encoded=True), headers=headers)


async def assert_shown(client: Client, parts: FakeParts, address: str, name: object) -> None:
    response = await get(client, address)

    assert (response.status, response.headers["Mergeshot-Status"]) == (200, "exact"), address
    shown = parts.renderer.drawn[-1].filled.values["first_name"] if parts.renderer.drawn else None
    assert shown == name


async def assert_generic(client: Client, parts: FakeParts, address: str) -> None:
    """The picture without a value, 200; honest codes for those who want them."""
    before = len(parts.renderer.drawn)
    response = await get(client, address)

    assert (response.status, response.content_type) == (200, "image/png"), address
    assert response.headers["Mergeshot-Status"] == "generic", address
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert "ETag" not in response.headers
    assert "Mergeshot-Notes" not in response.headers
    assert len(parts.renderer.drawn) == before
    await assert_problem(await get(client, f"{address}&_strict=1"), 403, "bad_signature")


def changed(address: str) -> list[str]:
    """The same address as it comes back from platforms, proxies and clients."""
    path, _, query = address.partition("?")
    pieces = query.split("&")
    spelled = [
        query.replace("%27", "'").replace("%C3%AB", "%c3%ab"),
        query.replace("%20", "+"),
        query.replace("&", "&amp;"),
        query.replace("first_name", "First-Name"),
        query.replace("first", "%66irst"),
        f"{query}&_kx=abc.123&_hsenc=p2ANqtz&utm_source=mail&utm_term=a=b",
        f"utm_source=mail&{query}",
        f"{query}&",
        f"{query}&stray",
    ]
    orders = ["&".join(one) for one in permutations(pieces)][:30]
    return [f"{path}?{one}" for one in (*spelled, *orders)]


async def test_a_signed_address_shows_its_values_however_it_is_spelled(
    client: Client, parts: FakeParts
) -> None:
    address = signed_address(parts.keyring, ADDRESS)
    await assert_shown(client, parts, address, "Zoë O'Ada")
    for one in changed(address):
        parts.renderer.kept.clear()
        await assert_shown(client, parts, one, "Zoë O'Ada")
    assert len({plan.key for plan in parts.renderer.drawn}) == 1


@pytest.mark.parametrize(
    "change",
    [
        ("%27Ada", "%27Bob"),
        ("sealed.png", "sealed.webp"),
        ("_sig=", "_scale=2&_sig="),
        ("_sig=", "first_name=Bob&_sig="),
        ("_end=1", "first_name=Bob&_end=1"),
        ("_kid=0", "_kid=1"),
        ("_kid=0", "_kid=0&_kid=0"),
        ("_sig=", "_merge=first_name&_sig="),
        ("_sig=", "_exp=99999999999&_sig="),
    ],
)
async def test_any_change_of_meaning_costs_the_values(
    client: Client, parts: FakeParts, change: tuple[str, str]
) -> None:
    address = signed_address(parts.keyring, ADDRESS)
    assert change[0] in address
    response = await get(client, address.replace(*change))

    assert (response.status, response.headers["Mergeshot-Status"]) == (200, "generic")
    assert not parts.renderer.drawn


async def test_any_single_character_of_the_signature_costs_the_values(
    client: Client, parts: FakeParts
) -> None:
    address = signed_address(parts.keyring, ADDRESS)
    start = address.index("_sig=") + len("_sig=")
    for at in range(start, start + 43):
        other = "A" if address[at] != "A" else "B"
        await assert_generic(client, parts, f"{address[:at]}{other}{address[at + 1 :]}")
        await assert_generic(client, parts, f"{address[:at]}{address[at + 1 :]}")


@pytest.mark.parametrize("make", [signed_address, sealed_address])
@pytest.mark.parametrize(
    ("sent", "name"),
    [("Grace", "Grace"), ("Zo%EB", "Zoë"), ("", "Friend"), ("Zo%C3%83%C2%AB", "Zoë")],
)
async def test_an_open_field_is_filled_and_repaired(
    client: Client,
    parts: FakeParts,
    make: Callable[..., str],
    sent: str,
    name: str,
) -> None:
    await assert_shown(client, parts, make(parts.keyring, OPEN, f"first_name={sent}"), name)


async def test_a_sealed_address_shows_its_values_and_nothing_can_be_added(
    client: Client, parts: FakeParts
) -> None:
    address = sealed_address(parts.keyring, ADDRESS)
    await assert_shown(client, parts, f"{address}?first_name=Bob&_size=x&_v=0", "Zoë O'Ada")
    assert parts.renderer.drawn[-1].notes == ()


async def test_a_changed_token_is_a_quiet_tile(client: Client, parts: FakeParts) -> None:
    token = seal(parts.keyring.signer_for("sealed") or SigningKey("", b""), ADDRESS)
    for at in range(len(token)):
        other = "A" if token[at] != "A" else "B"
        response = await get(client, f"/p/{token[:at]}{other}{token[at + 1 :]}.png")
        assert (response.status, response.content_type) == (200, "image/png")
        assert response.headers["Mergeshot-Status"] == "tile"
        assert response.headers["Cache-Control"] == "public, max-age=60"
        assert "ETag" not in response.headers
    assert not parts.renderer.drawn
    await assert_problem(await get(client, "/p/nonsense.png?_strict=1"), 403, "bad_signature")
    await assert_problem(await get(client, "/p/nonsense.pdf"), 403, "bad_signature")


@pytest.mark.parametrize("make", [signed_address, sealed_address])
@pytest.mark.parametrize("template", ["sealed", "ticket"])
async def test_nothing_outlives_its_address(
    client: Client, parts: FakeParts, make: Callable[..., str], template: str
) -> None:
    soon = replace(ADDRESS, template=template, expires=int(time.time()) + 100)
    response = await get(client, make(parts.keyring, soon))
    kept = response.headers["Cache-Control"]

    assert response.headers["Mergeshot-Status"] == "exact"
    assert 90 <= int(kept.removeprefix("public, max-age=").partition(",")[0]) <= 100
    assert "stale" not in kept
    past = make(parts.keyring, replace(soon, expires=int(time.time()) - 1))
    parts.renderer.drawn.clear()
    await assert_generic(client, parts, past if "?" in past else f"{past}?")


async def test_a_sealed_size_is_that_of_the_generic_picture_too(
    client: Client, parts: FakeParts
) -> None:
    write_template(
        parts.folder, "sized", access="signed", more="[sizes.wide]\nwidth=90\nheight=20"
    )
    parts.catalogue.load_all()
    past = Address(template="sized", format="png", ours={"_size": "wide"}, expires=1)
    response = await get(client, sealed_address(parts.keyring, past))
    body = await response.read()

    assert response.headers["Mergeshot-Status"] == "generic"
    assert int.from_bytes(body[16:20]) == 90


async def test_what_a_signature_left_open_needs_no_key_and_a_key_needs_no_signature(
    client: Client, parts: FakeParts
) -> None:
    response = await get(
        client, "/i/sealed.png?first_name=Bob&_sig=x", Authorization=f"Bearer {ADMIN_KEY}"
    )

    assert response.headers["Mergeshot-Status"] == "exact"
    assert parts.renderer.drawn[-1].filled.values["first_name"] == "Bob"


async def test_a_template_for_key_holders_has_no_signed_addresses(
    client: Client, parts: FakeParts
) -> None:
    for make in (signed_address, sealed_address):
        address = make(parts.keyring, replace(ADDRESS, template="internal"))
        await assert_problem(await get(client, address), 401, "key_required")


async def test_developers_see_what_recipients_will(
    open_client: Callable[..., Awaitable[Client]], parts: FakeParts
) -> None:
    client = await open_client(development=True)
    address = signed_address(parts.keyring, ADDRESS)

    assert (await get(client, address)).headers["Mergeshot-Status"] == "exact"
    refused = await get(client, address.replace("Ada", "Bob"))
    assert refused.headers["Mergeshot-Status"] == "generic"


async def test_a_tail_that_was_cut_off_costs_open_values_alone(
    client: Client, parts: FakeParts
) -> None:
    address = replace(ADDRESS, values={"first_name": "Ada"})
    whole = signed_address(parts.keyring, address)

    await assert_shown(client, parts, whole.removesuffix("&_end=1"), "Ada")


async def test_a_value_of_any_script_is_signed_and_verified(
    client: Client, parts: FakeParts
) -> None:
    for name in ("Łukasz", "محمد", "山田太郎", "O'Brien & Söhne", "a=b&c", "100%"):
        address = signed_address(parts.keyring, replace(ADDRESS, values={"first_name": name}))
        assert quote(name, safe="") in address
        response = await get(client, address)
        assert response.headers["Mergeshot-Status"] == "exact"
