from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.report import MARK, Findings, Ratio, Row, Run, Spread, markdown, table
from service.cli.speed.turns import Summary

SUMMARY = Summary(1234, 87.6, 11.0, 22.0, 33.0, 228_000, 19.5)


@pytest.fixture
def run() -> Run:
    findings = Findings(
        "How fast",
        rows=[Row("mergeshot", "card png", "4", SUMMARY, 420_000_000)],
        ratios=[Ratio("PNG", "a peer", Spread(9.5, 9.1, 10.2))],
        remarks=["All is well."],
    )
    began = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
    goals = [("PNG", "9.5 (9.1 to 10.2)", "≥ 9×", "met", "≥ 18×", "MISSED")]
    return Run(began, {"cores": "2"}, [findings], goals)


def test_a_ratio_is_of_the_same_round() -> None:
    """A slow round of both is no difference between them."""
    spread = Spread.between([10.0, 100.0, 30.0], [5.0, 50.0, 10.0])

    assert (spread.median, spread.lowest, spread.highest) == (2.0, 2.0, 3.0)
    assert str(spread) == "2 (2 to 3)"


@pytest.mark.parametrize(
    ("value", "shown"), [(0.07349, "0.0735"), (14.04, "14"), (1.0449, "1.04"), (0.0, "0")]
)
def test_a_figure_has_three_digits(value: float, shown: str) -> None:
    assert str(Spread.of([value])) == shown


def test_numbers_stand_to_the_right_and_texts_to_the_left() -> None:
    assert table(("", "ms"), [("slow", "1,234"), ("quickest", "7")]) == (
        "             ms\nslow      1,234\nquickest      7"
    )
    assert markdown(("", "ms"), [("slow", "7")]).splitlines()[1] == "| --- | --: |"


def test_a_run_is_kept_as_json_and_as_a_page(run: Run, tmp_path: Path) -> None:
    path = run.keep(tmp_path / "results")

    kept = json.loads(path.with_suffix(".json").read_text())
    assert kept["run"] == "2026-11-03T08:30:00+00:00"
    assert kept["findings"][0]["rows"][0]["summary"]["per_second"] == 87.6
    assert kept["goals"][0]["frontier_met"] == "MISSED"
    page = path.with_suffix(".md").read_text()
    assert page.startswith("# 3 November 2026\n")
    assert "| mergeshot | card png | 4 | 1,234 | 87.6 |" in page
    assert "| cores | 2 |" in page
    assert "All is well." in page


def test_publishing_replaces_what_was_published_and_nothing_else(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"# Benchmarks\n\nHow to read.\n\n{MARK}\n\n## Old\n\nfigures\n")

    run.publish(page)
    first = page.read_text()
    run.publish(page)

    assert page.read_text() == first
    assert first.startswith(f"# Benchmarks\n\nHow to read.\n\n{MARK}\n\n## 3 November 2026\n")
    assert "Old" not in first


def test_the_page_of_the_documentation_has_the_mark() -> None:
    assert (Path(__file__).parents[2] / "docs" / "benchmarks.md").read_text().count(MARK) == 1
