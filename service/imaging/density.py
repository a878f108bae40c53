"""How many pixels an inch has: Outlook sizes a picture by it, others do not look.

A CSS pixel is a ninety-sixth of an inch, so a picture at scale 2 has 192 pixels an inch and is as
large as its design, even where nobody honours `width` and `height`.
"""

from __future__ import annotations

CSS_PER_INCH = 96
MM_PER_INCH = 25.4

_START = b"\xff\xd8"
_JFIF = b"\xff\xe0\x00\x10JFIF\x00"
_VERSION = b"\x01\x01"
_PER_INCH = b"\x01"
_NO_THUMBNAIL = b"\x00\x00"
_UNITS_AT = len(_START) + len(_JFIF) + len(_VERSION)
_LENGTH = _UNITS_AT + 7


def per_inch(scale: float) -> int:
    """Device pixels an inch at this scale."""
    return round(CSS_PER_INCH * scale)


def per_mm(scale: float) -> float:
    """The same for libvips, which counts by the millimetre."""
    return CSS_PER_INCH * scale / MM_PER_INCH


def with_density(jpeg: bytes, scale: float) -> bytes:
    """The JPEG with its density in the JFIF header, which it gets if it has none."""
    density = per_inch(scale).to_bytes(2)
    if jpeg.startswith(_START + _JFIF):
        return jpeg[:_UNITS_AT] + _PER_INCH + density * 2 + jpeg[_UNITS_AT + 5 :]
    header = _JFIF + _VERSION + _PER_INCH + density * 2 + _NO_THUMBNAIL
    return _START + header + jpeg[len(_START) :]
