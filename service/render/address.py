"""The path and query by which anybody can ask for the picture of a plan."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from urllib.parse import quote

from service.catalogue import fields as f
from service.catalogue.cleaning import is_blank
from service.catalogue.kinds.currencies import places_of
from service.catalogue.kinds.text import as_text
from service.catalogue.manifest import DEFAULT_SIZE
from service.catalogue.money import Money
from service.catalogue.names import Names
from service.imaging.encode import QUALITY
from service.model import Format, RenderRequest, fold
from service.render.plan import Plan

_GROUP = 3
"""So many digits behind a sign may be a fraction or thousands, as the language has it."""

Pairs = Iterator[tuple[str, str]]


def plain_address(plan: Plan, request: RenderRequest) -> str:
    """An address that gives the picture of `plan`, which was made of `request`.

    It says only what the template does not do by itself, our own parameters first.
    """
    pairs = (*our_pairs(plan, request), *value_pairs(plan, request.values))
    return path_of(plan.template.name, plan.format.extension, pairs)


def path_of(template: str, extension: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The path and query of a picture with these parameters and values."""
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    return f"/i/{template}.{extension}" + (f"?{query}" if query else "")


def written(value: object) -> str:
    """A value as text: text as it is, everything else as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def our_pairs(plan: Plan, request: RenderRequest) -> Pairs:
    """Our own parameters, where they say something else than the template does by itself."""
    manifest = plan.template.manifest
    if plan.size != DEFAULT_SIZE:
        yield "_size", plan.size
    if plan.scale != manifest.scale and plan.format is not Format.PDF:
        yield "_scale", repr(plan.scale).removesuffix(".0")
    if plan.quality != QUALITY[plan.format]:
        yield "_quality", str(plan.quality)
    if plan.language != manifest.language:
        yield "_lang", plan.language
    if plan.theme is not None and plan.theme != manifest.theme:
        yield "_theme", plan.theme
    if request.version == plan.template.version:
        yield "_v", plan.template.version


def value_pairs(plan: Plan, values: Mapping[str, object]) -> Pairs:
    """What was given and used, in its order and under the names that it was given by.

    What could not be used is left out: the fallback comes by itself, and so does what rules set.
    """
    fields = plan.template.manifest.fields
    filled = plan.filled.asked
    names = Names(fields)
    told: set[str] = set()
    for written, value in values.items():
        name, is_part = names.meant(written), False
        if name is None:
            name, is_part = names.meant(written.partition(".")[0]), "." in written
        folded = fold(written)
        if name is None or name not in filled.given or folded in told:
            continue
        text = _part(value) if is_part else _whole(fields[name], value, filled.values[name])
        if text is not None:
            told.add(folded)
            yield folded, text


def _whole(field: f.FieldKeys, value: object, typed: object) -> str | None:
    """A field's value as it stands in an address; None where it says nothing."""
    if value is None or (isinstance(value, str) and is_blank(value)):
        return None
    if isinstance(value, str):
        return value
    if field.nested:
        return written(value)
    if isinstance(typed, Money):
        minor = isinstance(field, f.MoneyField) and field.minor
        return _number(typed.amount.scaleb(places_of(typed.currency)) if minor else typed.amount)
    if isinstance(typed, Decimal):
        return _number(typed)
    return as_text(value)


def _part(value: object) -> str:
    """A part of a list or a group; an empty one keeps its place."""
    if value is None:
        return ""
    return as_text(value) if isinstance(value, str | int | float) else written(value)


def _number(number: Decimal) -> str:
    """A number that is the same one in every language."""
    _, digits, exponent = number.as_tuple()
    if exponent == -_GROUP:
        sign = "-" if number.is_signed() else ""
        return f"{sign}{''.join(map(str, digits))}e-{_GROUP}"
    return f"{number:f}"
