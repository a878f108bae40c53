"""The instant that a drawing sees, when its template asks to see one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_START = datetime(1970, 1, 1, tzinfo=UTC)


def cut(at: datetime, step: timedelta) -> datetime:
    """`at` in UTC, cut down to a whole number of steps since 1970: what `now` is in a template."""
    return at.astimezone(UTC) - (at.astimezone(UTC) - _START) % step
