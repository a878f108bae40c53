"""The filters that templates have besides Jinja's own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from jinja2 import pass_context
from jinja2.runtime import Context
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from service.catalogue import css
from service.catalogue.money import Money
from service.catalogue.run import CURRENT, TemplateRefused

_CSS_URL_SAFE = "/:;,=?&#%+@!$*~-._"
"""What may stand in `url(…)` without quotes: no space, quote, parenthesis or backslash."""

_LENGTHS = frozenset({"short", "medium", "long", "full"})

_CODE_THEN_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")
"""CLDR parts a currency's letters from the amount, as in `CHF 12.00`; Babel does not."""


def quoted(path: str) -> str:
    """A file's path as it is written in an address: `my logo.png` becomes `my%20logo.png`."""
    return quote(path, safe="/")


def shown(value: object) -> object:
    """A value as `{{ … }}` shows it: nothing for none, money, dates and decimals by language."""
    kind = type(value)
    if kind is str or kind is Markup or kind is int:
        return value
    if value is None:
        return ""
    if isinstance(value, Money):
        return _money(value)
    if isinstance(value, date):
        return _date(value)
    if isinstance(value, Decimal | float):
        return format_decimal(value, locale=CURRENT.get().locale, group_separator=False)
    return value


@pass_context
def money(_context: Context, value: Money | Decimal | float | None, currency: str = "") -> str:
    """An amount with its currency as the language writes it; a bare number needs `currency`."""
    if value is None:
        return ""
    if not isinstance(value, Money):
        if not currency:
            raise TemplateRefused('money: a bare number needs its currency: money("EUR")')
        if not re.fullmatch(r"[A-Z]{3}", currency):
            raise TemplateRefused("money: a currency is three capital letters, such as EUR")
        value = Money(amount=_decimal(value, "money"), currency=currency)
    return _money(value)


@pass_context
def number(_context: Context, value: Decimal | float | None, decimals: int | None = None) -> str:
    """A number as the language writes it, with exactly `decimals` places where given."""
    if value is None:
        return ""
    locale = CURRENT.get().locale
    amount = _decimal(value, "number")
    if decimals is None:
        return str(format_decimal(amount, locale=locale))
    places = "0" * max(0, min(decimals, 20))
    return str(format_decimal(amount, format=f"#,##0.{places}".rstrip("."), locale=locale))


@pass_context
def written_date(_context: Context, value: date | None, format: str = "medium") -> str:
    """A date in the language: `short medium long full`, or a CLDR pattern such as `d MMMM`."""
    return "" if value is None else _date(value, format)


def css_colour(value: object, default: str = "transparent") -> str:
    """A colour that is safe in `style=`: `value` if it is a CSS colour, else `default`."""
    text = "" if value is None else str(value).strip()
    return text if re.fullmatch(r"[#\w\s.,%()/+-]+", text) and css.colour(text) else default


def css_url(value: object) -> str:
    """`url(…)` around an address, safe in `style=`; `none` where there is none."""
    return f"url({quote(str(value), safe=_CSS_URL_SAFE)})" if value else "none"


def px(value: object) -> str:
    """A number of CSS pixels, such as `12.5px`; none is `0px`."""
    amount = _decimal(0 if value is None else value, "px")
    return f"{amount.normalize():f}px"


def as_json(value: object) -> Markup:
    """A value as JSON that is safe inside `<script>` and, quoted singly, in an attribute."""
    return htmlsafe_json_dumps(value, dumps=json.dumps, default=_plain, ensure_ascii=False)


FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "money": money,
        "number": number,
        "date": written_date,
        "css_colour": css_colour,
        "css_color": css_colour,
        "css_url": css_url,
        "px": px,
        "json": as_json,
        "tojson": as_json,
    }
)


def _money(value: Money) -> str:
    written = format_currency(value.amount, value.currency, locale=CURRENT.get().locale)
    return _CODE_THEN_DIGIT.sub("\u00a0", written)


def _date(value: date, pattern: str = "medium") -> str:
    locale = CURRENT.get().locale
    if isinstance(value, datetime) and pattern not in _LENGTHS:
        return str(format_datetime(value, pattern, tzinfo=value.tzinfo, locale=locale))
    return str(format_date(value, pattern, locale=locale))


def _decimal(value: object, name: str) -> Decimal:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(repr(value))
    raise TemplateRefused(f"{name}: a number is needed, not a value of another kind")


def _plain(value: object) -> object:
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TemplateRefused("json: this kind of value cannot be written as JSON")
