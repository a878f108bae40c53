"""Names: what a page uses but nobody declared, and what is declared but no page uses."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from jinja2 import nodes
from jinja2.exceptions import TemplateAssertionError
from jinja2.meta import find_undeclared_variables

from service.catalogue.compose import NAMES_OF_OURS
from service.catalogue.kinds.faults import currency_fields
from service.catalogue.lint.data import Data
from service.catalogue.lint.finding import Finding, error, warning
from service.catalogue.lint.page import Page
from service.catalogue.manifest import Manifest
from service.catalogue.rules import names_in
from service.catalogue.template import MANIFEST, PAGE, Template

_GLOBALS = frozenset({"asset", "t", "range", "dict", "namespace", "cycler", "joiner"})
_CLOCK = frozenset({"now", "today"})


def check_names(template: Template, pages: Sequence[Page], data: Data) -> Iterator[Finding]:
    """Undeclared names and unused fields."""
    manifest = template.manifest
    known = _GLOBALS | NAMES_OF_OURS | set(manifest.fields)
    if manifest.refresh is None:
        known -= _CLOCK
    for page in pages:
        undeclared = _unknown(page) - known
        if page.file != PAGE:
            # A part sees what the pages around it have set.
            undeclared -= data.assigned
        for node in page.tree.find_all(nodes.Name):
            if node.name in undeclared and node.ctx == "load":
                message = _undeclared(node.name, known)
                yield error(page.file, node.lineno, "undeclared_variable", message)
    used = {node.name for page in pages for node in page.tree.find_all(nodes.Name)}
    for name in manifest.fields:
        if name not in used and name not in _used_by_manifest(manifest):
            message = f"no page uses the field {name}; remove it, or show it"
            yield warning(MANIFEST, _line(template, name), "unused_field", message)


def _unknown(page: Page) -> set[str]:
    try:
        return find_undeclared_variables(page.tree)
    except TemplateAssertionError:
        return set()  # a filter or test that does not exist: composing tells where


def _undeclared(name: str, known: frozenset[str] | set[str]) -> str:
    if name in _CLOCK:
        return f'{name} needs refresh = "1m" (or another step) in {MANIFEST}'
    close = difflib.get_close_matches(name, sorted(known), n=1)
    advice = f"did you mean {close[0]}?" if close else f"declare it as [fields.{name}]"
    return f"{name} is not declared in {MANIFEST}; {advice}"


def _used_by_manifest(manifest: Manifest) -> set[str]:
    """Fields that steer others: in rules, as a currency, as the key of a look-up, in texts."""
    used = {manifest.lookup.by} if manifest.lookup else set()
    for rule in manifest.rules:
        used.update(names_in(rule.when))
    used.update(currency_fields(manifest.fields))
    for text in (manifest.alt, manifest.link, manifest.filename or ""):
        used.update(re.findall(r"\{+\s*([a-z][a-z0-9_]*)", text))
    return used


def _line(template: Template, name: str) -> int:
    for number, line in enumerate(template.text(MANIFEST).split("\n"), 1):
        if re.match(rf"\s*\[\s*fields\s*\.\s*{name}\s*[].]", line):
            return number
    return 0
