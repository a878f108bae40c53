"""Reading numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from service.catalogue.kinds.reading import Unusable
from tests.catalogue.kinds.asking import ask


@pytest.mark.parametrize(
    ("language", "value", "number"),
    [
        ("en", "1,234.5", "1234.5"),
        ("de", "1.234,5", "1234.5"),
        ("en", 12, "12"),
        ("en", 0.1, "0.1"),
        ("en", 1.2345678901234567e-05, "0.00001234567890123457"),
        ("en", 1e-300, "0"),
        ("en", "12.50", "12.5"),
        ("en", 1e17, "100000000000000000"),
        ("en", "\u200b7", "7"),
    ],
)
def test_a_number_is_a_decimal_without_zeros_at_its_end(
    language: str, value: object, number: str
) -> None:
    assert str(ask("number", value, language)) == number


@pytest.mark.parametrize(
    ("value", "number"), [("1,234", 1234), (12.0, 12), ("12.0", 12), ("-3", -3)]
)
def test_a_whole_number_is_an_int(value: object, number: int) -> None:
    integer = ask("integer", value)

    assert integer == number
    assert type(integer) is int


@pytest.mark.parametrize(
    "value", ["abc", "12.5", True, float("nan"), float("inf"), 10**18, 1e300, [1], "1" * 5_000]
)
def test_what_is_no_whole_number_is_refused(value: object) -> None:
    with pytest.raises(Unusable, match="must be a whole number"):
        ask("integer", value)


@pytest.mark.parametrize("value", ["12 km", "12km", "12 KM", "12\u00a0km", 12, "12"])
def test_the_unit_may_stand_behind_a_number(value: object) -> None:
    assert ask("number", value, unit="km") == Decimal(12)


def test_another_unit_may_not() -> None:
    with pytest.raises(Unusable):
        ask("number", "12 mi", unit="km")


@pytest.mark.parametrize(
    ("value", "keys"), [("0", {"min": 1}), ("10.1", {"max": 10}), (-1, {"min": 0, "max": 5})]
)
def test_beyond_the_bounds_is_refused_and_the_bounds_are_named(
    value: object, keys: dict[str, Any]
) -> None:
    with pytest.raises(Unusable, match=r"at least 1|at most 10|from 0 to 5"):
        ask("number", value, **keys)


def test_the_bounds_themselves_are_allowed() -> None:
    assert ask("number", "0.1", min=0.1, max=0.1) == Decimal("0.1")
