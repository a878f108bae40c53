"""Reading text."""

from __future__ import annotations

import pytest

from service.catalogue.kinds.reading import Unusable
from service.model import NoteCode
from tests.catalogue.kinds.asking import ask, ask_with_notes


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  O'Brien ", "O'Brien"),
        ("Mu\u0308ller", "Mu\u0308ller"),
        ("👩‍👩‍👧 & Söhne", "👩‍👩‍👧 & Söhne"),
        ("<b>bold</b>", "<b>bold</b>"),
        (12, "12"),
        (1.5, "1.5"),
        (12.0, "12"),
        (True, "true"),
        ("0", "0"),
    ],
)
def test_any_text_is_text_trimmed_and_never_normalised(value: object, text: str) -> None:
    assert ask("text", value) == text


def test_removed_characters_are_told_without_the_value() -> None:
    text, notes = ask_with_notes("text", "Ada\u202e\x00")

    assert text == "Ada"
    assert [note.code for note in notes] == [NoteCode.REPAIRED]
    assert "Ada" not in notes[0].message


def test_too_long_is_cut_at_a_word_with_a_note() -> None:
    text, notes = ask_with_notes("text", "The quick brown fox", max_length=12)

    assert text == "The quick…"
    assert [note.code for note in notes] == [NoteCode.CUT]


def test_too_long_gives_way_to_the_fallback_where_the_manifest_says_so() -> None:
    with pytest.raises(Unusable, match="12 characters are allowed"):
        ask("text", "The quick brown fox", max_length=12, too_long="fallback")


@pytest.mark.parametrize(
    ("normalise", "text"), [("upper", "STRASSE"), ("lower", "straße"), ("name", "straße Nord")]
)
def test_case_is_normalised_where_asked(normalise: str, text: str) -> None:
    written = "straße Nord" if normalise == "name" else "Straße"

    assert ask("text", written, normalise=normalise) == text


def test_a_pattern_has_to_match_the_whole_value() -> None:
    assert ask("text", "AB-12", pattern="[A-Z]+-[0-9]+") == "AB-12"
    with pytest.raises(Unusable, match="must have the form"):
        ask("text", "AB-12x", pattern="[A-Z]+-[0-9]+")


def test_lines_stay_only_where_a_field_has_several() -> None:
    assert ask("text", "one\r\ntwo", multiline=True) == "one\ntwo"
    assert ask("text", "one\r\ntwo") == "one two"


@pytest.mark.parametrize("value", [["a"], {"a": 1}, b"a"])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(Unusable, match="must be text"):
        ask("text", value)


@pytest.mark.parametrize("value", ["", "  ", None, "\u200b", "\u3164", "n/a", "N/A "])
def test_blank_values_and_blank_words_are_missing(value: object) -> None:
    with pytest.raises(Unusable) as reason:
        ask("text", value, blank=["N/A"])

    assert reason.value.code is NoteCode.MISSING
