"""Our own server for one benchmark: its own process and data folder, settings of production."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.card import FOLDER, REPOSITORY

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving() -> Iterator[str]:
    """Run `mergeshot serve` for as long as the block runs; its address, without a slash.

    Settings of the caller's environment hold, so that a benchmark can compare them; address and
    data folder are always its own, hence nothing is cached when it starts. The reference card is
    its only template: a server draws every template's picture without data when it starts, and
    those of the samples would be drawn in the middle of the first turns.
    """
    with tempfile.TemporaryDirectory(prefix="mergeshot-bench-") as folder:
        port = free_port()
        shutil.copytree(FOLDER, Path(folder, "templates", FOLDER.name))
        environment = os.environ | {
            "MERGESHOT_HOST": "127.0.0.1",
            "MERGESHOT_PORT": str(port),
            "MERGESHOT_DATA_DIR": f"{folder}/data",
            "MERGESHOT_TEMPLATES_DIR": f"{folder}/templates",
        }
        log = Path(folder, "log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "service", "serve"],
                cwd=REPOSITORY,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_ready(process, f"{address}/readyz", log)
            yield address
        finally:
            _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], probe: str, log: Path) -> None:
    limit = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < limit:
        # Not listening yet, or not ready yet: both are what we wait out.
        with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(probe, timeout=5):
            return
        time.sleep(0.05)
    raise SystemExit(f"The server did not start:\n{log.read_text()[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
