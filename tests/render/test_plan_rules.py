"""Keys of plans where the template decides: rules, spellings that are one value, and the clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from service.render.address import plain_address
from service.render.plan import Plan
from tests.render.workbench import AT, Workbench, request

SPELLINGS = """
width = 40
height = 20
languages = ["en", "de"]
[fields.words]
kind = "text"
optional = true
[fields.who]
kind = "text"
normalise = "name"
optional = true
[fields.code]
kind = "text"
normalise = "upper"
optional = true
[fields.mail]
kind = "text"
normalise = "lower"
optional = true
[fields.person]
kind = "name"
optional = true
[fields.number]
kind = "number"
optional = true
[fields.whole]
kind = "integer"
optional = true
[fields.price]
kind = "money"
currency = "EUR"
optional = true
[fields.day]
kind = "date"
optional = true
[fields.at]
kind = "datetime"
timezone = "Europe/Berlin"
optional = true
[fields.tint]
kind = "colour"
optional = true
[fields.tier]
kind = "choice"
choices = { gold = ["premium", "Gold status"], basic = [] }
optional = true
[fields.vip]
kind = "boolean"
optional = true
"""


@pytest.fixture(scope="module")
def spelled(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return Workbench(tmp_path_factory.mktemp("spellings"), manifest=SPELLINGS, body="x")


ONE_PICTURE = [
    ("who", "en", ["Anna", "ANNA", " anna ", "anna", "\tANNA\n", "An\u200bna"]),
    ("who", "en", ["Anne-Marie", "ANNE-MARIE", "anne-marie"]),
    ("person", "en", ["Anna", "ANNA", " anna "]),
    ("code", "en", ["AB12", "ab12", " Ab12 "]),
    ("mail", "en", ["ada@x.org", "ADA@X.ORG", " Ada@x.org"]),
    ("words", "en", ["Anna", " Anna ", "Anna\u200b"]),
    ("number", "en", ["1", "1.0", " 1 ", 1, 1.0, "+1"]),
    ("number", "de", ["1", "1,0", "1,00", 1]),
    ("number", "en", ["1234.5", "1,234.5", 1234.5]),
    ("number", "de", ["1234,5", "1.234,5", 1234.5]),
    ("whole", "en", ["12", "12.0", 12, "0012"]),
    ("price", "en", ["12", "12.00", "€12", "12 EUR", 12]),
    ("price", "de", ["12", "12,00 €", "12,00", 12]),
    ("day", "en", ["2026-05-07", "20260507", date(2026, 5, 7), "2026-05-07T00:00:00"]),
    (
        "at",
        "en",
        ["2026-05-07T10:00:00Z", "2026-05-07T12:00:00+02:00", "1778148000", "1778148000000"],
    ),
    ("tint", "en", ["#ff0000", "red", "RED", "f00", "#F00", "rgb(255, 0, 0)"]),
    ("tier", "en", ["gold", "GOLD", " Gold ", "premium", "gold STATUS"]),
    ("vip", "en", [True, "yes", "TRUE", "1", " on ", 1]),
    ("vip", "en", [False, "no", "false", "0", 0]),
]


@pytest.mark.parametrize(("field", "language", "given_values"), ONE_PICTURE)
def test_spellings_of_one_value_are_one_picture(
    spelled: Workbench, field: str, language: str, given_values: list[object]
) -> None:
    plans = [spelled.plan({field: value}, language=language) for value in given_values]

    assert all(field in plan.filled.given for plan in plans)
    assert len({plan.key for plan in plans}) == 1
    assert len({plan.etag for plan in plans}) == 1
    assert len({plan.subject for plan in plans}) == 1


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        *(("words", "Anna", "ANNA"), ("words", "Zoë", "Zoe\u0308"), ("who", "McAdam", "Mcadam")),
        *(("person", "O'Brien", "O'brien"), ("code", "AB1", "AB2"), ("number", "1", "1.5")),
        *(("whole", "1", "-1"), ("tint", "red", "#ff000080"), ("vip", "yes", "no")),
        *(("day", "2026-05-07", "2026-05-08"), ("tier", "gold", "basic"), ("price", "1", "1.01")),
    ],
)
def test_values_that_differ_to_the_eye_are_two_pictures(
    spelled: Workbench, field: str, one: str, other: str
) -> None:
    first, second = spelled.plan({field: one}), spelled.plan({field: other})

    assert first.filled.given == second.filled.given == {field}
    assert first.key != second.key
    assert first.etag != second.etag


RULED = """
width = 40
height = 20
max_age = "1d"
[fields.points]
kind = "integer"
fallback = 0
[fields.tier]
kind = "choice"
choices = ["basic", "gold"]
fallback = "basic"
[fields.city]
kind = "text"
optional = true
[fields.badge]
kind = "text"
optional = true
source = "rules"
[[rules]]
when = "points > 100 and city is given"
set = { tier = "gold", badge = "Thank you", points = 100, city = "" }
"""
CLOCK = 'refresh = "1h"\n' + RULED.replace("points > 100 and", "today > '2026-05-17' and")


@pytest.fixture
def ruled(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path, manifest=RULED, body="{{ tier }}{{ badge or '' }}{{ city or '' }}")


def made(plan: Plan) -> Mapping[str, object]:
    return {name: plan.filled.values[name] for name in plan.filled.given}


def test_what_rules_make_is_in_the_key(ruled: Workbench) -> None:
    plain, golden = ruled.plan({"points": 5, "city": "Rome"}), ruled.plan(GOLDEN)

    assert made(golden) == {"points": 100, "tier": "gold", "badge": "Thank you"}
    assert plain.key != golden.key
    assert plain.subject != golden.subject


GOLDEN = {"points": 101, "city": "Rome"}


@pytest.mark.parametrize(
    "values",
    [
        {"points": 4_000, "city": "Oslo"},
        {"points": 101, "city": "Rome", "tier": "basic"},
        {"points": 101, "city": "Rome", "badge": "mine"},
    ],
)
def test_what_a_rule_hides_is_not_in_the_key(ruled: Workbench, values: dict[str, Any]) -> None:
    """Of two requests that look the same afterwards one is drawn."""
    assert ruled.plan(values).key == ruled.plan(GOLDEN).key


def test_a_value_from_a_rule_and_the_same_from_a_request_are_one_picture(tmp_path: Path) -> None:
    manifest = (
        RULED.replace("points = 100, ", "")
        .replace(', city = ""', "")
        .replace('source = "rules"\n', "")
    )
    bench = Workbench(tmp_path, manifest=manifest)

    asked = {**GOLDEN, "tier": "gold", "badge": "Thank you"}
    assert bench.plan(GOLDEN).key == bench.plan(asked).key


def test_an_address_repeats_the_request_so_that_rules_decide_the_same_again(
    ruled: Workbench,
) -> None:
    asked = {**GOLDEN, "badge": "mine"}

    told = plain_address(ruled.plan(asked), request(asked))

    assert told == "/i/card.png?points=101&city=Rome"


def test_a_rule_that_asks_the_day_gives_another_picture_on_another_day(tmp_path: Path) -> None:
    bench = Workbench(tmp_path, manifest=CLOCK)
    before = bench.plan({"city": "Rome"}, at=datetime(2026, 5, 17, 23, 59, 59, tzinfo=UTC))
    after = bench.plan({"city": "Rome"}, at=datetime(2026, 5, 18, tzinfo=UTC))

    assert (before.filled.values["tier"], before.max_age) == ("basic", 1)
    assert (after.filled.values["tier"], after.max_age) == ("gold", 3600)
    assert before.key != after.key
    assert before.subject != after.subject


@pytest.mark.parametrize("shown", ["{{ now }}", "{{ today }}", "{{ now }}{{ today }}", "x"])
def test_within_a_step_a_picture_is_one_and_in_the_next_another(
    tmp_path: Path, shown: str
) -> None:
    bench = Workbench(tmp_path, manifest=CLOCK, body=shown)
    start = AT.replace(minute=0, second=0, microsecond=0)
    plans = [
        bench.plan(at=start + timedelta(seconds=seconds)) for seconds in (0, 1, 1800, 3599, 3599.9)
    ]

    assert len({(plan.key, plan.etag, plan.at) for plan in plans}) == 1
    assert [plan.max_age for plan in plans] == [3600, 3599, 1800, 1, 1]
    for other in (start - timedelta(microseconds=1), start + timedelta(hours=1)):
        assert bench.plan(at=other).key != plans[0].key
        assert bench.plan(at=other).etag != plans[0].etag
