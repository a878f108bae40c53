"""Patterns for days and times, sound down to the last of February."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from service.catalogue.fields import DateField, DatetimeField
from service.catalogue.schema.digits import days
from service.catalogue.schema.portable import escaped

_ANY_DAY = "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}"
_UNSHIFTED_DAY = "(?:[1-8][0-9]{3}|9[0-8][0-9]{2})-[0-9]{2}-[0-9]{2}"
"""Not so late that another time zone could mean a year that there is not."""

_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_ZONE = "(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
_YEAR = "[1-9][0-9]{3}"
_LEAP_YEAR = "(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)"
_CALENDAR = (
    (_YEAR, "(?:0[1-9]|1[0-2])", "(?:0[1-9]|1[0-9]|2[0-8])"),
    (_YEAR, "(?:0[13-9]|1[0-2])", "(?:29|30)"),
    (_YEAR, "(?:0[13578]|1[02])", "31"),
    (_LEAP_YEAR, "02", "29"),
)
"""Every day that there is, as years, months and days that go together."""

_TIMES = {"H": "(?:[01][0-9]|2[0-3])", "M": "[0-5][0-9]", "S": "[0-5][0-9]", "%": "%"}

Form = dict[str, Any]
"""A JSON Schema."""

Refer = Callable[[str], Form]
"""Makes a reference to one of the definitions that fields share."""

Bounds = tuple[date, date]


def forms_of_date(field: DateField, refer: Refer) -> list[Form]:
    """The spellings of a day, the best one first."""
    bounds = _as_days(field.not_before, field.not_after)
    if bounds is not None:
        return [_day(bounds), _local_time(bounds, refer)]
    others = map(refer, ("Instant", "LocalTime", "Epoch"))
    return [_day(None), *others, *_custom(field.formats)]


def forms_of_datetime(field: DatetimeField, refer: Refer) -> list[Form]:
    """The spellings of an instant, the best one first."""
    bounds = _bounds_of_instants(field)
    if bounds is None:
        others = map(refer, ("LocalTime", "Epoch"))
        return [INSTANT, *others, _day(None), *_custom(field.formats)]
    first, last = bounds
    if first > last:  # not one whole day lies between the bounds: a pattern cannot tell them
        return [INSTANT]
    forms = [_local_time(bounds, refer), _day(bounds)]
    # The day that is written is at most two away from the day in the field's time zone.
    if (last - first).days > 4:
        forms.insert(0, _instant(days(first + timedelta(days=2), last - timedelta(days=2))))
    return forms


def calendar(written: str) -> str | None:
    """A pattern of the days that a strptime format reads; None if it has other directives."""
    patterns = []
    for year, month, day in _CALENDAR:
        numbers = {"Y": year, "m": month, "d": day, **_TIMES}
        pieces = re.split(r"%(.)", written)
        if not set(pieces[1::2]) <= set(numbers):
            return None
        pieces[0::2] = map(escaped, pieces[0::2])
        pieces[1::2] = [numbers[directive] for directive in pieces[1::2]]
        patterns.append("".join(pieces))
    return f"^(?:{'|'.join(patterns)})$"


_SECONDS = "(?::[0-5][0-9])?$"

INSTANT: Form = {
    "type": "string",
    "format": "date-time",
    "pattern": rf"^{_UNSHIFTED_DAY}T{_CLOCK}:[0-5][0-9](?:\.[0-9]{{1,6}})?{_ZONE}$",
}
DEFINITIONS: Mapping[str, Form] = {
    "Instant": {"description": "A day and a time with its zone, as RFC 3339 has it.", **INSTANT},
    "LocalTime": {
        "description": "A day and a time without a zone, such as 2026-12-31T18:00.",
        "type": "string",
        "pattern": f"{calendar('%Y-%m-%dT%H:%M')}".removesuffix("$") + _SECONDS,
    },
    "Epoch": {
        # Twelve digits are left out: they could be a day and a time as well.
        "description": "Seconds, or milliseconds, since 1970.",
        "anyOf": [
            {"type": "integer", "minimum": 10**8, "maximum": 10**11 - 1},
            {"type": "integer", "minimum": 10**12, "maximum": 10**13 - 1},
        ],
    },
}


def _day(bounds: Bounds | None) -> Form:
    day = _ANY_DAY if bounds is None else days(*bounds)
    return {"type": "string", "format": "date", "pattern": f"^{day}$"}


def _instant(day: str) -> Form:
    return {**INSTANT, "pattern": str(INSTANT["pattern"]).replace(_UNSHIFTED_DAY, day)}


def _local_time(bounds: Bounds, refer: Refer) -> Form:
    return {**refer("LocalTime"), "pattern": f"^{days(*bounds)}T"}


def _custom(formats: tuple[str, ...]) -> list[Form]:
    patterns = (calendar(written) for written in formats if written == written.strip())
    return [{"type": "string", "pattern": pattern} for pattern in patterns if pattern]


def _as_days(first: date | None, last: date | None) -> Bounds | None:
    if first is None and last is None:
        return None
    lowest = date.min if first is None else _plain_day(first)
    return lowest, date.max if last is None else _plain_day(last)


def _bounds_of_instants(field: DatetimeField) -> Bounds | None:
    """The days of the field's time zone that lie between its bounds as a whole."""
    first, last = field.not_before, field.not_after
    zone = ZoneInfo(field.timezone) if field.timezone else UTC
    if isinstance(first, datetime):
        local = first.astimezone(zone) if first.tzinfo else first
        first = local.date() + timedelta(days=local.time() > time())
    if isinstance(last, datetime):
        last = (last.astimezone(zone) if last.tzinfo else last).date() - timedelta(days=1)
    return _as_days(first, last)


def _plain_day(bound: date) -> date:
    return bound.date() if isinstance(bound, datetime) else bound
