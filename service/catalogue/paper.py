"""Paper by name or in millimetres, as `page` in a manifest says it."""

from __future__ import annotations

import re

from service.model import Paper

_SHEETS = {
    "a0": (841, 1189),
    "a1": (594, 841),
    "a2": (420, 594),
    "a3": (297, 420),
    "a4": (210, 297),
    "a5": (148, 210),
    "a6": (105, 148),
    "letter": (215.9, 279.4),
    "legal": (215.9, 355.6),
    "tabloid": (279.4, 431.8),
}
_NAMED = re.compile(r"(\w+)(?:\s+(portrait|landscape))?")
_MEASURED = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)\s*(?:mm)?\s*[x×]\s*(\d{1,4}(?:\.\d{1,4})?)\s*mm")
_LEAST, _MOST = 10, 5000
"""Millimetres a side; a PDF page may not be larger than 5080."""


def read_paper(text: str) -> Paper | None:
    """The sheet that is meant by "A4", "letter landscape" or "100 x 150 mm"; None if none is."""
    wanted = text.strip().lower()
    if (measured := _MEASURED.fullmatch(wanted)) is not None:
        width, height = float(measured[1]), float(measured[2])
        return (
            Paper(width, height)
            if _LEAST <= min(width, height) <= max(width, height) <= _MOST
            else None
        )
    named = _NAMED.fullmatch(wanted)
    if named is None or named[1] not in _SHEETS:
        return None
    width, height = _SHEETS[named[1]]
    return Paper(height, width) if named[2] == "landscape" else Paper(width, height)
