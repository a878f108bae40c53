"""Values as bytes for a key: equal values give equal bytes, and nothing else does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from service.catalogue.money import Money


def canonical(value: object) -> bytes:
    """A type, a length and the content, so that `1`, `"1"`, `true` and `None` stay apart.

    Decimals keep their zeros, datetimes their zone: both can be seen in a picture.

    Raises:
        TypeError: no field has values of this type.
    """
    tag, content = _encoded(value)
    return tag + len(content).to_bytes(8, "big") + content


def _encoded(value: object) -> tuple[bytes, bytes]:
    if value is None:
        return b"n", b""
    if isinstance(value, bool):
        return b"b", b"1" if value else b"0"
    if isinstance(value, str):
        return b"s", value.encode("utf-8", "surrogatepass")
    if isinstance(value, int):
        return b"i", str(value).encode()
    if isinstance(value, Decimal):
        return b"d", str(value).encode()
    if isinstance(value, date):
        return _encoded_moment(value)
    return _encoded_several(value)


def _encoded_moment(value: date) -> tuple[bytes, bytes]:
    """A datetime is also a date, so it is asked for first."""
    if isinstance(value, datetime):
        zone = value.tzname() or ""
        return b"t", f"{value.isoformat()} {value.fold} {zone}".encode()
    return b"D", value.isoformat().encode()


def _encoded_several(value: object) -> tuple[bytes, bytes]:
    if isinstance(value, Money):
        return b"m", canonical(value.amount) + canonical(value.currency)
    if isinstance(value, tuple | list):
        return b"l", b"".join(canonical(part) for part in value)
    if isinstance(value, Mapping):
        return b"g", b"".join(canonical(key) + canonical(value[key]) for key in sorted(value))
    raise TypeError(f"no field has values of type {type(value).__name__}")
