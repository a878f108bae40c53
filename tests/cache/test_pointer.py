from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.cache.entry import EntryRefused
from service.cache.pointer import KEEP, Pointer, fresh, outranks, pack_pointer, unpack_pointer
from tests.cache.entries import SECRET, digest

NOW = 1_800_000_000.0
ADA = digest("Ada")


@settings(deadline=None)  # a busy machine is no mistake of ours
@given(st.builds(Pointer, st.binary(min_size=1, max_size=64), st.floats(0, 1e11)))
def test_a_pointer_comes_back_as_it_was(pointer: Pointer) -> None:
    assert unpack_pointer(pack_pointer(pointer, ADA, SECRET), ADA, SECRET) == pointer


def test_every_flipped_bit_and_every_cut_is_refused() -> None:
    data = pack_pointer(Pointer(digest("picture"), NOW), ADA, SECRET)
    spoilt = [data[:length] for length in range(len(data))]
    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            spoilt.append(bytes(flipped))

    for one in spoilt:
        with pytest.raises(EntryRefused):
            unpack_pointer(one, ADA, SECRET)


def test_a_pointer_is_good_for_its_own_subject_alone() -> None:
    data = pack_pointer(Pointer(digest("picture"), NOW), ADA, SECRET)

    with pytest.raises(EntryRefused, match="mac"):
        unpack_pointer(data, digest("Grace"), SECRET)


def test_a_picture_stands_in_for_seven_days() -> None:
    assert fresh(NOW - KEEP, NOW)
    assert not fresh(NOW - KEEP - 1, NOW)


def test_the_newer_picture_outranks_unless_its_clock_was_wrong() -> None:
    assert outranks(NOW - 5, NOW - 10, NOW)
    assert not outranks(NOW - 10, NOW - 5, NOW)
    assert not outranks(NOW - 5, NOW - 5, NOW)
    assert not outranks(NOW + 1000, NOW - 5, NOW)
