"""Patterns of a manifest: what they match, and that they cannot hang."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.pattern import PatternError, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        (r"[A-Z]{2}-\d{4}", "AB-1234", "AB-12345"),
        (r"^\d{5}$", "10115", "1011"),
        (r"(gold|silver)( plus)?", "gold plus", "gold  plus"),
        (r"[^@]+@[^@]+", "a@b", "a@b@c"),
        (r"\w+", "Müller", "Mül ler"),
        (r"a{2,}", "aaaa", "a"),
        (r"a{,2}", "", "aaa"),
        (r"(?:ab)*?", "abab", "aba"),
        (r"\+49\.\d", "+49.1", "+4911"),
        (r"[\]\-]+", "]-]", "a"),
        (r"x|", "", "y"),
        (r".", "é", "\n"),
        (r"[]a]", "]", "b"),
    ],
)
def test_matches_the_whole_value_or_nothing(pattern: str, right: str, wrong: str) -> None:
    automaton = compile_pattern(pattern)

    assert automaton.matches(right)
    assert not automaton.matches(wrong)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a)\1",
        r"(?=a)b",
        r"(?P<x>a)",
        r"\bword\b",
        r"(((a{99}){99}){99}){99}",
        r"a{2000}",
        r"(a",
        r"a)",
        r"[a",
        r"[z-a]",
        r"[[a]]",
        r"*a",
        r"a**",
        r"a{3,2}",
        r"a^b",
        "a" * 301,
        "\\",
    ],
)
def test_what_an_automaton_cannot_do_is_refused_with_a_reason(pattern: str) -> None:
    with pytest.raises(PatternError, match=r"allowed|at most"):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [r"(a+)+b", r"(a|a)*b", r"(a*)*b", r"a*a*a*a*a*a*a*a*b", r"(a?){60}a{60}b", r"((a+)+)+\d"],
)
def test_patterns_that_make_re_hang_are_matched_in_a_moment(pattern: str) -> None:
    automaton = compile_pattern(pattern)
    started = time.thread_time()

    matched = automaton.matches("a" * 2_000)

    assert not matched
    assert time.thread_time() - started < 2


_PIECES = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", "(ab|b)", "(a|b|)", "(b*a)"])
_REPEATS = st.sampled_from(["", "*", "+", "?", "{2}", "{1,3}", "{0,1}", "{2,}"])


@given(
    st.lists(st.tuples(_PIECES, _REPEATS), max_size=5),
    st.text("ab1", max_size=8),
)
def test_agrees_with_re_wherever_re_is_quick(pieces: list[tuple[str, str]], text: str) -> None:
    pattern = "".join(f"{piece}{repeat}" for piece, repeat in pieces)

    assert compile_pattern(pattern).matches(text) == bool(re.fullmatch(pattern, text))
