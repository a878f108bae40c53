"""Upper, lower and the case of names, as the language wants them."""

from __future__ import annotations

import re

_TURKIC = ("tr", "az")
_WORDS = re.compile(r"[^\s\-‐‑–.,]+")
_APOSTROPHES = "'’ʼ‘`´"
_PARTICLES = frozenset(
    {"af", "al", "av", "bin", "bint", "d", "da", "das", "de", "del", "della", "den", "der", "des"}
    | {"di", "do", "dos", "du", "e", "el", "ibn", "la", "le", "of", "te", "ten", "ter", "und"}
    | {"van", "vom", "von", "y", "zu", "zum", "zur"}
)
_NUMERALS = frozenset({"II", "III", "IV", "VI", "VII", "VIII", "IX"})
_VOWELS = frozenset("AEIOUY")


def upper(text: str, language: str) -> str:
    """In capitals; a dotted i keeps its dot in Turkish and Azerbaijani."""
    return (text.replace("i", "İ") if _is_turkic(language) else text).upper()


def lower(text: str, language: str) -> str:
    """In small letters; I loses its dot in Turkish and Azerbaijani, and İ only there has none."""
    if _is_turkic(language):
        text = text.replace("I", "ı")
    return text.replace("İ", "i").lower()


def name_case(text: str, language: str) -> str:
    """A name in mixed case, if it is all in one: JEAN-PIERRE, mcdonald. Others are as meant."""
    if not (text.isupper() or text.islower()):
        return text
    words = list(_WORDS.finditer(text))
    pieces: list[str] = []
    end = 0
    for index, word in enumerate(words):
        pieces.append(text[end : word.start()])
        end = word.end()
        inner = 0 < index < len(words) - 1 and _stands_alone(text, word, language)
        last = index == len(words) - 1 and index > 0
        pieces.append(_word(word[0], language, inner=inner, last=last))
    return "".join((*pieces, text[end:]))


def _word(word: str, language: str, *, inner: bool, last: bool) -> str:
    lowered, raised = lower(word, language), upper(word, language)
    if inner and lowered in _PARTICLES:
        return lowered
    if (last and raised in _NUMERALS) or _is_initials(raised):
        return raised
    if len(word) > 4 and raised.startswith("MC") and word.isascii():
        return "Mc" + _capitalise(word[2:], language)
    head, mark, tail = _split(word)
    if mark:
        return _capitalise(head, language) + mark + _capitalise(tail, language)
    return _capitalise(word, language)


def _split(word: str) -> tuple[str, str, str]:
    """O'Brien and D'Angelo have two capitals; Maria's and Ta'anari have one."""
    if len(word) > 3 and word[1] in _APOSTROPHES:
        return word[0], word[1], word[2:]
    return word, "", ""


def _capitalise(word: str, language: str) -> str:
    lowered = lower(word, language)
    if language.split("-", maxsplit=1)[0] == "nl" and lowered.startswith("ij"):
        return "IJ" + lowered[2:]
    first = lowered[:1]
    raised = upper(first, language) if _is_turkic(language) else first.title()
    return raised + lowered[1:]


def _is_initials(raised: str) -> bool:
    """JP and TJ: two letters that nobody could say as a word."""
    return len(raised) == 2 and raised.isascii() and raised.isalpha() and not _VOWELS & set(raised)


def _stands_alone(text: str, word: re.Match[str], language: str) -> bool:
    """Whether a word has spaces about it: `de` in `Jean de Luc`, not in `Jean-de-Luc`.

    In Vietnamese, where `Văn` and `Lê` are names like others, no word counts.
    """
    if language.split("-", maxsplit=1)[0] == "vi":
        return False
    return text[word.start() - 1].isspace() and text[word.end()].isspace()


def _is_turkic(language: str) -> bool:
    return language.split("-", maxsplit=1)[0] in _TURKIC
