"""Reading whole numbers and decimal numbers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from service.catalogue.fields import IntegerField, NumberField
from service.catalogue.kinds.reading import Reading, Unusable
from service.catalogue.numerals import MAX_PLACES, read_decimal, tidy


def read_integer(field: IntegerField, value: object, reading: Reading) -> int:
    """A whole number within `min` and `max`; `12.0` is one, `12.5` is not."""
    number = as_decimal(value, field.unit, reading)
    if number is None or number != number.to_integral_value():
        raise Unusable(f"must be a whole number{_bounds(field)}")
    _within(number, field)
    return int(number)


def read_number(field: NumberField, value: object, reading: Reading) -> Decimal:
    """A decimal number within `min` and `max`, without zeros at its end."""
    number = as_decimal(value, field.unit, reading)
    if number is None:
        raise Unusable(f"must be a number{_bounds(field)}")
    _within(number, field)
    return number


def as_decimal(value: object, unit: str, reading: Reading) -> Decimal | None:
    """The number that a value of any JSON type means; None if it means none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return tidy(Decimal(value))
    if isinstance(value, float):
        # A number that was computed may have more places than anybody wrote.
        return tidy(_rounded(Decimal(str(value))))
    if isinstance(value, Decimal):
        return tidy(value)
    if not isinstance(value, str):
        return None
    if unit and value.casefold().endswith(unit.casefold()):
        value = value[: -len(unit)].rstrip()
    return read_decimal(value, reading.language)


def _rounded(number: Decimal) -> Decimal:
    """With no more places than `tidy` lets pass."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MAX_PLACES:
        return round(number, MAX_PLACES)
    return number


def faults_of_number(field: IntegerField | NumberField) -> Iterator[tuple[str, str]]:
    """What its keys say together that cannot be."""
    if field.min is not None and field.max is not None and field.min > field.max:
        yield "max", f"must be at least min, which is {field.min}"
    if any(sign.isdigit() for sign in field.unit):
        yield "unit", 'must be a word without digits, such as "km" or "%"'


def _within(number: Decimal, field: IntegerField | NumberField) -> None:
    below = field.min is not None and number < field.min
    if below or (field.max is not None and number > field.max):
        raise Unusable(f"must be a number{_bounds(field)}")


def _bounds(field: IntegerField | NumberField) -> str:
    if field.min is not None and field.max is not None:
        return f" from {field.min} to {field.max}"
    if field.min is not None:
        return f" of at least {field.min}"
    return f" of at most {field.max}" if field.max is not None else ""
