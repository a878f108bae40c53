"""One value being read: what its reading may depend on, and what is noted on the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from service.model import Note, NoteCode


class Unusable(Exception):
    """This value cannot be used, so it counts as missing. The message never holds the value."""

    def __init__(self, message: str, code: NoteCode = NoteCode.INVALID) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a value is read: the language of its writer, and what it may refer to.

    `home` is the manifest's own language. `path` is the field's name, or `items.2.title` inside
    a list. `assets` are the paths of files that an image may be, None where they are not known
    yet. `values` are the fields filled before, for money whose currency another field names.
    """

    language: str
    home: str
    path: str
    assets: Collection[str] | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    remote: bool = True

    def note(self, code: NoteCode, message: str) -> None:
        """Record a repair of this value."""
        self.notes.append(Note(self.path, code, message))

    def inside(self, name: str | int, values: Mapping[str, object] | None = None) -> Reading:
        """The reading of a part of this value; its notes are gathered here."""
        inner = self.values if values is None else values
        return replace(self, path=f"{self.path}.{name}", values=inner)

    def quietly(self, language: str) -> Reading:
        """The reading of what stands in for this value: its notes are kept apart."""
        return Reading(language, self.home, self.path, self.assets, self.values, [], self.remote)
