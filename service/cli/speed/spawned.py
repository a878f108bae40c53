"""A server in a process and with a data folder of its own, for as long as somebody measures it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from service.cli.speed.trees import ProcessTree
from service.errors import StartupError

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0

PATIENT = {"MERGESHOT_IMAGE_WAIT": "60s", "MERGESHOT_TIMEOUT": "60s"}
"""What is measured is drawing: on a slow machine too, a late picture is waited for."""


@dataclass(frozen=True)
class Spawned:
    """A running server. `address` has no slash at its end; `began` is of `time.perf_counter`."""

    address: str
    process: subprocess.Popen[bytes]
    tree: ProcessTree
    log: Path
    began: float

    def wait_for(self, path: str, *, every: float = 0.02) -> float:
        """Seconds from the start of the process until `path` was answered with 200.

        Raises:
            StartupError: it ended, or did not answer so within a minute.
        """
        limit = self.began + START_TIMEOUT_S
        while self.process.poll() is None and time.perf_counter() < limit:
            # Not listening yet, or not ready yet: both are what we wait out.
            with (
                suppress(urllib.error.URLError, OSError),
                urllib.request.urlopen(self.address + path, timeout=10) as answer,  # noqa: S310 - an address of ours
            ):
                answer.read()
                return time.perf_counter() - self.began
            time.sleep(every)
        told = self.log.read_text(errors="replace").strip().splitlines()
        raise StartupError(
            "The server that was to be measured did not start.", hint="\n".join(told[-3:])
        )


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def spawned(
    environment: Mapping[str, str], *, development: bool = False, folder: Path | None = None
) -> Iterator[Spawned]:
    """Run `serve` for as long as the block runs, without waiting until it is ready.

    `environment` goes before ours; the host, the port and, unless it names one, the data folder
    are of this server alone. `folder` is where it is started: this one, unless it is given.
    """
    with tempfile.TemporaryDirectory(prefix="mergeshot-bench-") as name:
        port, log = free_port(), Path(name, "log")
        own = {"MERGESHOT_HOST": "127.0.0.1", "MERGESHOT_PORT": str(port)}
        data = {"MERGESHOT_DATA_DIR": f"{name}/data"}
        with log.open("wb") as output:
            began = time.perf_counter()
            process = subprocess.Popen(  # noqa: S603 - the program that runs here, once more
                [sys.executable, "-m", "service", "serve", *(["--dev"] if development else [])],
                cwd=folder,
                env=PATIENT | os.environ | data | dict(environment) | own,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us, who end it in order
            )
        tree = ProcessTree(process.pid)
        try:
            yield Spawned(f"http://127.0.0.1:{port}", process, tree, log, began)
        finally:
            _stop(process, tree)


def _stop(process: subprocess.Popen[bytes], tree: ProcessTree) -> None:
    """End it as an operator would; what is left of it after that is killed."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid in tree.pids():
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
