"""How long the decision about one picture takes, without a browser.

    python -m benchmarks.plans

A typical request, five fields of `event-ticket`, is planned; read from a signed address and
planned; and, to measure by, its page is filled by Jinja, which every way of drawing has to do.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.report import Ratio, Row, keep, table, warn_if_busy
from service.access.keyring import open_keyring
from service.app import open_catalogue, open_store
from service.catalogue.compose import compose
from service.config import Settings
from service.model import Format, RenderRequest
from service.render.plan import Planner
from service.render.signed import signed_address
from service.render.vouching import said
from service.web.proof import Caller, prove
from service.web.query import read_query, requested

HEADS = ("", "what", "at a time", "times", "per second", "p50 ms", "p95 ms", "bytes")
GOAL_MS = 0.15
"""Milliseconds that planning a typical request may take."""

TEMPLATE = "event-ticket"
VALUES: Mapping[str, object] = {
    "first_name": "Ada",
    "company": "AT&T",
    "seat": "14C",
    "tier": "vip",
    "date": "2026-12-31",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, keep; the exit code is 1 when planning takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--times", type=int, default=500, help="of each in a round")
    options = parser.parse_args(arguments)
    warn_if_busy()
    with tempfile.TemporaryDirectory(prefix="mergeshot-bench-") as folder:
        turns = _measure(_contestants(Path(folder)), options.rounds, options.times)
    rows = [_row(name, rounds) for name, rounds in turns.items()]
    rates = {name: [len(one) / sum(one) for one in rounds] for name, rounds in turns.items()}
    ratio = Ratio.of("plan, by Jinja's filling of the page", rates["plan"], rates["jinja2"])
    print(table(HEADS, [astuple(row) for row in rows]))
    print(ratio)
    print(f"Kept in {keep('plans', {'times': options.times}, [*rows, ratio])}")
    if rows[0].p50_ms > GOAL_MS:
        print(f"Planning took {rows[0].p50_ms} ms; {GOAL_MS} ms are the goal.")
        return 1
    return 0


def _contestants(folder: Path) -> Mapping[str, Callable[[], object]]:
    settings = Settings.read({"MERGESHOT_DATA_DIR": str(folder)})
    catalogue = open_catalogue(settings, open_store(settings))
    planner = Planner(catalogue, secret=b"of the benchmark alone", fingerprint="none")
    keyring = open_keyring("", b"of the benchmark alone")
    now = datetime.now(UTC)
    request = RenderRequest(template=TEMPLATE, values=VALUES, at=now, format=Format.PNG)
    plan = planner.plan(request)
    query = signed_address(keyring, said(plan, request)).partition("?")[2]
    caller = Caller(now.timestamp())

    def read_and_plan() -> object:
        asked = read_query(query)
        proof = prove(keyring, plan.template, TEMPLATE, "png", asked, caller)
        if not proof.allowed:
            raise SystemExit("Wrong answer, so no figures: the signature was refused.")
        return planner.plan(requested(TEMPLATE, Format.PNG, proof.asked, at=now))

    return {
        "plan": lambda: planner.plan(request),
        "read, verify, plan": read_and_plan,
        "jinja2": lambda: compose(plan.template, plan.filled, plan.setting),
    }


def _measure(
    contestants: Mapping[str, Callable[[], object]], rounds: int, times: int
) -> dict[str, list[list[float]]]:
    """Seconds of each time, round by round, the contestants in turns."""
    turns: dict[str, list[list[float]]] = {name: [] for name in contestants}
    for act in contestants.values():
        for _ in range(50):
            act()
    for _ in range(rounds):
        for name, act in contestants.items():
            turns[name].append([_timed(act) for _ in range(times)])
    return turns


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _row(name: str, rounds: list[list[float]]) -> Row:
    """All rounds together; the rate is the median of theirs."""
    seconds = sorted(second for one in rounds for second in one)
    return Row(
        contestant=name,
        format="decision" if name != "jinja2" else "page",
        concurrency=1,
        pictures=len(seconds),
        per_second=round(statistics.median(len(one) / sum(one) for one in rounds)),
        p50_ms=round(1000 * statistics.median(seconds), 3),
        p95_ms=round(1000 * seconds[int(0.95 * len(seconds))], 3),
        bytes=0,
    )


if __name__ == "__main__":
    raise SystemExit(main())
