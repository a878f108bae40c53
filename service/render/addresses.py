"""Which pictures from elsewhere a page will ask for, found in its text before it is drawn.

By expressions that pass over each character once or twice, whatever it is: this is other people's
HTML, and a reader that takes long over some of it would be a weapon. Too much may be found, which
costs a fetch; what is not found, such as a picture that a script thinks of, is refused when the
page asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import chain
from urllib.parse import quote

# What is not closed goes to the end, as in a browser; a start that led nowhere is not tried again.
_PIECE = re.compile(
    r"""<!--.*?(?:-->|\Z)
    |<script\b.*?(?:</script|\Z)
    |<style\b[^>]*>(?P<sheet>.*?)(?:</style|\Z)
    |<(?P<tag>[a-z][^\s/>]*+)(?P<attributes>(?:[^"'>]++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(
    r"""([^\s"'>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"?|'([^']*+)'?|([^\s"'>]++)))?+"""
)
_CSS = re.compile(
    r"""/\*.*?(?:\*/|\Z)
    |@(?:import|namespace)\b[^;]*+
    |@font-face\s*+\{[^}]*+
    |url\(\s*+(?:"([^"]*+)"?|'([^']*+)'?|([^\s"')]++))
    |"([^"]*+)"?|'([^']*+)'?""",  # a string: in image-set(), or of no interest
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ASKED_FOR = {
    "img": ("src", "srcset"),
    "source": ("srcset",),
    "input": ("src",),
    "video": ("poster",),
    "image": ("href", "xlink:href"),
    "feimage": ("href", "xlink:href"),
    **dict.fromkeys(("body", "table", "tr", "td", "th"), ("background",)),
}

_ON_THE_WEB = re.compile(r"(?:https?:)?[/\\]{2,}([^/\\?#]+)([^?#]*)(\?[^#]*)?(?:#.*)?", re.I)
_AROUND = "".join(map(chr, range(33)))
_BREAKS = re.compile(r"[\t\n\r]")
_NO_HOST = re.compile(r"[\s@<>%]")
_SEGMENTS_UP = ("..", ".%2e", "%2e.", "%2e%2e")
_SEGMENTS_HERE = (".", "%2e")
# What a browser leaves as it is, besides letters and digits.
_IN_PATH = "%/:@!$&'()*+,;=-._~[]"
_IN_QUERY = "%/?:@!$&()*+,;=-._~[]|^`{}\\"


def remote_pictures(html: str, css: str = "") -> list[str]:
    """The pictures on the web, each once, in the spelling in which the browser asks for them."""
    found = (
        browsers_spelling(url)
        for url in chain(_in_page(html), _in_css(css))
        if "//" in url or "\\" in url
    )
    return list(dict.fromkeys(url for url in found if url is not None))


def browsers_spelling(url: str) -> str | None:
    """An address on the web as Chromium writes it when it asks; None when it is of another kind.

    On a page that came by https, Chromium asks for `http` pictures by `https`.
    """
    match = _ON_THE_WEB.fullmatch(_BREAKS.sub("", url.strip(_AROUND)))
    if match is None or _NO_HOST.search(match[1]):
        return None
    name, path, query = match[1].lower(), match[2] or "/", match[3] or ""
    try:
        host = name if name.isascii() else name.encode("idna").decode("ascii")
        path = quote("/".join(_without_dots(path.replace("\\", "/").split("/"))), safe=_IN_PATH)
        query = quote(query, safe=_IN_QUERY)
    except UnicodeError:
        return None
    return f"https://{host.removesuffix(':443')}{path}{query}"


def _in_page(html: str) -> Iterator[str]:
    for piece in _PIECE.finditer(html):
        if piece["sheet"] is not None:
            yield from _in_css(piece["sheet"])
        elif piece["tag"] is not None:
            yield from _in_tag(piece["tag"].lower(), piece["attributes"])


def _in_tag(tag: str, attributes: str) -> Iterator[str]:
    asked_for = _ASKED_FOR.get(tag, ())
    for match in _ATTRIBUTE.finditer(attributes):
        name = match[1].lower()
        if name != "style" and name not in asked_for:
            continue
        value = unescape(match[2] or match[3] or match[4] or "")
        if name == "style":
            yield from _in_css(value)
        elif name == "srcset":
            # A comma ends a candidate only where white space follows it, or came before.
            yield from (word.strip(",") for word in value.split())
        else:
            yield value


def _in_css(css: str) -> Iterator[str]:
    for match in _CSS.finditer(css):
        yield from (group for group in match.groups() if group)


def _without_dots(segments: list[str]) -> list[str]:
    kept: list[str] = []
    for number, segment in enumerate(segments):
        last = number == len(segments) - 1
        if segment.lower() in _SEGMENTS_UP:
            if len(kept) > 1:
                kept.pop()
            kept += [""] if last else []
        elif segment.lower() in _SEGMENTS_HERE:
            kept += [""] if last else []
        else:
            kept.append(segment)
    return kept
