"""Patterns of numbers and days: exactly what lies between the bounds."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.schema.digits import days, decimal_numbers, whole_numbers

WHOLE = st.integers(-3_000, 3_000)
BOUNDS = st.tuples(st.none() | WHOLE, st.none() | WHOLE)


def matches(pattern: str, text: str) -> bool:
    return bool(pattern) and re.fullmatch(pattern, text) is not None


def between(least: Decimal | int | None, number: Decimal, most: Decimal | int | None) -> bool:
    return (least is None or number >= least) and (most is None or number <= most)


@given(bounds=BOUNDS, number=WHOLE)
def test_a_whole_number_is_accepted_exactly_between_the_bounds(
    bounds: tuple[int | None, int | None], number: int
) -> None:
    wanted = between(bounds[0], Decimal(number), bounds[1])

    assert matches(whole_numbers(*bounds), str(number)) is wanted


@given(bounds=BOUNDS, number=WHOLE, places=st.from_regex(r"\.[0-9]{1,2}", fullmatch=True))
def test_between_whole_bounds_every_fraction_is_accepted_and_no_other(
    bounds: tuple[int | None, int | None], number: int, places: str
) -> None:
    text = f"{number}{places}"
    at_a_bound = Decimal(text) in bounds
    wanted = between(bounds[0], Decimal(text), bounds[1])

    assert matches(decimal_numbers(*bounds), text) is wanted or at_a_bound


@given(least=st.decimals(-50, 50, places=3), most=st.decimals(-50, 50, places=3), data=st.data())
def test_what_is_accepted_lies_between_bounds_with_a_fraction(
    least: Decimal, most: Decimal, data: st.DataObject
) -> None:
    pattern = decimal_numbers(least, most)
    if not pattern:
        assert least > most or int(least) == int(most) or abs(most - least) < 1
        return
    number = Decimal(data.draw(st.from_regex(pattern, fullmatch=True, alphabet="-.0123456789")))

    assert least <= number <= most


@pytest.mark.parametrize("text", ["1.234", "12.345", "0.500"])
def test_three_places_are_left_out_because_they_may_be_thousands(text: str) -> None:
    assert not matches(decimal_numbers(None, None), text)
    assert not matches(decimal_numbers(0, 100_000), text)


def test_a_pattern_stays_short_where_bounds_are_few() -> None:
    assert whole_numbers(None, None) == "-?[0-9]{1,18}"
    assert whole_numbers(0, None) == "[0-9]{1,18}"
    assert whole_numbers(0, 100) == "(?:[0-9]|100|[1-9][0-9]{1})"


@given(
    first=st.dates(date(1000, 1, 1)),
    length=st.integers(0, 20_000),
    step=st.integers(-40, 20_040),
)
def test_a_day_is_accepted_exactly_between_the_bounds(first: date, length: int, step: int) -> None:
    try:
        last, day = first + timedelta(days=length), first + timedelta(days=step)
    except OverflowError:
        return

    assert matches(days(first, last), f"{day:%Y-%m-%d}".zfill(10)) is (first <= day <= last)
