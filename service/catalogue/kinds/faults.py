"""What is wrong with a declared field, beyond the shape of its keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.catalogue import fields as f
from service.catalogue.kinds.choice import faults_of_choice
from service.catalogue.kinds.currencies import is_currency
from service.catalogue.kinds.moment import faults_of_moment
from service.catalogue.kinds.money import faults_of_money
from service.catalogue.kinds.number import faults_of_number
from service.catalogue.kinds.reader import is_empty_fallback, read
from service.catalogue.kinds.reading import Reading, Unusable
from service.catalogue.kinds.text import faults_of_text
from service.catalogue.written import Mistake
from service.model import NoteCode

_ITEM_KEYS = frozenset({"fallback", "required", "optional", "aliases", "source", "merge"})
_MEMBER_KEYS = frozenset({"source", "merge"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a field's keys may refer to: the manifest's languages, and the fields beside it."""

    home: str
    languages: tuple[str, ...]
    fields: Mapping[str, f.FieldKeys]

    def with_members(self, members: Mapping[str, f.FieldKeys]) -> Surroundings:
        """The surroundings of a member: its fellows stand before the fields outside."""
        return Surroundings(self.home, self.languages, {**self.fields, **members})


def faults_of(field: f.FieldKeys, around: Surroundings) -> Iterator[Mistake]:
    """Every mistake in a field, by the path of keys inside it."""
    own = [*_faults_of_keys(field, around), *_faults_of_parts(field, around)]
    yield from own
    yield from _faults_of_need(field)
    if not own:
        yield from _faults_of_values(field, around)


def fault_of_value(
    field: f.FieldKeys,
    value: object,
    language: str,
    around: Surroundings,
    *,
    remote: bool = False,
) -> str | None:
    """Why a value written in the manifest is not one that the field reads as it stands.

    `remote` says whether pictures on the web are allowed: in an example, and nowhere else.
    """
    for currencies in _currencies(field, around):
        reading = Reading(language, around.home, "", values=currencies, remote=remote)
        try:
            read(field, value, reading)
        except Unusable as reason:
            return reason.message
        for note in reading.notes:
            if note.code is not NoteCode.MISSING:
                return note.message
    return None


def _faults_of_keys(field: f.FieldKeys, around: Surroundings) -> Iterator[Mistake]:
    check = _CHECKS.get(type(field))
    if check is not None:
        yield from ((tuple(key.split(".")), message) for key, message in check(field))
    named = field.currency_field if isinstance(field, f.MoneyField) else None
    if named is not None and not _names_currencies(around.fields.get(named)):
        yield (
            ("currency_field",),
            "must name a field of kind choice, not optional, whose choices are ISO 4217 codes",
        )


def _faults_of_parts(field: f.FieldKeys, around: Surroundings) -> Iterator[Mistake]:
    """What is wrong with the items of a list, or with the members of a group."""
    if isinstance(field, f.ListField) and field.of is not None:
        if field.fields is not None:
            yield ("of",), "a list has of (values of one kind) or fields (groups), not both"
        for key in _forbidden(field.of, _ITEM_KEYS):
            yield ("of", key), "is for whole fields: a list leaves out items that it cannot use"
        yield from _under(("of",), _faults_of_keys(field.of, around))
    members = field.fields if isinstance(field, f.ListField | f.GroupField) else None
    inside = around.with_members(members or {})
    for name, member in (members or {}).items():
        for key in _forbidden(member, _MEMBER_KEYS):
            yield ("fields", name, key), f"is for whole fields: say it of the {field.kind}"
        yield from _under(("fields", name), faults_of(member, inside))
    yield from _under(("fields",), faults_of_names(members or {}))


def faults_of_names(fields: Mapping[str, f.FieldKeys]) -> Iterator[Mistake]:
    """Aliases that mean two fields."""
    meaning: dict[str, str] = {name: name for name in fields}
    for name, field in fields.items():
        for index, alias in enumerate(field.aliases):
            other = meaning.setdefault(alias, name)
            if other != name:
                yield (name, "aliases", index), f"{alias} already means the field {other}"


def currency_fields(fields: Mapping[str, f.FieldKeys]) -> Iterator[str]:
    """The fields that say in which currency others are, members and items included."""
    for field in fields.values():
        if isinstance(field, f.MoneyField) and field.currency_field:
            yield field.currency_field
        if isinstance(field, f.ListField) and isinstance(field.of, f.MoneyField):
            yield field.of.currency_field or ""
        if isinstance(field, f.ListField | f.GroupField):
            yield from currency_fields(field.fields or {})


def _faults_of_need(field: f.FieldKeys) -> Iterator[Mistake]:
    """Whether it says what happens when no value comes."""
    has_fallback = field.fallback is not None
    if field.optional and field.required:
        yield ("optional",), "a field is required or optional, not both"
    elif field.optional and has_fallback:
        yield ("optional",), "an optional field has no fallback: without a value it is none"
    elif field.required and not has_fallback and not isinstance(field, f.GroupField):
        yield (
            ("required",),
            "a required field needs a fallback too, for the picture that shows no values",
        )
    elif not (field.optional or has_fallback or isinstance(field, f.GroupField)):
        yield (), 'needs a fallback = "…", or optional = true'


def _faults_of_values(field: f.FieldKeys, around: Surroundings) -> Iterator[Mistake]:
    """Whether its fallback and its example are values that it reads itself."""
    for language in field.fallbacks or ():
        if language not in around.languages:
            yield (
                ("fallback", language),
                f"is not one of the template's languages: {', '.join(around.languages)}",
            )
    if field.fallback is not None and not field.optional:
        yield from _faults_of_fallback(field, around)
    if field.example is not None and not isinstance(field, f.ImageField):
        message = fault_of_value(field, field.example, around.home, around, remote=True)
        if message:
            yield ("example",), message


def _faults_of_fallback(field: f.FieldKeys, around: Surroundings) -> Iterator[Mistake]:
    for language, written in (field.fallbacks or {around.home: field.fallback}).items():
        path = ("fallback", language) if field.fallbacks else ("fallback",)
        message = fault_of_value(field, written, language, around)
        if message and not is_empty_fallback(field, written):
            yield path, message


def _names_currencies(field: f.FieldKeys | None) -> bool:
    return (
        isinstance(field, f.ChoiceField)
        and not field.optional
        and field.fallback is not None
        and all(is_currency(choice) for choice in field.choices)
    )


def _currencies(field: f.FieldKeys, around: Surroundings) -> Iterator[Mapping[str, object]]:
    """Every currency that an amount may have to be read in; one for all that are no amounts."""
    choices = {
        name: tuple(one.choices)
        for name, one in around.fields.items()
        if isinstance(one, f.ChoiceField)
    }
    first = {name: values[0] for name, values in choices.items()}
    named = field.currency_field if isinstance(field, f.MoneyField) else None
    for value in choices.get(named or "", ("",)):
        yield {**first, named: value} if named else first


def _forbidden(field: f.FieldKeys, keys: Iterable[str]) -> list[str]:
    return sorted(field.model_fields_set & set(keys))


def _under(path: tuple[str, ...], mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    return (((*path, *inner), message) for inner, message in mistakes)


_CHECKS: Mapping[type[f.FieldKeys], Callable[[Any], Iterator[tuple[str, str]]]] = {
    f.TextField: faults_of_text,
    f.IntegerField: faults_of_number,
    f.NumberField: faults_of_number,
    f.MoneyField: faults_of_money,
    f.DateField: faults_of_moment,
    f.DatetimeField: faults_of_moment,
    f.ChoiceField: faults_of_choice,
}
