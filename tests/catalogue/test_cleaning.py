"""Text without what nobody sees."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.cleaning import clean, is_blank


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Ada\x00 Love\x07lace", "Ada Lovelace"),
        ("A\u200bd\ufeffa", "Ada"),
        ("Ada \u202egnp.exe", "Ada gnp.exe"),
        ("half \ud83d pair", "half  pair"),
        ("no\u200dname", "noname"),
        ("left\u200eright", "leftright"),
        ("tags\U000e0041\U000e0042", "tags"),
        ("Z" + "\u0301" * 60, "Z" + "\u0301" * 5),
        ("\ufdd0x\uffff", "x"),
    ],
)
def test_what_cannot_be_seen_is_removed_and_told(text: str, cleaned: str) -> None:
    assert clean(text) == (cleaned, True)


@pytest.mark.parametrize(
    "text",
    [
        "O'Brien",
        "Müller",
        "Mu\u0308ller",
        "张伟",
        "محمد",
        "می\u200cخواهم",
        "👩‍👩‍👧‍👦",
        "❤️\u200d🔥",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "שלום \u200e(x)\u200f",
        "क\u094d\u200dष",
        "葛\U000e0100城",
        "Nguyễn",
        "dump\u00adling",
    ],
)
def test_what_does_an_honest_job_stays_and_nothing_is_normalised(text: str) -> None:
    assert clean(text) == (text, False)


def test_line_ends_become_spaces_without_a_note() -> None:
    assert clean(" Ada\r\n\tLovelace\u2028x ") == ("Ada Lovelace x", False)


def test_lines_stay_lines_where_a_field_has_several() -> None:
    assert clean("one \r\ntwo\n\n\n\nthree\n", multiline=True) == ("one\ntwo\n\nthree", False)


@pytest.mark.parametrize("text", ["", "  ", "\u3164", "\u2800\u2800", "\u00a0\u3000", "\u00ad"])
def test_fillers_and_spaces_alone_are_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["0", "-", ".", "ㅎ", "\u200c\u0645"])
def test_anything_to_see_is_not_blank(text: str) -> None:
    assert not is_blank(text)


@given(st.text(st.characters()), st.booleans())
def test_cleaning_twice_is_cleaning_once_and_the_result_can_be_encoded(
    text: str, multiline: bool
) -> None:
    once, _ = clean(text, multiline=multiline)

    assert clean(once, multiline=multiline)[0] == once
    assert once.encode().decode() == once
    assert all(unicodedata.category(sign) not in ("Cc", "Cs") or sign == "\n" for sign in once)
