"""What goes wrong in a tier: every case is counted, and a person is told now and then."""

from __future__ import annotations

import time

import structlog

from service.cache.entry import Reason
from service.metrics import CACHE_FAILURES, CACHE_REFUSED

log = structlog.get_logger(__name__)

REST = 30.0
"""Seconds for which a tier is left alone that did not answer in time: each try costs as much."""

QUIET = 10.0
"""Seconds between two warnings of one kind: a full disk fails at every single picture."""


class Trouble:
    """Counts the failures of one tier, and warns of each kind at most once in ten seconds."""

    def __init__(self, tier: str) -> None:
        self.tier = tier
        self._failures = CACHE_FAILURES.labels(tier)
        self._rests_until = 0.0
        self._silent_until: dict[str, float] = {}
        self._untold: dict[str, int] = {}

    @property
    def resting(self) -> bool:
        """Whether the tier had better not be asked at all for now."""
        return time.monotonic() < self._rests_until

    def failed(self, operation: str, error: Exception) -> None:
        """An operation did not come to its end; for the caller it is a miss."""
        self._failures.inc()
        if isinstance(error, TimeoutError):
            self._rests_until = time.monotonic() + REST
        # An OSError says itself what is wrong; of anything else the way to it is the news.
        reason = error.strerror if isinstance(error, OSError) else None
        self.warn(
            "cache_failed",
            operation=operation,
            error=type(error).__name__,
            reason=reason,
            exc_info=None if isinstance(error, OSError) else error,
        )

    def refused(self, reason: Reason) -> None:
        """Something was found in the store and not believed; for the caller it is a miss."""
        CACHE_REFUSED.labels(reason).inc()
        self.warn("cache_entry_refused", reason=reason)

    def warn(self, event: str, **facts: object) -> None:
        """Log a warning, unless one of this kind was logged a moment ago."""
        now = time.monotonic()
        if now < self._silent_until.get(event, 0.0):
            self._untold[event] = self._untold.get(event, 0) + 1
            return
        self._silent_until[event] = now + QUIET
        log.warning(event, tier=self.tier, not_told=self._untold.pop(event, 0), **facts)
