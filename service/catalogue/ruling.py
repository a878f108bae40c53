"""Ruling: what the rules of a manifest make of the values that a request was filled with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from service.catalogue.conditions import Scope
from service.catalogue.instant import cut
from service.catalogue.kinds.reader import is_empty_fallback, read
from service.catalogue.kinds.reading import Reading, Unusable
from service.catalogue.manifest import Manifest
from service.model import Note


def chosen(
    manifest: Manifest,
    values: Mapping[str, object],
    given: Collection[str],
    *,
    language: str,
    at: datetime,
) -> dict[str, object]:
    """What rules set, by field, as it is written in the manifest.

    Every condition sees the values as they were before any rule, so the order of rules decides
    only which of two that set the same field wins: the first. `now` and `today` are what the
    page sees, and exist only where the manifest has `refresh`.
    """
    known = {**values, "language": language}
    if manifest.refresh is not None:
        known["now"] = now = cut(at, manifest.refresh)
        known["today"] = now.date()
    scope = Scope(known, given)
    found: dict[str, object] = {}
    for rule in manifest.rules:
        if not rule.set.keys() <= found.keys() and rule.holds(scope):
            found = {**rule.set, **found}
    return found


def obey(
    manifest: Manifest,
    found: Mapping[str, object],
    values: dict[str, object],
    given: set[str],
    *,
    assets: Collection[str],
) -> Iterator[Note]:
    """Put what rules set into `values`, whatever was there, and keep `given` in step.

    What a rule sets is given like what a request sets, for no fallback stands in; an empty text
    or list says "show nothing", and that is not given. Yields a note for what cannot be set.
    """
    home = manifest.language
    for name, written in found.items():
        field = manifest.fields[name]
        if is_empty_fallback(field, written):
            values[name] = () if isinstance(written, list) else ""
            given.discard(name)
            continue
        try:
            values[name] = read(field, written, Reading(home, home, name, assets, values))
            given.add(name)
        except Unusable as reason:
            yield Note(name, reason.code, f"the rule's value {reason.message}")
