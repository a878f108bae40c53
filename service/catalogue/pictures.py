"""The pictures on the web among filled values: which they are, and others in their place.

A template never sees an address on the web. Between planning and composing each of them becomes
the picture itself, as a `data:` address, or what stands in for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType

from service.catalogue.fields import FieldKeys, GroupField, ImageField, ListField
from service.catalogue.kinds.image import is_remote
from service.catalogue.kinds.reader import stand_in
from service.catalogue.kinds.reading import Reading, Unusable
from service.catalogue.template import Template
from service.model import Filled

Path = tuple[str | int, ...]
"""Where a value stands: `("portrait",)`, or `("talks", 2, "picture")`."""


@dataclass(frozen=True, slots=True)
class RemotePicture:
    """A picture to be fetched, and the terms of its field."""

    path: Path
    url: str
    hosts: tuple[str, ...]
    max_bytes: int

    @property
    def field(self) -> str:
        """Its place as notes name it: `talks.2.picture`."""
        return ".".join(map(str, self.path))


def remote_pictures(template: Template, filled: Filled) -> tuple[RemotePicture, ...]:
    """Every picture on the web among the values, in the order of the fields."""
    fields, values = template.manifest.fields, filled.values
    return tuple(
        picture
        for name, field in fields.items()
        for picture in _within(field, values.get(name), (name,))
    )


def with_pictures(
    template: Template, filled: Filled, brought: Mapping[Path, str | None], language: str
) -> Filled:
    """The values with what was brought in place of each address on the web.

    None is a picture that could not be had: then the field's stand-in takes its place, and the
    field was not given. `language` is that of the picture.
    """
    manifest = template.manifest
    values, given = dict(filled.values), set(filled.given)
    for name in {str(path[0]) for path in brought}:
        reading = Reading(language, manifest.language, name, template.assets.keys(), values)
        try:
            values[name] = _exchanged(
                manifest.fields[name], values[name], (name,), brought, reading
            )
        except _Gone:
            values[name] = _stand_in(manifest.fields[name], reading)
            given.discard(name)
    return Filled(MappingProxyType(values), frozenset(given), filled.notes)


class _Gone(Exception):
    """Nothing is left of a value."""


def _within(field: FieldKeys, value: object, path: Path) -> Iterator[RemotePicture]:
    if isinstance(field, ImageField):
        if is_remote(value):
            yield RemotePicture(path, value, field.hosts, field.max_bytes)
    elif isinstance(field, GroupField):
        yield from _among(field.fields, value, path)
    elif isinstance(field, ListField) and isinstance(value, tuple):
        for index, part in enumerate(value):
            if field.fields is None:
                yield from _within(field.item, part, (*path, index))
            else:
                yield from _among(field.fields, part, (*path, index))


def _among(members: Mapping[str, FieldKeys], value: object, path: Path) -> Iterator[RemotePicture]:
    if isinstance(value, Mapping):
        for name, member in members.items():
            yield from _within(member, value.get(name), (*path, name))


def _exchanged(
    field: FieldKeys,
    value: object,
    path: Path,
    brought: Mapping[Path, str | None],
    reading: Reading,
) -> object:
    """The value with its pictures; an item of a list that could not be had is left out.

    Raises:
        _Gone: it was a picture that could not be had, or a list of such.
    """
    if isinstance(field, ImageField) and path in brought:
        found = brought[path]
        if found is None:
            raise _Gone
        return found
    if isinstance(field, GroupField):
        return _exchanged_among(field.fields, value, path, brought, reading)
    if isinstance(field, ListField) and isinstance(value, tuple):
        items: list[object] = []
        for index, part in enumerate(value):
            place, inner = (*path, index), reading.inside(index)
            with suppress(_Gone):
                items.append(
                    _exchanged(field.item, part, place, brought, inner)
                    if field.fields is None
                    else _exchanged_among(field.fields, part, place, brought, inner)
                )
        if value and not items:
            raise _Gone
        return tuple(items)
    return value


def _exchanged_among(
    members: Mapping[str, FieldKeys],
    value: object,
    path: Path,
    brought: Mapping[Path, str | None],
    reading: Reading,
) -> object:
    if not isinstance(value, Mapping):
        return value
    parts: dict[str, object] = {}
    for name, part in value.items():
        inner = reading.inside(name)
        try:
            parts[name] = _exchanged(members[name], part, (*path, name), brought, inner)
        except _Gone:
            parts[name] = _stand_in(members[name], inner)
    return MappingProxyType(parts)


def _stand_in(field: FieldKeys, reading: Reading) -> object:
    try:
        return stand_in(field, reading)
    except Unusable:  # a manifest's check finds it first
        return None
