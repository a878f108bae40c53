"""Which field a name means, and what to say of a name that means none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from service.catalogue.fields import FieldKeys, is_field_name
from service.model import Note, NoteCode, fold

MAX_UNKNOWN = 20
"""Notes about names that nobody declared: a platform may append any number of them."""


class Names:
    """The names of some fields and their aliases, compared without case and with `-` as `_`."""

    def __init__(self, fields: Mapping[str, FieldKeys]) -> None:
        self._ranks: dict[str, tuple[str, int]] = {}
        for name, field in fields.items():
            for rank, written in enumerate((name, *field.aliases)):
                self._ranks.setdefault(written, (name, rank))
        self._ranks.update((name, (name, 0)) for name in fields)

    def meant(self, written: str) -> str | None:
        """The field that is meant; None if nobody declared one of this name."""
        found = self._ranks.get(fold(written))
        return found[0] if found else None

    def by_rank(self, written: Iterable[str]) -> list[str]:
        """Names in the order in which they are believed: a field's own name before its aliases."""
        return sorted(written, key=lambda one: self._ranks.get(fold(one), ("", 0))[1])

    def unknown(self, written: str, prefix: str = "") -> Note:
        """A note that says which field comes closest.

        A name that no field could have is not repeated: with a stray `&` it may be a value.
        """
        folded = fold(written)
        if not is_field_name(folded) or written != written.strip():
            return Note(
                prefix.rstrip("."),
                NoteCode.UNKNOWN_FIELD,
                "a name that no field can have: ignored",
            )
        close = get_close_matches(folded, self._ranks, n=1, cutoff=0.6)
        hint = f"; the closest is {self._ranks[close[0]][0]}" if close else ""
        return Note(f"{prefix}{folded}", NoteCode.UNKNOWN_FIELD, f"no such field: ignored{hint}")
