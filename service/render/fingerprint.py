"""What draws here, in one line: two hosts with the same line make the same pixels."""

from __future__ import annotations

from pathlib import Path

from service import __version__
from service.browser.fonts import font_set
from service.browser.locate import build_of
from service.imaging.encode import encoders
from service.imaging.pdf import pdf_writer


def fingerprint(kind: str, executable: Path) -> str:
    """Release, engine kind, Chromium, fonts and encoders; the browser need not run for it.

    The release is part of it because another one may compose the same template otherwise.

    Raises:
        StartupError: when `executable` is no browser.
    """
    chromium, fonts = build_of(executable), font_set()
    return (
        f"mergeshot {__version__}; {kind} {chromium}; fonts {fonts}; {encoders()}, {pdf_writer()}"
    )
