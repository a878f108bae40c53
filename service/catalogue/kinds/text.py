"""Reading text."""

from __future__ import annotations

from collections.abc import Iterator

from service.catalogue import casing
from service.catalogue.fields import MAX_CHARACTERS, TextField
from service.catalogue.graphemes import shorten
from service.catalogue.kinds.reading import Reading, Unusable
from service.catalogue.pattern import PatternError, compile_pattern
from service.model import NoteCode

_WHOLE = 10**15
"""Below this a float holds every whole number exactly."""


def read_text(field: TextField, value: object, reading: Reading) -> str:
    """Any text; a value that does not fit the pattern, or is too long to be cut, is unusable."""
    text = as_text(value)
    if field.normalise == "name":
        text = casing.name_case(text, reading.language)
    elif field.normalise == "upper":
        text = casing.upper(text, reading.language)
    elif field.normalise == "lower":
        text = casing.lower(text, reading.language)
    if field.pattern is not None and not _matches(field.pattern, text):
        raise Unusable(f"must have the form {field.pattern}")
    shorter = shorten(text, field.max_length)
    if shorter is not None and field.too_long == "fallback":
        raise Unusable(f"is too long: {field.max_length} characters are allowed")
    return fitted(text, shorter, field.max_length, reading)


def _matches(pattern: str, text: str) -> bool:
    """Longer texts than any field holds are not even tried: matching takes its time by length."""
    return len(text) <= MAX_CHARACTERS and compile_pattern(pattern).matches(text)


def fitted(text: str, shorter: str | None, limit: int, reading: Reading) -> str:
    """The text, or what was left of it, with a note."""
    if shorter is None:
        return text
    reading.note(NoteCode.CUT, f"was cut: {limit} characters are allowed")
    return shorter


def as_text(value: object) -> str:
    """Text, or the plain spelling of a number or a yes; 12.0 is 12, as a spreadsheet means it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE:
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    raise Unusable("must be text")


def faults_of_text(field: TextField) -> Iterator[tuple[str, str]]:
    """What its keys say together that cannot be."""
    if field.pattern is None:
        return
    try:
        compile_pattern(field.pattern)
    except PatternError as error:
        yield "pattern", str(error)
