"""Filling: what a request gave becomes what a template sees, with a note for every repair.

Filling never fails. What is missing, or cannot be used, gives way to the field's fallback; what
is too long is cut. Reading a single value is in `service.catalogue.kinds`, what rules set in
`service.catalogue.ruling`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from service.catalogue.cleaning import is_blank
from service.catalogue.fields import FieldKeys, ListField
from service.catalogue.kinds.reader import settle
from service.catalogue.kinds.reading import Reading
from service.catalogue.manifest import Manifest
from service.catalogue.names import MAX_UNKNOWN, Names
from service.catalogue.ruling import chosen, obey
from service.model import Filled, Given, Note, NoteCode

_MAX_INDEX_DIGITS = 4


@dataclass(slots=True)
class _Gathered:
    """What was given for the declared fields, each once, and what was noted on the way."""

    values: dict[str, Given] = field(default_factory=dict)
    notes: dict[str, list[Note]] = field(default_factory=dict)
    unknown: list[Note] = field(default_factory=list)


def fill(
    manifest: Manifest,
    given: Mapping[str, Given],
    *,
    language: str,
    at: datetime,
    assets: Collection[str],
    ruled: bool = True,
) -> Filled:
    """Every declared field with its typed value, its fallback, or None; then what rules set.

    `given` is by name as it was asked with: names are compared without case, `-` as `_`, and
    aliases are honoured; `items.0.title` is a part of a list or a group. `language` is how
    numbers and names are read; `assets` are the paths of the template's files. `at` is the
    request's instant: no kind depends on it, so that equal values have equal pictures; rules see
    it cut to the manifest's `refresh`. Without `ruled` the values stay as they were read.
    """
    gathered = _gather(manifest, given)
    filled: dict[str, object] = {}
    used: set[str] = set()
    notes: dict[str, list[Note]] = {}
    for name in manifest.order:
        one = gathered.values.get(name, _NOTHING)
        notes[name] = gathered.notes.get(name, [])
        reading = Reading(language, manifest.language, name, assets, filled, notes[name])
        filled[name], was_used = settle(
            manifest.fields[name],
            one.value,
            reading,
            present=name in gathered.values,
            explained=_is_explained(one),
            default=one.default,
        )
        if was_used:
            used.add(name)
    before = _filled(manifest, filled, used, notes, gathered.unknown)
    if not ruled or not manifest.rules:
        return before
    found = chosen(manifest, before.values, before.given, language=language, at=at)
    if not found:
        return before
    for note in obey(manifest, found, filled, used, assets=assets):
        notes[note.field].append(note)
    return replace(_filled(manifest, filled, used, notes, gathered.unknown), before=before)


def _filled(
    manifest: Manifest,
    values: Mapping[str, object],
    used: Iterable[str],
    notes: Mapping[str, list[Note]],
    unknown: Iterable[Note],
) -> Filled:
    """What was found, in the manifest's order."""
    return Filled(
        values=MappingProxyType({name: values[name] for name in manifest.fields}),
        given=frozenset(used),
        notes=(*(note for name in manifest.fields for note in notes[name]), *unknown),
    )


_NOTHING = Given(None)


def _is_explained(given: Given) -> bool:
    """Nothing usable, and whoever read it has already said why."""
    return given.value is None and bool(given.notes)


def _gather(manifest: Manifest, given: Mapping[str, Given]) -> _Gathered:
    """Find the field that each name means; put the parts of lists and groups together."""
    fields, names = manifest.fields, manifest.names
    gathered = _Gathered()
    parts: dict[str, dict[tuple[str, ...], Given]] = {}
    unknown: dict[str, str] = {}
    for written in names.by_rank(given):
        name, path = _meaning(written, names, fields)
        if name is None:
            unknown.setdefault(written.partition(".")[0], written)
        elif fields[name].source == "rules":
            gathered.unknown.append(
                Note(name, NoteCode.UNKNOWN_FIELD, "is set by rules, not by requests: ignored")
            )
        elif path:
            parts.setdefault(name, {})[path] = given[written]
        else:
            _keep(gathered, name, given[written])
    for name, found in parts.items():
        _keep(gathered, name, _together(found, fields[name]))
    gathered.unknown.extend(names.unknown(written) for written in list(unknown)[:MAX_UNKNOWN])
    return gathered


def _meaning(
    written: str, names: Names, fields: Mapping[str, FieldKeys]
) -> tuple[str | None, tuple[str, ...]]:
    """The field that a name means, and the path into it: `items.0.title` has two steps."""
    name = names.meant(written)
    if name is not None:
        return name, ()
    first, *steps = written.split(".")
    name = names.meant(first)
    if name is None or not fields[name].nested or not steps or len(steps) > 2:
        return None, ()
    if isinstance(fields[name], ListField) and not _is_index(steps[0]):
        return None, ()
    return name, tuple(steps)


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdigit() and len(step) <= _MAX_INDEX_DIGITS


def _keep(gathered: _Gathered, name: str, given: Given) -> None:
    """The first value that says something is kept; another one is told of."""
    kept = gathered.values.get(name)
    silent = kept is not None and _says_nothing(kept.value)
    if kept is None or (silent and (kept.default is None or not _says_nothing(given.value))):
        gathered.values[name] = given
        gathered.notes.setdefault(name, []).extend(_named(given.notes, name))
    elif not _says_nothing(given.value):
        note = Note(name, NoteCode.AMBIGUOUS, "was given more than once: the first was taken")
        gathered.notes.setdefault(name, []).append(note)


def _named(notes: Iterable[Note], name: str) -> Iterable[Note]:
    """The notes of whoever read the value, who knew the path inside it but not the field."""
    for note in notes:
        inside = not note.field or note.field.startswith(".")
        yield replace(note, field=name + note.field) if inside else note


def _says_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and is_blank(value))


def _together(parts: Mapping[tuple[str, ...], Given], whole: FieldKeys) -> Given:
    """One value made of parts. Gaps between a list's numbers close up."""
    tree: dict[str, object] = {}
    for path, given in parts.items():
        value = given.default if given.value is None else given.value
        if len(path) == 1:
            tree[path[0]] = value
        else:
            inner = tree.setdefault(path[0], {})
            if isinstance(inner, dict):
                inner[path[1]] = value
    notes = tuple(
        note for path, given in parts.items() for note in _named(given.notes, "." + ".".join(path))
    )
    if isinstance(whole, ListField):
        return Given([tree[index] for index in _in_order(tree)], notes=notes)
    return Given(tree, notes=notes)


def _in_order(indexes: Iterable[str]) -> list[str]:
    return sorted(indexes, key=int)
