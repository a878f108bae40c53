"""Peers that run in Node, each in a process of its own: `node/peers.mjs` says how it is spoken to.

What they need is installed by npm into `node/node_modules`, once, at the versions of
`node/package.json`. Where that cannot be done, they are left out and a line says why.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

from benchmarks.card import HEIGHT, QUALITY, WIDTH, Card
from benchmarks.contestants import Contestant, Meter
from benchmarks.tasks import CARD, JPEG, PNG, Task
from service.cli.speed.asking import WrongAnswer
from service.cli.speed.trees import ProcessTree
from service.cli.speed.turns import Turn
from service.model import Format

FOLDER = Path(__file__).resolve().parent / "node"
PEERS: dict[str, tuple[tuple[Format, ...], tuple[int, ...]]] = {
    "satori + resvg": ((PNG,), (1, 4)),
    "puppeteer, warm page": ((PNG, JPEG), (1,)),
    "puppeteer-cluster": ((PNG, JPEG), (4,)),
}
"""What each draws, and how many at a time: one page draws one, the cluster has four."""

_INSTALL = (
    *("npm", "install", "--no-package-lock", "--no-audit", "--no-fund"),
    *("--loglevel=error", "--fetch-retries=1", "--fetch-timeout=30000"),
)
_INSTALL_TIMEOUT_S = 300

_LINE = 2**24
"""Bytes of the longest answer: a picture in base64."""


def missing() -> str:
    """Install what is needed; why that cannot be, or nothing."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    versions = json.loads((FOLDER / "package.json").read_text())["dependencies"]
    if versions == _installed(list(versions)):
        return ""
    try:
        done = subprocess.run(
            _INSTALL,
            cwd=FOLDER,
            env=os.environ | {"PUPPETEER_SKIP_DOWNLOAD": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=_INSTALL_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return "npm did not come to an end"
    if done.returncode:
        told = done.stderr.strip().splitlines()
        return f"npm could not install them ({told[0] if told else done.returncode})"
    return ""


def _installed(names: list[str]) -> dict[str, str]:
    """The versions that lie there."""
    found = {}
    for name in names:
        file = FOLDER / "node_modules" / name / "package.json"
        if file.is_file():
            found[name] = json.loads(file.read_text())["version"]
    return found


class NodePeer:
    """One peer, in a process of its own that measures and checks itself."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self._process = process
        self._meter = Meter(ProcessTree(process.pid), own=False)

    def draws(self, task: Task, concurrency: int) -> bool:
        """The card, in its formats."""
        formats, at_a_time = PEERS[self.name]
        plain = task.template == CARD and task.scale is None
        return plain and task.format in formats and concurrency in at_a_time

    async def turn(
        self, task: Task, _: Iterator[int], *, concurrency: int, seconds: float
    ) -> Turn:
        """Have it draw in a closed loop. It counts for itself."""
        asked = {
            "format": task.format.value,
            "concurrency": concurrency,
            "seconds": seconds,
        }
        before = self._meter.processor()
        figures = await self.ask(asked)
        turn = self._meter.of(Turn(**figures), before)
        await self.listen()  # that all were checked
        return turn

    async def picture(self, task: Task, number: int) -> bytes:
        """One picture, to look at."""
        said = await self.ask({"format": task.format.value, "picture": number})
        return base64.b64decode(said["picture"])

    def memory(self) -> int | None:
        """What Node and its browser hold."""
        return self._meter.memory()

    async def ask(self, what: dict[str, Any]) -> dict[str, Any]:
        """Say one line and take one."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        await self._process.stdin.drain()
        return await self.listen()

    async def listen(self) -> dict[str, Any]:
        """Take one line.

        Raises:
            WrongAnswer: it says that something was wrong, or nothing at all.
        """
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        said: dict[str, Any] = json.loads(line) if line else {"wrong": "it ended"}
        if "wrong" in said:
            raise WrongAnswer(f"{self.name}: {said['wrong']}")
        return said


@asynccontextmanager
async def node_peers(browser: Path, wanted: str = "") -> AsyncIterator[list[Contestant]]:
    """Those whose names hold `wanted`, started; none, with a line, where they cannot be had."""
    names = [name for name in PEERS if wanted in name]
    if not names:
        yield []
        return
    if reason := missing():
        print(f"Without satori and puppeteer: {reason}.")
        yield []
        return
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mergeshot-bench-")))
        introduction = _introduction(browser, folder)
        peers: list[Contestant] = []
        for name in names:
            peer = await stack.enter_async_context(_started(name))
            await peer.ask(introduction)
            peers.append(peer)
        yield peers


@asynccontextmanager
async def _started(name: str) -> AsyncIterator[NodePeer]:
    process = await asyncio.create_subprocess_exec(
        "node",
        "peers.mjs",
        name,
        cwd=FOLDER,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LINE,
    )
    assert process.stdin is not None
    try:
        yield NodePeer(name, process)
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()


def _introduction(browser: Path, folder: Path) -> dict[str, Any]:
    """The card for peers that fill it themselves."""
    card = Card.read()
    font = TTFont(card.font)  # satori reads no woff2
    font.flavor = None
    font.save(folder / "font.ttf")
    fields = ("name", "company", "row", "seat")
    return {
        "document": card.document({field: f"«{field}»" for field in fields}),
        "font": str(folder / "font.ttf"),
        "avatar": card.avatar,
        "width": WIDTH,
        "height": HEIGHT,
        "quality": QUALITY,
        "chromium": str(browser),
        # As Playwright starts it for its peers, so that all draw with the same browser.
        "args": ["--no-sandbox"],
    }
