"""Reading one value in a test."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import TypeAdapter

from service.catalogue.fields import Field, FieldKeys
from service.catalogue.kinds.reader import read
from service.catalogue.kinds.reading import Reading
from service.model import Note

_ADAPTER: TypeAdapter[FieldKeys] = TypeAdapter(Field)


def a_field(kind: str, **keys: object) -> FieldKeys:
    """A field of this kind."""
    return _ADAPTER.validate_python({"kind": kind, **keys})


def a_reading(language: str = "en", assets: Collection[str] = (), **values: object) -> Reading:
    """A reading of the field `it`, beside fields that were filled before."""
    return Reading(language, "en", "it", assets, values)


def ask(kind: str, value: object, language: str = "en", **keys: object) -> object:
    """What a field of this kind makes of a value."""
    return read(a_field(kind, **keys), value, a_reading(language))


def ask_with_notes(
    kind: str, value: object, language: str = "en", **keys: object
) -> tuple[object, list[Note]]:
    """The same, with what was noted."""
    reading = a_reading(language)
    return read(a_field(kind, **keys), value, reading), reading.notes
