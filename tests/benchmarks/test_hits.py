from __future__ import annotations

import pytest

from benchmarks.hits import Target, _read
from service.cli.speed.asking import WrongAnswer
from service.cli.speed.trees import ProcessTree

TARGET = Target("nginx", "png", "http://127.0.0.1/card.png", '"tag"', 1000, ProcessTree())


def test_what_wrk_counted_is_read() -> None:
    turn = _read("Running\nfigures 400 2000000 480000 5000 7000 9000 0\n", TARGET, whole=True)

    assert (turn.rate, turn.answers, turn.size) == (200.0, 400, 1200)
    assert (turn.p50, turn.p95, turn.p99) == (5.0, 7.0, 9.0)


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ("figures 400 2000000 480000 5000 7000 9000 1", True),  # an error among them
        ("figures 400 2000000 80000 5000 7000 9000 0", True),  # too small for whole pictures
        ("figures 400 2000000 480000 5000 7000 9000 0", False),  # too large for a 304
        ("nothing", True),
    ],
)
def test_wrong_answers_give_no_figures(said: str, whole: bool) -> None:
    with pytest.raises(WrongAnswer):
        _read(said, TARGET, whole=whole)
