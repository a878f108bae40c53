"""Reading one of a few values."""

from __future__ import annotations

from collections.abc import Iterator

from service.catalogue.fields import ChoiceField
from service.catalogue.kinds.reading import Reading, Unusable
from service.catalogue.kinds.text import as_text


def read_choice(field: ChoiceField, value: object, reading: Reading) -> str:
    """The declared value that was spelled, whatever its case."""
    spelled = as_text(value).casefold()
    for choice, spellings in field.choices.items():
        if spelled == choice.casefold() or any(spelled == one.casefold() for one in spellings):
            return choice
    raise Unusable(f"must be one of {', '.join(field.choices)}")


def faults_of_choice(field: ChoiceField) -> Iterator[tuple[str, str]]:
    """What its keys say together that cannot be."""
    meaning: dict[str, str] = {}
    for choice, spellings in field.choices.items():
        if not choice.strip():
            yield "choices", "may not hold an empty value"
        for spelling in (choice, *spellings):
            other = meaning.setdefault(spelling.strip().casefold(), choice)
            if other != choice:
                yield f"choices.{choice}", f"{spelling!r} already means {other}"
