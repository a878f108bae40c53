"""The opening of a document: everything before its body, read once and completed by us."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

OURS = frozenset({"lang", "dir", "data-size", "data-theme"})
"""Attributes of `<html>` that we set; a template's own are replaced."""


class NotAWholePage(ValueError):
    """A document without one of `<html>`, `<head>`, `</head>`, `<body>` written out, in order."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands before the body.

    `prefix` is the text that was read, up to and with the character after `<body`; a document
    that starts with it has this opening. `attributes` are the template's own on `<html>`.
    """

    prefix: str
    before: str
    attributes: str
    after: str

    @property
    def head(self) -> str:
        """What pictures on one standing frame share: all but the attributes of `<html>`."""
        return f"{self.before}<html>{self.after}"

    def complete(self, html: str, attributes: str) -> str:
        """`html`, which starts with `prefix`, with our attributes and our additions."""
        rest = html[len(self.prefix) - len("<body") - 1 :]
        return f"{self.before}<html {attributes}{self.attributes}>{self.after}{rest}"


def read_opening(html: str, *, links: tuple[str, ...]) -> Opening:
    """Read the opening of a document; `links` are style sheets of ours to add, in this order.

    A sheet that the head links already is left alone.

    Raises:
        NotAWholePage: saying which tag is missing.
    """
    reader = _Reader(html)
    places = [reader.tag(name) for name in ("html", "head", "/head", "body")]
    if places != sorted(places):
        raise NotAWholePage("template.html must be a whole page: <html>, <head>, </head>, <body>")
    (html_start, html_end), (_, head_start), (head_end, _), (body, _) = places
    added = "".join(
        f'<link rel="stylesheet" href="{link}">' for link in links if link not in reader.linked
    )
    charset = "" if reader.charset else '<meta charset="utf-8">'
    return Opening(
        prefix=html[: body + len("<body") + 1],
        before=html[:html_start],
        attributes="".join(
            f" {name}" if value is None else f' {name}="{escape(value)}"'
            for name, value in reader.attributes
            if name not in OURS
        ),
        after=html[html_end:head_start]
        + charset
        + html[head_start:head_end]
        + added
        + html[head_end:body],
    )


class _Found(Exception):
    """The body begins: nothing after it matters here."""


class _Reader(HTMLParser):
    """Finds the tags around the head, and what is linked between them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.attributes: list[tuple[str, str | None]] = []
        self.linked: set[str] = set()
        self.charset = False
        self._places: dict[str, tuple[int, int]] = {}
        self._lines = [0]
        for line in html.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        try:
            self.feed(html)
        except _Found:
            return

    def tag(self, name: str) -> tuple[int, int]:
        """Where a tag starts and ends."""
        if name not in self._places:
            message = f"template.html must be a whole page: it has no <{name}>"
            raise NotAWholePage(message)
        return self._places[name]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"html", "head", "body"} and tag not in self._places:
            self._keep(tag, len(self.get_starttag_text() or ""))
        if tag == "html" and not self.attributes:
            self.attributes = attrs
        if tag == "body":
            raise _Found
        given = dict(attrs)
        if tag == "meta" and ("charset" in given or "content-type" in _http_equiv(given)):
            self.charset = True
        if tag == "link" and "stylesheet" in (given.get("rel") or "").lower().split():
            self.linked.add((given.get("href") or "").removeprefix("./"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "head":
            self._keep("/head", len("</head>"))

    def _keep(self, name: str, length: int) -> None:
        line, column = self.getpos()
        start = self._lines[line - 1] + column
        self._places.setdefault(name, (start, start + length))


def _http_equiv(attributes: dict[str, str | None]) -> str:
    return (attributes.get("http-equiv") or "").lower()
