"""UTF-8 that somebody read as CP1252 and wrote anew: `JosÃ©` for `José`.

A false repair is worse than none, because the damaged name is at least its owner's. So it is
repaired only when all of the text makes sense the other way round, and when one place at least
cannot be an honest spelling: `AMANHÃ…` is Portuguese and not `AMANHÅ`.
"""

from __future__ import annotations

import re
import unicodedata

_BYTES = {ord(bytes([byte]).decode("cp1252", "ignore") or chr(byte)): byte for byte in range(256)}
"""Which byte each character was; the five that CP1252 leaves out were read as Latin-1."""

_SEQUENCE = re.compile(
    "[\u00c2-\u00df][C]|[\u00e0-\u00ef][C]{2}|[\u00f0-\u00f4][C]{3}".replace(
        "C", "".join(re.escape(chr(sign)) for sign, byte in _BYTES.items() if 0x80 <= byte < 0xC0)
    )
)
"""What a letter of two to four bytes became."""

_MAY_FOLLOW = frozenset("…‘’“”•–—™›‹®©»«\u00a0\u00adªº°¹²³·")
"""What may honestly stand right behind a letter: closing marks, dashes, signs."""

_PUNCTUATION = range(0x2000, 0x2123)
_OF_CP1252 = frozenset({0x0192, 0x02C6, 0x02DC})
_LEFT_OUT = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D})
_EMOJI = range(0x1F000, 0x20000)
_ACCENTS = range(0x0300, 0x0370)
_LATIN = (*range(0x00A0, 0x0180), 0x01A0, 0x01A1, 0x01AF, 0x01B0, *range(0x0218, 0x021C))
_MORE_LATIN = range(0x1E00, 0x1F00)
"""The letters that names and texts are written with, not the ones that phoneticians have."""


def unscrambled(text: str) -> str | None:
    """The text as it was meant; None if it is honest as it is, or may be."""
    if _SEQUENCE.search(text) is None:
        return None
    try:
        meant = bytes(_BYTES[ord(sign)] for sign in text).decode()
    except (KeyError, UnicodeDecodeError):
        return None
    if not all(_is_plausible(sign) for sign in meant if not sign.isascii()):
        return None
    found = list(_SEQUENCE.finditer(text))
    foreign = [match for match in found if _is_foreign(_meant(match))]
    # Of another script one letter alone proves nothing.
    if len(foreign) > 1 and any(_is_odd(match) for match in foreign):
        return meant
    return meant if any(_is_proof(match) for match in found) else None


def _is_plausible(sign: str) -> bool:
    code = ord(sign)
    if code in _LEFT_OUT or code in _OF_CP1252:
        return True  # damage upon damage comes out as damage
    if 0x0180 <= code < 0x0250:
        return code in _LATIN
    return unicodedata.category(sign)[0] in "LMNPSZ"


def _is_foreign(sign: str) -> bool:
    code = ord(sign)
    ours = (_PUNCTUATION, _EMOJI, _ACCENTS, _MORE_LATIN, _OF_CP1252)
    return code >= 0x0250 and not any(code in one for one in ours)


def _is_odd(match: re.Match[str]) -> bool:
    """Whether signs follow its first letter that never follow one."""
    return not _MAY_FOLLOW.issuperset(match[0][1:])


def _is_proof(match: re.Match[str]) -> bool:
    """Whether nobody could have meant what stands there."""
    meant = _meant(match)
    if ord(meant) in _EMOJI or ord(meant) in _PUNCTUATION:
        return True
    if _is_foreign(meant) or ord(meant) in _OF_CP1252:
        return False
    if _is_odd(match):
        return True
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    if not meant.isalpha():
        return not before.isupper()
    if len(match[0]) > 2:
        return before.islower() and after.islower()
    if match[0][0] == "Ã":
        return not before.isupper()  # the end of words in capitals, and of nothing else
    # A capital inside a word that is otherwise small: no honest word has one there.
    return before.islower() or (after.islower() and not before.isupper())


def _meant(match: re.Match[str]) -> str:
    return bytes(_BYTES[ord(sign)] for sign in match[0]).decode()
