"""Lint as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.catalogue.lint import lint
from service.catalogue.lint.markup import read_markup
from service.catalogue.lint.page import pages_of
from service.catalogue.loader import load_template
from tests.catalogue.workshop import Workshop, codes, field

SAMPLES = Path(__file__).parents[3] / "html_templates"


@pytest.mark.parametrize(
    "name", sorted(path.parent.name for path in SAMPLES.glob("[!_.]*/template.toml"))
)
def test_our_own_templates_have_no_findings(name: str) -> None:
    template = load_template(SAMPLES / name, name=name, shared=SAMPLES / "_shared")

    assert lint(template) == []


def test_findings_come_in_the_order_of_files_and_lines(workshop: Workshop) -> None:
    found = workshop.lint(
        "<video></video>\n{{ nobody }}\n<audio></audio>", files={"style.css": "p{}"}
    )

    assert found == sorted(found)
    assert codes(found)[0] == "no_background"


def test_lines_are_those_of_the_file_whatever_jinja_stands_before(workshop: Workshop) -> None:
    found = workshop.lint("{#\n\n#}{{\n'x'\n}}{%- if\n true -%}\n\n{% endif %}\n<video></video>")

    assert [(one.code, one.line) for one in found] == [("swap_element", 12)]


_PARTS = st.sampled_from(
    [
        "<p class=",
        "{{ name }}",
        '"',
        "'",
        ">",
        "<",
        "</p>",
        "{% if name %}",
        "{% endif %}",
        "<style>",
        "</style>",
        "<script>",
        "<!--",
        "-->",
        "\n",
        "url(",
        "style=",
        "/",
        " ",
        "=",
        "&",
        "]]>",
        "<svg>",
        "<body",
        "</head>",
        "<img src=",
        "{{ asset('x') }}",
        "{% include 'x.html' %}",
    ]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_PARTS, max_size=12).map("".join))
def test_lint_answers_whatever_the_page(workshop: Workshop, body: str) -> None:
    template = workshop.make(body, manifest=field("name"))

    assert lint(template) is not None


@pytest.mark.parametrize(
    ("tag", "attributes"),
    [
        ("<p>", []),
        ("<p a>", [("a", None, "")]),
        ("<p a=b c='d' e=\"f\">", [("a", "b", ""), ("c", "d", "'"), ("e", "f", '"')]),
        ("<p a = 'b'/>", [("a", "b", "'")]),
        ("<p\n a\n=\nb >", [("a", "b", "")]),
        ('<p A="x>y">', [("a", "x>y", '"')]),
        ("<p a=''>", [("a", "", "'")]),
    ],
)
def test_attributes_are_read_with_their_quotes(
    workshop: Workshop, tag: str, attributes: list[tuple[str, str | None, str]]
) -> None:
    template = workshop.make(f"x {tag}x</p>")

    elements = read_markup(pages_of(template)).elements

    (element,) = [element for element in elements if element.tag == "p"]
    assert [(one.name, one.value, one.quote) for one in element.attributes] == attributes
