"""Starts, arrivals and memory over real servers, as briefly as they can be measured."""

from __future__ import annotations

import pytest

from benchmarks import arrivals, memory, starts

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(400)]


@pytest.fixture(autouse=True)
def _no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERGESHOT_ALLOW_NO_SANDBOX", "1")


def test_the_first_picture_is_timed_after_starts_and_after_a_save() -> None:
    found = starts.measure(1, lambda _: None)

    assert len(found.lines) == 3
    assert all(float(line[-1]) > 0 for line in found.lines)
    slowest = max(float(line[-1]) for line in found.lines[:2])
    assert found.figures["start"].median == slowest


def test_what_arrives_is_a_part_of_what_was_found_to_be_possible() -> None:
    found = arrivals.measure(1, 0.4, lambda _: None, quick=True)

    rates = [float(row.at_a_time.partition("/")[0]) for row in found.rows]
    assert rates == sorted(rates)
    assert [row.at_a_time.rpartition(" ")[2] for row in found.rows] == ["50%", "70%", "90%"]
    assert all(row.summary.pictures for row in found.rows)


def test_memory_is_compared_after_few_pictures_and_after_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "EARLY", 5)
    monkeypatch.setattr(memory, "LATE", 10)
    monkeypatch.setattr(memory, "_BETWEEN_S", 0.01)
    monkeypatch.setattr(memory, "_TURN_S", 0.1)

    found = memory.measure(lambda _: None)

    assert [line[0] for line in found.lines] == ["5", "10"]
    assert 0.5 < found.figures["memory"].median < 2
