"""A page as lint sees it: HTML in which every piece of Jinja is one private character sequence.

HTML with Jinja in it is no HTML yet. Masked, it can be read by an HTML parser, and each piece is
found again where it stands: in a text, in an attribute, between quotes or not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateSyntaxError

from service.catalogue.reach import parse_page
from service.catalogue.template import Template, is_page

# Both characters are in the private use area: HTML and CSS take them for letters.
_OPEN, _CLOSE = "\ue000", "\ue001"
MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")

_JINJA = Environment(autoescape=True)


@dataclass(frozen=True, slots=True)
class Piece:
    """One `{{ … }}` or `{% … %}`.

    `expression` is what `{{ … }}` outputs. `words` are the tokens of `{% … %}`, the tag's name
    first; texts among them have their quotes. An output that is not valid has neither.
    """

    line: int
    expression: nodes.Expr | None
    words: tuple[str, ...]

    @property
    def tag(self) -> str:
        """The name of a `{% … %}`; nothing for an output."""
        return self.words[0] if self.words else ""

    @property
    def literal(self) -> str | None:
        """The text after the tag's name, as in `{% include "footer.html" %}`."""
        if len(self.words) > 1 and self.words[1][:1] in {'"', "'"}:
            return str(ast.literal_eval(self.words[1]))
        return None


@dataclass(frozen=True, slots=True)
class Page:
    """A page's syntax tree, and its masked text with the line of the file for each of its own."""

    file: str
    tree: nodes.Template
    masked: str
    pieces: tuple[Piece, ...]
    lines: tuple[int, ...]

    def line(self, masked_line: int) -> int:
        """The line of the file that a line of the masked text stands on; both from 1."""
        return self.lines[min(masked_line, len(self.lines)) - 1]

    def pieces_in(self, text: str) -> Iterator[Piece]:
        """The pieces whose marks stand in a part of the masked text."""
        for match in MARK.finditer(text):
            yield self.pieces[int(match[1])]


def pages_of(template: Template) -> list[Page]:
    """Every page of a template that is valid Jinja; composing tells of the others."""
    found = []
    for file in sorted(filter(is_page, template.files)):
        text = template.text(file)
        tree = parse_page(text, file)
        if tree is not None:
            found.append(_page(file, text, tree))
    return found


def _page(file: str, text: str, tree: nodes.Template) -> Page:
    out: list[str] = []
    pieces: list[Piece] = []
    lines = [1]
    tokens = _JINJA.lex(text)
    for line, kind, value in tokens:
        if kind == "data":
            out.append(value)
            lines += [line + number for number in range(1, value.count("\n") + 1)]
        elif kind in {"variable_begin", "block_begin"}:
            words = _until(tokens, kind.replace("begin", "end"))
            out.append(f"{_OPEN}{len(pieces)}{_CLOSE}")
            expression = _expression(words, line) if kind == "variable_begin" else None
            pieces.append(Piece(line, expression, tuple(words) if kind == "block_begin" else ()))
    return Page(file, tree, "".join(out), tuple(pieces), tuple(lines))


def _until(tokens: Iterator[tuple[int, str, str]], end: str) -> list[str]:
    words = []
    for _, kind, value in tokens:
        if kind == end:
            break
        if kind != "whitespace":
            words.append(value)
    return words


def _expression(words: list[str], line: int) -> nodes.Expr | None:
    """The syntax tree of what stands between `{{` and `}}`."""
    try:
        tree = _JINJA.parse("\n" * (line - 1) + "{{ " + " ".join(words) + " }}")
    except TemplateSyntaxError:
        return None
    shown = [node for output in tree.find_all(nodes.Output) for node in output.nodes]
    return next((node for node in shown if not isinstance(node, nodes.TemplateData)), None)
