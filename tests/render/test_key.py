"""Keys: equal parts, equal key; everything else differs."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from service.render.key import SIZE, etag_of, keyed

SECRET = b"a secret for tests and nothing else"

parts = st.lists(st.binary(max_size=6), max_size=5)


@settings(deadline=None)
@given(parts, parts)
def test_only_equal_lists_of_parts_share_a_key(one: list[bytes], other: list[bytes]) -> None:
    assert (keyed(SECRET, "key", one) == keyed(SECRET, "key", other)) == (one == other)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=4), min_size=2, max_size=4))
def test_parts_never_run_together(several: list[bytes]) -> None:
    """The length of each part counts, so joining two neighbours gives another key."""
    joined = [several[0] + several[1], *several[2:]]

    assert keyed(SECRET, "key", several) != keyed(SECRET, "key", joined)


@settings(deadline=None)
@given(st.binary(max_size=80), st.binary(max_size=80))
def test_another_secret_gives_another_key(one: bytes, other: bytes) -> None:
    """Zeros at the end aside, by which BLAKE2b itself fills a short key up."""
    same = one.rstrip(b"\0") == other.rstrip(b"\0")

    assert same or keyed(one, "key", [b"part"]) != keyed(other, "key", [b"part"])


def test_a_long_secret_counts_to_its_last_byte() -> None:
    long = b"s" * 64

    assert keyed(long + b"1", "key", []) != keyed(long + b"2", "key", [])
    assert keyed(long + b"1", "key", []) != keyed(long, "key", [])


def test_another_purpose_gives_another_key() -> None:
    assert keyed(SECRET, "key", [b"part"]) != keyed(SECRET, "subject", [b"part"])


def test_a_key_has_its_size() -> None:
    assert len(keyed(SECRET, "key", [])) == SIZE


@settings(deadline=None)
@given(st.binary(min_size=SIZE, max_size=SIZE))
def test_an_etag_is_a_strong_one_of_sixteen_bytes(key: bytes) -> None:
    assert re.fullmatch(r'"[A-Za-z0-9_-]{22}"', etag_of(key))


def test_an_etag_belongs_to_its_key_and_does_not_tell_it() -> None:
    one, other = keyed(SECRET, "key", [b"1"]), keyed(SECRET, "key", [b"2"])

    assert etag_of(one) == etag_of(bytes(one))
    assert etag_of(one) != etag_of(other)
    assert one.hex()[:8] not in etag_of(one)
