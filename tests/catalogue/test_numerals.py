"""Numbers as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.numerals import read_decimal, tidy


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "1,234.5", "1234.5"),
        ("de", "1.234,5", "1234.5"),
        ("en", "1.234,5", "1234.5"),
        ("de", "1,234.5", "1234.5"),
        ("en", "1,234", "1234"),
        ("de", "1,234", "1.234"),
        ("en", "1.234", "1.234"),
        ("de", "1.234", "1234"),
        ("fr", "1.234", "1.234"),
        ("fr", "1 234,5", "1234.5"),
        ("fr", "1\u202f234\u00a0567,5", "1234567.5"),
        ("de-CH", "1’234.50", "1234.5"),
        ("en", "12,34,567", "1234567"),
        ("en", "1.234.567", "1234567"),
        ("en", "12,5", "12.5"),
        ("de", "12.5", "12.5"),
        ("de", "0.123", "0.123"),
        ("ar", "١٬٢٣٤٫٥", "1234.5"),
        ("fa", "۱۲۳", "123"),
        ("en", "１２", "12"),
        ("en", "−5", "-5"),
        ("en", "(5.00)", "-5"),
        ("en", "5-", "-5"),
        ("en", "+5", "5"),
        ("en", ".5", "0.5"),
        ("en", "1.2E+03", "1200"),
        ("en", "-0", "0"),
        ("en", "007", "7"),
        ("xx", "1,234", "1234"),
    ],
)
def test_separators_are_read_as_the_language_writes_them(
    language: str, text: str, number: str
) -> None:
    assert str(read_decimal(text, language)) == number


@pytest.mark.parametrize(
    "text",
    [
        *("", "abc", "12a", "1,23,4", "1.2.3", "1,,2", "12 34", "1 2", "--5", "-5-", "(-5)"),
        *("NaN", "Infinity", "1e99", "9" * 19, "0." + "1" * 30, "1" * 200, "²", "½", "1_000"),
        *("0x10", "1.234.5678", "1,234,56", "12:30", "5.", "+49 30 123456"),
    ],
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_decimal(text, "en") is None


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=3, allow_nan=False),
    st.sampled_from(
        [("en", ",", "."), ("de", ".", ","), ("fr", "\u202f", ","), ("de-CH", "’", ".")]
    ),
)
def test_what_a_language_writes_it_reads_again(
    number: Decimal, writing: tuple[str, str, str]
) -> None:
    language, group, point = writing
    text = f"{number:,.3f}".replace(",", "G").replace(".", point).replace("G", group)

    assert read_decimal(text, language) == number


@given(st.decimals(-(10**20), 10**20) | st.sampled_from([Decimal("NaN"), Decimal("-Infinity")]))
def test_tidy_changes_the_spelling_never_the_number(number: Decimal) -> None:
    plain = tidy(number)
    _, digits, exponent = (plain or number).as_tuple()

    if plain is not None:
        assert plain == number
        assert isinstance(exponent, int)
        assert exponent == 0 or (exponent < 0 and digits[-1] != 0)
    elif number.is_finite() and abs(number) < 10**18:
        assert len(digits) > 28 or (isinstance(exponent, int) and exponent < -20)
