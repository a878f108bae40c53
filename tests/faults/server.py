"""A server as it runs in production, in a process of its own, and what can be done to it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psutil
from aiohttp import ClientError, ClientSession

from tests.faults.cards import KEY, SIZES
from tests.fetch.site import Site
from tests.journeys.process import Server

ADMIN_KEY = "the operator's key, for tests"
WAIT = 1.0
"""Seconds, `MERGESHOT_IMAGE_WAIT` of every server here."""

SMALL = 512
"""Bytes that a file may have on a disk that is full."""

_PROGRAM = re.compile(r"/(chrom|headless_shell)[^/ ]*( |$)")
"""Chromium's, with windows or without; its children write all of their words into the first."""

SETTINGS = {
    "image_wait": f"{WAIT}s",
    "timeout": "3s",
    "engines": "1",
    "pages": "2",
    "cache_memory": "0",  # what lies on the disk is what is served
    "cache_disk": "64MiB",
    "admin_key": ADMIN_KEY,
    "signing_keys": f"{KEY.kid}:{KEY.secret.decode()}",
}


@dataclass(slots=True)
class Producing(Server):
    """A running server in production, with its folders."""

    data: Path
    templates: Path

    # What it says

    async def figure(self, name: str) -> float:
        """The sum of a metric over its labels."""
        headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
        async with (
            ClientSession(headers=headers) as session,
            session.get(f"{self.url}/metrics") as response,
        ):
            assert response.status == 200
            lines = (await response.text()).splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(f"{name}{{"))

    # What can be done to it

    def browsers(self) -> list[psutil.Process]:
        """The browsers themselves; each leads a process group of its own."""
        return [one for one in self._chromium() if _leads(one)]

    def renderers(self) -> list[psutil.Process]:
        """The processes that lay pages out."""
        return [one for one in self._chromium() if _kind(one) == "renderer"]

    def has_screens(self) -> bool:
        """Whether pictures are drawn in windows."""
        return any("-fbdir" in _words(one) for one in self.tree())

    def kill_browsers(self) -> None:
        """What the kernel does when memory runs out."""
        self._tell_browsers(signal.SIGKILL)

    def stop_browsers(self) -> None:
        """Let every process of every browser hang."""
        self._tell_browsers(signal.SIGSTOP)

    def wake_browsers(self) -> None:
        """Let go on what `stop_browsers` stopped."""
        self._tell_browsers(signal.SIGCONT)

    def stop_renderers(self) -> None:
        """Let pages hang in a browser that is well."""
        for renderer in self.renderers():
            with contextlib.suppress(psutil.Error):
                renderer.suspend()

    @contextlib.contextmanager
    def full_disk(self) -> Iterator[None]:
        """No file of the server's grows beyond some bytes, its log no more than its pictures."""
        before = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (SMALL, before[1]))
        try:
            yield
        finally:
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, before)

    def spoil_cache(self, random: Random) -> int:
        """Damage every picture and pointer on disk, each in one of several ways; how many."""
        files = [
            path for path in (self.data / "pictures").glob("*/??/*") if path.parts[-3] != "tmp"
        ]
        random.shuffle(files)
        for number, path in enumerate(files):
            with contextlib.suppress(FileNotFoundError):  # the server refused it already
                _damage(path, files[number - 1], number, random)
        return len(files)

    def _tell_browsers(self, number: signal.Signals) -> None:
        browsers = self.browsers()
        assert browsers, "there is no browser to do it to"
        for browser in browsers:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(browser.pid, number)

    def _chromium(self) -> list[psutil.Process]:
        return [one for one in self.tree() if _PROGRAM.search(" ".join(_words(one)[:1]))]


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _leads(process: psutil.Process) -> bool:
    try:
        return os.getpgid(process.pid) == process.pid
    except ProcessLookupError:
        return False


def _kind(process: psutil.Process) -> str:
    types = [word for word in _words(process) if word.startswith("--type=")]
    return types[0].removeprefix("--type=") if types else ""


def _damage(path: Path, other: Path, number: int, random: Random) -> None:
    data = bytearray(path.read_bytes() or b"empty")
    match number % 6:
        case 0:  # a bit, anywhere
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        case 1:  # a bit of the picture's last bytes
            data[-random.randint(1, min(40, len(data)))] ^= 16
        case 2:
            del data[random.randrange(len(data)) :]
        case 3:
            data = bytearray()
        case 4:
            data = bytearray(random.randbytes(len(data)))
        case _:  # a whole file of ours, but of somebody else
            data = bytearray(other.read_bytes())
    # In place, as a bad disk would: the server may be reading it.
    with path.open("r+b") as file:
        file.write(data)
        file.truncate(len(data))


@contextlib.asynccontextmanager
async def producing(
    folder: Path, templates: Path, *, site: Site | None = None, **more: str
) -> AsyncIterator[Producing]:
    """Start a server; end it, whatever happened, with all that is below it.

    It is ready when a browser draws and the generic pictures are kept. With a `site`, the web is
    that site and nothing else.
    """
    port = _free_port()
    settings = SETTINGS | {"port": str(port), "data_dir": str(folder / "data")} | more
    environ = {name: value for name, value in os.environ.items() if "MERGESHOT" not in name}
    environ |= {f"MERGESHOT_{name.upper()}": value for name, value in settings.items()}
    environ["MERGESHOT_TEMPLATES_DIR"] = str(templates)
    program = ["service", "serve"]
    if site is not None:
        authority = folder / "authority.pem"
        site.authority.cert_pem.write_to_path(str(authority))
        program = ["tests.faults.start", str(site.port), str(authority)]
    log = folder / "server.log"
    with log.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-u", "-m", *program,
            stdout=file, stderr=file, env=environ, start_new_session=True,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    server = Producing(process, url, log, folder / "data", templates)
    try:
        await _ready(server)
        yield server
    finally:
        left = server.tree()
        if process.returncode is None:
            process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 15)
        for each in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        await process.wait()


async def _ready(server: Producing) -> None:
    async with asyncio.timeout(30), ClientSession() as session:
        while True:
            assert server.process.returncode is None, server.log.read_text()[-2000:]
            with contextlib.suppress(ClientError):
                async with session.get(f"{server.url}/readyz") as response:
                    if response.status == 200 and _generics(server):
                        return
            await asyncio.sleep(0.05)


def _generics(server: Producing) -> bool:
    """Whether the pictures without values are kept; of `typeset` there can be none."""
    kept = list((server.data / "generic").glob("*/*.png"))
    templates = [folder for folder in server.templates.iterdir() if folder.name != "typeset"]
    return len(kept) >= len(templates) * len(SIZES)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
