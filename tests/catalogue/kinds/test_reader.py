"""Reading lists and groups, and what stands in for a missing value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

import pytest

from service.catalogue.kinds.reader import fallback_in, settle, stand_in
from service.catalogue.kinds.reading import Unusable
from service.catalogue.money import Money
from service.model import NoteCode
from tests.catalogue.kinds.asking import a_field, a_reading, ask, ask_with_notes

TITLED = {
    "title": {"kind": "text", "fallback": "Untitled", "aliases": ["name"]},
    "count": {"kind": "integer", "optional": True},
}


@pytest.mark.parametrize("value", [["a", "b"], '["a", "b"]', ("a", "b"), ' ["a","b"] '])
def test_a_list_is_read_from_json_or_values(value: object) -> None:
    assert ask("list", value) == ("a", "b")


@pytest.mark.parametrize("value", ["a,b", '{"a": 1}', 5, '["a"', "[" * 100_000, "[NaN"])
def test_text_that_is_no_json_array_is_no_list(value: object) -> None:
    with pytest.raises(Unusable):
        ask("list", value)


@pytest.mark.parametrize("value", [[], "[]", [""], ["  ", None], "[{}]"])
def test_a_list_without_a_usable_item_is_missing(value: object) -> None:
    with pytest.raises(Unusable) as reason:
        ask("list", value)

    assert reason.value.code is NoteCode.MISSING


def test_items_that_cannot_be_used_are_left_out_with_a_note_each() -> None:
    items, notes = ask_with_notes("list", ["1", "x", "3", ""], of="integer")

    assert items == (1, 3)
    assert [(note.field, note.code) for note in notes] == [
        ("it.1", NoteCode.INVALID),
        ("it.3", NoteCode.MISSING),
    ]


def test_a_long_list_is_cut_with_a_note() -> None:
    items, notes = ask_with_notes("list", ["a", "b", "c"], max_items=2)

    assert items == ("a", "b")
    assert [note.code for note in notes] == [NoteCode.CUT]


def test_the_items_may_be_groups() -> None:
    items, notes = ask_with_notes(
        "list", [{"Name": "A", "count": "2"}, {"count": "x"}, "no"], fields=TITLED
    )

    assert items == ({"title": "A", "count": 2}, {"title": "Untitled", "count": None})
    assert [(note.field, note.code) for note in notes] == [
        ("it.1.count", NoteCode.INVALID),
        ("it.2", NoteCode.INVALID),
    ]


def test_a_group_is_read_from_json_and_cannot_be_changed() -> None:
    group = ask("group", json.dumps({"title": " A ", "count": 2}), fields=TITLED)

    assert group == {"title": "A", "count": 2}
    assert isinstance(group, Mapping)
    with pytest.raises(TypeError):
        group["title"] = "B"


def test_the_first_of_two_names_for_a_member_that_says_something_counts() -> None:
    members = ask("group", {"name": "B", "title": None}, fields=TITLED)

    assert members == {"title": "B", "count": None}


def test_json_without_end_is_too_long() -> None:
    with pytest.raises(Unusable, match="too long"):
        ask("list", "[" + "1," * 600_000 + "1]")


def test_a_groups_unknown_members_are_told_with_the_closest_name() -> None:
    _, notes = ask_with_notes("group", {"titl": "A"}, fields=TITLED)

    assert [(note.field, note.code) for note in notes] == [("it.titl", NoteCode.UNKNOWN_FIELD)]
    assert "title" in notes[0].message


def test_an_amount_in_a_group_takes_its_currency_from_a_fellow_member() -> None:
    members = {
        "price": {"kind": "money", "currency_field": "currency", "fallback": 0},
        "currency": {"kind": "choice", "choices": ["EUR", "USD"], "fallback": "EUR"},
    }

    group = ask("group", {"price": "$5", "currency": "usd"}, fields=members)

    assert group == {"price": Money(Decimal("5.00"), "USD"), "currency": "USD"}


@pytest.mark.parametrize(
    ("language", "expected"),
    [("de", "Gast"), ("de-AT", "Gast"), ("fr", "Friend"), ("en", "Friend")],
)
def test_a_fallback_comes_in_the_language_or_in_the_manifests_own(
    language: str, expected: str
) -> None:
    field = a_field("text", fallback={"de": "Gast", "en": "Friend"})

    assert stand_in(field, a_reading(language)) == expected


def test_a_fallback_in_other_languages_alone_is_better_than_none() -> None:
    assert stand_in(a_field("text", fallback={"de": "Gast"}), a_reading("fr")) == "Gast"


def test_a_fallback_whose_asset_is_gone_is_none_with_a_note() -> None:
    reading = a_reading(assets=("assets/a.png",))

    assert settle(a_field("image", fallback="b.png"), None, reading, present=False) == (
        None,
        False,
    )
    assert [note.code for note in reading.notes] == [NoteCode.INVALID]


def test_a_fallback_is_read_in_the_language_that_it_is_written_in() -> None:
    field = a_field("number", fallback={"de": "1.234", "en": "1.5"})

    assert fallback_in(field, "de", "en") == ("de", "1.234")
    assert stand_in(field, a_reading("de")) == Decimal(1234)
    assert stand_in(field, a_reading("fr")) == Decimal("1.5")


@pytest.mark.parametrize(
    ("kind", "keys", "expected"),
    [
        ("text", {"fallback": ""}, ""),
        ("list", {"fallback": []}, ()),
        ("text", {"optional": True}, None),
        ("group", {"fields": TITLED}, {"title": "Untitled", "count": None}),
        ("group", {"fields": TITLED, "fallback": {"title": "T"}}, {"title": "T", "count": None}),
        ("boolean", {"fallback": False}, False),
    ],
)
def test_nothing_is_a_fallback_too(kind: str, keys: dict[str, object], expected: object) -> None:
    assert stand_in(a_field(kind, **keys), a_reading()) == expected


def test_a_value_that_nobody_gave_is_noted_only_where_it_is_required() -> None:
    silent, loud = a_reading(), a_reading()

    settle(a_field("text", fallback="x"), None, silent, present=False)
    settle(a_field("text", fallback="x", required=True), None, loud, present=False)

    assert silent.notes == []
    assert [note.code for note in loud.notes] == [NoteCode.MISSING]


def test_a_merge_tags_default_stands_in_before_the_fallback() -> None:
    reading = a_reading()
    field = a_field("integer", fallback=1)

    assert settle(field, None, reading, default="7") == (7, False)
    assert settle(field, None, reading, default="seven") == (1, False)
    assert settle(field, "5", reading, default="7") == (5, True)
