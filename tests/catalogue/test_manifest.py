"""What a template.toml may say, and how it hears of its mistakes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from service.catalogue.fields import KINDS
from service.catalogue.manifest import Manifest, Size, parse_manifest
from service.model import Format
from tests.catalogue.manifests import problems

TEMPLATES = Path(__file__).parents[2] / "html_templates"

EVERYTHING = """
title = "Ticket"
description = "A ticket"
tags = ["events", "qr"]
width = 1080
height = 540
page = "A4 landscape"
scale = 1.5
scales = [2, 1]
format = "jpg"
effort = "small"
palette = true
budget = "200 kB"
transparent = true
language = "en"
languages = ["de", "pt_BR", "en"]
theme = "night"
themes = ["paper", "night"]
colour = "DodgerBlue"
access = "public"
max_age = "12h"
refresh = "1m"
alt = "Your ticket"
link = "https://example.com/"
filename = "ticket"
javascript = true
former_names = ["old-ticket", "acme/ticket"]

[sizes.square]
width = 1080
height = 1080

[lookup]
table = "members"
by = "code"

[[rules]]
when = 'tier == "gold" and starts > today'
set = { title = "Gold", points = 5 }

[fields]
who = { kind = "name", max_length = 30, fallback = { en = "Friend", de = "Gast" } }
points = { kind = "integer", min = 0, max = 9, unit = "pt", fallback = 0, source = "rules" }
ratio = { kind = "number", min = 0.5, max = 2, unit = "%", fallback = { en = "1.5", de = "1,5" } }
price = { kind = "money", currency_field = "currency", minor = true, fallback = 1200 }
currency = { kind = "choice", choices = { EUR = ["€"], USD = [] }, fallback = "EUR" }
day = { kind = "date", fallback = 2026-01-02, example = "2026-05-05" }
tier = { kind = "choice", choices = ["gold", "silver"], optional = true }
vip = { kind = "boolean", fallback = false }
tint = { kind = "colour", fallback = "red" }
site = { kind = "url", fallback = "https://example.com/x" }
photo = { kind = "image", hosts = ["*.example.com", "*"], max_bytes = 1000, fallback = "who.png" }
code = { kind = "text", optional = true }
tags = { kind = "list", of = { kind = "text", max_length = 9 }, max_items = 3, fallback = [] }

[fields.title]
kind = "text"
max_length = 40
too_long = "fallback"
normalise = "upper"
pattern = "[A-Z ]*"
multiline = true
fallback = "HELLO"
required = true
help = "What stands on top"
example = "HI"
aliases = ["Head-Line"]
blank = ["-"]
merge = true

[fields.starts]
kind = "datetime"
timezone = "Europe/Berlin"
formats = ["%d.%m.%Y %H:%M"]
not_before = 2020-01-01
not_after = "2030-12-31T12:00:00Z"
fallback = 2026-01-02T18:00:00

[fields.rows]
kind = "list"
optional = true
fields.name = { kind = "text", fallback = "" }
fields.at = { kind = "date", optional = true }

