"""How long the first picture takes: after a start, and after a save in development."""

from __future__ import annotations

import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.card import REPOSITORY
from benchmarks.pictures import Step
from benchmarks.report import Findings, Spread
from benchmarks.server import copied
from benchmarks.tasks import CARD
from service.cli.speed.asking import WrongAnswer
from service.cli.speed.spawned import Spawned, spawned

HEADS = ("from", "until", "seconds")
LONGEST_WAIT_S = 20.0

_PATH = f"/i/{CARD}.png?name=Ada"
_SIGN = "Mergeshot-Status"


def measure(times: int, step: Step) -> Findings:
    """Start a server several times, then save a style sheet several times.

    Raises:
        StartupError: it does not start.
        WrongAnswer: a saved change is not seen.
    """
    with tempfile.TemporaryDirectory(prefix="mergeshot-bench-") as folder:
        step("starts with an empty data folder")
        first = [_start(copied((CARD,), Path(folder, str(time_)))) for time_ in range(times)]
        step("starts with a data folder that was used")
        # Other values each time: what is found in the cache was not drawn.
        used = copied((CARD,), Path(folder, "used"))
        _start(used)
        again = [_start(used, f"&company={time_}") for time_ in range(times)]
        step("saves")
        saves = list(_saves(copied((CARD,), Path(folder, "saved")), times))
    until = "its first picture, drawn and answered"
    return Findings(
        "The first picture",
        heads=HEADS,
        lines=[
            ("start, empty data folder", until, str(Spread.of(first))),
            ("start, used data folder", until, str(Spread.of(again))),
            ("save of style.css, serve --dev", "a picture that shows it", str(Spread.of(saves))),
        ],
        figures={"start": max(Spread.of(first), Spread.of(again), key=lambda one: one.median)},
    )


def _start(environment: dict[str, str], more: str = "") -> float:
    """Seconds from the start of the process to its first picture."""
    with spawned(environment, folder=REPOSITORY) as server:
        took = server.wait_for(_PATH + more, every=0.005)
        if _asked(server)[1] != "exact":
            raise WrongAnswer("the first picture was not the one that was asked for")
        return took


def _saves(environment: dict[str, str], times: int) -> Iterator[float]:
    """Seconds from a change of the style sheet until a picture shows it."""
    style = Path(environment["MERGESHOT_TEMPLATES_DIR"], CARD, "style.css")
    said = style.read_text()
    with spawned(environment, development=True, folder=REPOSITORY) as server:
        server.wait_for(_PATH)
        before = _asked(server)[0]
        for number in range(times):
            began = time.perf_counter()
            style.write_text(f"{said}\n.logo{{background:rgb({number},90,90)}}\n")
            while (now := _asked(server)[0]) == before:
                if time.perf_counter() - began > LONGEST_WAIT_S:
                    raise WrongAnswer("a saved change was not seen")
                time.sleep(0.002)
            yield time.perf_counter() - began
            before = now


def _asked(server: Spawned) -> tuple[bytes, str]:
    """The picture, and how good it is."""
    with urllib.request.urlopen(server.address + _PATH, timeout=30) as answer:
        return answer.read(), answer.headers.get(_SIGN, "")
