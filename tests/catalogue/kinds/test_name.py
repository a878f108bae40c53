"""Reading the names of people."""

from __future__ import annotations

import pytest

from service.catalogue.kinds.reading import Unusable
from service.model import NoteCode
from tests.catalogue.kinds.asking import ask, ask_with_notes


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("O'Brien", "O'Brien"),
        ("O’Brien", "O’Brien"),
        ("McDonald", "McDonald"),
        ("JEAN-PIERRE", "Jean-Pierre"),
        ("van der Berg", "van der Berg"),
        ("Müller", "Müller"),
        ("Mu\u0308ller", "Mu\u0308ller"),
        ("张伟", "张伟"),
        ("محمد", "محمد"),
        ("می\u200cنا", "می\u200cنا"),
        ("ジャン・ポール", "ジャン・ポール"),
        ("Martin Luther King, Jr.", "Martin Luther King, Jr."),
        ("Gal·la", "Gal·la"),
        ("श्री", "श्री"),
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("X Æ", "X Æ"),
        ("Hawaiʻi", "Hawaiʻi"),
    ],
)
def test_names_of_all_scripts_are_names(value: str, name: str) -> None:
    assert ask("name", value) == name


@pytest.mark.parametrize("value", ["Ada 🎉", "✨Ada✨", "Ada ❤️", "👩🏽‍💻 Ada"])
def test_emoji_beside_a_name_are_left_out_with_a_note(value: str) -> None:
    name, notes = ask_with_notes("name", value)

    assert name == "Ada"
    assert [note.code for note in notes] == [NoteCode.REPAIRED]


@pytest.mark.parametrize(
    "value",
    [
        "Ada99",
        "user_1",
        "ada@example.com",
        "<b>",
        "Ada {{x}}",
        "-",
        "...",
        "🎉🎉",
        "A/B",
        7,
        ["Ada"],
    ],
)
def test_what_is_no_name_is_refused(value: object) -> None:
    with pytest.raises(Unusable, match="must be a name"):
        ask("name", value)


def test_a_long_name_is_cut_at_a_word() -> None:
    name, notes = ask_with_notes("name", "Wolfgang Amadeus Mozart", max_length=18)

    assert name == "Wolfgang Amadeus…"
    assert [note.code for note in notes] == [NoteCode.CUT]
