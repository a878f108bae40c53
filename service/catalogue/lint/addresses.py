"""Addresses: files that are not there, and anything that is not ours to give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from jinja2 import nodes

from service.catalogue import css
from service.catalogue.lint.finding import Finding, error
from service.catalogue.lint.markup import Attribute, Element, Markup, marked
from service.catalogue.lint.page import Page
from service.catalogue.lint.sheets import Sheet
from service.catalogue.manifest import Manifest
from service.catalogue.reach import asset_calls, local_path
from service.catalogue.template import MANIFEST, PAGE, Template

ADDRESSES = frozenset(
    {("img", "src"), ("img", "srcset"), ("source", "src"), ("source", "srcset")}
    | {("link", "href"), ("link", "imagesrcset"), ("script", "src"), ("iframe", "src")}
    | {("frame", "src"), ("embed", "src"), ("object", "data"), ("video", "src")}
    | {("video", "poster"), ("audio", "src"), ("track", "src"), ("input", "src")}
    | {("image", "href"), ("use", "href"), ("feimage", "href"), ("image", "xlink:href")}
    | {("use", "xlink:href"), ("feimage", "xlink:href"), ("body", "background")}
    | {("table", "background"), ("td", "background"), ("th", "background")}
)
"""What a browser asks for by itself. The `href` of `<a>` is not among it: nobody clicks."""

_REMOTE = re.compile(
    r"\s*(?:[a-z][a-z0-9+.-]*:)?//|\s*(?:ftp|file|blob|filesystem):", re.IGNORECASE
)
_INLINE = re.compile(r"\s*(?:data:|about:|#|$)", re.IGNORECASE)
_SETS = frozenset({"srcset", "imagesrcset"})
_NOT_FETCHED = frozenset({"icon", "shortcut", "apple-touch-icon", "canonical", "alternate"})


def check_addresses(
    template: Template, pages: Sequence[Page], markup: Markup, sheets: Sequence[Sheet]
) -> Iterator[Finding]:
    """Every address of pages, style sheets and image fields."""
    for address in addresses(markup, sheets):
        yield from _judged(template, address)
    for page in pages:
        yield from _asset_calls(template, page)
        yield from _page_references(template, page)
    yield from _image_fields(template)


class Address(NamedTuple):
    """One address that a browser would ask for, where it is written, and what it is relative to.

    `sheet` says that a style sheet is asked for.
    """

    url: str
    file: str
    line: int
    base: str = PAGE
    sheet: bool = False


def addresses(markup: Markup, sheets: Sequence[Sheet]) -> Iterator[Address]:
    """Every address in pages and style sheets; pieces of Jinja in it are masked."""
    for element in markup.elements:
        for attribute in element.attributes:
            yield from _in_attribute(element, attribute)
    for sheet in sheets:
        for reference in css.references(sheet.text):
            line = sheet.line(reference.line)
            yield Address(reference.url, sheet.file, line, sheet.base, reference.imported)


def is_remote(url: str) -> bool:
    """Whether an address leads out of the template."""
    return _REMOTE.match(url) is not None


def _in_attribute(element: Element, attribute: Attribute) -> Iterator[Address]:
    value, place = attribute.value or "", (element.page.file, attribute.line)
    if attribute.name == "style" or value.lstrip().lower().startswith("url("):
        for reference in css.style_references(value):
            yield Address(reference.url, *place)
    if (element.tag, attribute.name) not in ADDRESSES:
        return
    relations = set((element.get("rel") or "").lower().split()) if element.tag == "link" else set()
    if _NOT_FETCHED & relations:
        return
    if attribute.name in _SETS and not marked(value) and not _INLINE.match(value):
        for candidate in value.split(","):
            yield Address(candidate.strip().split(" ")[0], *place)
    else:
        yield Address(value, *place, sheet="stylesheet" in relations)


def _judged(template: Template, address: Address) -> Iterator[Finding]:
    """One address; with pieces of Jinja in it, only whether it is remote can be told."""
    url, file, line, base, _ = address
    if is_remote(url):
        message = (
            f"{_short(url)} is remote, and drawing makes no requests: put it into assets/, or "
            f"have `mergeshot templates vendor {template.name}` do it"
        )
        yield error(file, line, "remote_url", message)
    elif not _INLINE.match(url) and not marked(url):
        path = local_path(url.strip(), file=base)
        if path not in template.assets:
            advice = "; shared files are at _shared/…" if url.lstrip().startswith("../") else ""
            yield error(file, line, "missing_asset", f"there is no file {_short(url)}{advice}")


def _asset_calls(template: Template, page: Page) -> Iterator[Finding]:
    for line, names in asset_calls(page.tree):
        literal = [name for name in names if name is not None]
        if len(literal) == len(names) > 0 and not any(map(template.find_asset, literal)):
            message = f"there is no file {literal[0]} in assets/ or _shared/assets/"
            yield error(page.file, line, "missing_asset", message)
        elif len(names) == 2 and literal and not template.find_asset(literal[-1]):
            message = f"there is no file {literal[-1]} in assets/ or _shared/assets/"
            yield error(page.file, line, "missing_asset", message)


def _page_references(template: Template, page: Page) -> Iterator[Finding]:
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    for node in page.tree.find_all(kinds):
        name: object = getattr(node, "template", None)
        if getattr(node, "ignore_missing", False) or not isinstance(name, nodes.Const):
            continue
        if isinstance(name.value, str) and name.value not in template.files:
            message = f"there is no page {name.value}; shared ones are at _shared/…"
            yield error(page.file, node.lineno, "missing_page", message)


def _image_fields(template: Template) -> Iterator[Finding]:
    for key, value in _pictures(template.manifest):
        if not isinstance(value, str) or _INLINE.match(value) or _REMOTE.match(value):
            continue  # a remote fallback is for the field's kind to judge
        if template.find_asset(value) is None:
            message = f"{key}: there is no file {value} in assets/"
            yield error(MANIFEST, 0, "missing_asset", message)


def _pictures(manifest: Manifest) -> Iterator[tuple[str, object]]:
    """Every picture that the manifest itself names, and under which key."""
    names = [name for name, field in manifest.fields.items() if field.kind == "image"]
    for name in names:
        field = manifest.fields[name]
        written = field.fallback
        fallbacks = written.values() if isinstance(written, Mapping) else [written]
        yield from ((f"fields.{name}", value) for value in (*fallbacks, field.example))
    for index, rule in enumerate(manifest.rules):
        yield from (
            (f"rules.{index}.set.{name}", rule.set[name]) for name in names if name in rule.set
        )


def _short(url: str) -> str:
    url = url.strip()
    return url if len(url) <= 80 else url[:79] + "…"
