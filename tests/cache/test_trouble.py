from __future__ import annotations

import errno

import pytest
from structlog.testing import capture_logs

from service.cache import trouble as module
from service.cache.trouble import Trouble
from tests.cache.entries import failures, refused

FULL = OSError(errno.ENOSPC, "No space left on device")


def test_every_failure_is_counted_and_the_first_is_told() -> None:
    trouble = Trouble("disk")
    before = failures("disk")

    with capture_logs() as logs:
        for _ in range(50):
            trouble.failed("put", FULL)

    assert failures("disk") - before == 50
    assert [(line["event"], line["log_level"], line["reason"]) for line in logs] == [
        ("cache_failed", "warning", "No space left on device")
    ]


def test_a_later_warning_says_how_many_were_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUIET", 0.0)
    trouble = Trouble("disk")
    trouble._silent_until["cache_failed"] = float("inf")
    trouble.failed("put", FULL)
    trouble.failed("put", FULL)
    trouble._silent_until.clear()

    with capture_logs() as logs:
        trouble.failed("put", FULL)
        trouble.failed("put", FULL)

    assert [line["not_told"] for line in logs] == [2, 0]


def test_a_refusal_is_counted_and_told_without_hiding_failures() -> None:
    trouble = Trouble("disk")
    before = refused()

    with capture_logs() as logs:
        trouble.refused("mac")
        trouble.failed("get", FULL)

    assert refused() - before == 1
    assert [line["event"] for line in logs] == ["cache_entry_refused", "cache_failed"]


def test_a_tier_that_fails_is_asked_again() -> None:
    trouble = Trouble("disk")

    trouble.failed("put", FULL)

    assert not trouble.resting


@pytest.mark.parametrize(("seconds", "resting"), [(30.0, True), (0.0, False)])
def test_a_tier_that_hangs_is_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch, seconds: float, resting: bool
) -> None:
    monkeypatch.setattr(module, "REST", seconds)
    trouble = Trouble("disk")

    trouble.failed("get", TimeoutError())

    assert trouble.resting is resting
