"""The instant that a template sees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.instant import cut
from service.errors import TemplateFailed
from tests.catalogue.workshop import Workshop, body_of, filled


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)),
    st.timedeltas(timedelta(seconds=1), timedelta(days=30)),
)
def test_a_cut_instant_is_the_start_of_its_step(at: datetime, step: timedelta) -> None:
    start = cut(at, step)

    assert start <= at < start + step
    assert cut(start, step) == start


def test_now_is_in_utc_whatever_the_zone_of_the_request(workshop: Workshop) -> None:
    template = workshop.make(
        "{{ now.isoformat() }} {{ today.isoformat() }}", manifest='refresh = "1h"'
    )
    at = datetime(2026, 3, 1, 1, 59, tzinfo=timezone(timedelta(hours=5)))

    composed = filled(template, {}, at=at)

    assert body_of(composed) == "2026-02-28T20:00:00+00:00 2026-02-28"


def test_there_is_no_now_without_refresh(workshop: Workshop) -> None:
    template = workshop.make("{{ now }}")

    with pytest.raises(TemplateFailed, match="'now' is not defined"):
        filled(template, {})
