"""Find the browser to draw with, and what is known about it without starting it.

`python -m service.browser.locate` prints the path, for the set-up script, or exits with 1;
`python -m service.browser.locate window` does the same for the browser of the window engine.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypeGuard

from service.errors import StartupError

ON_THE_PATH = ("chromium-headless-shell", "chromium", "google-chrome")
"""Debian's builds, quickest first: the headless shell draws 1.4 to 2 times as fast."""

FULL = ("chromium", "google-chrome")
"""Those of them that can draw into a window."""


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


def locate_window(chosen: Path | None) -> tuple[Path, Path] | None:
    """What the window engine needs: Xvfb's executable and that of a browser with windows.

    None where either is missing; pictures are then drawn by a headless engine, more slowly.
    """
    xvfb = shutil.which("Xvfb")
    browser = _full(chosen)
    return (Path(xvfb), browser) if xvfb and browser else None


def _full(chosen: Path | None) -> Path | None:
    """The chosen browser, Playwright's own, else one on the PATH, unless it has no windows."""
    if chosen is not None:
        return None if "headless" in chosen.resolve().name else locate(chosen)
    own = _playwrights("chromium", ("chrome",))
    return own or next((Path(path) for path in map(shutil.which, FULL) if _is_free(path)), None)


def _is_free(path: str | None) -> TypeGuard[str]:
    """Whether it is there and no snap: those see neither our files nor our screen."""
    return path is not None and Path(path).resolve().name != "snap"


def _playwrights_own() -> Path | None:
    """The newest headless shell that `playwright install --only-shell chromium` left."""
    return _playwrights("chromium_headless_shell", ("chrome-headless-shell", "headless_shell"))


def _playwrights(kind: str, names: Iterable[str]) -> Path | None:
    """The newest of Playwright's own browsers of a kind, by the names of its executable."""
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if folder is None:
        caches = "Library/Caches" if sys.platform == "darwin" else ".cache"
        root = Path.home() / caches / "ms-playwright"
    else:
        root = Path(folder)
    found = [
        path
        for name in names
        for path in root.glob(f"{kind}-*/*/{name}")
        if os.access(path, os.X_OK)
    ]
    return max(found, key=_revision, default=None)


def _revision(path: Path) -> int:
    match = re.search(r"chromium(?:_headless_shell)?-(\d+)", str(path))
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
    path = os.environ.get("MERGESHOT_CHROMIUM")
    chosen = Path(path) if path else None
    try:
        if sys.argv[1:] == ["window"]:
            window = locate_window(chosen)
            if window is None:
                raise StartupError("Xvfb or a browser with windows was not found.")
            browser = window[1]
        else:
            browser = locate(chosen)
    except StartupError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    sys.stdout.write(f"{browser}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
