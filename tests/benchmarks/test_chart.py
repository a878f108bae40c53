from __future__ import annotations

from typing import Any

import pytest

from benchmarks.chart import LONGEST_BAR, page_of


def run(**rates: float) -> dict[str, Any]:
    rows = [
        {
            "contestant": name.replace("_", "-"),
            "task": "reference-card png",
            "at_a_time": "4",
            "summary": {"per_second": rate},
        }
        for name, rate in rates.items()
    ]
    other = {**rows[0], "at_a_time": "1", "summary": {"per_second": 999.0}}
    machine = {
        "cores": "2",
        "processor": "A processor",
        "memory": "4.0 GiB",
        "system": "Linux 6.1 x86_64",
        "mergeshot": "0.1.0",
        "Chromium of the peers": "chromium 150",
    }
    began = "2026-11-03T08:30:00+00:00"
    return {"run": began, "machine": machine, "findings": [{"rows": [*rows, other]}]}


def test_bars_are_as_long_as_what_they_stand_for_and_the_longest_is_first() -> None:
    page = page_of(run(mergeshot=50.0, takumi_py=100.0))

    assert page.index("takumi-py") < page.index("Mergeshot")
    assert f"width:{LONGEST_BAR}" in page
    assert f"width:{LONGEST_BAR / 2}" in page
    assert "999" not in page


def test_the_small_print_names_day_machine_and_versions() -> None:
    page = page_of(run(mergeshot=50.0))

    for words in ("3 November 2026", "A processor", "2 cores", "Linux 6.1", "chromium 150"):
        assert words in page


def test_a_run_without_ours_has_no_chart() -> None:
    with pytest.raises(ValueError, match="no pictures of ours"):
        page_of(run(takumi_py=100.0))
