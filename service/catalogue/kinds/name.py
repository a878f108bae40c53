"""Reading the names of people."""

from __future__ import annotations

import re
import unicodedata

from service.catalogue import casing
from service.catalogue.fields import NameField
from service.catalogue.graphemes import shorten
from service.catalogue.kinds.reading import Reading, Unusable
from service.catalogue.kinds.text import fitted
from service.model import NoteCode

_SIGNS = frozenset("'-.,’‘ʼ`´‐‑–·・゠׳״\u200c\u200d")
_DECORATION = frozenset({"So", "Sk"})
_ALSO_DECORATION = frozenset("\ufe0e\ufe0f\u200d\u20e3\u00ad")
_SPACES = re.compile(r"\s+")


def read_name(field: NameField, value: object, reading: Reading) -> str:
    """A name of letters, marks, spaces and the signs that names have.

    Emoji beside a name are left out, with a note; a digit or another sign makes it no name.
    """
    if not isinstance(value, str):
        raise Unusable("must be a name")
    plain = _undecorated(value)
    if plain != value:
        reading.note(NoteCode.REPAIRED, "is a name: emoji and symbols were left out")
    name = _SPACES.sub(" ", plain).strip(" ,")
    if not all(_belongs(sign) for sign in name):
        raise Unusable("must be a name: letters, spaces and ' - . , are allowed")
    if not any(sign.isalpha() for sign in name):
        raise Unusable("must be a name: it has no letter")
    name = casing.name_case(name, reading.language)
    return fitted(name, shorten(name, field.max_length), field.max_length, reading)


def _undecorated(text: str) -> str:
    if text.isascii():
        return text
    if not any(_is_decoration(sign) for sign in text):
        return text.replace("\u00ad", "")
    return "".join(
        sign for sign in text if not _is_decoration(sign) and sign not in _ALSO_DECORATION
    )


def _is_decoration(sign: str) -> bool:
    return unicodedata.category(sign) in _DECORATION and sign not in _SIGNS


def _belongs(sign: str) -> bool:
    return sign.isalpha() or sign == " " or sign in _SIGNS or unicodedata.category(sign)[0] in "LM"
