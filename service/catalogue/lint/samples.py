"""Values of every kind, to fill a template with when nobody has given any."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from service.catalogue.money import Money
from service.catalogue.template import Template
from service.model import Filled

_PICTURES = (
    "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
    "data:image/gif;base64,R0lGODlhAQABAIAAAP8AAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
)
_DAY = date(2026, 3, 14)
_MOMENT = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)


def samples(template: Template) -> tuple[Filled, Filled]:
    """Two fillings, all fields given, that differ in every value that can differ."""
    manifest = template.manifest
    first, second = (
        {name: _value(field, number) for name, field in manifest.fields.items()}
        for number in (0, 1)
    )
    given = frozenset(manifest.fields)
    return Filled(MappingProxyType(first), given), Filled(MappingProxyType(second), given)


def _value(field: Any, number: int) -> object:
    """One of two values; fields are told apart by their kind alone."""
    simple: Mapping[str, tuple[object, object]] = {
        "text": ("Alpha Beta", "Gamma Delta Epsilon"),
        "name": ("Ada", "Grace Hopper"),
        "money": (Money(Decimal("12.5"), "EUR"), Money(Decimal("99"), "USD")),
        "date": (_DAY, _DAY + timedelta(days=400)),
        "datetime": (_MOMENT, _MOMENT + timedelta(days=400, hours=5)),
        "boolean": (True, False),
        "color": ("#336699", "#ffcc00"),
        "url": ("https://example.com/a", "https://example.org/b?c=d"),
        "image": _PICTURES,
    }
    if field.kind in simple:
        return simple[field.kind][number]
    if field.kind in {"integer", "number"}:
        return _amount(field, number)
    if field.kind == "choice":
        choices = list(field.choices)
        return choices[-1 if number else 0]
    if field.kind == "list":
        return tuple(_item(field, number) for _ in range(number + 1))
    return _group(field.fields, number)


def _amount(field: Any, number: int) -> int | Decimal:
    low = field.min if field.min is not None else 1
    high = field.max if field.max is not None else low + 41
    amount = high if number else low
    return int(amount) if field.kind == "integer" else Decimal(amount)


def _item(field: Any, number: int) -> object:
    if field.fields is None:
        return _value(field.item, number)
    return _group(field.fields, number)


def _group(fields: Mapping[str, Any], number: int) -> Mapping[str, object]:
    return MappingProxyType({name: _value(field, number) for name, field in fields.items()})
