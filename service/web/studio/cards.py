"""What the studio's pages show of a template: plain values, made for reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.catalogue.fields import FieldKeys, GroupField, ListField
from service.catalogue.manifest import DEFAULT_SIZE
from service.catalogue.template import Template
from service.web.addresses import picture_path

NO_DATA = "no data"
"""What the example is called that has no values at all."""

SHOWN_FORMAT = "png"
"""The format in which the studio shows pictures: lossless, so that nothing is the encoder's."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value to choose: its name, the address of the page with it, whether it is chosen now."""

    label: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture to show: its caption, its path on this server, its size in CSS pixels."""

    caption: str
    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Card:
    """One template in the gallery; `pictures` has the most telling one first."""

    name: str
    title: str
    description: str
    tags: tuple[str, ...]
    access: str
    measure: str
    sizes: tuple[str, ...]
    fields: tuple[str, ...]
    pictures: tuple[Picture, ...]
    problem: str = ""

    @property
    def words(self) -> str:
        """What a search looks through."""
        return " ".join(
            (self.name, self.title, self.description, *self.tags, *self.fields)
        ).lower()


@dataclass(frozen=True, slots=True)
class Row:
    """One field in the table of a template: how it is called, what it takes, what stands in."""

    name: str
    kind: str
    help: str
    stand_in: str
    aliases: tuple[str, ...] = ()
    nested: bool = False


def examples_of(template: Template) -> dict[str, Mapping[str, object]]:
    """The examples in the order in which they are shown; the last has no values."""
    examples = template.examples_in_order
    return {**examples, NO_DATA: {}} if {} not in examples.values() else dict(examples)


def card(template: Template, problem: str = "") -> Card:
    """One template as the gallery shows it."""
    manifest = template.manifest
    return Card(
        name=template.name,
        title=manifest.title or template.name,
        description=manifest.description,
        tags=manifest.tags,
        access=manifest.access,
        measure=f"{manifest.width} × {manifest.height}",
        sizes=tuple(name for name in manifest.sizes if name != DEFAULT_SIZE),
        fields=tuple(manifest.fields),
        pictures=tuple(_pictures(template)),
        problem=problem,
    )


def _pictures(template: Template) -> Iterator[Picture]:
    """The examples at the default size, then the other sizes with the most telling example."""
    manifest = template.manifest
    examples = examples_of(template)
    first = next(iter(examples.values()))
    for name, values in list(examples.items())[:3]:
        path = picture_path(template.name, SHOWN_FORMAT, values)
        yield Picture(name, path, manifest.width, manifest.height)
    for theme in manifest.themes[1:3]:
        path = picture_path(template.name, SHOWN_FORMAT, first, _theme=theme)
        yield Picture(theme, path, manifest.width, manifest.height)
    for size, extent in list(manifest.sizes.items())[1:4]:
        path = picture_path(template.name, SHOWN_FORMAT, first, _size=size)
        yield Picture(size, path, extent.width, extent.height)


def rows(template: Template) -> Iterator[Row]:
    """Every field, the parts of lists and groups below them."""
    for name, field in template.manifest.fields.items():
        yield _row(name, field)
        members = field.fields if isinstance(field, ListField | GroupField) else None
        step = "0." if isinstance(field, ListField) else ""
        for member, inner in (members or {}).items():
            yield _row(f"{name}.{step}{member}", inner, nested=True)


def _row(name: str, field: FieldKeys, *, nested: bool = False) -> Row:
    kind = field.kind
    if isinstance(field, ListField):
        kind = "list of groups" if field.fields else f"list of {field.item.kind}"
    return Row(name, kind, field.help, _stand_in(field), field.aliases, nested)


def _stand_in(field: FieldKeys) -> str:
    """What is shown without a value, in the main language's words."""
    if field.optional:
        return "left out"
    if field.source == "rules":
        return "set by rules"
    written = field.fallbacks
    value = next(iter(written.values())) if written else field.fallback
    if value is None or isinstance(value, dict):
        return "its parts' own"
    if isinstance(value, list):
        return f"{len(value)} items" if value else "nothing"
    return str(value) if value != "" else "nothing"
