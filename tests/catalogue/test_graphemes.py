"""Characters as people count them, and cuts between them."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.graphemes import ELLIPSIS, graphemes, shorten

FAMILY = "👩‍👩‍👧‍👦"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "piece",
    [
        "é",
        "e\u0301",
        FAMILY,
        ENGLAND,
        "🇩🇪",
        "👍🏽",
        "❤️",
        "각",
        "\u1112\u1161\u11ab",
        "नि",
        "क्षि",
        "กำ",
        "1️⃣",
        "ą\u0301\u0323",
    ],
)
def test_what_people_take_for_one_character_is_one(piece: str) -> None:
    assert list(graphemes(f"x{piece}y")) == ["x", piece, "y"]


def test_flags_are_told_apart() -> None:
    assert list(graphemes("🇩🇪🇫🇷🇬🇧")) == ["🇩🇪", "🇫🇷", "🇬🇧"]


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("The quick brown fox jumps", 20, "The quick brown fox…"),
        ("The quick brown fox jumps", 18, "The quick brown…"),
        ("Donaudampfschifffahrtsgesellschaft", 10, "Donaudamp…"),
        ("A Donaudampfschifffahrtsgesellschaft", 12, "A Donaudamp…"),
        ("Hello, world and more", 8, "Hello…"),
        ("张伟李娜王芳刘洋", 5, "张伟李娜…"),
        (FAMILY * 5, 3, FAMILY * 2 + "…"),
        ("e\u0301" * 9, 4, "e\u0301" * 3 + "…"),
        ("abc", 1, "…"),
        ("100\u00a0000\u00a0000\u00a0000 people", 12, "100\u00a0000\u00a0000…"),
    ],
)
def test_a_cut_falls_at_a_word_or_at_least_between_characters(
    text: str, limit: int, cut: str
) -> None:
    assert shorten(text, limit) == cut


def test_what_fits_in_characters_is_left_alone_however_many_code_points_it_has() -> None:
    assert shorten(FAMILY * 3, 3) is None


@given(st.text(max_size=60), st.integers(1, 30))
def test_no_cut_is_longer_than_allowed_and_none_falls_inside_a_character(
    text: str, limit: int
) -> None:
    cut = shorten(text, limit)

    if cut is None:
        assert len(list(graphemes(text))) <= limit
    else:
        kept = cut.removesuffix(ELLIPSIS)
        pieces = list(graphemes(text))
        assert text.startswith(kept)
        assert len(list(graphemes(kept))) < limit
        assert (
            kept in {"".join(pieces[:end]) for end in range(len(pieces))} or kept == kept.rstrip()
        )


@given(st.text())
def test_the_pieces_are_the_text_and_never_begin_with_a_mark(text: str) -> None:
    pieces = list(graphemes(text))

    assert "".join(pieces) == text
    for before, piece in pairwise(pieces):
        assert unicodedata.category(piece[0]) != "Mn" or before.isspace()
