"""Signatures: they survive every spelling of an address, and no change of what it means."""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import replace
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.access.address import RESERVED, Address, Reason
from service.access.keyring import Keyring
from service.access.signing import _message, sign, signed_pairs, verify
from service.web.picture_address import our_parameters
from tests.access.addresses import (
    ACME,
    DECLARED,
    FIELDS,
    KEY,
    KEYRING,
    NOW,
    OLD,
    Piece,
    addresses,
    judged,
    query_of,
    read,
    signed,
)

ADDRESS = Address(
    "ticket",
    "png",
    values={"company": "AT&T / Zoë ~x", "seats": "2"},
    ours={"_size": "story", "_theme": "night"},
    open=("first_name", "_lang"),
    expires=NOW + 60,
)
FILLED = (("first_name", "Ada Löve"), ("_lang", "de"))
QUERY = signed(ADDRESS, *FILLED)


def test_a_signed_address_is_believed_and_says_what_may_be_used() -> None:
    verdict = judged(QUERY)

    assert verdict.ok
    assert verdict.kid == "k1"
    assert verdict.expires == NOW + 60
    assert verdict.pinned == {"company", "seats", "_size", "_theme", "_exp", "_kid"}
    assert verdict.opened == {"first_name", "_lang"}
    assert verdict.may_use("company")
    assert verdict.may_use("first_name")
    assert verdict.is_open("first_name")
    assert not verdict.may_use("items")
    assert not verdict.is_open("company")


@given(addresses(), st.data())
def test_whatever_was_signed_is_believed_however_it_was_filled(
    address: Address, data: st.DataObject
) -> None:
    address = replace(address, expires=None)
    filled = [(name, data.draw(st.text(max_size=9))) for name in address.open]
    query = signed(address, *filled)
    declared = {*address.values, *address.open}
    verdict = verify(
        KEYRING, address.template, address.format, read(query), declared=declared, now=NOW
    )

    assert verdict.ok
    assert all(verdict.may_use(name) for name in (*address.values, *address.ours, *address.open))


# Spelling


def recoded(query: str) -> dict[str, str]:
    pieces = query.split("&")
    mixed = random.Random(7).sample(pieces, len(pieces))
    return {
        "lower case": re.sub("%..", lambda found: found[0].lower(), query),
        "decoded what need not be": query.replace("%7E", "~").replace("%2F", "/"),
        "encoded what need not be": re.sub(
            "[a-z_](?=[^=&]*(&|$))", lambda x: f"%{ord(x[0]):02x}", query
        ),
        "plus": query.replace("%20", "+"),
        "raw": "&".join(
            one if "%26" in one else "=".join(map(unquote, one.split("="))) for one in pieces
        ),
        "entities": query.replace("&", "&amp;"),
        "names in capitals": re.sub("[a-z_]+=", lambda found: found[0].upper(), query),
        "hyphens": query.replace("first_name=", "first-name="),
        "appended": f"{query}&_kx=abc&_hsenc=p2&_hsenc=p3&utm_source=news&gclid=1",
        "prepended": f"utm_source=news&mc_eid=1&{query}",
        "any order": "&".join(mixed),
        "a fragment cut the tail": query.partition("&_sig")[0]
        + "&_sig"
        + query.partition("&_sig")[2].partition("&")[0],
        "another sending": f"{query}&_send=7",
        "strict": f"{query}&_strict=1&_download=1",
        "open ones twice": f"{query}&first_name=Bob&_lang=en",
        "empty pieces": f"&&{query}&&junk&",
    }


@pytest.mark.parametrize("how", recoded(QUERY))
def test_another_spelling_is_believed(how: str) -> None:
    verdict = judged(recoded(QUERY)[how])

    assert verdict == judged(QUERY)


def test_the_order_and_spelling_of_open_names_play_no_part() -> None:
    query = QUERY.replace("_merge=_lang%2Cfirst_name", "_merge=First-Name,,_LANG,first_name")

    assert query != QUERY
    assert judged(query) == judged(QUERY)


def test_jpg_and_jpeg_are_one_word_in_any_case() -> None:
    query = signed(replace(ADDRESS, format="jpg"))

    assert judged(query, extension="jpeg").ok
    assert judged(query, extension="JPG").ok
    assert judged(query, extension="png").reason is Reason.FORGED


