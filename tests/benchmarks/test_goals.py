from __future__ import annotations

import pytest

from benchmarks.goals import GOALS, judged
from benchmarks.report import Spread


def verdicts(**figures: float) -> dict[str, tuple[str, ...]]:
    found = {key.replace("_", " "): Spread.of([value]) for key, value in figures.items()}
    return {line[0]: line for line in judged(found)}


@pytest.mark.parametrize(
    ("hits", "least", "frontier"),
    [(0.34, "MISSED", "MISSED"), (0.35, "met", "MISSED"), (0.6, "met", "met")],
)
def test_more_is_better_where_it_is(hits: float, least: str, frontier: str) -> None:
    line = verdicts(hits_nginx=hits)["hits a second, by nginx with the same PNG"]

    assert (line[3], line[5]) == (least, frontier)


@pytest.mark.parametrize(
    ("seconds", "least", "frontier"),
    [(2.1, "MISSED", "MISSED"), (2.0, "met", "MISSED"), (0.9, "met", "met")],
)
def test_less_is_better_where_it_is(seconds: float, least: str, frontier: str) -> None:
    line = verdicts(start=seconds)["process start to first picture"]

    assert (line[3], line[5]) == (least, frontier)


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    for line in judged({}):
        assert line[1] == "not measured"
        assert line[3] == line[5] == ""


def test_a_frontier_lies_beyond_what_is_enough() -> None:
    for goal in GOALS:
        assert goal.reached(goal.frontier, goal.least), goal.what
        assert not goal.reached(goal.least, goal.frontier), goal.what
