"""Rules: comparisons that can never hold, and fields that no rule sets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import date

from service.catalogue.conditions import WORDS, asks_given, comparable
from service.catalogue.fields import ChoiceField
from service.catalogue.lint.finding import Finding, warning
from service.catalogue.manifest import Manifest
from service.catalogue.mistakes import closest
from service.catalogue.rules import parsed
from service.catalogue.template import MANIFEST, Template

_TEXT, _NUMBER, _DATE, _TRUTH = "text", "a number", "a date", "true or false"
_LIST, _GROUP = "a list", "a group"
_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("text", "name", "choice", "color", "url", "image"), _TEXT),
    **dict.fromkeys(("integer", "number", "money"), _NUMBER),
    **dict.fromkeys(("date", "datetime"), _DATE),
    **{"boolean": _TRUTH, "list": _LIST, "group": _GROUP},
}
"""What the values of a kind are compared as."""

_SOME_DAY = date(2026, 1, 1)


def check_rules(template: Template) -> Iterator[Finding]:
    """Everything in a template's rules that is allowed and cannot be meant."""
    manifest = template.manifest
    for index, rule in enumerate(manifest.rules):
        for message in dict.fromkeys(_mistakes(parsed(rule.when), manifest)):
            yield warning(MANIFEST, _line(template, r"\[\[\s*rules", index), "rule_never", message)
    ruled = {name for rule in manifest.rules for name in rule.set}
    for name, field in manifest.fields.items():
        if field.source == "rules" and name not in ruled:
            line = _line(template, rf"\[\s*fields\s*\.\s*{name}\s*\]", 0)
            message = f"no rule sets {name}, and nothing else may: it always has its fallback"
            yield warning(MANIFEST, line, "rule_missing", message)


def _mistakes(tree: ast.expr, manifest: Manifest) -> Iterator[str]:
    for node in ast.walk(tree):
        if asks_given(node):
            name = ast.unparse(node.left)
            if name not in manifest.fields:
                yield f"{name} is no field, so it is never given"
        elif isinstance(node, ast.Compare):
            left = node.left
            for test, right in zip(node.ops, node.comparators, strict=True):
                yield from _mistakes_of_test(left, test, right, manifest)
                left = right


def _mistakes_of_test(
    left: ast.expr, test: ast.cmpop, right: ast.expr, manifest: Manifest
) -> Iterator[str]:
    if not isinstance(test, ast.In | ast.NotIn):
        yield from _mistakes_of_pair(left, right, manifest)
    elif isinstance(right, ast.Tuple | ast.List):
        for one in right.elts:
            yield from _mistakes_of_pair(left, one, manifest)
    else:
        classes = _class(left, manifest), _class(right, manifest)
        if classes[1] not in {_LIST, None} and set(classes) - {_TEXT, None}:
            yield f"{_told(right)} holds no such thing: in asks a list, or a text for a piece"


def _mistakes_of_pair(left: ast.expr, right: ast.expr, manifest: Manifest) -> Iterator[str]:
    for one, other in ((left, right), (right, left)):
        if _is_none(one):
            yield (
                f"a comparison with none is never true: write {_told(other)} is given, "
                f"or {_told(other)} is not given"
            )
            return
    classes = _class(left, manifest), _class(right, manifest)
    if None in classes:
        return
    if not _fit(classes, left, right):
        told = f"{_told(left)} ({classes[0]}) with {_told(right)} ({classes[1]})"
        yield f"a comparison of {told} is never true"
    for one, other in ((left, right), (right, left)):
        choices = _choices(one, manifest)
        if choices and isinstance(other, ast.Constant) and other.value not in choices:
            meant = closest(str(other.value), choices) or f"; those are {', '.join(choices)}"
            yield f"{_told(other)} is none of the choices of {_told(one)}{meant}"


def _fit(classes: tuple[str | None, ...], left: ast.expr, right: ast.expr) -> bool:
    """Whether some values of these classes can be compared: a text may be a date as ISO has it."""
    if set(classes) == {_DATE, _TEXT}:
        literals = [one.value for one in (left, right) if isinstance(one, ast.Constant)]
        return all(comparable(_SOME_DAY, one) is not None for one in literals)
    return classes[0] == classes[1] and classes[0] not in {_LIST, _GROUP}


def _class(node: ast.expr, manifest: Manifest) -> str | None:
    """What a part is compared as; None where only its values tell."""
    match node:
        case ast.Constant(value=bool()):
            return _TRUTH
        case ast.Constant(value=str()):
            return _TEXT
        case ast.Constant(value=int() | float()):
            return _NUMBER
        case ast.Name(id="language"):
            return _TEXT
        case ast.Name(id="now" | "today"):
            return _DATE
        case ast.Name(id=name):
            field = manifest.fields.get(name)
            return _KINDS[field.kind] if field else _TRUTH
        case ast.Tuple() | ast.List():
            return _LIST
        case ast.BoolOp() | ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return _TRUTH
    return None


def _choices(node: ast.expr, manifest: Manifest) -> tuple[str, ...]:
    if not isinstance(node, ast.Name):
        return ()
    if node.id == "language":
        return manifest.languages
    field = manifest.fields.get(node.id)
    return tuple(field.choices) if isinstance(field, ChoiceField) else ()


def _is_none(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id in WORDS and WORDS[node.id] is None
    return isinstance(node, ast.Constant) and node.value is None


def _told(node: ast.expr) -> str:
    return ast.unparse(node)[:40]


def _line(template: Template, header: str, index: int) -> int:
    """The line of the table with this header, the `index`-th of its like; 0 if it has none."""
    lines = template.text(MANIFEST).split("\n")
    found = [number for number, line in enumerate(lines, 1) if re.match(rf"\s*{header}", line)]
    return found[index] if index < len(found) else 0
