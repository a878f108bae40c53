"""The turns themselves, over a real server; peers are left out."""

from __future__ import annotations

import pytest

from benchmarks.pictures import BESIDE_PEERS, EVERYTHING, Entry, Extent, figures, measure, ratios
from benchmarks.tasks import CARD, JPEG, PNG, SAMPLES, WEBP, Task
from service.browser.locate import locate
from service.cli.speed.turns import Turn
from tests.benchmarks.fakes import FakeContestant, FakeMergeshot


def entry(contestant: FakeContestant, many: int, *rates: float) -> Entry:
    turns = [Turn(rate, [1 / rate], [1000]) for rate in rates]
    return Entry(contestant, Task(CARD, PNG), many, len(rates), turns)


def test_everything_is_measured_that_is_asked_for_once() -> None:
    assert len(set(EVERYTHING)) == len(EVERYTHING)
    assert set(BESIDE_PEERS) <= set(EVERYTHING)
    assert {task.template for task, _ in EVERYTHING} == {CARD, *SAMPLES}
    assert {task.format for task, _ in EVERYTHING} == {PNG, JPEG, WEBP}
    assert {many for _, many in EVERYTHING} == {1, 2, 4, 8}


def test_ratios_are_of_the_same_thing_and_of_ours_to_theirs() -> None:
    rows = [
        entry(FakeMergeshot(), 4, 20.0, 40.0),
        entry(FakeContestant("takumi-py"), 4, 10.0, 10.0),
        entry(FakeContestant("playwright, warm page"), 1, 5.0, 5.0),
        entry(FakeMergeshot(), 1, 50.0, 50.0),
    ]

    found = [(one.what, one.peer, one.speed.median) for one in ratios(rows)]
    assert found == [
        ("PNG, 4 at a time", "takumi-py", 3.0),
        ("PNG, 1 at a time", "playwright, warm page", 10.0),
    ]
    known = {key: spread.median for key, spread in figures(rows)}
    assert known == {"png takumi-py": 3.0, "p50 warm page": 0.1}


@pytest.mark.chromium
def test_our_rows_are_measured_over_a_real_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERGESHOT_ALLOW_NO_SANDBOX", "1")
    steps: list[str] = []

    found = measure(locate(None), Extent(1, 0.1, 0, "mergeshot"), steps.append)

    assert [(row.task, row.at_a_time) for row in found.rows] == [
        ("reference-card png", "1"),
        ("reference-card png", "4"),
        ("reference-card jpeg", "1"),
        ("reference-card jpeg", "4"),
    ]
    for row in found.rows:
        assert row.summary.pictures >= int(row.at_a_time)
        assert row.summary.processor_ms
        assert row.peak_bytes
    assert any("round 1" in step for step in steps)
