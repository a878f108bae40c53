"""Reading yes and no."""

from __future__ import annotations

from service.catalogue.fields import BooleanField
from service.catalogue.kinds.reading import Reading, Unusable
from service.catalogue.kinds.text import as_text

YES = frozenset({"true", "yes", "y", "on", "1", "t", "ja", "oui", "si", "sí", "sim", "tak", "да"})
NO = frozenset({"false", "no", "n", "off", "0", "f", "nein", "non", "não", "nie", "нет", "nej"})


def read_boolean(field: BooleanField, value: object, reading: Reading) -> bool:
    """A yes or a no, in the usual spellings."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str | int | float):
        word = as_text(value).casefold()
        if word in YES:
            return True
        if word in NO:
            return False
    raise Unusable("must be true or false")
