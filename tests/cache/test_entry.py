from __future__ import annotations

import hashlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.cache.entry import (
    MAGIC,
    MAX_HEADER,
    Entry,
    EntryRefused,
    Reason,
    pack,
    read_header,
    unpack,
    value_digest,
)
from tests.cache.entries import SECRET, entries, picture


def reason_for(data: bytes, entry: Entry, secret: bytes = SECRET) -> Reason:
    with pytest.raises(EntryRefused) as caught:
        unpack(data, entry.key, secret)
    return caught.value.reason


@settings(deadline=None)  # a busy machine is no mistake of ours
@given(entries)
def test_every_entry_comes_back_as_it_was(entry: Entry) -> None:
    assert unpack(pack(entry, SECRET), entry.key, SECRET) == entry


@settings(deadline=None)  # a busy machine is no mistake of ours
@given(entries)
def test_the_header_tells_all_but_the_body(entry: Entry) -> None:
    header = read_header(pack(entry, SECRET), SECRET)

    assert header.length == len(entry.body)
    for name in ("key", "subject", "template", "notes", "drawn_at", "values"):
        assert getattr(header, name) == getattr(entry, name)


def test_the_header_is_read_without_the_body() -> None:
    data = pack(picture("Ada", body=bytes(100_000)), SECRET)
    file = io.BytesIO(data)

    read_header(file, SECRET)

    assert file.tell() == len(data) - 100_000


def test_every_single_flipped_bit_is_refused() -> None:
    entry = picture("Ada", body=b"the pixels of Ada")
    data = pack(entry, SECRET)
    reasons = set()

    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            reasons.add(reason_for(bytes(flipped), entry))

    assert reasons == {"format", "mac", "digest"}


def test_a_frame_cut_short_anywhere_is_refused() -> None:
    entry = picture("Ada")
    data = pack(entry, SECRET)

    for length in range(len(data)):
        assert reason_for(data[:length], entry) in {"format", "digest"}


def test_something_appended_is_refused() -> None:
    entry = picture("Ada")

    assert reason_for(pack(entry, SECRET) + b"\0", entry) == "digest"


@settings(deadline=None)  # a busy machine is no mistake of ours
@given(st.binary(max_size=300))
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    assert reason_for(data, picture("Ada")) == "format"


@settings(deadline=None)  # a busy machine is no mistake of ours
@given(st.binary(max_size=300))
def test_what_only_looks_like_a_frame_is_refused(data: bytes) -> None:
    assert reason_for(MAGIC + data, picture("Ada")) in {"format", "mac"}


def test_a_frame_of_another_installation_is_refused() -> None:
    entry = picture("Ada")

    assert reason_for(pack(entry, SECRET), entry, secret=b"another secret, as good") == "mac"


def test_a_true_frame_of_another_key_is_refused() -> None:
    assert reason_for(pack(picture("Grace"), SECRET), picture("Ada")) == "key"


def test_the_body_of_another_true_frame_is_refused() -> None:
    ada = pack(picture("Ada", body=b"Ada"), SECRET)
    grace = pack(picture("Grace", body=b"Eva"), SECRET)

    assert reason_for(ada[:-3] + grace[-3:], picture("Ada")) == "digest"


def test_a_true_header_of_another_release_is_refused() -> None:
    header = b'{"key":"00","anything":"else"}'
    front = MAGIC + len(header).to_bytes(4, "big") + header
    key = hashlib.blake2b(SECRET, digest_size=32, person=b"ms-cache-entry").digest()
    mac = hashlib.blake2b(front, digest_size=32, key=key).digest()

    assert reason_for(front + mac, picture("Ada")) == "format"


def test_a_label_that_would_not_be_read_again_is_not_written() -> None:
    with pytest.raises(ValueError, match="too large"):
        pack(picture("Ada", template="x" * MAX_HEADER), SECRET)


def test_a_picture_concerns_whoever_has_all_of_the_values() -> None:
    entry = picture("Ada", values={"name": b"Ada-----", "row": b"7-------"})

    assert entry.concerns("ticket", {})
    assert entry.concerns("ticket", {"name": b"Ada-----"})
    assert not entry.concerns("ticket", {"name": b"Ada-----", "row": b"8-------"})
    assert not entry.concerns("ticket", {"seat": b"7-------"})
    assert not entry.concerns("card", {})


def test_a_value_digest_depends_on_secret_name_and_value() -> None:
    digests = {
        value_digest(secret, name, value)
        for secret in (SECRET, b"another secret, as good")
        for name, value in (("row7", b"7"), ("row", b"77"), ("row", b"8"))
    }

    assert len(digests) == 6
    assert {len(one) for one in digests} == {8}


def test_a_body_is_not_printed() -> None:
    assert "pixels" not in repr(picture("Ada", body=b"pixels"))
