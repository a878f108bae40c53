"""How many answers a second for a picture that is cached: our server beside nginx.

nginx serves the same bytes from a file, with one worker as we have one process. wrk asks both in
turns, for the whole picture and with `If-None-Match` for a 304.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.pictures import FIRST, Step
from benchmarks.report import Findings, Ratio, Row, Spread
from benchmarks.server import serving
from benchmarks.tasks import CARD, JPEG, PNG, Task
from service.cli.speed.asking import WrongAnswer
from service.cli.speed.spawned import free_port
from service.cli.speed.trees import ProcessTree
from service.cli.speed.turns import Summary

CONNECTIONS = 32
KINDS = (PNG, JPEG)
SMALL = 2048
"""Bytes, headers included, that no answer without a body reaches."""

_NGINX = """\
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
  types {{ image/png png; image/jpeg jpeg; }}
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max=100;
  server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""


@dataclass(frozen=True)
class Target:
    """One address to ask: whose, what for, and how large its whole answers are."""

    server: str
    kind: str
    url: str
    etag: str
    size: int
    tree: ProcessTree


@dataclass(frozen=True)
class Turn:
    """What wrk found in one turn: answers a second, times in milliseconds, bytes an answer.

    `processor` is the seconds that the server used, None where nobody can tell.
    """

    rate: float
    answers: int
    p50: float
    p95: float
    p99: float
    size: int
    processor: float | None = None


@dataclass(frozen=True)
class Entry:
    """A target asked for whole pictures or for 304s, with a turn for each round."""

    target: Target
    whole: bool
    turns: list[Turn] = field(default_factory=list)

    @property
    def answer(self) -> str:
        """What is asked for."""
        return self.target.kind if self.whole else f"{self.target.kind} 304"

    def row(self) -> Row:
        """All rounds together: their medians."""
        summary = Summary(
            pictures=sum(turn.answers for turn in self.turns),
            per_second=round(statistics.median(turn.rate for turn in self.turns)),
            p50_ms=round(statistics.median(turn.p50 for turn in self.turns), 2),
            p95_ms=round(statistics.median(turn.p95 for turn in self.turns), 2),
            p99_ms=round(statistics.median(turn.p99 for turn in self.turns), 2),
            bytes=self.turns[-1].size,
            processor_ms=self._processor_ms(),
        )
        return Row(self.target.server, self.answer, str(CONNECTIONS), summary)

    def _processor_ms(self) -> float | None:
        used = [turn.processor for turn in self.turns if turn.processor is not None]
        if len(used) < len(self.turns):
            return None
        return round(1000 * sum(used) / sum(turn.answers for turn in self.turns), 3)


def measure(rounds: int, seconds: int, step: Step) -> Findings:
    """Ask in turns; nothing but a remark where wrk is missing.

    Raises:
        WrongAnswer: somebody answered something else.
        StartupError: our server does not start.
    """
    found = Findings("Hits a second: pictures that are cached, 32 connections kept alive")
    if shutil.which("wrk") is None:
        found.remarks = ["wrk is missing: apt-get install wrk to measure hits."]
        return found
    if shutil.which("nginx") is None:
        found.remarks = ["nginx is missing: apt-get install nginx-light to compare."]
    with ExitStack() as stack:
        targets = list(_targets(stack))
        found.remarks += [
            f"The {one.kind} is the reference card, {one.size:,} bytes."
            for one in targets[: len(KINDS)]
        ]
        entries = _measure(targets, rounds, seconds, step)
    found.rows = [entry.row() for entry in entries]
    found.ratios = list(_ratios(entries))
    for ratio in found.ratios:
        if ratio.what == "hits, png":
            found.figures["hits nginx"] = ratio.speed
    return found


def _targets(stack: ExitStack) -> Iterator[Target]:
    """Our cached pictures, and nginx with the same bytes where there is an nginx."""
    ours = stack.enter_context(serving((CARD,)))
    pictures: dict[str, bytes] = {}
    for kind in KINDS:
        url = ours.spawned.address + ours.path(Task(CARD, kind), FIRST)
        _fetch(url)  # draws it, so that the next one is a hit
        body, headers = _fetch(url)
        if headers.get("Mergeshot-Status") != "exact":
            raise WrongAnswer(f"A hit was not the picture: {headers.get('Mergeshot-Status')}")
        pictures[kind] = body
        yield _checked(
            Target("mergeshot", kind, url, headers["ETag"], len(body), ours.spawned.tree)
        )
    if shutil.which("nginx") is None:
        return
    peer, tree = stack.enter_context(_nginx(pictures))
    for name, body in pictures.items():
        url = f"{peer}/card.{name}"
        same, headers = _fetch(url)
        if same != body:
            raise WrongAnswer("nginx serves other bytes than ours.")
        yield _checked(Target("nginx", name, url, headers["ETag"], len(body), tree))


