"""Characters as people count them, and texts cut between them.

The clusters of Unicode's UAX 29, by what the standard library knows of characters. Where the
annex needs tables that it does not have, clusters come out larger, never smaller: a cut then
falls a little earlier, and never inside an emoji, a syllable or an accented letter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import islice

ELLIPSIS = "…"

_ZWJ = "\u200d"
_EXTENDING = {"Mn", "Me", "Mc"}
_ALSO_EXTENDING = {_ZWJ, "\u200c", "\u0e33", "\u0eb3", "\uff9e", "\uff9f"}
_VIRAMA = 9
_NO_BREAK = "\u00a0\u202f\u2007"
_LOOSE_ENDS = " \t\n,;:-–—/&(["


def graphemes(text: str) -> Iterator[str]:
    """The text in pieces that people take for one character each."""
    if text.isascii():
        yield from text
        return
    start = 0
    for index in range(1, len(text)):
        if not _holds(text, start, index):
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def shorten(text: str, limit: int) -> str | None:
    """The text in `limit` characters at most, its end replaced by an ellipsis; None if it fits.

    The cut falls at the last word that fits, unless that would lose more than half.
    """
    if len(text) <= limit:
        return None
    pieces = list(islice(graphemes(text), limit + 1))
    if len(pieces) <= limit:
        return None
    end = limit - 1
    if not _is_gap(pieces[end]):
        gaps = (at for at in range(end - 1, end // 2, -1) if _is_gap(pieces[at]))
        end = next(gaps, end)
    return "".join(pieces[:end]).rstrip(_LOOSE_ENDS) + ELLIPSIS


def _is_gap(piece: str) -> bool:
    return piece.isspace() and piece not in _NO_BREAK


def _holds(text: str, start: int, index: int) -> bool:
    """Whether the character at `index` belongs to the cluster that began at `start`."""
    sign, previous = text[index], text[index - 1]
    if sign.isascii():
        return previous == "\r" and sign == "\n"
    if _extends(sign):
        return not previous.isspace() or previous in _NO_BREAK
    if previous == _ZWJ:
        return not sign.isspace()
    if _is_flag_half(sign):
        halves = index - start
        return halves == 1 and _is_flag_half(previous)
    return _is_conjunct(text, start, index) or _is_hangul(previous, sign)


def _extends(sign: str) -> bool:
    return (
        unicodedata.category(sign) in _EXTENDING
        or sign in _ALSO_EXTENDING
        or "\U0001f3fb" <= sign <= "\U0001f3ff"
        or "\U000e0020" <= sign <= "\U000e007f"
    )


def _is_flag_half(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"


def _is_conjunct(text: str, start: int, index: int) -> bool:
    """A consonant after a sign that kills the vowel before it: one syllable in Indic scripts."""
    return (
        unicodedata.category(text[index]) == "Lo"
        and unicodedata.combining(text[index - 1]) == _VIRAMA
        and index - start > 1
    )


def _is_hangul(previous: str, sign: str) -> bool:
    """Korean letters that make one syllable together."""
    before, here = _jamo(previous), _jamo(sign)
    return (
        (before == "L" and here in {"L", "V", "LV", "LVT"})
        or (before in {"LV", "V"} and here in {"V", "T"})
        or (before in {"LVT", "T"} and here == "T")
    )


def _jamo(sign: str) -> str:
    if "\uac00" <= sign <= "\ud7a3":
        return "LVT" if (ord(sign) - 0xAC00) % 28 else "LV"
    if "\u1100" <= sign <= "\u115f" or "\ua960" <= sign <= "\ua97c":
        return "L"
    if "\u1160" <= sign <= "\u11a7" or "\ud7b0" <= sign <= "\ud7c6":
        return "V"
    if "\u11a8" <= sign <= "\u11ff" or "\ud7cb" <= sign <= "\ud7fb":
        return "T"
    return ""
