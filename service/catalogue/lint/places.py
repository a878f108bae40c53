"""Places where data does not belong: head, scripts, raw CSS, unquoted attributes, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import nodes

from service.catalogue.lint.addresses import ADDRESSES
from service.catalogue.lint.data import Data
from service.catalogue.lint.finding import Finding, error
from service.catalogue.lint.markup import Attribute, Element, Markup, Text
from service.catalogue.lint.page import MARK, Page, Piece

_IN_URL = re.compile(r"url\(\s*[\"']?[^)]*$", re.IGNORECASE)
_PUT_ON_STYLE = "put what depends on data on style= of an element in the body"


def check_places(markup: Markup, data: Data) -> Iterator[Finding]:
    """Where each piece of data stands, by the element or text around it."""
    for element in markup.elements:
        yield from _in_tag(element, data)
        for attribute in element.attributes:
            yield from _in_attribute(element, attribute, data)
    for text in markup.texts:
        yield from _in_text(text, data)


def check_unescaped(pages: list[Page], data: Data) -> Iterator[Finding]:
    """Data that is put into the page without being escaped."""
    for page in pages:
        for node in page.tree.find_all(nodes.Filter):
            if node.name == "safe" and node.node is not None and data.holds(node.node):
                message = "|safe lets data write HTML; leave it out"
                yield error(page.file, node.lineno, "unescaped_data", message)
        for piece in page.pieces:
            if piece.tag == "autoescape" and piece.words[1:2] != ("true",):
                message = "autoescape stays on: without it data writes HTML"
                yield error(page.file, piece.line, "unescaped_data", message)


def _in_tag(element: Element, data: Data) -> Iterator[Finding]:
    """Data as the name of an element or attribute."""
    page = element.page
    for text in (element.tag, *(attribute.name for attribute in element.attributes)):
        for piece in page.pieces_in(text):
            if _shows(piece, data):
                message = "data may not be the name of an element or attribute"
                yield error(page.file, piece.line, "data_in_markup", message)


def _in_attribute(element: Element, attribute: Attribute, data: Data) -> Iterator[Finding]:
    page, value = element.page, attribute.value or ""
    name = f"{attribute.name}="
    pieces = [piece for piece in page.pieces_in(value) if _shows(piece, data)]
    for piece in pieces:
        if element.in_head:
            yield _in_head(page, piece)
        elif attribute.name.startswith("on"):
            message = f"data may not stand in {name}: it is a script"
            yield error(page.file, piece.line, "data_in_script", message)
        elif not attribute.quote:
            message = f'quote the value: {name}"…"; without quotes a space in the data ends it'
            yield error(page.file, piece.line, "data_unquoted", message)
        elif attribute.name == "srcdoc":
            message = "data may not stand in srcdoc="
            yield error(page.file, piece.line, "data_in_markup", message)
    if attribute.name == "style" and attribute.quote:
        yield from _in_style(page, value, data)
    elif pieces and (element.tag, attribute.name) in ADDRESSES and not element.in_head:
        yield from _in_address(page, attribute, value, data)


def _in_style(page: Page, value: str, data: Data) -> Iterator[Finding]:
    for match in MARK.finditer(value):
        piece = page.pieces[int(match[1])]
        if piece.expression is None:
            continue
        if _IN_URL.search(value[: match.start()]) and (
            data.holds(piece.expression) or _is_css_url(piece.expression)
        ):
            message = "write {{ … | css_url }} instead of url({{ … }})"
            yield error(page.file, piece.line, "data_in_css", message)
        elif not data.fits_style(piece.expression):
            message = "data in style= goes through css_colour, css_url or px"
            yield error(page.file, piece.line, "data_in_css", message)


def _in_address(page: Page, attribute: Attribute, value: str, data: Data) -> Iterator[Finding]:
    alone = MARK.fullmatch(value.strip())
    for piece in page.pieces_in(value):
        if piece.expression is None or not data.holds(piece.expression):
            continue
        if not (alone and data.is_image(piece.expression)):
            message = (
                f"{attribute.name}= takes an image field or asset(…) alone: an address made of "
                "other data names files that may not be there"
            )
            yield error(page.file, piece.line, "data_in_address", message)


def _in_text(text: Text, data: Data) -> Iterator[Finding]:
    page = text.page
    for piece in page.pieces_in(text.text):
        if text.in_head and (_shows(piece, data) or data.steers(piece)):
            yield _in_head(page, piece)
        elif not _shows(piece, data):
            continue
        elif text.parent == "style":
            message = f"data may not stand in <style>; {_PUT_ON_STYLE}"
            yield error(page.file, piece.line, "data_in_css", message)
        elif text.parent == "script" and not _is_json(piece.expression):
            message = "data in a script goes through |json"
            yield error(page.file, piece.line, "data_in_script", message)
    for match in re.finditer(rf"<({MARK.pattern})", text.text):
        piece = next(page.pieces_in(match[1]))
        if _shows(piece, data):
            message = "data may not be the name of an element or attribute"
            yield error(page.file, piece.line, "data_in_markup", message)


def _shows(piece: Piece, data: Data) -> bool:
    return piece.expression is not None and data.holds(piece.expression)


def _in_head(page: Page, piece: Piece) -> Finding:
    message = f"the head is the same for everybody; {_PUT_ON_STYLE}"
    return error(page.file, piece.line, "data_in_head", message)


def _is_css_url(expression: nodes.Expr) -> bool:
    return isinstance(expression, nodes.Filter) and expression.name == "css_url"


def _is_json(expression: nodes.Expr | None) -> bool:
    return isinstance(expression, nodes.Filter) and expression.name in {"json", "tojson"}
