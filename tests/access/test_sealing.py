"""Sealed addresses: one token for one content, and nothing but that token opens."""

from __future__ import annotations

import itertools
import string
from base64 import urlsafe_b64decode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.access.address import Address, Reason
from service.access.keyring import Keyring, SigningKey
from service.access.sealing import Opened, seal, unseal
from tests.access.addresses import ACME, KEY, KEYRING, NOW, OLD, addresses

ADDRESS = Address(
    "ticket",
    "png",
    values={"first_name": "Ada Löve", "company": "AT&T"},
    ours={"_size": "story"},
    open=("_lang", "seats"),
    expires=NOW + 60,
)
TOKEN = seal(KEY, ADDRESS)


def opened(token: str, extension: str = "png", now: float = NOW) -> Opened:
    return unseal(KEYRING, token, extension, now=now)


@given(addresses())
def test_what_was_sealed_is_what_is_opened(address: Address) -> None:
    found = opened(seal(KEY, address), address.format, now=-1)

    assert found == Opened(None, address, "k1")


@given(addresses(), addresses())
def test_equal_content_is_an_equal_token_and_no_other_is(one: Address, other: Address) -> None:
    assert (seal(KEY, one) == seal(KEY, other)) == (one == other)
    assert seal(KEY, one) == seal(SigningKey(KEY.kid, KEY.secret), replace(one))


def test_tokens_of_the_first_release_are_opened_by_every_later_one() -> None:
    first = (
        "AmsxRXcoZqx9kQi56TixLqrdhMNjwGyIrmzstDO_xYwAFwPsXj_iTnKDuXe6roDhPVcZuo0j1rdXchXEg8c47UtV"
        "mYyxH0oMdBFUMpvB0Diw15eetKg6Tkw"
    )

    assert opened(first).address == ADDRESS
    assert first == TOKEN


def test_the_order_of_values_plays_no_part() -> None:
    turned = replace(
        ADDRESS, values=dict(reversed(list(ADDRESS.values.items()))), open=("seats", "_lang")
    )

    assert seal(KEY, turned) == TOKEN


def test_any_changed_character_is_refused() -> None:
    for at, character in itertools.product(range(len(TOKEN)), "Aa0-_=.+/ é%"):
        bad = TOKEN[:at] + character + TOKEN[at + 1 :]
        if bad != TOKEN:
            assert opened(bad).address is None


def test_a_token_has_one_spelling() -> None:
    alphabet = string.ascii_letters + string.digits + "-_"
    lengths = set()
    for name in ("a", "ab", "abc"):
        token = seal(KEY, Address(name, "png"))
        data = urlsafe_b64decode(token + "==")
        lengths.add(len(data) % 3)
        spellings = [
            token[:-1] + last
            for last in alphabet
            if urlsafe_b64decode(token[:-1] + last + "==") == data
        ]
        assert [one for one in spellings if opened(one).address] == [token]
        for one in (
            token + "=",
            token + "==",
            f" {token}",
            token + "\n",
            token.replace("A", "A "),
        ):
            assert opened(one).address is None or one == token
    assert lengths == {0, 1, 2}


def test_nothing_of_the_content_can_be_read() -> None:
    data = urlsafe_b64decode(TOKEN + "==")

    assert not any(word in data for word in (b"ticket", b"Ada", b"story", b"company"))


def test_a_token_is_short_enough_for_an_email() -> None:
    assert len(TOKEN) < 130


def test_the_format_is_proven_too() -> None:
    assert opened(TOKEN, "webp").reason is Reason.FORGED
    assert opened(seal(KEY, replace(ADDRESS, format="jpg")), "JPEG").reason is None


def test_a_token_is_good_until_the_second_it_names_and_then_still_says_what_it_was() -> None:
    assert opened(TOKEN, now=NOW + 59.9).reason is None
    assert opened(TOKEN, now=NOW + 60) == Opened(Reason.EXPIRED, ADDRESS, "k1")


def test_a_token_may_expire_at_the_very_first_second() -> None:
    assert opened(seal(KEY, replace(ADDRESS, expires=0))).reason is Reason.EXPIRED


def test_every_listed_key_opens_its_own_tokens_alone() -> None:
    token = seal(OLD, ADDRESS)

    assert opened(token).kid == "2025"
    assert unseal(Keyring((KEY,)), token, "png", now=NOW).reason is Reason.UNKNOWN_KEY
    other = Keyring((SigningKey(KEY.kid, OLD.secret),))
    assert unseal(other, TOKEN, "png", now=NOW).reason is Reason.FORGED


def test_two_keys_with_one_secret_are_two_keys() -> None:
    twin = SigningKey("k2", KEY.secret)
    moved = seal(twin, ADDRESS)

    assert moved[10:] != TOKEN[10:]
    swapped = TOKEN[:4].replace(TOKEN[:4], moved[:4]) + TOKEN[4:]
    assert unseal(Keyring((KEY, twin)), swapped, "png", now=NOW).reason is Reason.FORGED


def test_a_key_of_one_folder_is_not_believed_elsewhere() -> None:
    inside = replace(ADDRESS, template="acme/ticket")

    assert opened(seal(ACME, inside)).address == inside
    assert opened(seal(ACME, ADDRESS)) == Opened(Reason.OUT_OF_SCOPE, ADDRESS, "acme")


@given(st.text() | st.text(string.ascii_letters + string.digits + "-_"), st.text(max_size=6))
def test_nothing_that_anybody_sends_raises_or_is_believed(token: str, extension: str) -> None:
    assert opened(token, extension).address is None


@pytest.mark.parametrize("token", ["", "A", "AA", "AmsxAA", TOKEN[:30], "_" * 40, "\ud800", "é"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert opened(token).reason is not None
