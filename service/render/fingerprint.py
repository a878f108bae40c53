"""What draws here, in one line: two hosts with the same line make the same pixels."""

from __future__ import annotations

from collections.abc import Mapping

from service import __version__
from service.browser.fonts import font_set
from service.imaging.encode import encoders
from service.imaging.pdf import pdf_writer


def fingerprint(builds: Mapping[str, str]) -> str:
    """Release, kinds of engines, their Chromium, fonts and encoders; no browser need run for it.

    `builds` are the versions of the browsers by the kind of engine. The release is part of it
    because another one may compose the same template otherwise.
    """
    browsers = ", ".join(f"{kind} {build}" for kind, build in builds.items())
    return f"mergeshot {__version__}; {browsers}; fonts {font_set()}; {encoders()}, {pdf_writer()}"
