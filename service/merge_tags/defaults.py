"""The default that a merge tag brings along, in the spellings of the usual template languages."""

from __future__ import annotations

import re

_QUOTED = (
    r"\\?(?:\"(?P<a{0}>[^\"\\]{{0,200}})\\?\"|'(?P<b{0}>[^'\\]{{0,200}})\\?'"
    r"|[“”„](?P<c{0}>[^“”\"]{{0,200}})[“”\"]"
    r"|[‘’‚](?P<d{0}>[^‘’']{{0,200}})[‘’'])"
)


def _quoted(number: int = 0) -> str:
    return _QUOTED.format(number)


_NAMED = re.compile(
    r"\|\s{0,9}default(?:_if_none|_if_empty)?\s{0,9}[:=(]?\s{0,9}" + _quoted()
    + r"|\bdefault=" + _quoted(1)
    + r"|\"default=(?P<e>[^\"]{0,200})\"|'default=(?P<f>[^']{0,200})'"
)  # fmt: skip
_ASSIGNED = re.compile(r":default=(?P<e>[^|{}]{0,200})")
_EITHER = re.compile(r"(?:\|\||\?\?|\b(?:or|OR)\b)\s{0,9}(?:\.[\w.]{1,80}\s{1,9})?" + _quoted())
_CALLED = re.compile(
    r"(?:#?defaultIfEmpty\s{1,9}[\w.]{1,80}\s{1,9}"
    r"|personalization_token\(\s{0,9}[\"'][^\"']{0,80}[\"']\s{0,9},\s{0,9})" + _quoted()
)
_UNQUOTED = re.compile(
    r"(?:\|\s{0,9}default\s{0,9}[:=]|\|\||\bOR\b)\s{0,9}(?P<e>[^|{}'\"]{1,200})$"
)
_PIPED = re.compile(
    r"^[\s+]{0,9}[$!]?[A-Za-z_][\w .]{0,80}\|\s{0,9}(?:"
    + _quoted()
    + r"|(?P<e>[^|:(){}'\"]{1,200}))$"
)

_FILTERS = frozenset(
    {
        "upper", "lower", "upcase", "downcase", "capitalize", "capitalise", "title",
        "capfirst", "titlecase", "urlencode", "url_encode", "url_escape", "url_param_escape",
        "urlquery", "escape", "escapejs", "safe", "raw", "trim", "strip", "striptags",
        "strip_html", "html", "htmlentities", "base64_encode", "md5", "sha1", "sha256", "json",
        "json_escape", "length", "size", "round", "date", "format_date", "money", "currency",
        "slugify", "propercase", "proper", "initcap", "ucfirst", "truncate", "true", "false",
        "label",
    }
)  # fmt: skip
"""What follows a bar and changes the value rather than standing in for it."""


def default_of(inner: str) -> str | None:
    """The default in what stands between a tag's brackets; None when there is none."""
    for pattern in (_NAMED, _ASSIGNED, _CALLED, _EITHER, _UNQUOTED):
        found = pattern.search(inner)
        if found is not None:
            return _text(found)
    piped = _PIPED.match(inner)
    if piped is None:
        return None
    text = _text(piped)
    return None if text.casefold() in _FILTERS else text


def _text(found: re.Match[str]) -> str:
    return next((text for text in found.groups() if text is not None), "").strip()
