"""Typed values as JSON has them: fallbacks and examples in the spelling that is read best."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from service.catalogue import fields as f
from service.catalogue.kinds.currencies import places_of
from service.catalogue.kinds.image import asset_paths
from service.catalogue.kinds.reader import choices_first, read, stand_in
from service.catalogue.kinds.reading import Reading, Unusable
from service.catalogue.money import Money


def plain(value: object) -> object:
    """Whatever a manifest may hold, as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, date | time):
        return value.isoformat()
    return plain_number(value) if isinstance(value, Decimal) else value


def plain_number(number: Decimal) -> int | float:
    """A whole number without a fraction, any other one with it."""
    return int(number) if number == number.to_integral_value() else float(number)


def shortest(path: str, assets: Collection[str]) -> str:
    """The shortest name by which an asset is found."""
    for folder in ("_shared/assets/", "assets/"):
        name = path.removeprefix(folder)
        found = (one for one in asset_paths(name) if one in assets)
        if name != path and next(found, None) == path:
            return name
    return path


@dataclass(frozen=True, slots=True)
class Shown:
    """The values that a manifest itself gives, read and written out again.

    `home` is its main language, `assets` are the paths of the template's files.
    """

    home: str
    assets: Collection[str]

    def fallback(
        self, field: f.FieldKeys, around: Mapping[str, f.FieldKeys], language: str | None = None
    ) -> object:
        """What stands in for a field; None if nothing does. `around` are the fields beside it."""
        reading = self._reading(around, language or self.home)
        try:
            return self._given(field, stand_in(field, reading))
        except Unusable:
            return None

    def example(self, field: f.FieldKeys, around: Mapping[str, f.FieldKeys]) -> object:
        """The example; as it was written, if it cannot be read here.

        That of a group without one is made of its members' examples.
        """
        if field.example is None:
            return self._of_members(field, around) if isinstance(field, f.GroupField) else None
        try:
            typed = read(field, field.example, self._reading(around, self.home))
        except Unusable:
            return plain(field.example)
        return self._given(field, typed)

    def _of_members(self, group: f.GroupField, around: Mapping[str, f.FieldKeys]) -> object:
        beside = {**around, **group.fields}
        found = {name: self.example(field, beside) for name, field in group.fields.items()}
        return {name: value for name, value in found.items() if value is not None} or None

    def _reading(self, around: Mapping[str, f.FieldKeys], language: str) -> Reading:
        values: dict[str, object] = {}
        reading = Reading(language, self.home, "", self.assets, values)
        for name in choices_first(around):
            field = around[name]
            if isinstance(field, f.ChoiceField) and not field.optional:
                values[name] = stand_in(field, reading)
        return reading

    def _given(self, field: f.FieldKeys, typed: object) -> object:
        """A typed value as a request would give it."""
        if isinstance(field, f.GroupField) and isinstance(typed, Mapping):
            given = {name: self._given(field.fields[name], one) for name, one in typed.items()}
            return {name: one for name, one in given.items() if one is not None}
        if isinstance(field, f.ListField) and isinstance(typed, tuple):
            group = (
                None if field.fields is None else f.GroupField(kind="group", fields=field.fields)
            )
            return [self._given(group or field.item, one) for one in typed]
        if isinstance(field, f.MoneyField) and isinstance(typed, Money):
            places = places_of(typed.currency) if field.minor else 0
            return plain_number(typed.amount.scaleb(places))
        if isinstance(field, f.ImageField) and isinstance(typed, str):
            return shortest(typed, self.assets)
        return plain(typed)
