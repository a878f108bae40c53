"""What a condition says about values: it never fails, and what makes no sense is false."""

from __future__ import annotations

import ast
import time
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.catalogue.conditions import Scope, compiled
from service.catalogue.money import Money
from service.catalogue.rules import MAX_NODES, Rule, faults_of, parsed

VALUES = {
    "tier": "gold",
    "points": 120,
    "ratio": Decimal("0.10"),
    "price": Money(Decimal("19.90"), "EUR"),
    "dollars": Money(Decimal("19.90"), "USD"),
    "free": Money(Decimal(0), "EUR"),
    "starts": date(2026, 9, 17),
    "ends": date(2026, 9, 20),
    "doors": datetime(2026, 9, 17, 23, 30, tzinfo=timezone(timedelta(hours=-5))),
    "written": "2026-09-17",
    "city": "Paris",
    "company": "Engines GmbH",
    "vip": True,
    "sold_out": False,
    "zero": 0,
    "empty": "",
    "nobody": None,
    "tags": ("red", "Blue"),
    "none_in_it": ("red", None),
    "address": {"city": "Rome"},
    "language": "de",
    "today": date(2026, 9, 17),
    "now": datetime(2026, 9, 17, 12, tzinfo=UTC),
}
SCOPE = Scope(VALUES, frozenset({"tier", "empty"}))


def holds(when: str, scope: Scope = SCOPE) -> bool:
    return Rule(when=when, set={"x": 1}).holds(scope)


@pytest.mark.parametrize(
    "when",
    [
        'tier == "gold"',
        'tier != "basic"',
        'tier in ["gold", "silver"]',
        'tier in ("gold",)',
        'city not in ["Rome", "Oslo"]',
        '"red" in tags',
        '"green" not in tags',
        '"GmbH" in company',
        '"AG" not in company',
        '"red" in none_in_it',
        '"blue" not in none_in_it',
        "points > 100",
        "100 < points <= 120 < 121.5",
        "points == 120.0",
        "ratio == 0.1",
        "ratio + 0.2 == 0.3",
        "points - 20 == 100",
        "-points < 0 < +points",
        "price < 20",
        "price == 19.9",
        "price - 9.9 == 10",
        "price + price == 39.8",
        'starts == "2026-09-17"',
        '"2026-01-01" < starts < "2027-01-01"',
        "starts == written",
        "starts <= today + 3",
        "ends - today == 3",
        "ends - today <= 3 and ends - today > 0",
        '"2026-09-20" - today == 3',
        "3 + today == ends",
        "ends - 3 == starts",
        "ends - 3.0 == starts",
        "doors == starts",
        'doors > "2026-09-18T04:29:00Z"',
        'doors == "2026-09-17T23:30:00"',
        '"2026-09-17T23:30:00" == doors',
        "doors > now",
        "doors - now == 0",
        "doors + 3 > now",
        'starts in ["2026-09-17"]',
        'language == "de" and not sold_out',
        "vip",
        "vip == true",
        "sold_out != true",
        "points and city and tags and price and starts",
        "not zero and not empty and not nobody and not free",
        "(vip and points) == true",
        "tier is given",
        "points is not given",
        "not points is given",
        "nobody is not given and tier is given",
        "none is not given",
    ],
)
def test_what_is_true_holds(when: str) -> None:
    assert list(faults_of(when)) == []
    assert holds(when) is True


@pytest.mark.parametrize("test", ["==", "!=", "<", "<=", ">", ">=", "in", "not in"])
@pytest.mark.parametrize("other", ["3", '"a"', "none", "true", "today", "tags", "nobody", '["a"]'])
def test_a_comparison_with_none_is_false_whichever_it_is(test: str, other: str) -> None:
    assert holds(f"nobody {test} {other}") is False
    assert holds(f"missing_altogether {test} {other}") is False
    if other not in {"tags", '["a"]'} or "in" not in test:
        assert holds(f"{other} {test} nobody") is False


@pytest.mark.parametrize("test", ["==", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(('"a"', "3"), ("points", '"120"'), ("vip", "1"), ("vip", '"true"'), ("tags", "tags")),
        *(("address", "address"), ("starts", "20260917"), ("starts", '"soon"'), ("starts", "vip")),
        *(("price", "dollars"), ("price + dollars", "1"), ("price", '"€ 19.90"')),
        *(("city + city", '"ParisParis"'), ("city + 1", "1"), ("vip + 1", "2"), ("-city", "1")),
        *(("starts + 0.5", "starts"), ("3 - starts", "starts"), ("starts + starts", "starts")),
        *(("starts + vip", "starts"), ("starts - city", "1"), ("starts + 9999999999", "starts")),
        *(("starts + 3999999", "starts"), ("tags + tags", "tags"), ("nobody + 1", "1")),
        *(("starts + 1e300", "starts"), ("starts", f'"{"2026" * 20}"'), ("today - vip", "0")),
    ],
)
def test_what_cannot_be_compared_is_false_whichever_way_it_is_asked(
    one: str, test: str, other: str
) -> None:
    assert holds(f"{one} {test} {other}") is False
    assert holds(f"{other} {test} {one}") is False


