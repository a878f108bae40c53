"""The chart for the README: pictures a second, ours and the peers', drawn by Mergeshot itself.

python -m benchmarks.chart benchmarks/results/RUN.json docs/pictures/benchmark.png
"""

from __future__ import annotations

import argparse
import json
import urllib.request
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2

from benchmarks.card import REPOSITORY
from benchmarks.contestants import Mergeshot
from benchmarks.tasks import CARD, PNG, Task
from service.cli.speed.spawned import spawned

AT_A_TIME = "4"
WIDTH, SCALE = 800, 2
"""CSS pixels, and device pixels for each of them: sharp on a good screen."""

LONGEST_BAR = 410
"""CSS pixels that leave room for a figure behind the bar."""

LABELS = {
    Mergeshot.name: ("Mergeshot", "Chromium, through HTTP"),
    "takumi-py": ("takumi-py", "no browser, a subset of CSS"),
    "satori + resvg": ("satori + resvg", "no browser, a subset of CSS"),
    "playwright, warm page": ("Playwright", "Chromium, four warm pages"),
    "playwright, context per picture": ("Playwright", "Chromium, a new context each"),
    "puppeteer-cluster": ("puppeteer-cluster", "Chromium, four warm pages"),
}
"""What a contestant is called, and what somebody has to know to compare fairly."""


def page_of(run: Mapping[str, Any]) -> str:
    """The chart of a kept run as a page of HTML.

    Raises:
        ValueError: the run did not measure our own pictures.
    """
    rows = [
        row
        for one in run["findings"]
        for row in one["rows"]
        if (row["task"], row["at_a_time"]) == (str(Task(CARD, PNG)), AT_A_TIME)
    ]
    rates = {row["contestant"]: float(row["summary"]["per_second"]) for row in rows}
    if Mergeshot.name not in rates:
        raise ValueError("this run has no pictures of ours, four at a time")
    environment = jinja2.Environment(
        autoescape=True, loader=jinja2.FileSystemLoader(Path(__file__).parent)
    )
    return environment.get_template("chart.html").render(
        title="Pictures a second, no two alike",
        subtitle="PNGs of 1200 × 630 pixels, four at a time, one card for all. More is better.",
        bars=_bars(rates),
        small_print=_small_print(run),
    )


def draw(run: Mapping[str, Any], file: Path) -> None:
    """Have a server of ours draw the chart.

    Raises:
        StartupError: it does not start.
    """
    asked = {"html": page_of(run), "width": WIDTH, "height": 300, "scale": SCALE}
    body = json.dumps({**asked, "full_page": True}).encode()
    with spawned({}, development=True, folder=REPOSITORY) as server:
        server.wait_for("/readyz")
        request = urllib.request.Request(
            f"{server.address}/v1/html", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            file.write_bytes(answer.read())


def _bars(rates: Mapping[str, float]) -> list[dict[str, object]]:
    """Longest first."""
    most = max(rates.values())
    return [
        {
            "name": LABELS[name][0],
            "note": LABELS[name][1],
            "ours": name == Mergeshot.name,
            "width": round(LONGEST_BAR * rate / most, 1),
            "rate": f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}",
        }
        for name, rate in sorted(rates.items(), key=lambda one: -one[1])
    ]


def _small_print(run: Mapping[str, Any]) -> list[str]:
    """How it was measured, where, and with what, in parts that stay on one line each."""
    machine, day = run["machine"], datetime.fromisoformat(run["run"])
    where = (
        machine.get("processor"),
        f"{machine['cores']} cores",
        machine.get("memory"),
        machine["system"].rsplit(" ", 1)[0],
    )
    versions = [
        f"{name} {machine[key]}"
        for name, key in (
            ("Mergeshot", "mergeshot"),
            ("", "Chromium of the peers"),
            ("Playwright", "Playwright"),
            ("takumi-py", "takumi-py"),
            ("satori", "satori"),
            ("puppeteer-cluster", "puppeteer-cluster"),
        )
        if key in machine
    ]
    return [
        "Mergeshot is the whole service, asked over HTTP;",
        "the others are called in their own process.",
        f"Medians of one run, taken in turns, {day.day} {day:%B %Y}:",
        *(f"{one}," for one in where[:-1] if one),
        f"{where[-1]}.",
        *(f"{one.strip()}," for one in versions[:-1]),
        f"{versions[-1]}.",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the chart of a run that was kept."""
    parser = argparse.ArgumentParser(description="Draw the chart of a run that was kept.")
    parser.add_argument("run", type=Path)
    parser.add_argument("picture", type=Path)
    options = parser.parse_args(arguments)
    draw(json.loads(options.run.read_text()), options.picture)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
