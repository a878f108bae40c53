"""Our own server as a user would start it: own process, own data folder, production's settings."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.card import REPOSITORY
from benchmarks.tasks import Task, values_of
from service.cli.speed.asking import Addresses
from service.cli.speed.spawned import Spawned, spawned
from service.config import Settings

TEMPLATES = REPOSITORY / "html_templates"


@dataclass(frozen=True)
class Server:
    """A server that runs, and the addresses that it knows."""

    spawned: Spawned
    addresses: Addresses

    def path(self, task: Task, number: int) -> str:
        """The path and query of picture `number`."""
        template = self.addresses.templates[task.template]
        values = values_of(template, number)
        return self.addresses.address(task.template, values, task.format, task.asked_scale)

    def size(self, task: Task) -> tuple[int, int]:
        """Width and height of a task's pictures, in pixels."""
        return task.size(self.addresses.templates[task.template])


def copied(names: Sequence[str], folder: Path) -> dict[str, str]:
    """Copy templates into a folder; the settings of a server that serves these alone.

    A server draws every template's picture without data when it starts, and those of the other
    samples would be drawn in the middle of the first turns.
    """
    for name in (*names, "_shared"):
        shutil.copytree(TEMPLATES / name, folder / "templates" / name)
    return {
        "MERGESHOT_DATA_DIR": str(folder / "data"),
        "MERGESHOT_TEMPLATES_DIR": str(folder / "templates"),
    }


@contextmanager
def serving(names: Sequence[str]) -> Iterator[Server]:
    """Serve these templates for as long as the block runs, from when it is ready.

    Settings of the caller's environment hold, so that a benchmark can compare them; the folders
    are always its own, hence nothing is cached when it starts.

    Raises:
        StartupError: it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="mergeshot-bench-") as folder:
        environment = copied(names, Path(folder))
        addresses = Addresses.open(Settings.read(os.environ | environment))
        with spawned(environment, folder=REPOSITORY) as server:
            server.wait_for("/readyz")
            yield Server(server, addresses)