@pytest.mark.parametrize("when", ["3 in city", "3 not in city", "tier in points", "vip in vip"])
def test_only_lists_and_texts_hold_something(when: str) -> None:
    assert holds(when) is False


def test_a_chain_asks_every_link() -> None:
    assert holds("0 < points < 121")
    assert not holds("0 < points < 120")
    assert not holds("200 < points < 300")
    assert not holds("0 < points < nobody")


def test_and_or_and_not_give_true_or_false() -> None:
    assert holds('(city or tier) != "Paris"') is False  # true is no text
    assert holds("(city or tier) == true")


def test_what_a_fallback_stands_in_for_is_not_given() -> None:
    assert not holds("points is given")
    assert holds("empty is given")


def test_a_tree_that_was_never_checked_is_refused() -> None:
    with pytest.raises(ValueError, match="may not hold"):
        compiled(ast.parse("f(x)", mode="eval").body)
    with pytest.raises(ValueError, match="may not hold"):
        parsed("a * b")


def test_a_rule_costs_microseconds() -> None:
    when = 'tier == "gold" and points > 100 and (starts - today <= 3 or city in ["Rome", "Oslo"])'
    condition = compiled(parsed(when))
    started = time.thread_time()
    for _ in range(2_000):
        condition(SCOPE)

    assert (time.thread_time() - started) / 2_000 < 100e-6  # ten times what it needs


# No condition, and no values, make an exception

names = st.sampled_from([*VALUES, "none", "true", "false", "missing_altogether"])
literals = st.one_of(
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False).map(abs),
    st.text(max_size=12),
    st.sampled_from(["2026-09-17", "2026-09-17T12:00:00Z", "0001-01-01", "9999-12-31T23:59:59"]),
).map(repr)
leaves = st.one_of(names, literals, st.tuples(names).map(lambda one: f"{one[0]} is given"))


def larger(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tests = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in", "+", "-"])
    joints = st.sampled_from(["and", "or"])
    return st.one_of(
        st.tuples(part, tests, part).map(lambda one: f"(({one[0]}) {one[1]} ({one[2]}))"),
        st.tuples(part, tests, part, tests, part).map(
            lambda one: f"(({one[0]}) {one[1]} ({one[2]}) {one[3]} ({one[4]}))"
        ),
        st.tuples(part, joints, part).map(lambda one: f"(({one[0]}) {one[1]} ({one[2]}))"),
        st.tuples(st.sampled_from(["not ", "-", "+"]), part).map(
            lambda one: f"({one[0]}({one[1]}))"
        ),
        st.lists(part, max_size=3).map(lambda several: f"[{', '.join(several)}]"),
    )


conditions = st.recursive(leaves, larger, max_leaves=12)
zones = st.sampled_from([None, UTC, *(timezone(timedelta(hours=hours)) for hours in (-12, 14))])
anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(max_size=40),
    st.dates(),
    st.datetimes().flatmap(lambda at: zones.map(lambda zone: at.replace(tzinfo=zone))),
    st.builds(
        Money,
        st.decimals(allow_nan=False, allow_infinity=False),
        st.sampled_from(["EUR", "USD"]),
    ),
    st.lists(st.text(max_size=3) | st.integers() | st.none(), max_size=3).map(tuple),
    st.dictionaries(st.just("city"), st.text(max_size=3)),
)


@settings(deadline=None, max_examples=500)
@given(conditions, st.dictionaries(st.sampled_from([*VALUES]), anything), st.sets(names))
def test_no_condition_and_no_values_make_an_exception(
    when: str, values: dict[str, object], some: set[str]
) -> None:
    faults = list(faults_of(when))
    if not faults:
        assert holds(when, Scope({**VALUES, **values}, some)) in {True, False}
    else:
        assert all("too long" in fault or "may not hold" in fault for fault in faults)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_makes_an_exception_when_it_is_read_as_a_condition(when: str) -> None:
    if not list(faults_of(when)):
        assert holds(when) in {True, False}


def test_the_dearest_condition_is_still_cheap() -> None:
    """As many nodes as are allowed, over the longest texts that a field may hold."""
    dearest = " or ".join(['"b" in name'] * ((MAX_NODES - 1) // 3))
    scope = Scope({"name": "a" * 2_000}, frozenset())
    condition = compiled(parsed(dearest))
    started = time.thread_time()
    for _ in range(100):
        condition(scope)

    assert (time.thread_time() - started) / 100 < 1e-3
