"""Which field a name means."""

from __future__ import annotations

import pytest

from service.catalogue.fields import TextField
from service.catalogue.names import Names

NAMES = Names(
    {
        "first_name": TextField(kind="text", aliases=("fname", "name")),
        "seat": TextField(kind="text"),
    }
)


@pytest.mark.parametrize("written", ["first_name", "First-Name", "FNAME", " name "])
def test_case_dashes_and_aliases_make_no_difference(written: str) -> None:
    assert NAMES.meant(written) == "first_name"


def test_a_fields_own_name_is_believed_before_its_aliases() -> None:
    assert NAMES.by_rank(["name", "fname", "First-Name"]) == ["First-Name", "fname", "name"]


def test_an_unknown_name_is_told_with_the_closest_field() -> None:
    note = NAMES.unknown("frist-name")

    assert note.field == "frist_name"
    assert "first_name" in note.message


@pytest.mark.parametrize(
    "written", ["ada@example.com", "Ada Lovelace", " Lovelace", "", "x" * 65, "_size"]
)
def test_a_name_that_may_be_a_persons_value_is_not_repeated(written: str) -> None:
    note = NAMES.unknown(written)

    assert note.field == ""
    assert not written or written not in note.message
