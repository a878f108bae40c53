"""Finding a merge tag that nobody filled in, wherever it stands in a value and however encoded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from service.merge_tags.defaults import default_of
from service.merge_tags.dialects import DIALECTS, KNOWN, TAILS, TWO_BRACES, Dialect, bare
from service.merge_tags.platforms import Platform

LONGEST = 20_000
"""Characters that are looked at: no kind of field reads more of a text."""

_ROUNDS = 8
"""How often a value may have been encoded before it came here, at the most."""

_TRIGGER = re.compile(r"[{}\[%*$~#<|]|&[#a-z]")
_DASHED = re.compile(r"-[A-Za-z_]+-")
_OPENING = re.compile("|".join(dict.fromkeys(row.opening for row in DIALECTS)))
_ENCODED = re.compile("%[0-9A-Fa-f]{2}")
_NOT_SEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))

_ENTITY = re.compile(
    r"&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(lbrace|lcub|rbrace|rcub|lbrack|lsqb|rbrack|rsqb"
    r"|verbar|vert|percnt|ast|dollar|lt|gt|num|quot|apos|lsquo|rsquo|ldquo|rdquo|equals|excl|colon"
    r"|comma|period|lowbar|nbsp|lpar|rpar|amp));?"
)
_NAMED = {
    "lbrace": "{", "lcub": "{", "rbrace": "}", "rcub": "}", "lbrack": "[", "lsqb": "[",
    "rbrack": "]", "rsqb": "]", "verbar": "|", "vert": "|", "percnt": "%", "ast": "*",
    "dollar": "$", "lt": "<", "gt": ">", "num": "#", "quot": '"', "apos": "'", "lsquo": "‘",
    "rsquo": "’", "ldquo": "“", "rdquo": "”", "equals": "=", "excl": "!", "colon": ":",
    "comma": ",", "period": ".", "lowbar": "_", "nbsp": " ", "lpar": "(", "rpar": ")", "amp": "&",
}  # fmt: skip

_TWO_BRACES = tuple(row for row in DIALECTS if row.opening == TWO_BRACES)
_BY_OPENING: dict[str, tuple[Dialect, ...]] = {
    first: tuple(
        row
        for row in DIALECTS
        if row.opening != TWO_BRACES and row.opening.removeprefix("\\")[0] == first
    )
    for first in "{[*%$~-<#"
}


@dataclass(frozen=True, slots=True)
class Found:
    """A tag, or several, in a value.

    `platforms` are those that write the first one so, most likely first; none when nobody is
    known for it. `default` is the whole text with every tag replaced by the default inside it;
    None when a tag has none, is not whole, or nothing is left to see.
    """

    platforms: tuple[Platform, ...]
    default: str | None = None

    @property
    def platform(self) -> str:
        """For notes and counts: one name, several with `/` between them, or nothing."""
        return "/".join(self.platforms)


def may_hold_a_tag(text: str) -> bool:
    """The quick look: False is certain."""
    return _TRIGGER.search(text) is not None or ("-" in text and _DASHED.search(text) is not None)


def find(text: str) -> Found | None:
    """The unresolved tags of a value: as they are, percent-encoded or as HTML entities.

    Never raises. What is beyond the first 20,000 characters is not looked at.
    """
    if not may_hold_a_tag(text) or text[:5].lower() == "data:":
        return None
    first: Found | None = None
    for read in readings(text[:LONGEST]):
        found = _scan(read)
        if found is not None and found.default is not None:
            return found
        first = first or found
    return first


def readings(text: str) -> list[str]:
    """The text, and what comes out when it is decoded once, twice, and so on.

    The text itself is first: `%ADDRESS%` is a tag that percent-decoding would spoil. Yet what
    is encoded in part, such as `~Contact.FirstName%7Cfriend~`, shows its default only later.
    """
    text = _plain(text)
    found = [text]
    for _ in range(_ROUNDS):
        if not _ENCODED.search(text):
            break
        decoded = unquote(text, errors="replace")
        if " " not in text.strip():
            decoded = decoded.replace("+", " ")
        text = _plain(decoded)
        found.append(text)
    return found


def _plain(text: str) -> str:
    """Without entities and without what nobody sees, which editors put between braces."""
    for _ in range(_ROUNDS):
        if "&" not in text:
            break
        decoded = _ENTITY.sub(_sign, text)
        if decoded == text:
            break
        text = decoded
    return text if text.isascii() else text.translate(_NOT_SEEN).replace("\xa0", " ")


def _sign(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    if name:
        return _NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if 0x20 <= number < 0xD800 else entity[0]


def _scan(text: str) -> Found | None:
    """The first tag decides whose it is; all of them decide about the default."""
    pieces: list[str] = []
    first: Dialect | None = None
    position = copied = 0
    while opening := _OPENING.search(text, position):
        start = opening.start()
        row, tag = _tag_at(text, start)
        if row is None or tag is None:
            position = start + 1
            continue
        first = first or row
        default = _default(tag)
        if default is None:
            return Found(first.platforms)
        pieces += [text[copied:start], default]
        position = copied = tag.end()
    tail = _tail(text[copied:])
    if tail is not None:
        return Found(first.platforms if first else tail)
    if first is None:
        return None
    whole = "".join((*pieces, text[copied:])).strip()
    clean = whole and not (may_hold_a_tag(whole) and _scan_once(whole))
    return Found(first.platforms, whole if clean else None)


def _tag_at(text: str, start: int) -> tuple[Dialect | None, re.Match[str] | None]:
    rows = _BY_OPENING[text[start]]
    if text[start] == "{" and text[start + 1 : start + 3].lstrip()[:1] == "{":
        rows = _TWO_BRACES
    for row in rows:
        tag = row.match(text, start)
        if tag is not None:
            return row, tag
    return None, None


def _scan_once(text: str) -> bool:
    """Whether any tag is in the text."""
    openings = _OPENING.finditer(text)
    return any(_tag_at(text, one.start())[0] for one in openings) or _tail(text) is not None


def _tail(text: str) -> tuple[Platform, ...] | None:
    for platforms, pattern in TAILS:
        for tail in pattern.finditer(text):
            braces = text[tail.end() - 1] == "}"
            if not braces or "_" in tail["name"] or bare(tail["name"]) in KNOWN:
                return platforms
    return None


def _default(tag: re.Match[str]) -> str | None:
    """What the tag offers in its place; None when it offers nothing or has lost its end."""
    groups = tag.groupdict()
    if not groups.get("end"):
        return None
    plain = groups.get("default")
    if plain is not None:
        return unquote(plain).strip()
    inner = groups.get("inner")
    return default_of(unquote(inner)) if inner else None