[fields.where]
kind = "group"
fields.city = { kind = "text", fallback = "Rome" }
fields.zip = { kind = "text", optional = true }
"""


def test_an_empty_manifest_has_the_documented_defaults() -> None:
    manifest = parse_manifest("", file="template.toml")

    assert (manifest.width, manifest.height, manifest.format) == (1200, 630, Format.PNG)
    assert (manifest.scale, manifest.scales) == (1, (1, 2, 3))
    assert (manifest.language, manifest.languages) == ("en", ("en",))
    assert (manifest.theme, manifest.themes, manifest.colour) == (None, (), "#e5e7eb")
    assert (manifest.access, manifest.effort, manifest.max_age) == (
        "signed",
        "balanced",
        timedelta(days=1),
    )
    assert (manifest.refresh, manifest.page, manifest.budget, manifest.lookup) == (None,) * 4
    assert (manifest.palette, manifest.transparent, manifest.javascript) == (False,) * 3
    assert manifest.sizes == {"default": Size(width=1200, height=630)}
    assert (manifest.fields, manifest.rules, manifest.former_names) == ({}, (), ())


def test_every_key_and_every_kind_of_the_design_is_accepted() -> None:
    manifest = parse_manifest(EVERYTHING, file="template.toml")

    assert {field.kind for field in manifest.fields.values()} == set(KINDS) - {"colour"}
    assert set(Manifest.model_fields) == manifest.model_fields_set
    assert list(manifest.sizes) == ["default", "square"]
    assert list(manifest.scales) == [1, 1.5, 2]
    assert manifest.format is Format.JPEG
    assert manifest.languages == ("en", "de", "pt-BR")
    assert manifest.themes == ("night", "paper")
    assert manifest.colour == "#1e90ff"
    assert (manifest.max_age, manifest.refresh) == (timedelta(hours=12), timedelta(minutes=1))
    assert manifest.fields["title"].aliases == ("head_line",)
    assert manifest.rules[0].set == {"title": "Gold", "points": 5}
    assert manifest.lookup is not None
    assert manifest.lookup.by == "code"


def test_pictures_addresses_and_lists_stay_closed_in_signed_urls_unless_said() -> None:
    fields = parse_manifest(EVERYTHING, file="template.toml").fields

    assert {name for name, field in fields.items() if not field.merge} == {
        *("photo", "site", "tags", "rows", "where")
    }


def test_a_manifest_cannot_be_changed() -> None:
    manifest = parse_manifest("", file="template.toml")

    with pytest.raises(ValidationError):
        manifest.width = 5  # type: ignore[misc]  # that it cannot be done is the promise


def test_ten_mistakes_are_ten_lines() -> None:
    found = problems(
        """
        widthh = 1200
        height = 9000
        format = "gif"
        access = "private"
        max_age = "soon"
        colour = "blurple"
        [fields.first_name]
        kind = "txt"
        [fields.points]
        kind = "integer"
        fallback = "many"
        [fields.when]
        kind = "date"
        [[rules]]
        when = "points.real > 1"
        set = { pointz = 1 }
        [frames]
        count = 3
        """
    )

    assert sorted(line.split(": ")[0] for line in found) == [
        *("access", "colour", "fields.first_name.kind", "fields.points.fallback", "fields.when"),
        *("format", "frames", "height", "max_age", "rules.0.set.pointz", "rules.0.when", "widthh"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "widthh = 1",
            "widthh: unknown key (did you mean width?); allowed are title, description",
        ),
        ("width = 0", "width: must be at least 1"),
        ("width = 4097", "width: must be at most 4096"),
        ("width = 1.5", "width: must be a whole number"),
        ("width = true", "width: must be a whole number"),
        ('title = ["x"]', "title: must be text in quotes"),
        ('tags = "x"', "tags: must be a list"),
        ("tags = [1]", "tags.0: must be text"),
        ("scale = 0.5", "scale: must be at least 1"),
        ("scales = [1, 4]", "scales.1: must be at most 3"),
        ("scale = nan", "scale: must be a finite number"),
        ('format = "gif"', "format: must be one of png, jpeg, webp, avif, pdf"),
        ('effort = "max"', "effort: must be one of 'fast', 'balanced' or 'small'"),
        ("palette = 1", "palette: must be true or false"),
        ("budget = 0", "budget: must be a size such as"),
        ('budget = "big"', "budget: must be a size such as"),
        ('page = "A9"', "page: must be a paper such as"),
        ("page = 4", "page: must be a paper such as"),
        ('page = "A0"', "page: is larger than 4096 pixels: give width and height as well"),
        ('language = "english"', "language: must be a language such as"),
        ('languages = ["xx-"]', "languages.0: must be a language such as"),
        ('theme = "Night Sky"', "theme: must be lower-case"),
        ('colour = "#fff8"', "colour: must be an opaque colour"),
        ('access = "private"', "access: must be one of 'public', 'signed' or 'key'"),
        ("max_age = -1", "max_age: must be a time such as"),
        ('max_age = "2y"', "max_age: must be a time such as"),
        ("max_age = 99999999", "max_age: must be a time such as"),
        ("refresh = 0", "refresh: must be a time of a second or more"),
        ('filename = "../x"', "filename: must be a name of a file"),
        ('link = "javascript:x"', "link: must begin with https://"),
        ('former_names = ["A"]', "former_names.0: must be a template's name"),
        ("[frames]", "frames: animations are not available yet"),
        ("[sizes.default]\nwidth = 1\nheight = 1", "sizes: may not hold default"),
        ("[sizes.og]\nwidth = 1", "sizes.og.height: is missing"),
        ("[sizes.OG]\nwidth = 1\nheight = 1", "sizes.OG: must be lower-case"),
        ("sizes = 3", "sizes: must be a table"),
        ("fields = 3", "fields: must be a table"),
        ("rules = 3", "rules: must be a list"),
        ("lookup = 3", "lookup: must be a table"),
        ("scales = [3]\nwidth = 4000", "width: 4000 x 630 at scale 3 is too large"),
        ("width = 4096\nheight = 4096\nscale = 2", "width: 4096 x 4096 at scale 2 is too large"),
        (
            "scales = [2]\n[sizes.og]\nwidth = 4096\nheight = 4096",
            "sizes.og: 4096 x 4096 at scale 2",
        ),
        ('[lookup]\ntable = "t"\nby = "nobody"', "lookup.by: must name a field"),
        ('[lookup]\ntable = "t"', "lookup.by: is missing"),
    ],
)
def test_each_mistake_says_where_it_is_and_what_is_allowed(text: str, line: str) -> None:
    found = problems(text)

    assert len(found) == 1
    assert found[0].startswith(line)


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ('when = "x"', "rules.0.set: is missing"),
        ("set = { points = 1 }", "rules.0.when: is missing"),
        ('when = "points > 1"\nset = {}', "rules.0.set: must hold at least 1"),
        (
            'when = "pointz > 1"\nset = { points = 1 }',
            "rules.0.when: pointz is not a field (did you",
        ),
        ('when = "today > 1"\nset = { points = 1 }', "rules.0.when: today is not a field"),
        ('when = "f(1)"\nset = { points = 1 }', "rules.0.when: may not hold f(1); allowed are"),
        ('when = "true"\nset = { pointz = 1 }', "rules.0.set.pointz: must name a field (did you"),
        ('when = "true"\nset = { points = "x" }', "rules.0.set.points: must be a whole number"),
        ('when = "given"\nset = { points = 1 }', "rules.0.when: given is not a field"),
        ('when = "pointz is given"\nset = { points = 1 }', "rules.0.when: pointz is not a field"),
        (
            'when = "true"\nset = { points = 1 }\nthen = 1',
            "rules.0.then: unknown key (did you",
        ),
    ],
)
def test_each_mistake_in_a_rule_says_where_it_is(rule: str, line: str) -> None:
    found = [
        one
        for one in problems(f'[[rules]]\n{rule}\n[fields.points]\nkind = "integer"\nfallback = 0')
        if not one.startswith("rules.0.when: f is not")
    ]

    assert len(found) == 1
    assert found[0].startswith(line)


def test_all_mistakes_of_all_rules_are_told_at_once() -> None:
    found = problems(
        """
        [[rules]]
        when = "points >"
        set = { points = "many", seat = "far too long", pointz = 1 }
        [[rules]]
        when = "true"
        set = { currency = "EUR", photo = 3, seat = "" }
        [fields.points]
        kind = "integer"
        fallback = 0
        [fields.seat]
        kind = "text"
        max_length = 3
        optional = true
        [fields.currency]
        kind = "choice"
        choices = ["EUR"]
        fallback = "EUR"
        [fields.photo]
        kind = "image"
        optional = true
        [fields.badge]
        kind = "text"
        source = "rules"
        required = true
        fallback = "x"
        [fields.costs]
        kind = "list"
        of = { kind = "money", currency_field = "currency" }
        optional = true
        """
    )

    assert [line.split(": ")[0] for line in found] == [
        *("rules.0.when", "rules.0.set.points", "rules.0.set.seat", "rules.0.set.pointz"),
        *("rules.1.set.currency", "rules.1.set.photo", "fields.badge.required"),
    ]


def test_a_rule_keeps_its_number_when_one_before_it_is_broken() -> None:
    found = problems(
        '[[rules]]\nwhen = 3\nset = { a = 1 }\n[[rules]]\nwhen = "b"\nset = { c = 1 }'
    )

    assert [line.split(": ")[0] for line in found] == [
        *("rules.0.when", "rules.1.when", "rules.1.set.c")
    ]


def test_a_broken_field_is_not_also_called_undeclared() -> None:
    found = problems(
        """
        [[rules]]
        when = "points > 1"
        set = { points = 1 }
        [lookup]
        table = "t"
        by = "points"
        [fields.points]
        kind = "integr"
        """
    )

    assert [line.split(": ")[0] for line in found] == ["fields.points.kind"]


@pytest.mark.parametrize("text", ["title =", "[fields", "a = 1\na = 2", "x = 'unclosed\ny = 1"])
def test_what_is_no_toml_says_the_line(text: str) -> None:
    found = problems(text)

    assert len(found) == 1
    assert found[0].startswith("not valid TOML: ")
    assert "line" in found[0] or "end of document" in found[0]


def test_toml_nested_without_end_is_refused_not_crashed_on() -> None:
    assert problems("x = " + "[" * 5_000)[0].startswith("not valid TOML: ")


def test_scales_that_a_large_size_has_no_room_for_are_left_out_unless_written() -> None:
    manifest = parse_manifest("width = 3000\nheight = 2000", file="template.toml")

    assert manifest.scales == (1, 2)


def test_the_first_theme_is_the_default_where_none_is_named() -> None:
    manifest = parse_manifest('themes = ["night", "paper"]', file="template.toml")

    assert (manifest.theme, manifest.themes) == ("night", ("night", "paper"))


def test_no_message_repeats_what_pydantic_would_say_of_its_own() -> None:
    text = 'width = "x"\nfields = 1\nrules = [1]\nsizes = { a = 1 }\nlookup = []\nscale = "a"'

    for line in problems(text):
        assert "Input" not in line
        assert "pydantic" not in line.lower()


@pytest.mark.parametrize(
    "path",
    sorted(TEMPLATES.glob("[!_]*/template.toml")),
    ids=lambda path: path.parent.name,
)
def test_the_templates_that_we_ship_are_right(path: Path) -> None:
    manifest = parse_manifest(path.read_text(), file=str(path))

    assert manifest.title
