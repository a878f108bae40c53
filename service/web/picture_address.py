"""`/i/{template}.{ext}` described: our parameters, and the fields of each template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from service.access.address import OPENABLE
from service.catalogue.fields import FieldKeys
from service.catalogue.manifest import Manifest
from service.catalogue.schema.data import (
    best_value_schema,
    example_of,
    fallbacks_of,
    public_fields,
)
from service.catalogue.template import Template
from service.errors import (
    BadSignature,
    InvalidData,
    NotFound,
    TemplateNotFound,
    Unauthenticated,
)
from service.web.described import (
    BY_DRAWING,
    EXTENSION,
    FRESHNESS,
    PICTURE,
    PICTURE_UNCHANGED,
    PICTURES,
    TEMPLATE,
    TEXT,
    Described,
    Parameter,
    Schema,
)

VERSION: Schema = {"type": "string", "pattern": "^[0-9a-f]{24}$"}

_ONE: Schema = {"type": "string", "enum": ["1"]}

_OURS: Mapping[str, tuple[str, Schema]] = {
    "_size": ("One of the template's sizes, by name or as `1080x1080`.", TEXT),
    "_scale": (
        "Device pixels per CSS pixel; for PDF it means nothing.",
        {"type": "number", "minimum": 1, "maximum": 3},
    ),
    "_quality": (
        "For PNG and PDF it means nothing.",
        {"type": "integer", "minimum": 1, "maximum": 100},
    ),
    "_lang": ("One of the template's languages; `de-AT` gets `de`.", TEXT),
    "_theme": ("One of the template's themes.", TEXT),
    "_v": ("A version of the template, which stays as it is when the template changes.", VERSION),
    "_send": ("Anything: it makes another address of the same picture.", TEXT),
    "_merge": (
        "The fields that a platform fills, with commas between: they are open to repairs and are "
        "not part of a signature; the others are taken as they are.",
        TEXT,
    ),
    "_exp": ("When a signature ends, in seconds since 1970.", {"type": "integer", "minimum": 0}),
    "_kid": ("Which key a signature was made with.", TEXT),
    "_sig": ("A signature over all that is not open.", TEXT),
    "_end": ("`1`, as the last: without it something was cut off.", _ONE),
    "_strict": (
        "`1`: honest codes instead of a picture at any price.",
        {"type": "string", "enum": ["1", "0"]},
    ),
    "_download": (
        "`1`: a browser saves the picture instead of showing it.",
        {"type": "string", "enum": ["1", "0"]},
    ),
}
"""Ours, by name, for whatever template."""


def our_parameters(manifest: Manifest | None = None) -> list[Parameter]:
    """Our own parameters; with a manifest, what that template has to choose from."""
    narrow = {} if manifest is None else choices(manifest)
    return [
        Parameter(name, "query", text, narrow.get(name, schema))
        for name, (text, schema) in _OURS.items()
        if narrow.get(name) != {}
    ]


def sealed_parameters() -> list[Parameter]:
    """Those that mean something behind a token, besides what it leaves open."""
    kept = [*sorted(OPENABLE), "_send", "_end", "_strict", "_download"]
    return [Parameter(name, "query", *_OURS[name]) for name in kept]


def field_parameters(template: Template, *, home: str) -> list[Parameter]:
    """Every field that an address may fill."""
    examples, fallbacks = example_of(template), fallbacks_of(template)
    return [
        Parameter(
            name,
            "query",
            _told(field, fallbacks.get(name)),
            best_value_schema(template, name, home=home),
            example=examples.get(name),
            json=field.nested,
        )
        for name, field in public_fields(template).items()
    ]


def choices(manifest: Manifest) -> dict[str, Schema]:
    """What a template lets one choose, by our parameters' names; empty where it is nothing."""
    scales: list[Any] = [int(one) if one.is_integer() else one for one in manifest.scales]
    themes: Schema = {"type": "string", "enum": list(manifest.themes)} if manifest.themes else {}
    return {
        "_size": {"type": "string", "enum": list(manifest.sizes)},
        "_scale": {"type": "number", "enum": scales},
        "_lang": {"type": "string", "enum": list(manifest.languages)},
        "_theme": themes,
    }


def _told(field: FieldKeys, fallback: object) -> str:
    """What a field is for, what shows without it, and what else it is called."""
    told = [field.help] if field.help else []
    if fallback not in (None, "", []):
        told.append(f"Without it: `{as_text(fallback)}`.")
    if field.aliases:
        told.append(f"Also called {', '.join(f'`{one}`' for one in field.aliases)}.")
    return "\n\n".join(told)


def as_text(value: object) -> str:
    """A value as it stands in an address: text as it is, everything else as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


DESCRIBED = Described(
    "Get a picture",
    tag=PICTURES,
    text="For `<img src>`. Every name without `_` before it is a field of the template; names "
    "that it does not declare are ignored. Outside development the template's `access` decides "
    "whether an address may fill it.",
    parameters=(TEMPLATE, EXTENSION, *our_parameters(), FRESHNESS),
    replies=(PICTURE, PICTURE_UNCHANGED),
    refusals=(Unauthenticated, BadSignature, NotFound, TemplateNotFound, InvalidData, *BY_DRAWING),
    optional_key=True,
    each_template=True,
)
"""What is said of the route in `service.web.images`."""
