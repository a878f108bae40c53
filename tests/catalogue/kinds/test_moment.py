"""Reading dates and datetimes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service.catalogue.kinds.reading import Unusable
from service.model import NoteCode
from tests.catalogue.kinds.asking import ask

THIRD = date(2026, 4, 3)


@pytest.mark.parametrize(
    "value",
    [
        *("2026-04-03", "20260403", 20260403, "2026-4-3", "2026/04/03", "2026-04-03T10:30:00Z"),
        *(
            "2026-04-03 23:59",
            "1775212200",
            1775212200,
            "1775212200000",
            1775212200000,
            1775212200000.0,
        ),
        *("20260403101500", 20260403101500),
        *(1775212200.5, "1775212200.5", THIRD, datetime(2026, 4, 3, 12, tzinfo=UTC)),
    ],
)
def test_iso_and_epochs_in_seconds_and_milliseconds_are_dates(value: object) -> None:
    assert ask("date", value) == THIRD


@pytest.mark.parametrize(
    "value", ["03/04/2026", "3.4.2026", "03-04-2026", "12/11/2026 18:00", "202604031015"]
)
def test_what_could_be_two_dates_is_missing_not_guessed(value: str) -> None:
    with pytest.raises(Unusable) as reason:
        ask("date", value)

    assert reason.value.code is NoteCode.AMBIGUOUS


@pytest.mark.parametrize("value", ["25/12/2026", "12/25/2026", "25.12.2026", "25-12-2026"])
def test_what_can_be_one_date_only_is_that_date(value: str) -> None:
    assert ask("date", value) == date(2026, 12, 25)


def test_milliseconds_of_the_last_century_are_read_where_they_can_be_nothing_else() -> None:
    assert ask("date", "949363200000") == date(2000, 2, 1)
    assert ask("date", "199999999999") == date(1976, 5, 3)


def test_the_same_day_and_month_are_no_riddle() -> None:
    assert ask("date", "04/04/2026") == date(2026, 4, 4)


def test_formats_are_tried_first_and_settle_what_is_ambiguous() -> None:
    assert ask("date", "03/04/2026", formats=["%d/%m/%Y"]) == THIRD
    assert ask("date", "Apr 3, 2026", formats=["%d/%m/%Y", "%b %d, %Y"]) == THIRD
    assert ask("date", "2026-04-03", formats=["%d/%m/%Y"]) == THIRD


@pytest.mark.parametrize(
    "value",
    [
        *("tomorrow", "2026-13-01", "2026-02-30", "31/02/2026", "1/2/26", "12345", "2026"),
        *("9" * 14, "9" * 60, True, ["2026-04-03"], float("nan"), "2026-04-03T25:00", "-5"),
    ],
)
def test_what_is_no_date_is_refused(value: object) -> None:
    with pytest.raises(Unusable, match="must be a date"):
        ask("date", value)


def test_an_instant_is_the_day_that_it_is_in_the_fields_time_zone() -> None:
    assert ask("date", "2026-04-02T23:30:00Z", timezone="Europe/Berlin") == THIRD
    assert ask("date", "2026-04-02T23:30:00-05:00") == date(2026, 4, 2)


def test_a_datetime_is_aware_and_in_the_fields_time_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")

    local = ask("datetime", "2026-07-01 18:00", timezone="Europe/Berlin")
    shifted = ask("datetime", "2026-07-01T16:00:00Z", timezone="Europe/Berlin")

    assert local == shifted == datetime(2026, 7, 1, 18, tzinfo=berlin)
    assert isinstance(shifted, datetime)
    assert shifted.hour == 18


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-04-03", datetime(2026, 4, 3, tzinfo=UTC)),
        (1775212200, datetime(2026, 4, 3, 10, 30, tzinfo=UTC)),
        (
            "2026-04-03T10:30:00+02:00",
            datetime(2026, 4, 3, 10, 30, tzinfo=timezone(timedelta(hours=2))),
        ),
        ("25/12/2026, 18:05:06", datetime(2026, 12, 25, 18, 5, 6, tzinfo=UTC)),
    ],
)
def test_without_a_time_zone_a_datetime_is_read_in_utc(value: object, moment: datetime) -> None:
    assert ask("datetime", value) == moment


@pytest.mark.parametrize("value", ["2025-12-31", "2027-01-01"])
def test_a_date_outside_its_bounds_is_refused(value: str) -> None:
    with pytest.raises(Unusable, match="not before 2026-01-01 not after 2026-12-31"):
        ask("date", value, not_before="2026-01-01", not_after=date(2026, 12, 31))


def test_the_last_day_is_allowed_to_its_end() -> None:
    moment = ask("datetime", "2026-12-31T23:59:59", not_after="2026-12-31")

    assert moment == datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    with pytest.raises(Unusable):
        ask("datetime", "2027-01-01", not_after="2026-12-31")


def test_the_ends_of_the_calendar_are_refused_and_do_not_overflow() -> None:
    with pytest.raises(Unusable):
        ask("datetime", "9999-12-31T23:59:59Z", timezone="Pacific/Kiritimati")
    with pytest.raises(Unusable):
        ask("date", "0001-01-01T00:00:00Z", timezone="America/New_York")


def test_bounds_may_have_a_time() -> None:
    keys: dict[str, Any] = {
        "not_before": "2026-01-01T12:00:00Z",
        "not_after": datetime(2026, 1, 2, 12),
    }

    assert ask("datetime", "2026-01-01T12:00:00Z", **keys)
    assert ask("date", "2026-01-02", **keys) == date(2026, 1, 2)
    with pytest.raises(Unusable):
        ask("datetime", "2026-01-01T11:59:59Z", **keys)
    with pytest.raises(Unusable):
        ask("datetime", "2026-01-02T12:00:01Z", **keys)
