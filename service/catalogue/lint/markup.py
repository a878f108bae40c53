"""Reading a masked page: its elements and texts, each with the place where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from service.catalogue.lint.page import MARK, Page, Piece


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute as it is written: `value` may be None, `quote` empty."""

    name: str
    value: str | None
    quote: str
    line: int


@dataclass(frozen=True, slots=True)
class Element:
    """A start tag."""

    page: Page
    tag: str
    attributes: tuple[Attribute, ...]
    line: int
    in_head: bool

    def get(self, name: str) -> str | None:
        """The value of an attribute; empty when it has none, None when it is not there."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute.value or ""
        return None


@dataclass(frozen=True, slots=True)
class Text:
    """What stands between two tags; `parent` is the element around it where that matters."""

    page: Page
    parent: str
    text: str
    line: int
    in_head: bool


@dataclass(slots=True)
class Markup:
    """Everything that all pages of a template hold, in the order of files and lines."""

    elements: list[Element] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


def read_markup(pages: Sequence[Page]) -> Markup:
    """Read the pages; a block or an inclusion stands in the head if that of any page does."""
    placed: set[str] = set()
    for _ in range(len(pages) + 1):
        before = len(placed)
        readers = [_Reader(page, placed) for page in pages]
        if len(placed) == before:
            break
    return Markup(
        [element for reader in readers for element in reader.elements],
        [text for reader in readers for text in reader.texts],
    )


class _Reader(HTMLParser):
    """`placed` gathers the blocks (`block:x`) and files (`file:x`) that stand in a head."""

    def __init__(self, page: Page, placed: set[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.elements: list[Element] = []
        self.texts: list[Text] = []
        self._page = page
        self._placed = placed
        self._head = f"file:{page.file}" in placed
        self._blocks: list[str] = []
        self._parent = ""
        self._within_text = False
        self.feed(page.masked)
        self.close()

    @property
    def _in_head(self) -> bool:
        return self._head or any(block in self._placed for block in self._blocks)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within_text = False
        if tag == "body":
            self._head = False
        line = self.getpos()[0]
        written = self.get_starttag_text() or ""
        attributes = tuple(
            Attribute(name, value, quote, self._page.line(line + written.count("\n", 0, at)))
            for name, value, quote, at in _attributes(written, len(tag) + 1)
        )
        element = Element(self._page, tag, attributes, self._page.line(line), self._in_head)
        self.elements.append(element)
        if tag == "head":
            self._head = True
        if tag in {"style", "script", "title", "textarea"}:
            self._parent = tag

    def handle_endtag(self, tag: str) -> None:
        self._within_text = False
        if tag == "head":
            self._head = False
        if tag == self._parent:
            self._parent = ""

    def handle_data(self, data: str) -> None:
        line, at = self.getpos()[0], 0
        for mark in MARK.finditer(data):
            piece = self._page.pieces[int(mark[1])]
            if piece.tag in {"block", "endblock", "include"}:
                self._add(data[at : mark.start()], line + data.count("\n", 0, at))
                self._note(piece)
                at = mark.end()
        self._add(data[at:], line + data.count("\n", 0, at))

    def _add(self, text: str, line: int) -> None:
        """Keep a text; the parser gives it in parts, such as a `<` that opens no tag alone."""
        last = self.texts[-1] if self._within_text else None
        if last is not None and (last.parent, last.in_head) == (self._parent, self._in_head):
            self.texts[-1] = replace(last, text=last.text + text)
        elif text:
            line = self._page.line(line)
            self.texts.append(Text(self._page, self._parent, text, line, self._in_head))
            self._within_text = True

    def _note(self, piece: Piece) -> None:
        """Follow blocks and inclusions: what they hold stands where they stand."""
        name = piece.words[1] if len(piece.words) > 1 else ""
        if piece.tag == "block":
            if self._in_head:
                self._placed.add(f"block:{name}")
            self._blocks.append(f"block:{name}")
        elif piece.tag == "endblock" and self._blocks:
            self._blocks.pop()
        elif piece.tag == "include" and self._in_head and piece.literal:
            self._placed.add(f"file:{piece.literal}")


def _attributes(tag: str, start: int) -> Iterator[tuple[str, str | None, str, int]]:
    """Name, value, quote and place of every attribute of a start tag, as HTML reads them."""
    at, end = start, len(tag.rstrip("/>"))
    if tag.endswith(">") and end < start:
        return
    while at < end:
        if tag[at] in " \t\r\n\f/":
            at += 1
            continue
        begin = at
        while at < end and tag[at] not in " \t\r\n\f/=":
            at += 1
        name = tag[begin:at].lower()
        after = _skip(tag, at, end)
        if not (after < end and tag[after] == "="):
            yield name, None, "", begin
            at = max(at, begin + 1)
            continue
        value, quote, at = _value(tag, _skip(tag, after + 1, end), end)
        yield name, value, quote, begin


def _skip(tag: str, at: int, end: int) -> int:
    while at < end and tag[at] in " \t\r\n\f":
        at += 1
    return at


def _value(tag: str, at: int, end: int) -> tuple[str, str, int]:
    """A value that starts at `at`, its quote, and the place after it."""
    if at < end and tag[at] in "\"'":
        close = tag.find(tag[at], at + 1)
        close = end if close < 0 else close
        return tag[at + 1 : close], tag[at], close + 1
    begin = at
    while at < end and tag[at] not in " \t\r\n\f>":
        at += 1
    return tag[begin:at], "", at


def marked(text: str) -> bool:
    """Whether any piece of Jinja stands in a part of a masked page."""
    return MARK.search(text) is not None
