"""Choices: what was asked for, or the nearest that is allowed and a note."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.catalogue.manifest import Size
from service.model import NoteCode
from service.render.choices import (
    choose_language,
    choose_quality,
    choose_scale,
    choose_size,
    choose_theme,
)

SIZES = {
    "default": Size(width=1200, height=630),
    "square": Size(width=1080, height=1080),
    "story": Size(width=1080, height=1920),
    "thumb": Size(width=300, height=300),
}
SCALES = (1.0, 1.5, 3.0)
anything = st.text(max_size=12) | st.from_regex(r"-?\d{1,4}(x\d{1,4}|\.\d)?", fullmatch=True)


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        (None, "default"),
        ("default", "default"),
        ("story", "story"),
        (" Story ", "story"),
        ("1200x630", "default"),
        ("1080X1920", "story"),
    ],
)
def test_a_declared_size_is_found_by_name_and_by_measure(asked: str | None, size: str) -> None:
    assert choose_size(asked, SIZES) == (size, ())


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ("1201x630", "default"),
        ("1000x1800", "story"),
        ("1x1", "thumb"),
        ("0x0", "thumb"),
        ("999999x999999", "story"),
        ("1000000x1", "default"),
        ("-5x10", "default"),
        ("nanxnan", "default"),
        ("600", "default"),
        ("huge", "default"),
        ("", "default"),
    ],
)
def test_any_other_size_is_the_nearest_with_a_note(asked: str, size: str) -> None:
    found, (note,) = choose_size(asked, SIZES)

    assert found == size
    assert (note.field, note.code) == ("_size", NoteCode.INVALID)
    assert "default, square, story, thumb" in note.message


@settings(deadline=None)
@given(anything)
def test_a_size_is_always_a_declared_one(asked: str) -> None:
    assert choose_size(asked, SIZES)[0] in SIZES


@pytest.mark.parametrize(
    ("asked", "scale"), [(None, 1.5), ("1", 1.0), ("1.0", 1.0), (" 3 ", 3.0), ("1.5", 1.5)]
)
def test_a_listed_scale_is_taken(asked: str | None, scale: float) -> None:
    assert choose_scale(asked, 1.5, SCALES) == (scale, ())


@pytest.mark.parametrize(
    ("asked", "scale"),
    [
        ("2", 1.5),
        ("2.9", 3.0),
        ("-1", 1.0),
        ("0", 1.0),
        ("1e300", 3.0),
        ("NaN", 1.5),
        ("inf", 1.5),
        ("-Infinity", 1.5),
        ("2x", 1.5),
        ("", 1.5),
    ],
)
def test_any_other_scale_is_the_nearest_or_the_default_with_a_note(
    asked: str, scale: float
) -> None:
    found, (note,) = choose_scale(asked, 1.5, SCALES)

    assert found == scale
    assert (note.field, note.message) == ("_scale", "one of 1, 1.5, 3 is allowed")


@settings(deadline=None)
@given(anything | st.floats().map(str))
def test_a_scale_is_always_a_listed_one(asked: str) -> None:
    assert choose_scale(asked, 1.5, SCALES)[0] in SCALES


@pytest.mark.parametrize(
    ("asked", "quality"), [(None, 82), ("1", 1), ("100", 100), (" 70.0 ", 70)]
)
def test_a_quality_is_a_whole_number(asked: str | None, quality: int) -> None:
    assert choose_quality(asked, 82) == (quality, ())


@pytest.mark.parametrize(
    ("asked", "quality"),
    [
        ("0", 1),
        ("-3", 1),
        ("101", 100),
        ("1e300", 100),
        ("70.4", 70),
        ("nan", 82),
        ("inf", 82),
        ("best", 82),
        ("", 82),
    ],
)
def test_any_other_quality_is_brought_within_with_a_note(asked: str, quality: int) -> None:
    found, (note,) = choose_quality(asked, 82)

    assert found == quality
    assert (note.field, note.code) == ("_quality", NoteCode.INVALID)


LANGUAGES = ("en", "de", "pt-BR", "zh-Hant")


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("  ", "en"),
        ("de", "de"),
        ("DE", "de"),
        (" de_AT ", "de"),
        ("pt-br", "pt-BR"),
        ("pt_BR", "pt-BR"),
        ("zh-Hant-TW", "zh-Hant"),
    ],
)
def test_a_language_is_found_by_itself_or_as_the_closest_wider_one(
    asked: str | None, language: str
) -> None:
    assert choose_language(asked, "en", LANGUAGES) == (language, ())


@pytest.mark.parametrize("asked", ["fr", "pt", "d", "-", "zh-Hans", "*|LANG|*"])
def test_another_language_is_the_templates_own_with_a_note(asked: str) -> None:
    found, (note,) = choose_language(asked, "en", LANGUAGES)

    assert found == "en"
    assert (note.field, note.message) == ("_lang", "one of en, de, pt-BR, zh-Hant is allowed")


@pytest.mark.parametrize(
    ("asked", "theme"), [(None, "night"), (" ", "night"), ("paper", "paper"), (" Paper ", "paper")]
)
def test_a_theme_is_found_by_its_name(asked: str | None, theme: str) -> None:
    assert choose_theme(asked, "night", ("night", "paper")) == (theme, ())


def test_another_theme_is_the_templates_own_with_a_note() -> None:
    found, (note,) = choose_theme("neon", "night", ("night", "paper"))

    assert found == "night"
    assert note.message == "one of night, paper is allowed"


def test_a_template_without_themes_says_so() -> None:
    found, (note,) = choose_theme("night", None, ())

    assert found is None
    assert note.message == "this template has no themes"


@settings(deadline=None)
@given(st.text(max_size=8))
def test_no_note_repeats_what_was_asked(secret: str) -> None:
    """What stands in a URL may be somebody's name, and notes are shown and logged."""
    asked = f"Zoë{secret}"
    notes = (
        *choose_size(asked, SIZES)[1],
        *choose_scale(asked, 1.0, SCALES)[1],
        *choose_quality(asked, 82)[1],
        *choose_language(asked, "en", LANGUAGES)[1],
        *choose_theme(asked, None, ("night",))[1],
    )

    assert len(notes) == 5
    assert not any("Zoë" in note.message for note in notes)