# Meaning


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seats=2", "seats=3"),
        ("seats=2", "seats=2%20"),
        ("seats=2&", ""),
        ("seats=2", "fname=2"),
        ("_size=story", "_size=wide"),
        ("_size=story&", ""),
        ("_theme=night", "_theme=day"),
        ("_exp=1790000060", "_exp=1790000061"),
        ("_exp=1790000060", "_exp=01790000060"),
        ("_exp=1790000060&", ""),
        ("_kid=k1", "_kid=2025"),
        ("_merge=_lang%2Cfirst_name", "_merge=_lang%2Cfirst_name%2Cseats"),
        ("_merge=_lang%2Cfirst_name", "_merge=first_name"),
        ("_merge=_lang%2Cfirst_name&", ""),
        ("&_end", "&fname=Bob&_end"),
        ("&_end", "&items.0=Bob&_end"),
        ("&_end", "&_scale=3&_end"),
        ("&_end", "&_v=0123&_end"),
        ("_size=story&_theme=night", "_size=night&_theme=story"),
    ],
)
def test_a_change_of_meaning_is_forged(old: str, new: str) -> None:
    assert old in QUERY
    assert judged(QUERY.replace(old, new)).reason is Reason.FORGED


def test_another_template_is_forged() -> None:
    assert judged(QUERY, "tickets").reason is Reason.FORGED
    assert judged(QUERY, "acme/ticket").reason is Reason.FORGED


def test_any_changed_character_of_the_signature_is_forged() -> None:
    good = sign(KEY, ADDRESS)
    assert len(good) == 43
    for at, character in itertools.product(range(len(good)), "A-_z9=+ é"):
        bad = good[:at] + character + good[at + 1 :]
        if bad != good:
            assert judged(QUERY.replace(good, quote(bad))).reason is Reason.FORGED
    for bad in (good[:-1], good + "=", good + "A", good.swapcase(), ""):
        assert judged(QUERY.replace(good, bad)).reason is Reason.FORGED


@pytest.mark.parametrize(
    "more",
    [
        "seats=2",
        "SEATS=3",
        "_size=story",
        "_exp=9",
        "_kid=k1",
        "_sig=a",
        "_merge=seats",
        "_send=1&_send=1",
    ],
)
def test_a_fixed_name_or_one_of_ours_given_twice_is_refused(more: str) -> None:
    assert judged(f"{more}&{QUERY}").reason is Reason.DOUBLED
    assert judged(f"{QUERY}&{more}").reason is Reason.DOUBLED


def test_an_address_is_good_until_the_second_it_names() -> None:
    assert judged(QUERY, now=NOW + 59.9).ok
    assert judged(QUERY, now=NOW + 60).reason is Reason.EXPIRED


def test_a_forged_expiry_is_forged_and_not_expired() -> None:
    assert judged(QUERY.replace("_exp=1790000060", "_exp=1")).reason is Reason.FORGED


def test_without_a_signature_it_is_missing() -> None:
    assert judged("").reason is Reason.MISSING
    assert judged("first_name=Ada&_kid=k1").reason is Reason.MISSING


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("_kid=k1&", ""),
        ("_exp=1790000060", "_exp=soon"),
        ("_exp=1790000060", "_exp=-1"),
        ("_exp=1790000060", "_exp=%D9%A3"),
        ("_merge=_lang", "_merge=_v"),
        ("_merge=_lang", "_merge=_exp"),
        ("_merge=_lang", "_merge=_sig"),
    ],
)
def test_what_none_of_ours_could_say_is_malformed(old: str, new: str) -> None:
    assert judged(QUERY.replace(old, new)).reason is Reason.MALFORMED


def test_a_key_that_is_not_listed_is_unknown_and_a_retired_one_is_not() -> None:
    query = signed(ADDRESS, key=OLD)
    pairs = read(query)

    assert judged(query).kid == "2025"
    for ring, reason in ((Keyring((KEY,), (OLD,)), None), (Keyring((KEY,)), Reason.UNKNOWN_KEY)):
        verdict = verify(ring, "ticket", "png", pairs, declared=DECLARED, now=NOW)
        assert verdict.reason is reason


def test_a_key_of_one_folder_is_not_believed_elsewhere() -> None:
    inside, outside = replace(ADDRESS, template="acme/ticket"), ADDRESS

    assert judged(signed(inside, key=ACME), "acme/ticket").ok
    assert judged(signed(outside, key=ACME)).reason is Reason.OUT_OF_SCOPE


# Templates that changed


