"""The figures to reach, and whether a run reached them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.report import Spread


@dataclass(frozen=True)
class Goal:
    """One figure: what is enough, and the frontier. `more` says which way is better."""

    key: str
    what: str
    least: float
    frontier: float
    more: bool = True
    unit: str = "×"

    def reached(self, figure: float, wanted: float) -> bool:
        """Whether a figure is as good as is wanted."""
        return figure >= wanted if self.more else figure <= wanted


GOALS = (
    Goal("png puppeteer-cluster", "PNG, 4 at a time, by puppeteer-cluster", 9, 18),
    Goal("png satori + resvg", "PNG, 4 at a time, by satori + resvg", 3, 6),
    Goal("png takumi-py", "PNG, 4 at a time, by takumi-py in process", 0.5, 1.2),
    Goal("jpeg takumi-py", "JPEG, 4 at a time, by takumi-py in process", 1.0, 1.6),
    Goal("png bytes", "PNG bytes, by Chromium's own PNG, over the samples", 0.8, 0.5, more=False),
    Goal(
        "p50 warm page", "p50 of one PNG at a time, by a warm Playwright page", 0.15, 0.08, False
    ),
    Goal("hits nginx", "hits a second, by nginx with the same PNG", 0.35, 0.6),
    Goal("start", "process start to first picture", 2.0, 1.0, more=False, unit=" s"),
    Goal("memory", "memory after 20,000 pictures, by that after 1,000", 1.10, 1.02, more=False),
)


def judged(figures: Mapping[str, Spread]) -> Iterator[tuple[str, ...]]:
    """A line for each goal: what was measured, and whether it is enough."""
    for goal in GOALS:
        figure = figures.get(goal.key)
        sign = "≥" if goal.more else "≤"
        cells = []
        for wanted in (goal.least, goal.frontier):
            met = "" if figure is None else _verdict(goal.reached(figure.median, wanted))
            cells += [f"{sign} {wanted:g}{goal.unit}", met]
        yield goal.what, "not measured" if figure is None else f"{figure}", *cells


def _verdict(reached: bool) -> str:
    return "met" if reached else "MISSED"
