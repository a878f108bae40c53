"""What is told about a template over HTTP: the models, and how they are made from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote, urlencode

from pydantic import BaseModel, Field

from service.catalogue.fields import FieldKeys
from service.catalogue.schema.data import data_schema, example_of
from service.catalogue.schema.plain import plain
from service.catalogue.template import Template
from service.catalogue.versions import KeptVersion
from service.model import Format
from service.web.picture_address import as_text

State = Literal["ok", "outdated", "broken"]
_ENDINGS = ("versions", "schema", "health")
"""What our own addresses below a template's end with."""


class Shown(BaseModel):
    """A part of an answer."""

    model_config = {"frozen": True, "extra": "forbid"}


class ShownSize(Shown):
    """CSS pixels."""

    width: int
    height: int


class Addresses(Shown):
    """Where there is more about a template, and a picture of it filled with its examples."""

    details: str
    data_schema: str = Field(serialization_alias="schema")
    strict_schema: str
    versions: str
    picture: str


class Summary(Shown):
    """One template in the list.

    `state` is `outdated` while the folder cannot be used as it is and the last good version is
    served, and `broken` when there is no good version.
    """

    name: str
    state: State
    title: str
    description: str
    tags: list[str]
    version: str
    access: Literal["public", "signed", "key"]
    sizes: dict[str, ShownSize]
    languages: list[str]
    themes: list[str]
    formats: list[str]
    addresses: Addresses


class Broken(Shown):
    """A folder that cannot be used as it is; `problems` are told in development alone."""

    name: str
    state: State
    problems: list[str]


class Listing(Shown):
    """Every template, and every folder that should be one and is not."""

    templates: list[Summary]
    broken: list[Broken]


class ShownField(Shown):
    """One field as its manifest declares it, with the keys that its kind has of its own."""

    model_config = {"extra": "allow"}

    kind: str
    help: str
    required: bool
    optional: bool
    source: Literal["request", "rules"]
    aliases: list[str]
    fallback: Any = None
    example: Any = None


class ShownVersion(Shown):
    """One version that can be drawn with `_v`, and when it was served."""

    version: str
    current: bool
    first_served: datetime | None
    last_served: datetime | None
    details: str
    picture: str


class Versions(Shown):
    """The kept versions of a template, the one served last first."""

    name: str
    current: str
    versions: list[ShownVersion]


class Details(Summary):
    """All that somebody who fills a template, or shows its pictures, may want to know."""

    former_names: list[str]
    format: str
    scale: float
    scales: list[float]
    language: str
    theme: str | None
    colour: str
    transparent: bool
    javascript: bool
    max_age: int
    refresh: int | None
    alt: str
    link: str
    filename: str | None
    fields: dict[str, ShownField]
    data_schema: dict[str, Any] = Field(serialization_alias="schema")
    examples: dict[str, dict[str, Any]]
    versions: list[ShownVersion]


def summary(template: Template, state: State, base: str) -> Summary:
    """A template in few words; `base` is what addresses begin with."""
    return Summary(**_summarised(template, state, base, template.version))


def details(
    template: Template, state: State, base: str, kept: list[KeptVersion], current: str
) -> Details:
    """A template, or one of its kept versions, in full; `current` is the version served now."""
    manifest = template.manifest
    refresh = manifest.refresh
    return Details(
        **_summarised(template, state, base, current),
        former_names=list(manifest.former_names),
        format=manifest.format.value,
        scale=manifest.scale,
        scales=list(manifest.scales),
        language=manifest.language,
        theme=manifest.theme,
        colour=manifest.colour,
        transparent=manifest.transparent,
        javascript=manifest.javascript,
        max_age=int(manifest.max_age.total_seconds()),
        refresh=None if refresh is None else int(refresh.total_seconds()),
        alt=manifest.alt,
        link=manifest.link,
        filename=manifest.filename,
        fields={name: _field(field) for name, field in manifest.fields.items()},
        data_schema=data_schema(template),
        examples={name: dict(values) for name, values in template.examples.items()},
        versions=versions(template.name, base, kept, current).versions,
    )


def versions(name: str, base: str, kept: list[KeptVersion], current: str) -> Versions:
    """The kept versions; the current one is among them even if it could not be kept."""
    times: dict[str, KeptVersion | None] = {current: None}
    times |= {one.version: one for one in kept}
    place = f"{base}/v1/templates/{in_path(name)}/versions"
    found = [
        ShownVersion(
            version=version,
            current=version == current,
            first_served=one.first_served if one else None,
            last_served=one.last_served if one else None,
            details=f"{place}/{version}",
            picture=f"{base}/i/{name}.png?_v={version}",
        )
        for version, one in times.items()
    ]
    return Versions(name=name, current=current, versions=found)


def in_path(name: str) -> str:
    """A template's name in an address that goes on behind it."""
    return quote(name, safe="" if name.endswith(tuple(f"/{one}" for one in _ENDINGS)) else "/")


def query_of(values: Mapping[str, object]) -> str:
    """Values as the query of a picture's address."""
    return urlencode({name: as_text(value) for name, value in values.items()}, quote_via=quote)


def _summarised(template: Template, state: State, base: str, current: str) -> dict[str, Any]:
    manifest = template.manifest
    place = f"{base}/v1/templates/{in_path(template.name)}"
    pinned = {} if template.version == current else {"_v": template.version}
    query = query_of({**example_of(template), **pinned})
    picture = f"{base}/i/{template.name}.{manifest.format.value}"
    return {
        "name": template.name,
        "state": state,
        "title": manifest.title,
        "description": manifest.description,
        "tags": list(manifest.tags),
        "version": template.version,
        "access": manifest.access,
        "sizes": {
            name: ShownSize(width=size.width, height=size.height)
            for name, size in manifest.sizes.items()
        },
        "languages": list(manifest.languages),
        "themes": list(manifest.themes),
        "formats": [one.value for one in Format],
        "addresses": Addresses(
            details=place,
            data_schema=f"{place}/schema",
            strict_schema=f"{place}/schema?strict=1",
            versions=f"{place}/versions",
            picture=f"{picture}?{query}" if query else picture,
        ),
    }


def _field(field: FieldKeys) -> ShownField:
    shared = set(FieldKeys.model_fields)
    own = {name: getattr(field, name) for name in type(field).model_fields if name not in shared}
    return ShownField(
        kind=field.kind,
        help=field.help,
        required=field.required,
        optional=field.optional,
        source=field.source,
        aliases=list(field.aliases),
        fallback=plain(field.fallback),
        example=plain(field.example),
        **{name: _told(value) for name, value in own.items() if value is not None},
    )


def _told(value: object) -> object:
    """A key's value; the fields inside a list or a group are told as fields are."""
    if isinstance(value, FieldKeys):
        return _field(value).model_dump()
    if isinstance(value, Mapping):
        return {str(name): _told(one) for name, one in value.items()}
    return plain(value)
