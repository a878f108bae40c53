"""Rules that are allowed and cannot be meant."""

from __future__ import annotations

import pytest

from tests.catalogue.workshop import Workshop, codes, field

FIELDS = (
    field("tier", "choice", '"basic"')
    + 'choices = { basic = [], gold = ["premium"] }\n'
    + field("points", "integer", "0")
    + field("name")
    + field("day", "date", None)
    + field("vip", "boolean", "false")
    + field("tags", "list", None)
)
PAGE = "{{ tier }}{{ points }}{{ name }}{{ day }}{{ vip }}{{ tags }}"


def found_in(workshop: Workshop, when: str) -> list[str]:
    """What lint says of one rule with this condition."""
    manifest = f'languages = ["en", "de"]\nrefresh = "1d"\n{FIELDS}'
    found = workshop.lint(
        PAGE, manifest=f"{manifest}[[rules]]\nwhen = '{when}'\nset = {{ name = \"x\" }}\n"
    )
    assert set(codes(found)) <= {"rule_never"}
    assert {one.line for one in found} <= {len(manifest.split("\n")) + 1}
    return [one.message for one in found]


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ('tier == "godl"', "'godl' is none of the choices of tier (did you mean gold?)"),
        ('"godl" != tier', "'godl' is none of the choices of tier (did you mean gold?)"),
        ('tier == "zzz"', "'zzz' is none of the choices of tier; those are basic, gold"),
        ('tier in ["gold", "premium"]', "'premium' is none of the choices of tier"),
        ('vip and not tier == "Gold"', "'Gold' is none of the choices of tier"),
        ('language == "fr"', "'fr' is none of the choices of language; those are en, de"),
        ("name == none", "a comparison with none is never true: write name is given, or"),
        ("none != day", "write day is given, or day is not given"),
        ("name > 3", "a comparison of name (text) with 3 (a number) is never true"),
        ('"a" > 3', "a comparison of 'a' (text) with 3 (a number) is never true"),
        ('day < "soon"', "a comparison of day (a date) with 'soon' (text) is never true"),
        ("points in [true]", "of points (a number) with true (true or false)"),
        ("vip == 1", "of vip (true or false) with 1 (a number)"),
        ('tags == ["a"]', "a comparison of tags (a list) with"),
        ("points in tier", "tier holds no such thing"),
        ("language is given", "language is no field"),
    ],
)
def test_a_comparison_that_never_holds_is_found_at_the_rule(
    workshop: Workshop, when: str, told: str
) -> None:
    (message,) = found_in(workshop, when)

    assert told in message


@pytest.mark.parametrize(
    "when",
    [
        *('tier == "gold"', 'tier in ["gold", "basic"]', 'language == "de"', "tier is given"),
        *('day < "2026-12-31"', "day - today < 3", "day == name", "now > day", '"a" in tags'),
        *('"x" in name', "points + 1 > 2", "vip == (points > 3)", "(points > 3) == true", "vip"),
        *("name in tags", '"ol" in tier', "not vip", "points in [1, 2]"),
    ],
)
def test_what_may_hold_is_no_finding(workshop: Workshop, when: str) -> None:
    assert found_in(workshop, when) == []


def test_a_field_that_no_rule_sets_is_found_at_its_line(workshop: Workshop) -> None:
    badge = field("badge", fallback=None) + 'source = "rules"\n'
    (one,) = workshop.lint("{{ badge }}", manifest=badge)

    assert (one.code, one.file, one.line, one.severity) == (
        *("rule_missing", "template.toml", 2),
        "warning",
    )
    rule = '[[rules]]\nwhen = "true"\nset = { badge = "x" }\n'
    assert workshop.lint("{{ badge }}", manifest=badge + rule) == []


def test_a_picture_that_a_rule_sets_must_be_there(workshop: Workshop) -> None:
    manifest = (
        field("photo", "image", None) + '[[rules]]\nwhen = "true"\nset = { photo = "a.png" }\n'
    )
    found = workshop.lint("{{ photo }}", manifest=manifest)

    assert codes(found) == ["missing_asset"]
    assert "rules.0.set.photo: there is no file a.png" in found[0].message
    assert workshop.lint("{{ photo }}", manifest=manifest, files={"assets/a.png": b""}) == []