def _checked(target: Target) -> Target:
    """The target, once it has answered 304 to its own tag."""
    request = urllib.request.Request(target.url, headers={"If-None-Match": target.etag})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            status = response.status
    except urllib.error.HTTPError as error:
        status = error.code
    if status != 304:
        raise WrongAnswer(f"{target.server} said {status} to its own tag, not 304.")
    return target


def _fetch(url: str) -> tuple[bytes, dict[str, str]]:
    with urllib.request.urlopen(url, timeout=30) as response:
        return response.read(), dict(response.headers)


@contextmanager
def _nginx(pictures: dict[str, bytes]) -> Iterator[tuple[str, ProcessTree]]:
    """nginx over a folder with these pictures, its log written as ours is."""
    with tempfile.TemporaryDirectory(prefix="mergeshot-bench-") as name:
        folder, port = Path(name), free_port()
        (folder / "files").mkdir()
        for kind, body in pictures.items():
            (folder / "files" / f"card.{kind}").write_bytes(body)
        # Its worker could not enter a private folder as another user.
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "conf").write_text(_NGINX.format(user=user, folder=folder, port=port))
        process = subprocess.Popen(
            ["nginx", "-p", name, "-c", f"{name}/conf", "-e", f"{name}/error.log"]
        )
        try:
            _wait_until_listening(f"http://127.0.0.1:{port}/card.png", process)
            yield f"http://127.0.0.1:{port}", ProcessTree(process.pid)
        finally:
            process.terminate()
            process.wait()


def _wait_until_listening(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        try:
            _fetch(url)
        except urllib.error.URLError as error:
            if process.poll() is not None:
                raise WrongAnswer("nginx did not start.") from error
            time.sleep(0.05)
        else:
            return
    raise WrongAnswer("nginx does not answer.")


def _measure(targets: Sequence[Target], rounds: int, seconds: int, step: Step) -> list[Entry]:
    entries = [Entry(target, whole) for whole in (True, False) for target in targets]
    order = random.Random(7)
    for done in range(rounds):
        for entry in order.sample(entries, len(entries)):
            step(f"hits, round {done + 1}: {entry.target.server}, {entry.answer}")
            entry.turns.append(_turn(entry.target, entry.whole, seconds))
    return entries


def _turn(target: Target, whole: bool, seconds: int) -> Turn:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    if not whole:
        command += ["-H", f"If-None-Match: {target.etag}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_LUA)
        script.flush()
        before = target.tree.processor_seconds()
        said = subprocess.run(
            [*command, "-s", script.name, target.url], capture_output=True, text=True, check=True
        ).stdout
    after = target.tree.processor_seconds()
    turn = _read(said, target, whole)
    if before is None or after is None:
        return turn
    return replace(turn, processor=after - before)


# wrk itself prints no 95th percentile, and rounds what it prints.
_LUA = """\
done = function(summary, latency, requests)
  local e = summary.errors
  print(string.format("figures %d %d %d %d %d %d %d", summary.requests, summary.duration,
    summary.bytes, latency:percentile(50), latency:percentile(95),
    latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def _read(said: str, target: Target, whole: bool) -> Turn:
    match = re.search(r"^figures (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$", said, re.MULTILINE)
    if match is None:
        raise WrongAnswer("wrk said something unknown.", hint=said)
    answers, duration, size, p50, p95, p99, errors = map(int, match.groups())
    each = size // max(1, answers)
    if errors or (each < target.size) == whole or (not whole and each > SMALL):
        raise WrongAnswer(f"{target.server}: {errors} errors, {each} bytes an answer")
    return Turn(answers / duration * 1e6, answers, p50 / 1000, p95 / 1000, p99 / 1000, each)


def _ratios(entries: Sequence[Entry]) -> Iterator[Ratio]:
    rates = {(e.target.server, e.answer): [turn.rate for turn in e.turns] for e in entries}
    for (server, answer), ours in rates.items():
        theirs = rates.get(("nginx", answer))
        if server == "mergeshot" and theirs is not None:
            yield Ratio(f"hits, {answer}", "nginx", Spread.between(ours, theirs))
