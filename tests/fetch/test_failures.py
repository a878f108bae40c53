"""What is remembered of failures, and for how long."""

from __future__ import annotations

import pytest

from service.fetch.failures import _MOST, IN_A_ROW, REST, Failures
from service.fetch.reasons import ABOUT_THE_HOST, Reason
from tests.fetch.conftest import Clock

HOST = "img.example.com"


@pytest.fixture
def failures(clock: Clock) -> Failures:
    return Failures(clock)


def test_a_file_that_failed_rests_for_a_minute(failures: Failures, clock: Clock) -> None:
    failures.failed("a", HOST, Reason.STATUS)

    assert failures.stands_against("a", HOST)
    assert not failures.stands_against("b", HOST)
    clock.now += REST
    assert not failures.stands_against("a", HOST)


@pytest.mark.parametrize("reason", Reason)
def test_a_host_rests_only_for_what_the_next_file_would_meet_too(
    failures: Failures, reason: Reason
) -> None:
    for number in range(IN_A_ROW):
        failures.failed(number, HOST, reason)

    assert failures.stands_against("another", HOST) is (reason in ABOUT_THE_HOST)
    assert not failures.stands_against("another", "other.example.com")


@pytest.mark.parametrize("reason", [Reason.BUSY, Reason.REMEMBERED, Reason.BROKEN])
def test_what_is_not_its_fault_is_not_remembered(failures: Failures, reason: Reason) -> None:
    failures.failed("a", HOST, reason)

    assert not failures.stands_against("a", HOST)


@pytest.mark.parametrize("answers", [True, False])
def test_a_host_that_answers_in_between_does_not_rest(failures: Failures, answers: bool) -> None:
    for number in range(IN_A_ROW * 4):
        if number % IN_A_ROW == 1:
            if answers:
                failures.succeeded(number, HOST)
            else:
                failures.failed(number, HOST, Reason.STATUS)
        else:
            failures.failed(number, HOST, Reason.TIMEOUT)

    assert not failures.stands_against("another", HOST)


def test_a_success_is_remembered_at_once(failures: Failures) -> None:
    failures.failed("a", HOST, Reason.TIMEOUT)
    failures.succeeded("a", HOST)

    assert not failures.stands_against("a", HOST)


def test_only_so_much_is_remembered(failures: Failures) -> None:
    for number in range(_MOST + 1):
        failures.failed(number, f"{number}.example.com", Reason.STATUS)

    assert not failures.stands_against(0, HOST)
    assert failures.stands_against(_MOST, HOST)
