"""The style sheets of a template: files, and `<style>` elements of its pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.catalogue.lint.markup import Markup
from service.catalogue.template import PAGE, THEMES, Template


@dataclass(frozen=True, slots=True)
class Sheet:
    """CSS, the file and line where it begins, and what its addresses are relative to.

    `in_body` is true for a `<style>` in the body: it comes and goes with every picture.
    """

    file: str
    text: str
    first_line: int = 1
    base: str = PAGE
    in_body: bool = False

    def line(self, line: int) -> int:
        """The line of the file that a line of the sheet stands on; both from 1."""
        return self.first_line + line - 1


def sheets_of(template: Template, markup: Markup) -> list[Sheet]:
    """Every sheet whose text is known before a picture is asked for."""
    return [*_files(template), *_elements(markup)]


def _files(template: Template) -> Iterator[Sheet]:
    for file in template.assets:
        if file.endswith(".css") and file != THEMES:
            yield Sheet(file, template.text(file), base=file)


def _elements(markup: Markup) -> Iterator[Sheet]:
    for text in markup.texts:
        if text.parent == "style":
            yield Sheet(text.page.file, text.text, text.line, in_body=not text.in_head)
