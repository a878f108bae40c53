"""Reading amounts of money."""

from __future__ import annotations

from decimal import Decimal

import pytest

from service.catalogue.kinds.reader import read
from service.catalogue.kinds.reading import Unusable
from service.catalogue.money import Money
from tests.catalogue.kinds.asking import a_field, a_reading, ask


@pytest.mark.parametrize(
    ("currency", "language", "value", "amount"),
    [
        ("USD", "en", "$12", "12.00"),
        ("EUR", "de", "12,00 €", "12.00"),
        ("EUR", "fr", "1 234,50 €", "1234.50"),
        ("EUR", "fr", "1\u202f234,50\u00a0€", "1234.50"),
        ("EUR", "en", "€1,234.50", "1234.50"),
        ("EUR", "en", "EUR 12", "12.00"),
        ("EUR", "en", "12eur", "12.00"),
        ("EUR", "en", "12 euros", "12.00"),
        ("CAD", "en", "$12", "12.00"),
        ("CAD", "en", "CA$12", "12.00"),
        ("USD", "en", "US$12.5", "12.50"),
        ("USD", "fr", "12 $US", "12.00"),
        ("USD", "en", "$12 USD", "12.00"),
        ("USD", "en", "-$5", "-5.00"),
        ("USD", "en", "$-5", "-5.00"),
        ("USD", "en", "($5.00)", "-5.00"),
        ("USD", "en", "$.50", "0.50"),
        ("CHF", "de-CH", "CHF 1’234.50", "1234.50"),
        ("CHF", "de-CH", "Fr. 12.–", "12.00"),
        ("EUR", "de", "12,-", "12.00"),
        ("EUR", "de", "12,– €", "12.00"),
        ("JPY", "ja", "¥1,200", "1200"),
        ("PLN", "pl", "12,50 zł", "12.50"),
        ("SEK", "sv", "1 200 kr", "1200.00"),
        ("BRL", "pt-BR", "R$ 1.234,50", "1234.50"),
        ("INR", "en", "₹1,23,456", "123456.00"),
        ("EUR", "en", "1.2345", "1.2345"),
        ("EUR", "en", 12, "12.00"),
        ("EUR", "en", 12.5, "12.50"),
        ("EUR", "en", {"amount": "12", "currency": "eur"}, "12.00"),
        ("EUR", "en", {"amount": 12}, "12.00"),
    ],
)
def test_an_amount_is_read_as_people_write_it(
    currency: str, language: str, value: object, amount: str
) -> None:
    money = ask("money", value, language, currency=currency)

    assert money == Money(Decimal(amount), currency)
    assert isinstance(money, Money)
    assert str(money.amount) == amount


@pytest.mark.parametrize(
    "value",
    [
        *("$12", "12 USD", "£12", "12 bananas", "twelve", "€", "12 € 13", "$12 €", True),
        {"amount": 12, "currency": "USD"},
        {"currency": "EUR"},
        *(["12"], "9" * 200),
    ],
)
def test_another_currency_or_no_amount_is_refused(value: object) -> None:
    with pytest.raises(Unusable, match="must be an amount in EUR"):
        ask("money", value, currency="EUR")


@pytest.mark.parametrize(
    ("currency", "value", "amount"),
    [("EUR", "1234", "12.34"), ("JPY", 1234, "1234"), ("KWD", 1234, "1.234")],
)
def test_minor_counts_the_smallest_units(currency: str, value: object, amount: str) -> None:
    assert ask("money", value, currency=currency, minor=True) == Money(Decimal(amount), currency)


def test_minor_units_are_whole() -> None:
    with pytest.raises(Unusable, match="whole number"):
        ask("money", "12.34", currency="EUR", minor=True)


def test_another_field_may_name_the_currency() -> None:
    field = a_field("money", currency_field="currency")

    assert read(field, "12", a_reading(currency="GBP")) == Money(Decimal("12.00"), "GBP")
    with pytest.raises(Unusable, match="GBP"):
        read(field, "$12", a_reading(currency="GBP"))
