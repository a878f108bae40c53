"""Text as people send it, without the characters that nobody sees and that can do harm.

Nothing here normalises: composed and decomposed letters stay as they came, because fonts and
shaping tell them apart and because a name is its owner's.
"""

from __future__ import annotations

import re
import unicodedata

_NEWLINE = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_PARAGRAPHS = re.compile(r"\n{3,}")
_SUSPECT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f"
)
_STACK = re.compile(f"([{_MARKS}]{{5}})[{_MARKS}]+")
_INVISIBLE = re.compile(
    "[\\s\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0f\u00ad]*"
)

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_DIRECTION_MARKS = "\u061c\u200e\u200f"
_VARIATIONS = range(0xE0100, 0xE01F0)
_TAGS = range(0xE0020, 0xE0080)
_BLACK_FLAG = "\U0001f3f4"
_UNJOINED = ("LATIN", "GREEK", "CYRILLIC", "DIGIT")


def clean(text: str, *, multiline: bool = False) -> tuple[str, bool]:
    """The text, trimmed and without what cannot be seen; and whether anything was removed.

    Control characters, zero-width characters, direction overrides and halves of surrogate pairs
    go. Joiners stay where they do something: inside emoji, and between letters of scripts that
    join; direction marks stay beside right-to-left text. Of a pile of accents five stay. Line
    ends become spaces, or with `multiline` plain `\\n`.
    """
    if text.isascii() and text.isprintable():
        return text.strip(), False
    lined = _NEWLINE.sub("\n", text)
    cleaned = _STACK.sub(r"\1", _without_suspects(lined))
    removed = cleaned != lined
    lines = cleaned.replace("\t", " ").split("\n")
    if not multiline:
        return " ".join(line.strip() for line in lines if line.strip()), removed
    lines = [line.rstrip() for line in lines]
    return _PARAGRAPHS.sub("\n\n", "\n".join(lines)).strip(), removed


def is_blank(text: str) -> bool:
    """Whether there is nothing to see: spaces, fillers and the like alone."""
    return _INVISIBLE.fullmatch(text) is not None


def _without_suspects(text: str) -> str:
    if not _SUSPECT.search(text):
        return text
    right_to_left = any(unicodedata.bidirectional(sign) in {"R", "AL"} for sign in text)
    kept: list[str] = []
    for index, sign in enumerate(text):
        following = text[index + 1 : index + 2]
        if not _SUSPECT.match(sign) or _is_needed(sign, kept, following, right_to_left):
            kept.append(sign)
    return "".join(kept)


def _is_needed(sign: str, before: list[str], following: str, right_to_left: bool) -> bool:
    """Whether a suspect does an honest job where it stands."""
    if sign in _DIRECTION_MARKS:
        return right_to_left
    previous = before[-1] if before else ""
    if sign in (_ZWNJ, _ZWJ):
        return _joins(previous) and _joins(following)
    if ord(sign) in _VARIATIONS:
        return previous.isalpha()
    return ord(sign) in _TAGS and (previous == _BLACK_FLAG or ord(previous or " ") in _TAGS)


def _joins(sign: str) -> bool:
    """Whether a joiner beside this character can be seen."""
    if not sign or sign.isascii() or sign.isspace() or _SUSPECT.match(sign):
        return False
    return not unicodedata.name(sign, "").startswith(_UNJOINED)
