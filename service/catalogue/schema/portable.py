"""A manifest's patterns in the dialect that JSON Schema has: ECMA's, where they mean the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SYNTAX = frozenset("^$\\.*+?()[]{}|/")
_CLASSES = {"d": "[0-9]", "w": "[0-9A-Za-z_]", "s": "\\s", "S": "\\S", "n": "\\n", "t": "\\t"}
_INNER_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": "\\s", "n": "\\n", "t": "\\t"}
_TOKEN = re.compile(
    r"(?P<escape>\\.)|(?P<set>\[\^?\]?(?:[^\]\\]|\\.)*\])|(?P<count>\{,\d+\})|(?P<sign>.)",
    re.DOTALL,
)
_PART = re.compile(r"(?P<code>\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4})|\\(?P<escaped>.)|(?P<sign>.)")


class _Differs(Exception):
    """ECMA reads this otherwise, and there is no other spelling."""


def escaped(text: str) -> str:
    """A pattern that matches this text alone."""
    return "".join(f"\\{sign}" if sign in _SYNTAX else sign for sign in text)


def portable(source: str) -> str | None:
    """The pattern, anchored; None where ECMA would accept what we refuse.

    `source` is one that `compile_pattern` takes. The other way round is well: ECMA's `\\d` and
    `\\w` know ASCII alone.
    """
    body = source.removeprefix("^")
    if body.endswith("$") and not body.endswith("\\$"):
        body = body[:-1]
    try:
        return f"^(?:{''.join(_tokens(body))})$"
    except _Differs:
        return None


def may_be_untidy(source: str) -> bool:
    """Whether it may match a text that begins or ends with a space, or that cannot be seen."""
    return re.search(r"\.|\s|\\[sSnt]|\[\^", re.sub(r"\\\.", "", source)) is not None


def keeps_its_case(source: str, normalise: str) -> bool:
    """Whether what it matches still matches once it is put into capitals, or small letters."""
    letters = re.sub(r"\\.", "", source)
    same = {"upper": letters.upper(), "lower": letters.lower()}.get(normalise)
    return letters == same and "[^" not in source


def _tokens(body: str) -> Iterator[str]:
    for token in _TOKEN.finditer(body):
        if token["escape"]:
            yield _escape(token["escape"][1], _CLASSES)
        elif token["set"]:
            yield _set(token["set"])
        elif token["count"]:
            yield token["count"].replace("{", "{0")
        else:
            yield "\\/" if token["sign"] == "/" else token["sign"]


def _set(written: str) -> str:
    """A class of characters; a negated one may hold no class that is larger here than there."""
    negated = written.startswith("[^")
    pieces = []
    for part in _PART.finditer(written[2 if negated else 1 : -1]):
        if part["code"]:
            pieces.append(part["code"])
        elif part["escaped"]:
            if negated and part["escaped"] in "dw":
                raise _Differs
            pieces.append(_escape(part["escaped"], _INNER_CLASSES))
        else:
            pieces.append(f"\\{part['sign']}" if part["sign"] in "[]" else part["sign"])
    return f"[{'^' if negated else ''}{''.join(pieces)}]"


def _escape(sign: str, classes: dict[str, str]) -> str:
    if sign in classes:
        return classes[sign]
    if sign.isalnum():
        raise _Differs
    if classes is _INNER_CLASSES:
        return f"\\{sign}" if sign in "^-[]\\" else sign
    return escaped(sign)
