"""The fingerprint: two hosts with the same line make the same pixels."""

from __future__ import annotations

import pytest

from service import __version__
from service.imaging.encode import encoders
from service.imaging.pdf import pdf_writer
from service.render import fingerprint as module
from service.render.fingerprint import fingerprint


def test_the_line_names_all_that_makes_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "font_set", lambda: "f0f0")

    line = fingerprint({"window": "156.0.1", "headless": "156.0.2"})

    assert line == (
        f"mergeshot {__version__}; window 156.0.1, headless 156.0.2; fonts f0f0; "
        f"{encoders()}, {pdf_writer()}"
    )
