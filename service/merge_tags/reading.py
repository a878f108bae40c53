"""What a request gave, read before any field sees it: tags and junk are no values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from service.merge_tags.detection import Found, find, may_hold_a_tag, readings
from service.model import Given, Note, NoteCode

JUNK = frozenset({"null", "NULL", "undefined", "NaN", "#N/A", "(blank)", "(none)"})
"""What databases and programs write for nothing. Nobody is called so, letter by letter."""

_LONGEST_JUNK = 40
_LONGEST_JSON = 1_000_000
_DEEPEST = 6
"""Fields hold fields in one level; what is nested deeper is nobody's value."""


def read(value: object) -> Given:
    """A raw value, from an address or from JSON, as a `Given`; never raises for what JSON can say.

    Text with an unresolved merge tag, or that is junk, has no value, and a note says why; its
    default is that of the tags. Lists and mappings are read member by member, also where they
    came as JSON text; a note's `field` is the path inside the value, as `.0.title`, or empty.
    Everything else is as it was.
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple | Mapping):
        notes: list[Note] = []
        return Given(_members(value, (), notes), notes=tuple(notes))
    return Given(value)


def _text(text: str) -> Given:
    if not may_hold_a_tag(text):
        return _nothing() if _is_junk(text) else Given(text)
    if _is_junk(text) or (len(text) <= _LONGEST_JUNK and any(map(_is_junk, readings(text)))):
        return _nothing()
    parsed = _json(text)
    if parsed is not None:
        return _json_text(text, parsed)
    found = find(text)
    return Given(text) if found is None else _unresolved(found)


def _is_junk(text: str) -> bool:
    return len(text) <= _LONGEST_JUNK and text.strip() in JUNK


def _nothing() -> Given:
    message = "is a word that stands for nothing in a database"
    return Given(None, notes=(Note("", NoteCode.MISSING, message),))


def _unresolved(found: Found) -> Given:
    whose = f", as {' or '.join(found.platforms)} would write it" if found.platforms else ""
    message = f"holds a merge tag that nobody filled in{whose}"
    note = Note("", NoteCode.UNRESOLVED_TAG, message, found.platform)
    return Given(None, default=found.default, notes=(note,))


def _json(text: str) -> object:
    """The list or the mapping that JSON text says; None for everything else."""
    text = text.strip()
    is_list = text[:1] == "[" and text[-1:] == "]"
    is_mapping = text[:1] == "{" and text[-1:] == "}" and text[1:].lstrip()[:1] in ('"', "}")
    if not (is_list or is_mapping) or len(text) > _LONGEST_JSON:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _json_text(text: str, parsed: object) -> Given:
    """JSON stays text, because only its field knows what to make of it."""
    notes: list[Note] = []
    members = _members(parsed, (), notes)
    if not notes:
        return Given(text)
    return Given(json.dumps(members, ensure_ascii=False), notes=tuple(notes))


def _members(value: object, path: tuple[str, ...], notes: list[Note]) -> object:
    """The value with what is missing in it as None, or as the default of its tag."""
    if isinstance(value, str):
        given = _text(value)
        where = "".join(f".{step}" for step in path)
        notes += [replace(note, field=where + note.field) for note in given.notes]
        return given.default if given.value is None else given.value
    if len(path) >= _DEEPEST:
        return value
    if isinstance(value, Mapping):
        return {key: _members(one, (*path, str(key)), notes) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_members(one, (*path, str(index)), notes) for index, one in enumerate(value)]
    return value
