"""What draws here, in one line: two hosts with the same line make the same pixels."""

from __future__ import annotations

from pathlib import Path

from service.browser.fonts import font_set
from service.browser.locate import build_of
from service.imaging.encode import encoders


def fingerprint(kind: str, executable: Path) -> str:
    """Engine kind, Chromium build, font set and encoders; the browser need not run for it.

    Raises:
        StartupError: when `executable` is no browser.
    """
    return f"{kind} {build_of(executable)}; fonts {font_set()}; {encoders()}"
