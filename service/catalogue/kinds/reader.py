"""Reading a value by the kind of its field, and finding what stands in for one that is missing.

The kinds that hold other kinds are here too, because they come back here for their parts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from service.catalogue import fields as f
from service.catalogue.cleaning import clean, is_blank
from service.catalogue.kinds.boolean import read_boolean
from service.catalogue.kinds.choice import read_choice
from service.catalogue.kinds.color import read_color
from service.catalogue.kinds.image import read_image
from service.catalogue.kinds.moment import read_date, read_datetime
from service.catalogue.kinds.money import read_money
from service.catalogue.kinds.name import read_name
from service.catalogue.kinds.number import read_integer, read_number
from service.catalogue.kinds.reading import Reading, Unusable
from service.catalogue.kinds.text import read_text
from service.catalogue.kinds.url import read_url
from service.catalogue.names import MAX_UNKNOWN, Names
from service.model import NoteCode

_LONGEST_JSON = 1_000_000
_LONGEST_TEXT = 20_000


def read(field: f.FieldKeys, value: object, reading: Reading) -> object:
    """The typed value, as a template sees it.

    Raises:
        Unusable: nothing was given, or not what the kind reads.
    """
    removed = False
    if isinstance(value, str) and not _is_data(field, value):
        value, removed = _cleaned(field, value)
        _require_words(field, value)
    if value is None or value in ([], (), {}):
        raise Unusable("is empty", NoteCode.MISSING)
    typed = _READERS[type(field)](field, value, reading)
    if removed:
        reading.note(NoteCode.REPAIRED, "held characters that cannot be seen; they were removed")
    return typed


def settle(
    field: f.FieldKeys,
    value: object,
    reading: Reading,
    *,
    present: bool = True,
    explained: bool = False,
    default: str | None = None,
) -> tuple[object, bool]:
    """The value, or what stands in for it; and whether it was the value.

    `present` is False when nobody gave it, which is worth a note only where it is required.
    `explained` says that a note tells already why there is nothing to read. `default` is what a
    merge tag offered in its place.
    """
    try:
        if not present:
            raise Unusable("must be given", NoteCode.MISSING)
        return read(field, value, reading), True
    except Unusable as reason:
        if not explained and (present or field.required):
            reading.note(reason.code, reason.message)
    if default is not None:
        try:
            return read(field, default, reading.quietly(reading.language)), False
        except Unusable as reason:
            reading.note(reason.code, f"the merge tag's default {reason.message}")
    try:
        return stand_in(field, reading), False
    except Unusable as reason:
        reading.note(reason.code, f"the fallback {reason.message}")
        return None, False


def stand_in(field: f.FieldKeys, reading: Reading) -> object:
    """The fallback in the reading's language, None for an optional field.

    Raises:
        Unusable: the fallback is not valid for the kind, which a manifest's check finds first.
    """
    if field.optional:
        return None
    language, written = fallback_in(field, reading.language, reading.home)
    quiet = reading.quietly(language)
    if isinstance(field, f.GroupField) and written is None:
        return read_members(field.fields, {}, quiet)
    if is_empty_fallback(field, written):
        return () if isinstance(field, f.ListField) else ""
    return read(field, written, quiet)


def is_empty_fallback(field: f.FieldKeys, written: object) -> bool:
    """Whether a fallback says "show nothing", which a request cannot say."""
    if isinstance(field, f.TextField | f.NameField):
        return written == ""
    return isinstance(field, f.ListField) and written == []


def fallback_in(field: f.FieldKeys, language: str, home: str) -> tuple[str, object]:
    """The fallback as it was written for a language, and the language that it is written in."""
    by_language = field.fallbacks
    if by_language is None:
        return home, field.fallback
    for tag in (language, language.split("-", maxsplit=1)[0], home):
        if tag in by_language:
            return tag, by_language[tag]
    return next(iter(by_language.items()))


def read_members(
    fields: Mapping[str, f.FieldKeys], given: Mapping[str, object], reading: Reading
) -> Mapping[str, object]:
    """Every declared member of a group, with its stand-in where it was not given."""
    names = Names(fields)
    parts: dict[str, object] = {}
    unknown: list[str] = []
    for written in names.by_rank(str(key) for key in given):
        name = names.meant(written)
        if name is None:
            unknown.append(written)
        elif parts.get(name) is None:
            parts[name] = given[written]
    reading.notes.extend(
        names.unknown(written, f"{reading.path}.") for written in unknown[:MAX_UNKNOWN]
    )
    filled: dict[str, object] = {}
    for name in choices_first(fields):
        inner = reading.inside(name, {**reading.values, **filled})
        filled[name], _ = settle(fields[name], parts.get(name), inner, present=name in parts)
    return MappingProxyType({name: filled[name] for name in fields})


def choices_first(fields: Mapping[str, f.FieldKeys]) -> list[str]:
    """The names in an order in which an amount's currency is known before the amount."""
    return sorted(fields, key=lambda name: fields[name].kind != "choice")


