"""Merge tags that nobody filled in, on the way from a request to a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.errors import InvalidData
from service.model import Note
from tests.render.workbench import Workbench, request

MANIFEST = """
width = 48
height = 24
[fields.first_name]
kind = "name"
fallback = "Friend"
aliases = ["fname"]
[fields.parts]
kind = "integer"
fallback = 1
[fields.note]
kind = "text"
optional = true
blank = ["-", "N/A"]
[fields.logo]
kind = "url"
fallback = "https://example.com/logo"
[fields.seat]
kind = "text"
fallback = "A1"
required = true
[fields.rows]
kind = "list"
fallback = []
fields.title = { kind = "text", fallback = "Untitled" }
fields.cost = { kind = "money", currency = "EUR", fallback = 0 }
[fields.place]
kind = "group"
fields.city = { kind = "text", fallback = "Paris" }
"""


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path, manifest=MANIFEST, body="{{ first_name }}")


def told(notes: tuple[Note, ...]) -> list[tuple[str, str, str]]:
    return [(note.field, note.code.value, note.platform) for note in notes]


def test_a_tag_gives_way_to_the_fallback_with_a_note_of_its_platform(bench: Workbench) -> None:
    plan = bench.plan({"first_name": "*|FNAME|*", "seat": "B2"})

    assert plan.filled.values["first_name"] == "Friend"
    assert plan.filled.given == {"seat"}
    assert told(plan.notes) == [("first_name", "unresolved_tag", "mailchimp")]


def test_the_tags_own_default_comes_before_the_fallback_and_is_not_given(bench: Workbench) -> None:
    values = {"first_name": "{{ first_name|default:'you' }}", "parts": "*|PARTS:7|*", "seat": "B2"}
    plan = bench.plan(values)

    assert plan.filled.values["first_name"] == "You"
    assert plan.filled.values["parts"] == 7
    assert plan.filled.given == {"seat"}


def test_a_picture_with_an_unfilled_tag_is_the_one_without_the_value(bench: Workbench) -> None:
    whole, cut, absent = (
        bench.plan({**value, "seat": "B2"})
        for value in ({"first_name": "{{ first_name }}"}, {"first_name": "%7B%7Bfirst"}, {})
    )

    assert whole.key == cut.key == absent.key


@pytest.mark.parametrize("name", ["first_name", "fname", "First-Name"])
def test_the_note_is_about_the_field_however_it_was_asked(bench: Workbench, name: str) -> None:
    assert told(bench.plan({name: "*|FNAME|*", "seat": "B"}).notes) == [
        ("first_name", "unresolved_tag", "mailchimp")
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"first_name": "*|FNAME:you|*", "fname": "*|LNAME|*"},
        {"first_name": "*|FNAME:you|*", "fname": ""},
    ],
)
def test_a_default_is_not_lost_to_a_second_name_that_says_nothing(
    bench: Workbench, values: dict[str, Any]
) -> None:
    assert bench.plan({**values, "seat": "B"}).filled.values["first_name"] == "You"


def test_a_value_beats_the_default_of_another_name(bench: Workbench) -> None:
    values = {"first_name": "*|FNAME:you|*", "fname": "Ada", "seat": "B"}

    assert bench.plan(values).filled.values["first_name"] == "Ada"


@pytest.mark.parametrize(
    "rows",
    [
        [{"title": "{{ title }}", "cost": "5"}, {"title": "{{ t|default:'Tea' }}"}],
        '[{"title": "{{ title }}", "cost": "5"}, {"title": "{{ t|default:\'Tea\' }}"}]',
        None,
    ],
)
def test_parts_of_lists_are_read_through_however_they_came(bench: Workbench, rows: Any) -> None:
    parts = {
        "rows.0.title": "{{ title }}",
        "rows.0.cost": "5",
        "rows.1.title": "{{ t|default:'Tea' }}",
    }
    plan = bench.plan({**({"rows": rows} if rows else parts), "seat": "B"})
    titles = [row["title"] for row in plan.filled.values["rows"]]  # type: ignore[attr-defined]

    assert titles == ["Untitled", "Tea"]
    unresolved = [note.field for note in plan.notes if note.code == "unresolved_tag"]
    assert unresolved == ["rows.0.title", "rows.1.title"]


def test_a_member_of_a_group_is_named_in_its_note(bench: Workbench) -> None:
    notes = bench.plan({"place.city": "[[city]]", "seat": "B"}).notes

    assert ("place.city", "unresolved_tag", "getresponse/omnisend") in told(notes)


@pytest.mark.parametrize("junk", ["null", "undefined", "NaN", "#N/A", "(blank)"])
def test_what_databases_send_for_nothing_is_missing(bench: Workbench, junk: str) -> None:
    plan = bench.plan({"note": junk, "seat": "B"})

    assert plan.filled.values["note"] is None
    assert told(plan.notes) == [("note", "missing", "")]


def test_words_are_missing_only_where_a_field_says_so(bench: Workbench) -> None:
    plan = bench.plan({"note": "N/A", "seat": "N/A", "first_name": "Null"})

    assert plan.filled.values["note"] is None
    assert plan.filled.values["seat"] == "N/A"
    assert plan.filled.values["first_name"] == "Null"


def test_an_address_with_a_tag_in_it_is_no_address(bench: Workbench) -> None:
    plan = bench.plan({"logo": "https://example.com/{{ id }}", "seat": "B"})

    assert plan.filled.values["logo"] == "https://example.com/logo"
    assert "logo" not in plan.filled.given


def test_a_strict_request_is_refused_for_a_tag_or_junk(bench: Workbench) -> None:
    values = {"first_name": "*|FNAME:you|*", "note": "null", "seat": "B2"}
    with pytest.raises(InvalidData) as refused:
        bench.planner.plan(request(values), strict=True)

    assert [(one.field, one.code) for one in refused.value.fields] == [
        ("first_name", "unresolved_tag"),
        ("note", "missing"),
    ]
