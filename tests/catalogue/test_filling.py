"""Filling: what a request gave becomes what a template sees."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.canonical import canonical
from service.catalogue.filling import fill
from service.catalogue.manifest import Manifest, parse_manifest
from service.catalogue.money import Money
from service.model import Filled, Given, Note, NoteCode

AT = datetime(2026, 7, 1, 12, tzinfo=UTC)
ASSETS = ("assets/logo.png", "assets/face.jpg", "style.css")

CARD = parse_manifest(
    """
    languages = ["en", "de"]
    [fields.first_name]
    kind = "name"
    fallback = { en = "Friend", de = "Gast" }
    aliases = ["fname"]
    [fields.price]
    kind = "money"
    currency_field = "currency"
    fallback = 0
    [fields.currency]
    kind = "choice"
    choices = ["EUR", "USD"]
    fallback = "EUR"
    [fields.points]
    kind = "number"
    fallback = 0
    [fields.day]
    kind = "date"
    optional = true
    [fields.seat]
    kind = "text"
    fallback = "A1"
    required = true
    max_length = 12
    [fields.photo]
    kind = "image"
    fallback = "face.jpg"
    [fields.badge]
    kind = "text"
    fallback = "none"
    source = "rules"
    [fields.tags]
    kind = "list"
    fallback = []
    [fields.rows]
    kind = "list"
    optional = true
    max_items = 3
    fields.title = { kind = "text", fallback = "Untitled" }
    fields.cost = { kind = "money", currency_field = "currency", fallback = 0 }
    [fields.address]
    kind = "group"
    fields.city = { kind = "text", fallback = "Rome" }
    fields.zip = { kind = "text", optional = true }
    """,
    file="card/template.toml",
)


def filled(values: dict[str, Any], *, language: str = "en", manifest: Manifest = CARD) -> Filled:
    """What a card makes of these values; each may be a Given of its own."""
    given = {
        name: value if isinstance(value, Given) else Given(value)
        for name, value in {"seat": "B2", **values}.items()
    }
    return fill(manifest, given, language=language, at=AT, assets=ASSETS)


def told(result: Filled) -> list[tuple[str, NoteCode]]:
    """Every note's field and code."""
    return [(note.field, note.code) for note in result.notes]


def test_nothing_given_is_every_fallback_and_a_note_for_what_is_required() -> None:
    result = fill(CARD, {}, language="en", at=AT, assets=ASSETS)

    assert dict(result.values) == {
        "first_name": "Friend",
        "price": Money(Decimal("0.00"), "EUR"),
        "currency": "EUR",
        "points": Decimal(0),
        "day": None,
        "seat": "A1",
        "photo": "assets/face.jpg",
        "badge": "none",
        "tags": (),
        "rows": None,
        "address": {"city": "Rome", "zip": None},
    }
    assert list(result.values) == list(CARD.fields)
    assert result.given == frozenset()
    assert told(result) == [("seat", NoteCode.MISSING)]


def test_what_is_given_is_typed_and_known_as_given() -> None:
    result = filled(
        {
            "first_name": "ADA",
            "price": "$12",
            "currency": "usd",
            "points": "1,234.5",
            "day": "2026-04-03",
            "photo": "logo.png",
        }
    )

    assert result.values["first_name"] == "Ada"
    assert result.values["price"] == Money(Decimal("12.00"), "USD")
    assert result.values["points"] == Decimal("1234.5")
    assert result.values["day"] == date(2026, 4, 3)
    assert result.values["photo"] == "assets/logo.png"
    assert result.given == {"first_name", "price", "currency", "points", "day", "photo", "seat"}
    assert result.notes == ()


def test_the_language_decides_fallbacks_and_numbers() -> None:
    result = filled({"points": "1.234"}, language="de")

    assert result.values["first_name"] == "Gast"
    assert result.values["points"] == Decimal(1234)


@pytest.mark.parametrize("value", ["", "   ", None, "\u200b"])
def test_a_blank_value_gives_way_to_the_fallback_with_a_note(value: object) -> None:
    result = filled({"first_name": value})

    assert result.values["first_name"] == "Friend"
    assert "first_name" not in result.given
    assert told(result) == [("first_name", NoteCode.MISSING)]


def test_an_invalid_value_gives_way_to_the_fallback_with_a_note_that_keeps_it_secret() -> None:
    result = filled({"points": "s3cret"})

    assert result.values["points"] == 0
    assert told(result) == [("points", NoteCode.INVALID)]
    assert "s3cret" not in result.notes[0].message


