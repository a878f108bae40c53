"""Open values as platforms send them: encoded twice, not at all, or in another century's way.

Each repair is made only where it is certain, because a false one is worse than none. A merge tag
that was left as it was stays one: what undoes an encoding makes it plainer, never another.
"""

from __future__ import annotations

import codecs
import re
from html import unescape
from html.entities import name2codepoint
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from service.merge_tags.mojibake import unscrambled

NOT_UTF8 = "was not UTF-8"
CUT_LETTER = "ended in half a letter"
TWICE = "was percent-encoded twice"
ENTITIES = "held HTML entities"
SCRAMBLED = "was UTF-8 read as something else"

_ROUNDS = 3
"""How often damage upon damage is looked for."""


class Repaired(NamedTuple):
    """A value as text, None if nobody can read it; and what was done to it, if anything."""

    text: str | None
    causes: tuple[str, ...] = ()


def repaired(value: bytes) -> Repaired:
    """Read an open value, decoded once, whatever it holds. Never fails."""
    if value.isascii() and b"%" not in value and b"&" not in value:
        return Repaired(value.decode())
    causes: dict[str, None] = {}
    text = _as_text(value, causes)
    if text is None or "\ufffd" in text:
        return Repaired(None)
    for _ in range(_ROUNDS):
        mended = _once(text, causes)
        if mended == text:
            break
        text = mended
    return Repaired(text, tuple(causes))


def _once(text: str, causes: dict[str, None]) -> str:
    if "%" in text:
        text = _noted(text, _decoded_again(text), TWICE, causes)
    if "&" in text:
        text = _noted(text, _ENTITY.sub(_character, text), ENTITIES, causes)
    if not text.isascii():
        text = _noted(text, unscrambled(text), SCRAMBLED, causes)
    return text


def _noted(before: str, after: str | None, cause: str, causes: dict[str, None]) -> str:
    if after is None or after == before:
        return before
    causes[cause] = None
    return after


# Bytes

_HIGH = re.compile("[\u0080-\u2122]+")
_EASTERN = re.compile(r"[^\W\d_]{2}[¹³¿£¯±¶¼¾¥]|[£¯¹³][^\W\d_]{2}|[¤¦¬¯±²³´µ¶·¸¹¼½¾]{2}")
"""Signs of CP1252 where they never stand: letters of other alphabets."""
_TAG_WORD = re.compile(rb"%([\xa0-\xff][A-Za-z0-9_ ]{1,60}%%)|^([\xa0-\xff][A-Z0-9_]{1,60}%)$")


def _as_text(value: bytes, causes: dict[str, None]) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        value = _TAG_WORD.sub(_undecoded, value)
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        whole = value[: error.start]
        if error.reason == "unexpected end of data" and not whole.isascii():
            causes[CUT_LETTER] = None
            return whole.decode()
    causes[NOT_UTF8] = None
    text = value.decode("utf-8", _CP1252)
    return text if _is_western(text) else None


def _undecoded(match: re.Match[bytes]) -> bytes:
    """`%DATE%` and `%%address%%`, whose first letters were taken for an encoded byte."""
    word = match[1] or match[2]
    percent = b"%%" if match[1] else b"%"
    return percent + b"%02X" % word[0] + word[1:]


def _from_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read as CP1252 what is no UTF-8, and as Latin-1 what CP1252 leaves out."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    try:
        return wrong.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return wrong.decode("latin-1"), error.end


_CP1252 = "mergeshot.cp1252"
codecs.register_error(_CP1252, _from_cp1252)


def _is_western(text: str) -> bool:
    """Whether text read as CP1252 can be meant so.

    `Иван` in CP1251 comes out as `Èâàí`, `Michał` in CP1250 as `Micha³`. Words of Western
    languages have a letter of ASCII, never three different ones beyond it in a row, and no signs.
    """
    for run in _HIGH.finditer(text):
        letters = {sign.lower() for sign in run[0] if sign.isalpha()}
        before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
        alone = not (before.isalpha() or after.isalpha())
        if len(letters) > 2 or (len(letters) > 1 and alone):
            return False
    return _EASTERN.search(text) is None


# Percent signs

_ENCODED_TEXT = re.compile(r"(?:[A-Za-z0-9_.~+*!'()-]|%[0-9A-Fa-f]{2})+")
"""All that an encoder leaves: with anything else in it, it was not the whole that was encoded."""

_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_NEEDLESS = re.compile(r"[\x00-\x1f0-9A-Za-z_.~\x7f-\x9f-]")
"""What no encoder encodes, and what nobody would show."""


def _decoded_again(text: str) -> str | None:
    """The text without its second encoding; None if it is honest as it is, or may be."""
    if _ENCODED_TEXT.fullmatch(text) is None:
        return None
    for match in _ESCAPES.finditer(text):
        try:
            meant = unquote_to_bytes(match[0]).decode()
        except UnicodeDecodeError:
            return None
        if _NEEDLESS.search(meant) or (meant.isascii() and not _is_in_a_word(match)):
            return None
    return unquote_to_bytes(text.replace("+", " ")).decode()


def _is_in_a_word(match: re.Match[str]) -> bool:
    """`Anna%20Maria` and `Anna%20`, but neither `50%25` nor `10%20%30`, nor `SAVE%20`."""
    text = match.string
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return after.isalpha() or before.islower() or (before.isalpha() and after != "")


# Entities

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,7});")


def _character(match: re.Match[str]) -> str:
    written = match[0]
    if written[1] != "#" and written[1:-1] not in name2codepoint and written != "&apos;":
        return written
    # A number that is no character is what somebody wrote, or nothing that can be read.
    meant = unescape(written)
    return written if meant in ("", "\ufffd") else meant
