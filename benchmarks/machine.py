"""Where a run took place, and with which versions of what: figures mean nothing without it."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.node_peers import FOLDER
from service import __version__
from service.browser.hiring import cores
from service.browser.locate import build_of


def described(browser: Path) -> dict[str, str]:
    """Processor, cores, memory and kernel, then versions; nothing that names the machine."""
    found = {
        "processor": _first(r"^model name\s*: (.+)$", Path("/proc/cpuinfo")),
        "cores": str(cores()),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "mergeshot": __version__,
        # Names alone: some of them hold secrets.
        "settings that are not the defaults": ", ".join(
            sorted(name for name in os.environ if name.startswith("MERGESHOT_"))
        ),
        "Python": platform.python_version(),
        "Chromium of the peers": f"{browser.name} {build_of(browser)}",
        "Playwright": _package("playwright"),
        "takumi-py": _package("takumi-py"),
        "Node": _said(["node", "--version"]),
        **json.loads((FOLDER / "package.json").read_text())["dependencies"],
        "nginx": _said(["nginx", "-v"]),
        "wrk": _said(["wrk", "-v"]),
    }
    return {name: value for name, value in found.items() if value}


def load() -> str:
    """The load of the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def busy() -> str:
    """A warning when somebody else uses the cores: rates suffer from it most, ratios too."""
    if os.getloadavg()[0] <= cores() / 2:
        return ""
    return f"This machine is busy already (load {load()} on {cores()} cores): repeat later."


def _memory() -> str:
    kilobytes = _first(r"^MemTotal:\s+(\d+) kB$", Path("/proc/meminfo"))
    return f"{int(kilobytes) / 2**20:.1f} GiB" if kilobytes else ""


def _first(pattern: str, file: Path) -> str:
    with suppress(OSError):
        if match := re.search(pattern, file.read_text(), re.MULTILINE):
            return match[1]
    return ""


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _said(command: list[str]) -> str:
    """The first number of a version in what a program says of itself."""
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    match = re.search(r"\d+(?:\.\d+)+", done.stdout + done.stderr)
    return match[0] if match else ""