def test_an_optional_field_without_a_usable_value_is_none() -> None:
    result = filled({"day": "03/04/2026"})

    assert result.values["day"] is None
    assert told(result) == [("day", NoteCode.AMBIGUOUS)]


def test_too_long_is_cut_and_still_given() -> None:
    result = filled({"seat": "Row 12, Seat 7, left"})

    assert result.values["seat"] == "Row 12…"
    assert "seat" in result.given
    assert told(result) == [("seat", NoteCode.CUT)]


def test_names_are_folded_and_aliases_honoured() -> None:
    assert filled({"First-Name": "Ada"}).values["first_name"] == "Ada"
    assert filled({"FNAME": "Ada"}).values["first_name"] == "Ada"


def test_a_field_given_twice_takes_its_own_name_first_and_says_so() -> None:
    result = filled({"fname": "Grace", "first_name": "Ada"})

    assert result.values["first_name"] == "Ada"
    assert told(result) == [("first_name", NoteCode.AMBIGUOUS)]


@pytest.mark.parametrize("nothing", ["", "  ", None])
def test_an_alias_stands_in_for_an_empty_name(nothing: object) -> None:
    result = filled({"first_name": nothing, "fname": "Grace"})

    assert result.values["first_name"] == "Grace"
    assert result.notes == ()


def test_one_path_may_not_be_a_value_and_a_group() -> None:
    result = filled({"rows.0": "x", "rows.0.title": "T", "rows.1.title": "U"})

    assert [row["title"] for row in result.values["rows"]] == ["U"]  # type: ignore[attr-defined]  # a tuple


@pytest.mark.parametrize(
    "sign",
    [" ", "\t", "\n", "\u200b", "\u0301", "{{", "[", "9", "1,", "🇩", "(", "[1,", "\u3164", "-"],
)
def test_a_million_characters_are_read_in_a_moment(sign: str) -> None:
    long = sign * (1_000_000 // len(sign))
    started = time.thread_time()

    filled(dict.fromkeys(CARD.fields, f"{long}é{long}"))

    assert time.thread_time() - started < 2


def test_an_undeclared_name_is_ignored_with_the_nearest_field_named() -> None:
    result = filled({"frist_name": "Ada", "utm_source": "mail"})

    assert result.values["first_name"] == "Friend"
    assert told(result) == [
        ("frist_name", NoteCode.UNKNOWN_FIELD),
        ("utm_source", NoteCode.UNKNOWN_FIELD),
    ]
    assert "first_name" in result.notes[0].message


def test_notes_about_unknown_names_are_bounded() -> None:
    result = filled({f"x{number}": "1" for number in range(1_000)})

    assert len(result.notes) == 20


def test_a_field_that_rules_set_cannot_be_set_by_a_request() -> None:
    result = filled({"badge": "gold"})

    assert result.values["badge"] == "none"
    assert told(result) == [("badge", NoteCode.UNKNOWN_FIELD)]


def test_parts_of_lists_and_groups_are_put_together_in_the_order_of_their_numbers() -> None:
    result = filled(
        {
            "rows.10.title": "Third",
            "rows.0.title": "First",
            "Rows.2.Title": "Second",
            "rows.2.cost": "$5",
            "currency": "USD",
            "address.zip": "00100",
            "tags.1": "b",
            "tags.0": "a",
        }
    )

    nothing = Money(Decimal("0.00"), "USD")
    assert result.values["rows"] == (
        {"title": "First", "cost": nothing},
        {"title": "Second", "cost": Money(Decimal("5.00"), "USD")},
        {"title": "Third", "cost": nothing},
    )
    assert result.values["address"] == {"city": "Rome", "zip": "00100"}
    assert result.values["tags"] == ("a", "b")
    assert {"rows", "address", "tags"} <= result.given
    assert result.notes == ()


def test_json_for_a_whole_list_wins_over_its_parts() -> None:
    result = filled({"tags": '["x"]', "tags.0": "y"})

    assert result.values["tags"] == ("x",)
    assert told(result) == [("tags", NoteCode.AMBIGUOUS)]


@pytest.mark.parametrize(
    "name", ["rows.x.title", "rows.0.title.deep", "first_name.0", "rows.", "rows.-1.title", ".0"]
)
def test_a_path_that_leads_nowhere_is_an_unknown_name(name: str) -> None:
    result = filled({name: "v"})

    assert result.values["rows"] is None
    assert [note.code for note in result.notes] == [NoteCode.UNKNOWN_FIELD]


def test_a_merge_tags_default_stands_in_but_is_not_given() -> None:
    tag = Note("first_name", NoteCode.MISSING, "is an open merge tag")
    result = filled({"first_name": Given(None, default="reader", notes=(tag,))})

    assert result.values["first_name"] == "Reader"
    assert "first_name" not in result.given
    assert result.notes == (tag,)


def test_what_was_noted_while_a_value_was_read_is_kept() -> None:
    note = Note("first_name", NoteCode.REPAIRED, "was encoded twice")

    assert filled({"first_name": Given("Ada", notes=(note,))}).notes == (note,)


def test_the_values_cannot_be_changed() -> None:
    result = filled({})

    with pytest.raises(TypeError):
        result.values["seat"] = "Z9"  # type: ignore[index]  # that it cannot be done is the promise


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)
_NAMES = st.sampled_from(
    [*CARD.fields, "rows.0.title", "rows.1.cost", "address.city", "tags.0", "other", "FNAME"]
)


