"""Reading dates, and dates with a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.catalogue.fields import DateField, DatetimeField
from service.catalogue.kinds.reading import Reading, Unusable
from service.catalogue.kinds.text import as_text
from service.model import NoteCode

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = re.compile(r"\d{9,11}(?:\.\d{1,9})?")
_MILLISECONDS = re.compile(r"\d{12,13}")
_COMPACT = re.compile(r"(?:19|20)\d{10}(?:\d\d)?")
_NUMBERS = re.compile(
    r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:,?[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_SAMPLE = datetime(2031, 11, 23, 14, 45, 59)
_LONGEST = 64

MomentField = DateField | DatetimeField


def read_date(field: DateField, value: object, reading: Reading) -> date:
    """A day; of an instant, the day that it is in the field's time zone."""
    moment = _moment(field, value)
    if isinstance(moment, datetime):
        if moment.tzinfo is not None and field.timezone is not None:
            moment = _shifted(moment, ZoneInfo(field.timezone))
        moment = moment.date()
    if field.not_before is not None and moment < _as_date(field.not_before):
        raise Unusable(_bounds(field))
    if field.not_after is not None and moment > _as_date(field.not_after):
        raise Unusable(_bounds(field))
    return moment


def read_datetime(field: DatetimeField, value: object, reading: Reading) -> datetime:
    """An instant, in the field's time zone if it has one; a day alone begins at midnight."""
    zone = ZoneInfo(field.timezone) if field.timezone else None
    moment = _moment(field, value)
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone or UTC)
    elif zone is not None:
        moment = _shifted(moment, zone)
    if field.not_before is not None and moment < _as_instant(field.not_before, zone):
        raise Unusable(_bounds(field))
    if field.not_after is not None and moment > _as_instant(field.not_after, zone, end=True):
        raise Unusable(_bounds(field))
    return moment


def faults_of_moment(field: MomentField) -> Iterator[tuple[str, str]]:
    """What its keys say that cannot be."""
    if field.timezone is not None:
        try:
            ZoneInfo(field.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield "timezone", 'must be a time zone such as "Europe/Berlin" or "UTC"'
    for index, written in enumerate(field.formats):
        if not _is_format(written):
            yield (
                f"formats.{index}",
                'must be a strptime format with year, month and day, such as "%d.%m.%Y"',
            )
    first, last = field.not_before, field.not_after
    if first is not None and last is not None and _as_date(first) > _as_date(last):
        yield "not_after", "must not be before not_before"


def _moment(field: MomentField, value: object) -> date | datetime:
    if isinstance(value, date):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unusable("must be a date")
    text = as_text(value)
    if len(text) > _LONGEST:
        raise Unusable("must be a date")
    try:
        found = _by_format(field.formats, text) or _by_epoch(text)
        return found or _by_numbers(text) or _by_iso(text)
    except (ValueError, OverflowError) as error:
        raise Unusable("must be a date, best as 2026-12-31") from error


def _by_format(formats: tuple[str, ...], text: str) -> datetime | None:
    for written in formats:
        try:
            return datetime.strptime(text, written)
        except ValueError:
            continue
    return None


def _by_epoch(text: str) -> datetime | None:
    if _SECONDS.fullmatch(text):
        return _EPOCH + timedelta(seconds=float(text))
    if _COMPACT.fullmatch(text):
        return _compact(text)
    if _MILLISECONDS.fullmatch(text):
        return _EPOCH + timedelta(milliseconds=int(text))
    return None


def _compact(text: str) -> datetime:
    """20260403101500; without the seconds it could as well be milliseconds of an earlier year."""
    if len(text) == 14:
        return datetime.strptime(text, "%Y%m%d%H%M%S")
    try:
        datetime.strptime(text, "%Y%m%d%H%M")
    except ValueError:
        return _EPOCH + timedelta(milliseconds=int(text))
    raise Unusable("could be two dates: send 2026-12-31T18:00", NoteCode.AMBIGUOUS)


def _by_numbers(text: str) -> datetime | None:
    """Three numbers, if they can mean one day only: 25/12/2026 can, 03/04/2026 cannot."""
    match = _NUMBERS.fullmatch(text)
    if match is None:
        return None
    first, second, third = int(match[1]), int(match[3]), int(match[4])
    clock = time(int(match[5] or 0), int(match[6] or 0), int(match[7] or 0))
    if len(match[1]) == 4:
        return datetime.combine(date(first, second, third), clock)
    if len(match[4]) != 4 or len(match[1]) > 2:
        raise Unusable("must be a date whose year has four digits")
    if first <= 12 and second <= 12 and first != second:
        raise Unusable(
            "could be two dates: send 2026-12-31, or say in formats which number is the month",
            NoteCode.AMBIGUOUS,
        )
    day, month = (first, second) if second <= 12 else (second, first)
    return datetime.combine(date(third, month, day), clock)


def _by_iso(text: str) -> date | datetime:
    if len(text) <= 10 and "T" not in text:
        return date.fromisoformat(text)
    return datetime.fromisoformat(text)


def _is_format(written: str) -> bool:
    """Whether a format keeps year, month and day: what it writes, it reads again."""
    try:
        read = datetime.strptime(_SAMPLE.strftime(written), written)
    except (ValueError, re.error):
        return False
    return read.date() == _SAMPLE.date()


def _as_date(bound: date) -> date:
    return bound.date() if isinstance(bound, datetime) else bound


def _as_instant(bound: date, zone: tzinfo | None, *, end: bool = False) -> datetime:
    if not isinstance(bound, datetime):
        bound = datetime.combine(bound, time.max if end else time.min)
    return bound if bound.tzinfo is not None else bound.replace(tzinfo=zone or UTC)


def _shifted(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError as error:
        raise Unusable("must be a date between the years 1 and 9999") from error


def _bounds(field: MomentField) -> str:
    first = f" not before {_as_date(field.not_before)}" if field.not_before else ""
    last = f" not after {_as_date(field.not_after)}" if field.not_after else ""
    return f"must be a date{first}{last}"
