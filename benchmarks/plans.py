"""How long the decision about one picture takes, without a browser.

A typical request, five fields of `event-ticket`, is planned; read from a signed address and
planned; and, to measure by, its page is filled by Jinja, which every way of drawing has to do.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.pictures import Step
from benchmarks.report import Findings, Ratio, Spread
from service.access.keyring import open_keyring
from service.app import open_catalogue, open_store
from service.catalogue.compose import compose
from service.cli.speed.asking import WrongAnswer
from service.cli.speed.turns import percentile
from service.config import Settings
from service.model import Format, RenderRequest
from service.render.plan import Planner
from service.render.signed import signed_address
from service.render.vouching import said
from service.web.proof import Caller, prove
from service.web.query import read_query, requested

HEADS = ("", "p50 ms", "p95 ms")
GOAL_MS = 0.15
"""Milliseconds that planning a typical request may take."""

ROUNDS, TIMES = 5, 500

TEMPLATE = "event-ticket"
VALUES: Mapping[str, object] = {
    "first_name": "Ada",
    "company": "AT&T",
    "seat": "14C",
    "tier": "vip",
    "date": "2026-12-31",
}


def measure(step: Step) -> Findings:
    """Plan, read and fill in turns."""
    step("planning")
    with tempfile.TemporaryDirectory(prefix="mergeshot-bench-") as folder:
        turns = _measure(_contestants(Path(folder)))
    lines = [_line(name, rounds) for name, rounds in turns.items()]
    rates = {name: [len(one) / sum(one) for one in rounds] for name, rounds in turns.items()}
    took = statistics.median(second for one in turns["plan"] for second in one) * 1000
    return Findings(
        "The decision about a picture, without a browser",
        heads=HEADS,
        lines=lines,
        ratios=[
            Ratio(
                "plan",
                "Jinja's filling of the page",
                Spread.between(rates["plan"], rates["jinja2"]),
            )
        ],
        remarks=[f"A plan may take {GOAL_MS} ms: {'met' if took <= GOAL_MS else 'MISSED'}."],
    )


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
            raise WrongAnswer("The signature of an address of ours was refused.")
        return planner.plan(requested(TEMPLATE, Format.PNG, proof.asked, at=now))

    return {
        "plan": lambda: planner.plan(request),
        "read, verify, plan": read_and_plan,
        "jinja2": lambda: compose(plan.template, plan.filled, plan.setting),
    }


def _measure(contestants: Mapping[str, Callable[[], object]]) -> dict[str, list[list[float]]]:
    """Seconds of each time, round by round, the contestants in turns."""
    turns: dict[str, list[list[float]]] = {name: [] for name in contestants}
    for act in contestants.values():
        for _ in range(50):
            act()
    for _ in range(ROUNDS):
        for name, act in contestants.items():
            turns[name].append([_timed(act) for _ in range(TIMES)])
    return turns


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _line(name: str, rounds: list[list[float]]) -> tuple[str, ...]:
    seconds = [second for one in rounds for second in one]
    return name, *(f"{1000 * percentile(seconds, share):.3f}" for share in (50, 95))
