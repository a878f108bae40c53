"""The server as a process of its own, as people run it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(slots=True)
class Server:
    """A running `mergeshot serve --dev`, its address, and what it wrote."""

    process: asyncio.subprocess.Process
    url: str
    log: Path

    def tree(self) -> list[psutil.Process]:
        """The process and everything below it."""
        try:
            root = psutil.Process(self.process.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def memory(self) -> int:
        """Bytes held by the tree; pages that processes share count once (PSS)."""
        total = 0
        for process in self.tree():
            with contextlib.suppress(psutil.Error):  # it may end while we look
                total += process.memory_full_info().pss
        return total


@contextlib.asynccontextmanager
async def serving(data: Path, **more: str) -> AsyncIterator[Server]:
    """Start a server on a free port; end it, whatever happened, with all that is below it."""
    environ = {name: value for name, value in os.environ.items() if "MERGESHOT" not in name}
    environ |= {"MERGESHOT_PORT": "0", "MERGESHOT_DATA_DIR": str(data / "data")}
    environ |= {f"MERGESHOT_{name.upper()}": value for name, value in more.items()}
    log = data / "server.log"
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-u", "-m", "service", "serve", "--dev",
            stdout=file, stderr=file, env=environ, start_new_session=True,
        )  # fmt: skip
    server = Server(process, "", log)
    try:
        for _ in range(600):
            found = re.search(r"Ready\. Try (http://[^/\s]+)", log.read_text())
            if found or process.returncode is not None:
                break
            await asyncio.sleep(0.1)
        assert found, log.read_text()[-2000:]
        server.url = found[1]
        yield server
    finally:
        left = server.tree()
        if process.returncode is None:
            process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 30)
        for each in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
