"""Values as bytes for a key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import combinations
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.canonical import canonical
from service.catalogue.money import Money

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.datetimes(timezones=st.just(UTC))
    | st.builds(Money, st.decimals(-(10**6), 10**6, places=2), st.sampled_from(["EUR", "USD"]))
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def decoded(data: bytes) -> object:
    """The value again: that it can be had shows that no two values share their bytes."""
    value, rest = _decoded(data)
    assert rest == b""
    return value


def _decoded(data: bytes) -> tuple[object, bytes]:
    length = int.from_bytes(data[1:9])
    content, rest = data[9 : 9 + length], data[9 + length :]
    return _READ[data[:1]](content), rest


def _parts(content: bytes) -> list[object]:
    parts = []
    while content:
        part, content = _decoded(content)
        parts.append(part)
    return parts


_READ: dict[bytes, Callable[[bytes], object]] = {
    b"n": lambda _: None,
    b"b": lambda content: content == b"1",
    b"i": int,
    b"s": lambda content: content.decode("utf-8", "surrogatepass"),
    b"d": lambda content: Decimal(content.decode()),
    b"D": lambda content: date.fromisoformat(content.decode()),
    b"t": lambda content: datetime.fromisoformat(content.decode().split(" ")[0]),
    b"m": lambda content: Money(*_parts(content)),  # type: ignore[arg-type]  # checked by ==
    b"l": lambda content: tuple(_parts(content)),
    b"g": lambda content: dict(zip(_parts(content)[::2], _parts(content)[1::2], strict=True)),
}


def typed(value: object) -> object:
    """A value with its types, since `1 == True` and `Decimal(1) == 1`."""
    if isinstance(value, dict):
        return {key: typed(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(typed(part) for part in value)
    return type(value), value, str(value)


@given(_VALUES)
def test_every_value_can_be_had_back_from_its_bytes(value: object) -> None:
    assert typed(decoded(canonical(value))) == typed(value)


@given(st.dictionaries(st.text(max_size=4), st.integers(), max_size=5))
def test_the_order_of_a_groups_members_makes_no_difference(group: dict[str, int]) -> None:
    backwards = dict(reversed(group.items()))

    assert canonical(MappingProxyType(backwards)) == canonical(group)


def test_values_that_look_alike_stay_apart() -> None:
    alike = [
        *(1, "1", True, Decimal(1), Decimal("1.0"), None, "", "None", False, 0, "a,b", ("a", "b")),
        *(("a,b",), ("ab",), (), {}, ("",), (None,), {"a": "b"}, (("a", "b"),), ("a", ("b",))),
        *(date(2026, 1, 1), "2026-01-01", datetime(2026, 1, 1, tzinfo=UTC)),
        datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 1, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")),
        *(Money(Decimal("1.00"), "EUR"), Money(Decimal("1.00"), "USD"), Money(Decimal(1), "EUR")),
        *("é", "e\u0301"),
    ]

    for one, other in combinations(alike, 2):
        assert canonical(one) != canonical(other), (one, other)


def test_a_type_that_no_field_has_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        canonical(1.5)
