"""Reading CSS: which files it asks for, its rules one by one, its colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import tinycss2
from tinycss2.ast import AtRule, Declaration, FunctionBlock, Node, QualifiedRule, StringToken
from tinycss2.color4 import Color, parse_color


@dataclass(frozen=True, slots=True)
class Reference:
    """One address in a style sheet and the line, from 1, on which it stands.

    `imported` says that it is another style sheet.
    """

    url: str
    line: int
    imported: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule or an at-rule: `.card`, `@media print`, `@font-face`, with what it declares itself.

    `prelude` is the selector, or what follows the at-keyword. `at` is empty for a plain rule.
    """

    at: str
    prelude: str
    line: int
    declarations: tuple[tuple[str, str], ...]


def references(css: str) -> list[Reference]:
    """Every file that a style sheet asks for, by `url()`, `src()`, `image-set()` or `@import`."""
    return list(_references(tinycss2.parse_stylesheet(css, skip_comments=True)))


def style_references(css: str) -> list[Reference]:
    """The same for the value of a `style` attribute."""
    return list(_references(tinycss2.parse_component_value_list(css, skip_comments=True)))


def rules(css: str) -> list[Rule]:
    """Every rule of a style sheet, those inside other rules after the one that holds them."""
    found = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return list(_rules(found))


def declarations(css: str) -> tuple[tuple[str, str], ...]:
    """What a `style` attribute declares: lower-case names, values as text."""
    return _declared(tinycss2.parse_blocks_contents(css))


def colour(text: str) -> Color | None:
    """A CSS colour, or None if `text` is none."""
    found = parse_color(text)
    return found if isinstance(found, Color) else None


def colours(value: str) -> list[Color]:
    """Every colour in a CSS value, those inside gradients included."""
    return list(_colours(tinycss2.parse_component_value_list(value, skip_comments=True)))


def _colours(nodes: Iterable[Node]) -> Iterator[Color]:
    for node in nodes:
        found = parse_color(node)
        if isinstance(found, Color):
            yield found
        elif isinstance(node, FunctionBlock):
            yield from _colours(node.arguments)


def _references(nodes: Iterable[Node]) -> Iterator[Reference]:
    for node in nodes:
        if isinstance(node, AtRule) and node.lower_at_keyword == "import":
            yield from _imported(node.prelude)
            continue
        if node.type == "url":
            yield Reference(node.value, node.source_line)
        elif isinstance(node, FunctionBlock):
            if node.lower_name in {"url", "src", "image-set", "-webkit-image-set"}:
                yield from _strings(node.arguments)
            yield from _references(node.arguments)
        for part in ("prelude", "content", "value"):
            inside = getattr(node, part, None)
            if isinstance(inside, list):
                yield from _references(inside)


def _imported(nodes: Iterable[Node]) -> Iterator[Reference]:
    """What `@import` names, as a string or as `url()`; the rest of its line holds no address."""
    for reference in (*_strings(nodes), *_references(nodes)):
        yield replace(reference, imported=True)


def _strings(nodes: Iterable[Node]) -> Iterator[Reference]:
    for node in nodes:
        if isinstance(node, StringToken):
            yield Reference(node.value, node.source_line)


def _rules(nodes: Iterable[Node]) -> Iterator[Rule]:
    for node in nodes:
        if not isinstance(node, QualifiedRule | AtRule):
            continue
        inside = [] if node.content is None else tinycss2.parse_blocks_contents(node.content)
        yield Rule(
            at=node.lower_at_keyword if isinstance(node, AtRule) else "",
            prelude=tinycss2.serialize(node.prelude).strip(),
            line=node.source_line,
            declarations=_declared(inside),
        )
        yield from _rules(inside)


def _declared(nodes: Iterable[Node]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (node.lower_name, tinycss2.serialize(node.value).strip())
        for node in nodes
        if isinstance(node, Declaration)
    )
