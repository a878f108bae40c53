"""Patterns in ECMA's dialect: the same where they can be, none where they cannot."""

from __future__ import annotations

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.pattern import compile_pattern
from service.catalogue.schema.portable import escaped, keeps_its_case, portable


@pytest.mark.parametrize(
    ("source", "pattern"),
    [
        (r"[A-Z]{2}-\d{4}", "^(?:[A-Z]{2}-[0-9]{4})$"),
        (r"^\d{5}$", "^(?:[0-9]{5})$"),
        (r"\w+", "^(?:[0-9A-Za-z_]+)$"),
        (r"a{,2}", "^(?:a{0,2})$"),
        (r"[]a]", r"^(?:[\]a])$"),
        (r"[a\[]", r"^(?:[a\[])$"),
        (r"a|b$", "^(?:a|b)$"),
        (r"cost \$", r"^(?:cost \$)$"),
        (r"\-\@\.", r"^(?:-@\.)$"),
        (r"a/b", r"^(?:a\/b)$"),
        (r"[\w\-.]+", "^(?:[0-9A-Za-z_\\-.]+)$"),
        (r"[^@]+@[^@]+", "^(?:[^@]+@[^@]+)$"),
    ],
)
def test_a_pattern_is_written_as_ecma_has_it(source: str, pattern: str) -> None:
    compile_pattern(source)

    assert portable(source) == pattern


@pytest.mark.parametrize("source", [r"\D+", r"\W", r"[^\d]+", r"[^\w ]", r"[\b]", r"[\D]"])
def test_a_pattern_that_ecma_reads_more_widely_is_left_out(source: str) -> None:
    compile_pattern(source)

    assert portable(source) is None


SOURCES = st.lists(
    st.sampled_from(
        [
            *("a", "B", "7", " ", "-", ".", "é", r"\d", r"\w", r"\s", r"\S", r"\.", r"\-"),
            *("[A-C]", "[^b]", r"[\d-]", "(a|7)", "(?:B )", "a?", r"\d{1,2}", "[A-Z]*", "7{,2}"),
        ]
    ),
    min_size=1,
    max_size=5,
).map("".join)


@given(source=SOURCES, data=st.data())
def test_what_the_portable_pattern_accepts_the_server_accepts_too(
    source: str, data: st.DataObject
) -> None:
    pattern = portable(source)
    assert pattern is not None
    validator = jsonschema_rs.Draft202012Validator({"type": "string", "pattern": pattern})
    text = data.draw(st.text("aB7 -.bé٣A_\t1C", max_size=12))

    assert compile_pattern(source).matches(text) or not validator.is_valid(text)


@given(text=st.text(max_size=20))
def test_an_escaped_text_is_matched_by_itself(text: str) -> None:
    pattern = f"^{escaped(text)}$"

    assert jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid(text)


@pytest.mark.parametrize(
    ("source", "normalise", "kept"),
    [
        (r"[A-Z]{2}-\d", "upper", True),
        (r"[a-z]+", "upper", False),
        (r"[a-z]+", "lower", True),
        (r"[^A]", "upper", False),
        (r"[A-Z]+", "name", False),
    ],
)
def test_a_pattern_counts_only_where_normalising_changes_nothing(
    source: str, normalise: str, kept: bool
) -> None:
    assert keeps_its_case(source, normalise) is kept
