"""Ruling: what the rules of a manifest make of the values that a request was filled with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from service.catalogue import fields as f
from service.catalogue.conditions import Scope
from service.catalogue.instant import cut
from service.catalogue.kinds.reader import is_empty_fallback, read
from service.catalogue.kinds.reading import Reading, Unusable
from service.model import Note

if TYPE_CHECKING:
    from service.catalogue.manifest import Manifest


def constants(manifest: Manifest) -> tuple[Mapping[str, object], ...]:
    """For each rule the values that are the same in every picture, as the page sees them.

    Left out are those whose reading depends on the request or on files: pictures, and amounts
    whose currency another field names.
    """
    return tuple(
        {
            name: _typed(manifest, name, written)
            for name, written in rule.set.items()
            if isinstance(manifest.fields[name], _SIMPLE)
        }
        for rule in manifest.rules
    )


def chosen(
    manifest: Manifest,
    values: Mapping[str, object],
    given: Collection[str],
    *,
    language: str,
    at: datetime,
) -> dict[str, int]:
    """Which rule sets a field, by the field's name and the rule's number from 0.

    Every condition sees the values as they were before any rule, so the order of rules decides
    only which of two that set the same field wins: the first. `now` and `today` are what the
    page sees, and exist only where the manifest has `refresh`.
    """
    known = {**values, "language": language}
    if manifest.refresh is not None:
        known["now"] = now = cut(at, manifest.refresh)
        known["today"] = now.date()
    scope = Scope(known, given)
    found: dict[str, int] = {}
    for number, rule in enumerate(manifest.rules):
        if not rule.set.keys() <= found.keys() and rule.holds(scope):
            found = {**dict.fromkeys(rule.set, number), **found}
    return found


def obey(
    manifest: Manifest,
    found: Mapping[str, int],
    values: dict[str, object],
    given: set[str],
    *,
    assets: Collection[str],
) -> Iterator[Note]:
    """Put what rules set into `values`, whatever was there, and keep `given` in step.

    What a rule sets is given like what a request sets, for no fallback stands in; an empty text
    or list says "show nothing", and that is not given. Yields a note for what cannot be set.
    """
    for name, number in found.items():
        written = manifest.rules[number].set[name]
        known = manifest.constants[number]
        try:
            values[name] = (
                known[name] if name in known else _typed(manifest, name, written, values, assets)
            )
        except Unusable as reason:
            yield Note(name, reason.code, f"the rule's value {reason.message}")
            continue
        if is_empty_fallback(manifest.fields[name], written):
            given.discard(name)
        else:
            given.add(name)


def _typed(
    manifest: Manifest,
    name: str,
    written: object,
    values: Mapping[str, object] = MappingProxyType({}),
    assets: Collection[str] | None = None,
) -> object:
    field = manifest.fields[name]
    if is_empty_fallback(field, written):
        return () if isinstance(written, list) else ""
    return read(
        field, written, Reading(manifest.language, manifest.language, name, assets, values)
    )


_SIMPLE = (
    *(f.TextField, f.NameField, f.IntegerField, f.NumberField, f.DateField, f.DatetimeField),
    *(f.ChoiceField, f.BooleanField, f.ColorField, f.UrlField),
)
