"""Reading amounts of money."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from service.catalogue.fields import MoneyField
from service.catalogue.kinds.currencies import is_currency, meant_by, places_of
from service.catalogue.kinds.number import as_decimal
from service.catalogue.kinds.reading import Reading, Unusable
from service.catalogue.money import Money

_PARTS = re.compile(r"(\D*)(\d(?:.*\d)?)(\D*)", re.DOTALL)
_NO_CENTS = re.compile(r"^[.,]\s*[-–—]+")
_MINUS = re.compile("[-−–]")
_AROUND = " \t\u00a0\u2009\u202f+-−–()"
_LONGEST = 100


def read_money(field: MoneyField, value: object, reading: Reading) -> Money:
    """An amount such as `$12`, `12,00 €`, `EUR 12` or `{"amount": 12, "currency": "EUR"}`.

    A sign or code in the value has to be able to mean the field's currency: a price is never
    shown in another one than it was given in.
    """
    currency = _currency_of(field, reading)
    if isinstance(value, Mapping):
        _require(str(value.get("currency", currency)), currency, reading)
        value = value.get("amount")
    if isinstance(value, str):
        value = _without_signs(value, currency, reading)
    amount = as_decimal(value, "", reading)
    if amount is None:
        raise Unusable(f"must be an amount in {currency}")
    places = places_of(currency)
    if field.minor:
        if amount != amount.to_integral_value():
            raise Unusable(f"must be a whole number of the smallest units of {currency}")
        amount = amount.scaleb(-places)
    return Money(_at_least(amount, places), currency)


def faults_of_money(field: MoneyField) -> Iterator[tuple[str, str]]:
    """What its keys say together that cannot be."""
    if (field.currency is None) == (field.currency_field is None):
        yield "currency", "either currency or currency_field must be given"
    if field.currency is not None and not is_currency(field.currency):
        yield "currency", 'must be an ISO 4217 code such as "EUR"'


def _currency_of(field: MoneyField, reading: Reading) -> str:
    """The field's own currency, or the choice that names it: the manifest's check saw to both."""
    if field.currency is not None:
        return field.currency
    return str(reading.values[str(field.currency_field)])


def _without_signs(text: str, currency: str, reading: Reading) -> str:
    """The number alone, with its minus; refused if a sign means another currency."""
    parts = _PARTS.fullmatch(text) if len(text) <= _LONGEST else None
    if parts is None:
        raise Unusable(f"must be an amount in {currency}")
    before, number, after = parts.groups()
    after = _NO_CENTS.sub("", after)
    if before.endswith((".", ",")) and not before[:-1].rstrip(_AROUND)[-1:].isalpha():
        before, number = before[:-1], f"0{before[-1]}{number}"
    for sign in (before.strip(_AROUND), after.strip(_AROUND)):
        if sign:
            _require(sign, currency, reading)
    negative = bool(_MINUS.search(before + after)) or ("(" in before and ")" in after)
    return f"-{number}" if negative else number


def _require(sign: str, currency: str, reading: Reading) -> None:
    if currency not in meant_by(sign, reading.language):
        raise Unusable(f"must be an amount in {currency}")


def _at_least(amount: Decimal, places: int) -> Decimal:
    """With as many digits as the currency has, so that 12 and 12.00 are one amount."""
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent < places:
        return amount.quantize(Decimal(1).scaleb(-places))
    return amount