def read_group(field: f.GroupField, value: object, reading: Reading) -> Mapping[str, object]:
    """A JSON object, each member read by its own kind."""
    value = _from_json(value, "{")
    if not isinstance(value, Mapping):
        raise Unusable("must be a JSON object, or parts such as address.city")
    return read_members(field.fields, value, reading)


def read_list(field: f.ListField, value: object, reading: Reading) -> tuple[object, ...]:
    """A JSON array; what cannot be used among its items is left out, with a note."""
    value = _from_json(value, "[")
    if not isinstance(value, list | tuple):
        raise Unusable("must be a JSON array, or parts such as items.0, items.1")
    if len(value) > field.max_items:
        reading.note(NoteCode.CUT, f"was cut: {field.max_items} items are allowed")
    items: list[object] = []
    for index, part in enumerate(value[: field.max_items]):
        inner = reading.inside(index)
        try:
            items.append(_read_item(field, part, inner))
        except Unusable as reason:
            inner.note(reason.code, reason.message)
    if not items:
        raise Unusable("has no item that can be used", NoteCode.MISSING)
    return tuple(items)


def _read_item(field: f.ListField, part: object, reading: Reading) -> object:
    if field.fields is None:
        return read(field.item, part, reading)
    part = _from_json(part, "{")
    if not isinstance(part, Mapping) or not part:
        raise Unusable("must be a JSON object")
    return read_members(field.fields, part, reading)


def _from_json(value: object, opening: str) -> object:
    """The value of JSON text that begins as it should; everything else as it is."""
    if not isinstance(value, str) or not value.startswith(opening):
        return value
    if len(value) > _LONGEST_JSON:
        raise Unusable("is too long")
    try:
        found: object = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise Unusable("is not valid JSON") from error
    if not found:
        raise Unusable("is empty", NoteCode.MISSING)
    return found


def _cleaned(field: f.FieldKeys, text: str) -> tuple[str, bool]:
    """JSON is only trimmed: its parts are cleaned one by one. No kind reads the end of a book."""
    if field.nested:
        return text.strip(), False
    multiline = isinstance(field, f.TextField) and field.multiline
    return clean(text[:_LONGEST_TEXT], multiline=multiline)


def _is_data(field: f.FieldKeys, value: str) -> bool:
    """Base64 is long, and has nothing that could be cleaned."""
    return isinstance(field, f.ImageField) and value[:5].lower() == "data:"


def _require_words(field: f.FieldKeys, text: str) -> None:
    if not text or is_blank(text):
        raise Unusable("is empty", NoteCode.MISSING)
    if field.blank and text.casefold() in {word.strip().casefold() for word in field.blank}:
        raise Unusable("counts as empty here", NoteCode.MISSING)


_READERS: Mapping[type[f.FieldKeys], Callable[[Any, object, Reading], object]] = {
    f.TextField: read_text,
    f.NameField: read_name,
    f.IntegerField: read_integer,
    f.NumberField: read_number,
    f.MoneyField: read_money,
    f.DateField: read_date,
    f.DatetimeField: read_datetime,
    f.ChoiceField: read_choice,
    f.BooleanField: read_boolean,
    f.ColorField: read_color,
    f.UrlField: read_url,
    f.ImageField: read_image,
    f.ListField: read_list,
    f.GroupField: read_group,
}
