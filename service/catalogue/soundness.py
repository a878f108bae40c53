"""What a manifest's keys say together: each is right alone, and still they may not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.catalogue import rules
from service.catalogue.kinds.faults import (
    Surroundings,
    currency_fields,
    fault_of_value,
    faults_of,
    faults_of_names,
)
from service.catalogue.kinds.reader import is_empty_fallback
from service.catalogue.mistakes import closest
from service.catalogue.wording import faults_of_words
from service.catalogue.written import Mistake, Written
from service.model import MAX_CSS_PIXELS

if TYPE_CHECKING:
    from service.catalogue.manifest import Manifest

_FILENAME = re.compile(r"[^\x00-\x1f\x7f/\\\"<>|:*?]{1,100}")


def check(manifest: Manifest, written: Written) -> Iterator[Mistake]:
    """Every mistake that only shows when one key is seen beside the others."""
    yield from _faults_of_sizes(manifest, written)
    yield from _faults_of_top(manifest)
    yield from _faults_of_words(manifest, written)
    yield from _faults_of_page(manifest, written)
    around = Surroundings(manifest.language, manifest.languages, manifest.fields)
    for name, field in manifest.fields.items():
        for path, message in faults_of(field, around):
            yield ("fields", name, *path), message
    for path, message in faults_of_names(manifest.fields):
        yield ("fields", *path), message
    yield from _faults_of_rules(manifest, written, around)
    declared = written.declared("fields")
    if manifest.lookup is not None and manifest.lookup.by not in declared:
        yield ("lookup", "by"), f"must name a field{closest(manifest.lookup.by, declared)}"


def _faults_of_sizes(manifest: Manifest, written: Written) -> Iterator[Mistake]:
    scale = max(manifest.scales)
    for name, size in manifest.sizes.items():
        if not size.fits(scale):
            path = ("sizes", name) if name in written.declared("sizes") else ("width",)
            yield (
                path,
                f"{size.width} x {size.height} at scale {scale:g} is too large; allowed are 8192 "
                "pixels a side and 32 megapixels: give fewer scales, or a smaller size",
            )


def _faults_of_top(manifest: Manifest) -> Iterator[Mistake]:
    if manifest.refresh is not None and not manifest.refresh:
        yield ("refresh",), 'must be a time of a second or more, such as "1m"'
    if manifest.filename is not None and not _FILENAME.fullmatch(manifest.filename):
        yield ("filename",), 'must be a name of a file without folders, such as "ticket"'
    if manifest.link and not manifest.link.startswith(("https://", "http://")):
        yield ("link",), "must begin with https:// or http://"


def _faults_of_words(manifest: Manifest, written: Written) -> Iterator[Mistake]:
    declared = written.declared("fields")
    for key in ("alt", "link", "filename"):
        text = getattr(manifest, key) or ""
        for fault in faults_of_words(text, manifest.fields, declared):
            yield (key,), fault


def _faults_of_page(manifest: Manifest, written: Written) -> Iterator[Mistake]:
    sized = {"width", "height"} & written.whole.keys()
    if manifest.page is not None and not sized and max(manifest.page.pixels) > MAX_CSS_PIXELS:
        yield ("page",), f"is larger than {MAX_CSS_PIXELS} pixels: give width and height as well"


def _faults_of_rules(
    manifest: Manifest, written: Written, around: Surroundings
) -> Iterator[Mistake]:
    declared = written.declared("fields")
    for index, rule in enumerate(manifest.rules):
        place = written.original(("rules", index))
        for message in rules.faults_of(rule.when):
            yield (*place, "when"), message
        for name in rules.names_in(rule.when):
            if name not in (*declared, *_words(manifest)):
                yield (*place, "when"), f"{name} is not a field{closest(name, declared)}"
        for name, value in rule.set.items():
            if name not in declared:
                yield (*place, "set", name), f"must name a field{closest(name, declared)}"
            elif fault := _fault_of_set(manifest, name, value, around):
                yield (*place, "set", name), fault
    for name, field in manifest.fields.items():
        if field.required and field.source == "rules":
            message = "nobody can give a field that rules set: leave required out"
            yield ("fields", name, "required"), message


def _fault_of_set(
    manifest: Manifest, name: str, value: object, around: Surroundings
) -> str | None:
    """Why a rule may not set this field to this value."""
    field = manifest.fields.get(name)
    if field is None:
        return None  # the field itself is wrong, which is told there
    if any(name == steered for steered in currency_fields(manifest.fields)):
        return "is a currency, and amounts are read in it before rules: a request may set it alone"
    if is_empty_fallback(field, value):
        return None
    return fault_of_value(field, value, manifest.language, around)


def _words(manifest: Manifest) -> tuple[str, ...]:
    """What a condition may ask besides fields; the time only where pictures follow it."""
    return ("language", "now", "today") if manifest.refresh else ("language",)
