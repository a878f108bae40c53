"""What shows only when a template is filled."""

from __future__ import annotations

import pytest

from service.catalogue.lint.samples import samples
from tests.catalogue.workshop import Workshop, codes, field

EVERY_KIND = (
    "".join(field(f"f_{kind}", kind, None) for kind in ("text", "name", "integer", "number"))
    + "".join(field(f"f_{kind}", kind, None) for kind in ("date", "datetime", "boolean"))
    + "".join(field(f"f_{kind}", kind, None) for kind in ("color", "url", "image"))
    + field("f_choice", "choice", None)
    + 'choices = ["a", "b"]\n'
    + field("f_money", "money", None)
    + 'currency = "EUR"\n'
    + field("f_list", "list", None)
    + 'of = "text"\n'
    + field("f_words", "list", None)
    + field("f_guests", "list", None)
    + "[fields.f_guests.fields.who]\nkind = 'text'\nfallback = 'x'\n"
    + field("f_group", "group", None)
    + "[fields.f_group.fields.part]\nkind = 'integer'\nfallback = 1\n"
)


def test_the_two_samples_differ_in_every_kind(workshop: Workshop) -> None:
    template = workshop.make(manifest=EVERY_KIND)

    one, other = samples(template)

    assert set(one.values) == set(other.values) == set(template.manifest.fields)
    assert all(one.values[name] != other.values[name] for name in one.values)


def test_samples_respect_bounds(workshop: Workshop) -> None:
    fields = field("n", "integer", "5") + "min = 5\nmax = 6\n"

    one, other = samples(workshop.make(manifest=fields))

    assert (one.values["n"], other.values["n"]) == (5, 6)


def test_a_branch_that_only_data_reaches_is_tried(workshop: Workshop) -> None:
    found = workshop.lint(
        "{% if name is given %}\n{{ asset(name) }}{% endif %}", manifest=field("name")
    )

    assert [(one.code, one.line) for one in found] == [("template_failed", 5)]
    assert "every field given" in found[0].message


def test_every_language_theme_and_size_is_tried(workshop: Workshop) -> None:
    workshop.write("_shared/themes/dark.toml", "a = 1")
    workshop.write("_shared/themes/light.toml", "b = 1")
    body = "{{ theme.a }}\n{% if language == 'de' %}{{ 1 / 0 }}{% endif %}"

    found = workshop.lint(body, manifest='themes = ["dark", "light"]\nlanguages = ["en", "de"]')

    assert [(one.code, one.line) for one in found] == [
        ("template_failed", 4),
        ("template_failed", 5),
    ]
    assert "theme light" in found[0].message
    assert "language de" in found[1].message


def test_a_failure_is_told_once(workshop: Workshop) -> None:
    assert codes(workshop.lint("{{ 1 / 0 }}", manifest='languages = ["en", "de", "fr"]')) == [
        "template_failed"
    ]


def test_examples_are_drawn_and_their_notes_told(workshop: Workshop) -> None:
    found = workshop.lint(
        "{{ name }}{{ n }}{{ 1 / (n - 3) }}",
        manifest=field("name") + field("n", "integer", "1") + "max = 9\n",
        files={
            "examples/a.json": '{"namee": "Ada"}',
            "examples/b.json": '{"n": "many"}',
            "examples/c.json": '{"n": 3}',
            "examples/d.json": "{",
        },
    )

    assert {(one.code, one.file) for one in found} == {
        ("example_unknown_field", "examples/a.json"),
        ("example_invalid", "examples/b.json"),
        ("example_invalid", "examples/d.json"),
        ("template_failed", "template.html"),
    }


def test_a_missing_doctype_is_a_warning(workshop: Workshop) -> None:
    body = "{% extends 'base.html' %}"
    files = {"base.html": "<html><head></head><body>x</body></html>"}

    assert codes(workshop.lint(body, files=files)) == ["no_doctype"]


@pytest.mark.parametrize("key", ["hello", "tree"])
def test_a_text_that_is_not_there_is_found(workshop: Workshop, key: str) -> None:
    found = workshop.lint(
        "{% if false %}{{ t('" + key + "') }}{% endif %}",
        manifest='languages = ["en", "de"]',
        files={"strings/en.toml": "hello = 'x'\nonly = 'x'", "strings/de.toml": "hello = 'x'"},
    )

    expected = [("missing_text", "strings/de.toml", "warning")]
    if key == "tree":
        expected.append(("missing_text", "template.html", "error"))
    assert [(one.code, one.file, one.severity) for one in found] == expected
