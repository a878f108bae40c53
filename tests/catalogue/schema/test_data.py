"""The schema of a template's data, held against the reading of the same data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from service.catalogue.cleaning import is_blank
from service.catalogue.loader import load_template
from service.catalogue.schema.data import LANGUAGES, data_schema
from service.catalogue.template import Template
from service.merge_tags.reading import JUNK
from service.model import NoteCode
from service.render.plan import HARMLESS
from tests.catalogue.schema.judging import accepted_by, judge, read
from tests.catalogue.workshop import Workshop
from tests.merge_tags.corpus import positives
from tests.pages import ROOT

UNSEEN = re.compile("[\U0001d173-\U0001d17a\U000e0000-\U000e0fff]", re.ASCII)
"""No pattern that every dialect reads can name these."""

BAD = {NoteCode.INVALID, NoteCode.AMBIGUOUS, NoteCode.CUT}

KINDS: Mapping[str, str] = {
    "text": 'kind = "text"\nmax_length = 12',
    "text that is not cut": 'kind = "text"\nmax_length = 6\ntoo_long = "fallback"',
    "text of a form": r"""kind = "text"
        pattern = '[A-Z]{2}-\d{3}'
        normalise = "upper" """,
    "text of a wide form": "kind = \"text\"\npattern = '.{3} [^@]+'",
    "lines": 'kind = "text"\nmultiline = true\nblank = ["-", "N/A"]',
    "integer": 'kind = "integer"',
    "integer with bounds": 'kind = "integer"\nmin = -12\nmax = 1234\nunit = "km"',
    "number": 'kind = "number"',
    "number with bounds": 'kind = "number"\nmin = -0.5\nmax = 120.25\nunit = "%"',
    "number from a bound on": 'kind = "number"\nmin = 3',
    "money": 'kind = "money"\ncurrency = "EUR"',
    "money in cents": 'kind = "money"\ncurrency = "USD"\nminor = true',
    "date": 'kind = "date"\nformats = ["%d.%m.%Y", "%Y year %d/%m", "%d %B %Y"]',
    "date with bounds": 'kind = "date"\nnot_before = "2024-02-27"\nnot_after = "2031-06-09"',
    "date of a zone": 'kind = "date"\ntimezone = "Pacific/Auckland"',
    "datetime": 'kind = "datetime"\ntimezone = "Europe/Berlin"',
    "datetime with bounds": """kind = "datetime"
        timezone = "America/New_York"
        not_before = "2025-12-30T22:30:00+00:00"
        not_after = "2026-03-01" """,
    "choice": 'kind = "choice"\nchoices = { gold = ["top", "Best One"], silver = [] }',
    "boolean": 'kind = "boolean"',
    "colour": 'kind = "colour"',
    "url": 'kind = "url"',
    "list": 'kind = "list"\nof = { kind = "integer", max = 9 }\nmax_items = 3',
    "list of groups": """kind = "list"
        fields.title = { kind = "text", fallback = "?" }
        fields.price = { kind = "money", currency = "JPY", fallback = 0 }""",
    "group": """kind = "group"
        fields.city = { kind = "text", fallback = "Paris", max_length = 5 }
        fields.day = { kind = "date", optional = true }""",
}


def of_one_field(workshop: Workshop, keys: str) -> Template:
    need = "" if 'kind = "group"' in keys else "\noptional = true"
    return workshop.make(manifest=f'languages = ["en", "de"]\n[fields.it]\n{keys}{need}\n')


QUICK = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)


@pytest.mark.parametrize("keys", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("strict", [False, True], ids=["", "strict"])
def test_what_the_schema_accepts_is_read_as_it_stands(
    workshop: Workshop, keys: str, strict: bool
) -> None:
    """Nothing invalid, nothing cut; and of the strict schema nothing that refuses a request."""
    template = of_one_field(workshop, keys)
    schema = data_schema(template, strict=strict)
    validator = judge(schema)

    @QUICK
    @given(data=accepted_by(schema), language=st.sampled_from(["en", "de"]))
    def check(data: dict[str, Any], language: str) -> None:
        spelled = json.dumps(data, ensure_ascii=False)
        assume(validator.is_valid(data) and not UNSEEN.search(spelled))
        found = {note.code for note in read(template, data, language).notes}
        assert not found & BAD, data
        if strict:
            assert found <= HARMLESS, data

    check()


@given(name=st.text(st.characters(categories=["L", "M"], include_characters=" '-.’"), max_size=70))
@QUICK
def test_a_name_of_letters_fits_its_schema_exactly_when_it_is_read(
    workshop: Workshop, name: str
) -> None:
    template = of_one_field(workshop, 'kind = "name"\nmax_length = 60')
    fits = judge(data_schema(template)).is_valid({"it": name})
    codes = {note.code for note in read(template, {"it": name}).notes}

    assume(not is_blank(name) and len(name) <= 60)
    assert fits or codes & {NoteCode.INVALID, NoteCode.MISSING, NoteCode.REPAIRED}
    assert not (fits and NoteCode.INVALID in codes)


@pytest.mark.parametrize(
    "name",
    ["Ada", "Jean-Luc", "O’Brien", "Nguyễn Văn A", "山田 太郎", "𠮷田", "محمد", "Ł.", "L·lull"],
)
def test_people_of_all_scripts_have_names(workshop: Workshop, name: str) -> None:
    template = of_one_field(workshop, 'kind = "name"')

    assert judge(data_schema(template)).is_valid({"it": name})


@pytest.mark.parametrize("name", ["Agent 007", "a@b", "--", "", "5", "{{ name }}"])
def test_digits_and_signs_are_no_name(workshop: Workshop, name: str) -> None:
    template = of_one_field(workshop, 'kind = "name"')

    assert not judge(data_schema(template)).is_valid({"it": name})


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (KINDS["integer with bounds"], "120 km"),
        (KINDS["number with bounds"], "99.5%"),
        (KINDS["money"], "EUR 12.50"),
        (KINDS["money"], {"amount": 12, "currency": "EUR"}),
        (KINDS["date"], "24.12.2026"),
        (KINDS["date"], "29.02.2028"),
        (KINDS["date"], 1_767_225_600),
        (KINDS["datetime"], "2026-12-31T18:00"),
        (KINDS["datetime"], "2026-12-31T18:00:00+01:00"),
        (KINDS["choice"], "Best One"),
        (KINDS["boolean"], "yes"),
        (KINDS["colour"], "rebeccapurple"),
        (KINDS["colour"], "#1e90ff"),
        (KINDS["url"], "https://example.com/a?b=c#d"),
        (KINDS["text that is not cut"], 12),
    ],
)
def test_the_usual_spellings_are_accepted(workshop: Workshop, keys: str, value: object) -> None:
    template = of_one_field(workshop, keys)

    assert judge(data_schema(template)).is_valid({"it": value})
    assert read(template, {"it": value}).given == {"it"}


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (KINDS["text"], "thirteen char"),
        (KINDS["integer with bounds"], 1235),
        (KINDS["integer with bounds"], "1235"),
        (KINDS["number with bounds"], "120.3"),
        (KINDS["money"], "USD 12"),
        (KINDS["date with bounds"], "2031-06-10"),
        (KINDS["date"], "31.02.2026"),
        (KINDS["datetime with bounds"], "2026-03-02"),
        (KINDS["choice"], "bronze"),
        (KINDS["url"], "javascript:alert(1)"),
        (KINDS["list"], [1, 2, 3, 4]),
        (KINDS["list"], [10]),
    ],
)
def test_what_would_be_replaced_or_cut_is_not(
    workshop: Workshop, keys: str, value: object
) -> None:
    template = of_one_field(workshop, keys)

    assert not judge(data_schema(template)).is_valid({"it": value})
    assert {note.code for note in read(template, {"it": value}).notes} & BAD


def test_a_picture_is_an_asset_or_data(workshop: Workshop) -> None:
    picture = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    template = workshop.make(
        manifest='[fields.it]\nkind = "image"\nfallback = "face.svg"\n',
        files={"assets/face.svg": "<svg/>", "logo.svg": "<svg/>", "assets/font.woff2": b"x"},
    )
    schema = data_schema(template)["properties"]["it"]
    validator = judge(data_schema(template))

    assert schema["anyOf"][0] == {"type": "string", "enum": ["face.svg", "logo.svg"]}
    assert schema["default"] == "face.svg"
    for value in ("face.svg", "logo.svg", picture):
        assert validator.is_valid({"it": value})
        assert read(template, {"it": value}).notes == ()
    assert not validator.is_valid({"it": "https://example.com/a.png"})


def test_fields_are_told_about_in_words_and_values(workshop: Workshop) -> None:
    template = workshop.make(
        manifest="""
        description = "A card"
        language = "de"
        languages = ["de", "en"]
        [fields.first_name]
        kind = "text"
        help = "Who it is for"
        fallback = { de = "Gast", en = "Guest" }
        example = "Ada"
        [fields.price]
        kind = "money"
        currency = "EUR"
        fallback = "1.234,50 €"
        [fields.day]
        kind = "date"
        fallback = 2026-12-31
        [fields.tone]
        kind = "colour"
        fallback = "Navy"
        [fields.level]
        kind = "text"
        fallback = "x"
        source = "rules"
        """
    )
    schema = data_schema(template)
    fields = schema["properties"]

    assert (schema["title"], schema["description"]) == ("Card", "A card")
    assert schema["examples"] == [{"first_name": "Ada"}]
    assert fields["first_name"]["title"] == "First name"
    assert fields["first_name"]["description"] == "Who it is for"
    assert fields["first_name"]["default"] == "Gast"
    assert fields["first_name"][LANGUAGES] == {"de": "Gast", "en": "Guest"}
    assert fields["first_name"]["examples"] == ["Ada"]
    assert fields["price"]["default"] == 1234.5
    assert fields["day"]["default"] == "2026-12-31"
    assert fields["tone"]["default"] == "#000080"
    assert "level" not in fields
    assert judge(schema).is_valid({name: one["default"] for name, one in fields.items()})


def test_unknown_and_missing_names_matter_to_strict_requests_alone(workshop: Workshop) -> None:
    template = workshop.make(
        manifest='[fields.it]\nkind = "text"\nfallback = "x"\nrequired = true\n'
    )
    tolerant = judge(data_schema(template))
    strict = judge(data_schema(template, strict=True))

    for data in ({}, {"it": "a", "utm_source": "mail"}, {"it": " "}, {"it": "{{ first_name }}"}):
        assert tolerant.is_valid(data)
        assert not strict.is_valid(data)
    assert strict.is_valid({"it": "a"})


@pytest.mark.parametrize("keys", ['kind = "text"\nmax_length = 400', 'kind = "name"'])
def test_the_strict_schema_refuses_whatever_may_be_a_tag_or_stands_for_nothing(
    workshop: Workshop, keys: str
) -> None:
    strict = judge(data_schema(of_one_field(workshop, keys), strict=True))
    nothing = [*JUNK, *(one.text for one in positives())]

    assert [text for text in nothing if strict.is_valid({"it": text})] == []
    for name in ("Ada", "O'Brien", "Jean-Luc", "Nguyễn Văn A", "A-B-C"):
        assert strict.is_valid({"it": name})


SAMPLES = ROOT / "html_templates"
NAMES = [path.parent.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("template.toml")]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_example_of_the_samples_fits_its_schema_or_is_cut(name: str) -> None:
    template = load_template(SAMPLES / name, name=name, shared=SAMPLES / "_shared")
    schema = data_schema(template)
    validator = judge(schema)

    assert template.examples
    for example, data in template.examples.items():
        notes = read(template, data).notes
        cut = {note.field.partition(".")[0] for note in notes if note.code is NoteCode.CUT}
        faults = [
            f"{error.instance_path}: {error.message}"
            for error in validator.iter_errors(data)
            if error.instance_path[0] not in cut
        ]
        assert faults == [], example
    assert [one for one in schema["examples"] if not validator.is_valid(one)] == []


def test_the_schema_of_a_kept_version_is_that_of_its_manifest(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    before = data_schema(workshop.make(manifest='[fields.a]\nkind = "text"\noptional = true\n'))
    after = data_schema(workshop.make(manifest='[fields.b]\nkind = "text"\noptional = true\n'))

    assert (set(before["properties"]), set(after["properties"])) == ({"a"}, {"b"})
    assert before["$id"] != after["$id"]
    assert json.loads(json.dumps(after)) == after
