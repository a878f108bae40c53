"""Find the browser to draw with, and what is known about it without starting it.

`python -m service.browser.locate` prints the path, for the set-up script, or exits with 1.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from service.errors import StartupError

ON_THE_PATH = ("chromium-headless-shell", "chromium", "google-chrome")
"""Debian's builds, quickest first: the headless shell draws 1.4 to 2 times as fast."""


def locate(chosen: Path | None) -> Path:
    """The browser's executable: the chosen one, Playwright's own, else one on the PATH.

    Raises:
        StartupError: when there is none; its one line says what to install.
    """
    if chosen is not None:
        if not os.access(chosen, os.X_OK) or chosen.is_dir():
            raise StartupError(
                f"MERGESHOT_CHROMIUM: {chosen} is not a program that can be run",
                hint="Give the path of chromium-headless-shell, chromium or google-chrome.",
            )
        return chosen
    for found in (_playwrights_own(), *map(shutil.which, ON_THE_PATH)):
        if found is not None:
            return Path(found)
    raise StartupError(
        "No browser was found.",
        hint="Run `make setup`, or install chromium-headless-shell, or set MERGESHOT_CHROMIUM.",
    )


def _playwrights_own() -> Path | None:
    """The newest headless shell that `playwright install --only-shell chromium` left."""
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if folder is None:
        caches = "Library/Caches" if sys.platform == "darwin" else ".cache"
        root = Path.home() / caches / "ms-playwright"
    else:
        root = Path(folder)
    shells = [
        path
        for name in ("chrome-headless-shell", "headless_shell")
        for path in root.glob(f"chromium_headless_shell-*/*/{name}")
        if os.access(path, os.X_OK)
    ]
    return max(shells, key=_revision, default=None)


def _revision(path: Path) -> int:
    match = re.search(r"chromium_headless_shell-(\d+)", str(path))
    return int(match[1]) if match else 0


def build_of(executable: Path) -> str:
    """The browser's own version line, such as `Chromium 156.0.8078.79`, without a start.

    Raises:
        StartupError: when the program cannot say its version, so is no browser of ours.
    """
    try:
        answer = subprocess.run(  # noqa: S603 - the program that we are about to run anyway
            [executable, "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise StartupError(
            f"{executable} did not say its version, so it cannot be used as the browser",
            hint="Run `make setup`, or point MERGESHOT_CHROMIUM at another one.",
        ) from error
    match = re.search(r"(\d+\.){3}\d+", answer)
    return match[0] if match else answer.strip()


def main() -> int:
    """Print the browser's path, for shell scripts. Exit code 1 when there is none."""
    chosen = os.environ.get("MERGESHOT_CHROMIUM")
    try:
        sys.stdout.write(f"{locate(Path(chosen) if chosen else None)}\n")
    except StartupError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