@given(st.dictionaries(_NAMES, _JSON, max_size=8), st.sampled_from(["en", "de", "tr", "zz"]))
def test_nothing_that_can_be_sent_makes_filling_fail(
    values: dict[str, Any], language: str
) -> None:
    result = fill(
        CARD,
        {name: Given(value) for name, value in values.items()},
        language=language,
        at=AT,
        assets=ASSETS,
    )

    assert list(result.values) == list(CARD.fields)
    assert result.given <= set(CARD.fields)
    assert all(canonical(value) for value in result.values.values())
    assert result.values["first_name"]
    assert isinstance(result.values["price"], Money)


@given(st.text(st.characters(), max_size=60))
def test_filling_what_was_filled_changes_nothing(text: str) -> None:
    once = filled({"seat": text}).values["seat"]

    assert filled({"seat": once}).values["seat"] == once


# Rules

RULED = parse_manifest(
    """
    languages = ["en", "de"]
    refresh = "1h"
    [fields.points]
    kind = "integer"
    fallback = 0
    [fields.city]
    kind = "text"
    optional = true
    [fields.ends]
    kind = "date"
    optional = true
    [fields.tier]
    kind = "choice"
    choices = { basic = [], gold = ["premium"] }
    fallback = "basic"
    [fields.badge]
    kind = "text"
    normalise = "upper"
    optional = true
    source = "rules"
    [fields.currency]
    kind = "choice"
    choices = ["EUR", "JPY"]
    fallback = "EUR"
    [fields.price]
    kind = "money"
    currency_field = "currency"
    fallback = 10
    [fields.photo]
    kind = "image"
    fallback = "face.jpg"
    [fields.tags]
    kind = "list"
    fallback = ["a"]
    [[rules]]
    when = "points > 100"
    set = { tier = "premium", badge = "top" }
    [[rules]]
    when = "points > 10"
    set = { badge = "good", price = "1,234" }
    [[rules]]
    when = 'tier == "gold"'
    set = { city = "Gold City", tags = [] }
    [[rules]]
    when = "city is given and points == 7"
    set = { city = "" }
    [[rules]]
    when = 'language == "de" and points == 1'
    set = { photo = "logo.png" }
    [[rules]]
    when = 'language == "de" and points == 2'
    set = { photo = "gone.png" }
    [[rules]]
    when = "ends - today <= 1"
    set = { badge = "last days" }
    [[rules]]
    when = 'now > "2026-07-01T11:59:59Z" and points == 3'
    set = { badge = "afternoon" }
    """,
    file="ruled/template.toml",
)


def ruled(values: dict[str, Any], **more: Any) -> Filled:
    given = {name: Given(value) for name, value in values.items()}
    wanted = {"language": "en", "at": AT, "assets": ASSETS, **more}
    return fill(RULED, given, **wanted)


def test_without_a_rule_that_holds_everything_is_as_it_was_filled() -> None:
    result = ruled({})

    assert result == ruled({}, ruled=False)
    assert (result.values["badge"], result.values["tier"]) == (None, "basic")
    assert result.given == frozenset()


