"""The small language of a rule's condition."""

from __future__ import annotations

import pytest

from service.catalogue.rules import faults_of, names_in


@pytest.mark.parametrize(
    "when",
    [
        'tier == "gold"',
        'points > 100 and not (tier in ["gold", "silver"] or vip)',
        "starts - 3 <= today + -1",
        "0 < points < 10",
        "city not in ('Paris', \"Rome\")",
        "name == none or vip == true",
        "vip",
        "  vip\n",
        "name is given and not city is given or tier is not given",
    ],
)
def test_conditions_of_the_language_are_right(when: str) -> None:
    assert list(faults_of(when)) == []


@pytest.mark.parametrize(
    ("when", "named"),
    [
        ("__import__('os').system('x')", "__import__"),
        ("name.upper()", "name.upper"),
        ("items[0] == 1", "items[0]"),
        ("points * 2 > 3", "points * 2"),
        ("2 ** 2 ** 2", "2 ** 2"),
        ("lambda: 1", "lambda"),
        ("[x for x in y]", "for x in y"),
        ("(x := 1)", "x := 1"),
        ("a if b else c", "a if b else c"),
        ("f'{name}'", "name"),
        ("a is b", "a is b"),
        ("a is none", "a is none"),
        ("a is given == b", "a is given == b"),
        ("a is b is given", "a is b is given"),
        ("(a + b) is given", "a + b is given"),
        ("'a' is given", "'a' is given"),
        ("a > 1e999", "1e309"),
        ("{'a': 1}", "'a': 1"),
        ("b'x' == a", "b'x'"),
        ("... == a", "..."),
        ("1j == a", "1j"),
        ("(*a, b)", "*a"),
        ("~a", "~a"),
    ],
)
def test_everything_else_is_refused_by_name(when: str, named: str) -> None:
    faults = list(faults_of(when))

    assert len(faults) == 1
    assert named in faults[0]
    assert "allowed are names, literals" in faults[0]


@pytest.mark.parametrize("when", ["", "a ==", "a = 1", "import os", "(" * 500, "a\x00b", "a; b"])
def test_what_cannot_be_read_says_how_a_condition_looks(when: str) -> None:
    assert 'tier == "gold"' in next(faults_of(when))


@pytest.mark.parametrize("when", [" or ".join(["a"] * 60), "-" * 200 + "1", "a" * 3_000])
def test_a_condition_is_bounded(when: str) -> None:
    assert "is too long" in next(faults_of(when))


def test_fifty_nodes_are_allowed_and_fifty_one_are_not() -> None:
    assert list(faults_of(" or ".join(["a"] * 49))) == []
    assert list(faults_of(" or ".join(["a"] * 50))) != []


def test_the_names_that_a_condition_uses_are_known_each_once() -> None:
    assert names_in("points > 1 and points < bonus and vip != none") == ("points", "bonus", "vip")


def test_given_is_a_word_and_no_name() -> None:
    assert names_in("name is given and city is not given") == ("name", "city")
    assert names_in("given == 1") == ("given",)
