"""Whole addresses: fixed things, the signature, what is open, and the mark at the end."""

from __future__ import annotations

import pytest

from service.access.address import Address
from service.access.keyring import Keyring, SigningKey
from service.access.sealing import unseal
from service.access.signing import verify
from service.errors import InvalidData
from service.render.signed import filled_with, sealed_address, signed_address
from tests.access.addresses import NOW, read

RING = Keyring((SigningKey("k1", b"a secret of the first key", ("ticket",)),))
ADDRESS = Address(
    "ticket", "jpg", {"company": "AT&T"}, {"_size": "story"}, ("first_name",), NOW + 9
)


def test_a_signed_address_has_fixed_things_first_and_open_ones_last() -> None:
    address = signed_address(RING, ADDRESS, filled_with(ADDRESS, {"first_name": "Zoë & Co"}))
    start, _, tail = address.partition("&_sig=")

    assert start == (
        f"/i/ticket.jpg?_exp={NOW + 9}&_kid=k1&_size=story&company=AT%26T&_merge=first_name"
    )
    assert tail[43:] == "&first_name=Zo%C3%AB%20%26%20Co&_end=1"
    pairs = read(address.partition("?")[2])
    assert verify(RING, "ticket", "jpg", pairs, declared={"company", "first_name"}, now=NOW).ok


def test_merge_tags_stand_in_it_as_they_are() -> None:
    address = signed_address(RING, ADDRESS, "first_name={{ person.first_name|urlencode }}")

    assert address.endswith("&first_name={{ person.first_name|urlencode }}&_end=1")


def test_a_sealed_address_shows_its_open_fields_alone() -> None:
    address = sealed_address(RING, ADDRESS, filled_with(ADDRESS))
    path, _, query = address.partition("?")
    token = path.removeprefix("/p/").removesuffix(".jpg")

    assert query == "first_name=&_end=1"
    assert unseal(RING, token, "jpg", now=NOW).address == ADDRESS


def test_a_sealed_address_with_nothing_open_is_a_path() -> None:
    assert "?" not in sealed_address(RING, Address("ticket", "png"))


def test_a_template_that_no_key_is_for_is_refused_and_named() -> None:
    for make in (signed_address, sealed_address):
        with pytest.raises(InvalidData, match="No key may sign") as caught:
            make(RING, Address("badge", "png"))
        assert [one.field for one in caught.value.fields] == ["template"]