def test_a_rule_sets_typed_values_that_count_as_given() -> None:
    result = ruled({"points": "101"})

    assert (result.values["tier"], result.values["badge"]) == ("gold", "TOP")
    assert result.given == {"points", "tier", "badge", "price"}
    assert list(result.values) == list(RULED.fields)
    assert result.notes == ()


def test_for_each_field_the_first_rule_that_sets_it_wins() -> None:
    assert ruled({"points": 101}).values["badge"] == "TOP"
    assert ruled({"points": 11}).values["badge"] == "GOOD"
    assert ruled({"points": 101}).values["price"] == Money(Decimal("1234.00"), "EUR")


def test_no_rule_sees_what_another_has_set() -> None:
    assert ruled({"points": 101}).values["city"] is None
    assert ruled({"tier": "gold"}).values["city"] == "Gold City"


def test_a_rule_wins_over_the_request() -> None:
    result = ruled({"points": 101, "tier": "basic", "city": "Rome"})

    assert (result.values["tier"], result.values["city"]) == ("gold", "Rome")


def test_a_rule_wins_over_the_default_of_a_merge_tag() -> None:
    given = {"tier": Given(None, default="basic"), "points": Given(101)}
    result = fill(RULED, given, language="en", at=AT, assets=ASSETS)

    assert result.values["tier"] == "gold"


def test_setting_nothing_takes_a_value_away() -> None:
    result = ruled({"points": 7, "city": "Rome"})

    assert result.values["city"] == ""
    assert result.given == {"points"}
    assert ruled({"points": 7}).values["city"] is None
    assert ruled({"tier": "gold", "tags": ["b"]}).values["tags"] == ()


def test_a_rule_s_values_are_read_in_the_manifest_s_own_language() -> None:
    assert ruled({"points": 11}, language="de").values["price"] == Money(Decimal("1234.00"), "EUR")


def test_an_amount_that_a_rule_sets_is_in_the_currency_of_the_request() -> None:
    result = ruled({"points": 11, "currency": "JPY"})

    assert result.values["price"] == Money(Decimal(1234), "JPY")


def test_rules_know_the_language_and_set_pictures_of_the_template() -> None:
    assert ruled({"points": 1}).values["photo"] == "assets/face.jpg"
    assert ruled({"points": 1}, language="de").values["photo"] == "assets/logo.png"


def test_a_rule_whose_picture_is_not_there_leaves_the_value_and_says_so() -> None:
    result = ruled({"points": 2}, language="de")

    assert result.values["photo"] == "assets/face.jpg"
    assert told(result) == [("photo", NoteCode.INVALID)]
    assert "the rule's value" in result.notes[0].message


def test_rules_see_the_day_and_the_instant_cut_to_the_step() -> None:
    assert ruled({"ends": "2026-07-02"}).values["badge"] == "LAST DAYS"
    assert ruled({"ends": "2026-07-03"}).values["badge"] is None
    assert ruled({"points": 3}).values["badge"] == "AFTERNOON"
    assert ruled({"points": 3}, at=AT.replace(minute=59)).values["badge"] == "AFTERNOON"
    assert ruled({"points": 3}, at=AT.replace(hour=11, minute=59)).values["badge"] is None


def test_filling_can_leave_rules_out() -> None:
    result = ruled({"points": 101, "tier": "basic"}, ruled=False)

    assert (result.values["tier"], result.values["badge"]) == ("basic", None)
    assert result.given == {"points", "tier"}


def test_a_request_never_sets_what_is_the_rules() -> None:
    result = ruled({"points": 11, "badge": "mine"})

    assert result.values["badge"] == "GOOD"
    assert told(result) == [("badge", NoteCode.UNKNOWN_FIELD)]


@given(
    st.dictionaries(
        st.sampled_from([*RULED.fields, "Points", "photo.x"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    ),
    st.sampled_from(["en", "de"]),
    st.datetimes(min_value=datetime(1970, 1, 2)).map(lambda at: at.replace(tzinfo=UTC)),
)
def test_rules_never_fail_and_change_nothing_but_what_they_set(
    values: dict[str, Any], language: str, at: datetime
) -> None:
    result = ruled(values, language=language, at=at)
    plain = ruled(values, language=language, at=at, ruled=False)

    changed = {name for name in RULED.fields if result.values[name] != plain.values[name]}
    settable = {name for rule in RULED.rules for name in rule.set}
    assert changed | (result.given ^ plain.given) <= settable
    assert result.asked == plain
    assert canonical(result.values) == canonical(ruled(values, language=language, at=at).values)
