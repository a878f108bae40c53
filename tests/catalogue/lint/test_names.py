"""Names that are not declared, and fields that are not used."""

from __future__ import annotations

import pytest

from tests.catalogue.workshop import Workshop, codes, field


def test_an_undeclared_name_is_found_at_its_line_with_the_closest_field(
    workshop: Workshop,
) -> None:
    found = workshop.lint(
        "{{ first_name }}\n{% if false %}{{ frist_name }}{% endif %}", manifest=field("first_name")
    )

    (one,) = found
    assert (one.code, one.file, one.line, one.severity) == (
        "undeclared_variable",
        "template.html",
        5,
        "error",
    )
    assert "did you mean first_name?" in one.message


@pytest.mark.parametrize(
    "body",
    [
        "{% set x = 1 %}{{ x }}",
        "{% for x in [1] %}{{ x }}{{ loop.index }}{% endfor %}",
        "{% macro m(x) %}{{ x }}{{ caller() if caller is defined }}{% endmacro %}{{ m(1) }}",
        "{% with x = 1 %}{% include 'part.html' %}{% endwith %}",
        "{{ language }}{{ theme }}{{ range(3)|list }}",
    ],
)
def test_what_a_page_names_itself_is_declared(workshop: Workshop, body: str) -> None:
    found = workshop.lint(body, files={"part.html": "{{ x }}"} if "part" in body else None)

    assert codes(found) == []


def test_now_needs_refresh(workshop: Workshop) -> None:
    found = workshop.lint("{{ now }}")

    assert codes(found) == ["template_failed", "undeclared_variable"]
    assert "refresh" in found[1].message
    assert workshop.lint("{{ now }}", manifest='refresh = "1m"') == []


def test_an_unused_field_is_found_at_its_line(workshop: Workshop) -> None:
    found = workshop.lint("{{ a }}", manifest=field("a") + field("b"))

    (one,) = found
    assert (one.code, one.file, one.line, one.severity) == (
        "unused_field",
        "template.toml",
        5,
        "warning",
    )


def test_a_field_that_a_rule_a_currency_or_a_question_uses_is_used(workshop: Workshop) -> None:
    found = workshop.lint(
        "{{ price }}{{ greeting }}{% if asked is given %}!{% endif %}",
        manifest=field("price", "money", None)
        + 'currency_field = "money"\n'
        + field("money", "choice", '"EUR"')
        + 'choices = ["EUR"]\n'
        + field("vip", "boolean", "false")
        + field("greeting")
        + field("asked")
        + '[[rules]]\nwhen = "vip"\nset = { greeting = "Welcome" }\n',
    )

    assert codes(found) == []


@pytest.mark.parametrize(
    "items",
    [
        'fields = { price = { kind = "money", currency_field = "money", optional = true } }\n',
        'of = { kind = "money", currency_field = "money" }\n',
    ],
)
def test_the_currency_of_amounts_inside_a_list_is_used(workshop: Workshop, items: str) -> None:
    found = workshop.lint(
        "{{ items|length }}",
        manifest=field("items", "list", "[]")
        + items
        + field("money", "choice", '"EUR"')
        + 'choices = ["EUR"]\n',
    )

    assert codes(found) == []


def test_a_filter_that_does_not_exist_is_found_without_breaking_lint(workshop: Workshop) -> None:
    found = workshop.lint("{{ 1|currencyy }}")

    assert "template_failed" in codes(found)
    assert found[0].line == 4