def test_a_field_that_came_later_changes_nothing() -> None:
    assert verify(
        KEYRING, "ticket", "png", read(QUERY), declared={*DECLARED, "seat", "row"}, now=NOW
    ).ok


@pytest.mark.parametrize("tail", ["", "&utm_source=news&company=x"])
def test_a_field_that_is_gone_does_not_take_the_address_with_it(tail: str) -> None:
    declared = {"first_name", "seats"}
    pairs = read(QUERY + tail)
    verdict = verify(KEYRING, "ticket", "png", pairs, declared=declared, now=NOW)

    assert verdict.ok
    assert verdict.may_use("seats")


def test_an_open_field_that_is_gone_does_not_either() -> None:
    pairs = read(QUERY)

    assert verify(KEYRING, "ticket", "png", pairs, declared={"company", "seats"}, now=NOW).ok


def test_a_field_that_may_not_stay_open_is_not_used_whoever_signed_it() -> None:
    address = Address("ticket", "png", open=("first_name", "items.0"))
    pairs = read(signed(address, ("first_name", "Ada"), ("items.0", "x")))
    verdict = verify(KEYRING, "ticket", "png", pairs, declared=DECLARED, closed={"items"}, now=NOW)

    assert verdict.ok
    assert verdict.may_use("first_name")
    assert not verdict.may_use("items.0")
    assert not verdict.may_use("items")


# What is signed


@given(addresses(), addresses())
def test_two_addresses_never_have_one_message(one: Address, other: Address) -> None:
    assert (sign(KEY, one) == sign(KEY, other)) == (one == other)


PARTS = st.binary(max_size=5) | st.sampled_from([b"", b"\0\0\0\1a", b"\0\0\0\0", b","])
MESSAGES = st.tuples(
    st.text(max_size=5),
    st.text(max_size=5),
    st.dictionaries(FIELDS, PARTS, max_size=3),
    st.frozensets(FIELDS, max_size=3),
)


@given(MESSAGES, MESSAGES)
def test_a_message_can_be_read_in_one_way(
    one: tuple[str, str, dict[str, bytes], frozenset[str]],
    other: tuple[str, str, dict[str, bytes], frozenset[str]],
) -> None:
    assert (_message(*one) == _message(*other)) == (one == other)


def test_a_message_is_its_parts_each_after_its_length() -> None:
    message = _message("t", "png", {"b": b"x", "_a": b"", "a": b"\0"}, frozenset({"d", "c"}))
    parts = [b"ms1", b"t", b"png", b"_a", b"", b"a", b"\0", b"b", b"x", b"c,d"]

    assert message == b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def test_every_parameter_that_is_served_is_either_signed_or_said_not_to_be() -> None:
    assert {one.name for one in our_parameters()} == RESERVED


def test_fixed_things_are_printed_first_and_the_signature_after_them() -> None:
    names = [name for name, _ in signed_pairs(KEY, ADDRESS)]

    assert names == ["_exp", "_kid", "_size", "_theme", "company", "seats", "_merge", "_sig"]


def test_an_address_without_choices_is_short() -> None:
    assert query_of(signed_pairs(KEY, Address("t", "png"))).startswith("_kid=k1&_sig=")


@given(
    st.lists(
        st.builds(
            Piece,
            st.sampled_from(["_sig", "_kid", "_merge", "_exp", "_size", "company"]) | st.text(),
            st.binary() | st.sampled_from([b"k1", b"first_name"]),
        ),
        max_size=8,
    )
)
def test_nothing_that_anybody_sends_raises_or_is_believed(pairs: list[Piece]) -> None:
    assert not verify(KEYRING, "ticket", "png", pairs, declared=DECLARED, now=NOW).ok


@pytest.mark.parametrize(
    "wrong",
    [
        {"values": {"First": "x"}},
        {"values": {"_size": "x"}},
        {"values": {"a,b": "x"}},
        {"ours": {"_strict": "1"}},
        {"ours": {"_exp": "1"}},
        {"open": ("_v",)},
        {"open": ("a,b",)},
        {"open": ("",)},
        {"open": ("a",), "values": {"a": "hush"}},
        {"open": ("a",), "values": {"a.0": "hush"}},
        {"open": ("_size",), "ours": {"_size": "hush"}},
        {"expires": -1},
        {"expires": 10**12},
    ],
)
def test_an_address_that_nobody_could_verify_cannot_be_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"^[^h]") as caught:
        Address("ticket", "png", **wrong)  # type: ignore[arg-type]  # wrong on purpose
    assert "hush" not in str(caught.value)
