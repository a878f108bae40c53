"""Data where it does not belong, and where it does."""

from __future__ import annotations

import pytest

from tests.catalogue.workshop import Workshop, codes, field, page

FIELDS = (
    field("name")
    + field("hue", "color", '"#fff"')
    + field("n", "integer", "1")
    + field("photo", "image", None)
    + field("link", "url", None)
    + field("tier", "choice", '"a"')
    + 'choices = ["a", "b"]\n'
    + '[fields.guests]\nkind = "list"\noptional = true\n'
    + '[fields.guests.fields.face]\nkind = "image"\noptional = true\n'
    + '[fields.guests.fields.who]\nkind = "text"\nfallback = "x"\n'
)
USED = "{# use all #}{{ [name, hue, n, photo, link, tier, guests]|length }}"


def found(workshop: Workshop, body: str, **more: object) -> set[tuple[str, int]]:
    findings = workshop.lint(body, manifest=FIELDS + str(more.pop("manifest", "")), **more)
    return {(one.code, one.line) for one in findings if one.code != "unused_field"}


@pytest.mark.parametrize(
    "body",
    [
        '<p class="{{ name }}" title="{{ name }} x">{{ name }}</p>',
        '<p style="color:{{ hue }};width:{{ n }}px;order:{{ n + 1 }}">x</p>',
        '<p style="width:{{ n|px }};color:{{ name|css_colour }};left:{{ name|length }}px">x</p>',
        '<p style="background:{{ photo|css_url }}">x</p>',
        '<p style="--t:{{ tier }};color:{{ "red" if name else "blue" }}">x</p>',
        '<p style="{% if name %}color:red{% endif %}">x</p>',
        '<img src="{{ photo }}">',
        "{% if photo %}<img src='{{ photo }}' alt='{{ name }}'>{% endif %}",
        '<img src="{{ asset(name, default="a.png") }}">',
        '<img src="{{ photo or asset("a.png") }}">',
        '{% for guest in guests or [] %}<img src="{{ guest.face }}">{{ guest.who }}{% endfor %}',
        '<a href="{{ link }}">{{ link }}</a>',
        "<p class={{ language }}>x</p>",
        "{{ name|qr }}",
        '<{{ "b" }}>x</{{ "b" }}>',
        "{% macro m(x) %}<i>{{ x }}</i>{% endmacro %}{{ m(name) }}",
        '<svg><text fill="{{ hue }}">{{ name }}</text></svg>',
        '<p {% if name %}class="x"{% endif %}>x</p>',
        "{% raw %}<p class={{ name }}>{% endraw %}",
        "{# <p class={{ name }}> #}",
    ],
)
def test_data_is_welcome_in_texts_quoted_attributes_and_safe_styles(
    workshop: Workshop, body: str
) -> None:
    assert found(workshop, body, files={"assets/a.png": b""}) == set()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<p class={{ name }}>x</p>", "data_unquoted"),
        ("<p class=a{{ n }}>x</p>", "data_unquoted"),
        ("{% set x = name|upper %}<p class={{ x }}>x</p>", "data_unquoted"),
        ("{% macro m(x) %}<p class={{ x }}>x</p>{% endmacro %}{{ m(1) }}", "data_unquoted"),
        ("{% for c in name %}<p class={{ c }}>x</p>{% endfor %}", "data_unquoted"),
        ("<p {{ name }}>x</p>", "data_in_markup"),
        ("<p data-{{ name }}='x'>x</p>", "data_in_markup"),
        ("<h{{ n }}>x</h{{ n }}>", "data_in_markup"),
        ("<{{ name }}>x", "data_in_markup"),
        ("<style>p{color:{{ hue }}}</style>", "data_in_css"),
        ('<p style="color:{{ name }}">x</p>', "data_in_css"),
        ('<p style="{{ name }}">x</p>', "data_in_css"),
        ('<p style="color:{{ name|upper }}">x</p>', "data_in_css"),
        ('<p style="color:{{ name if n else hue }}">x</p>', "data_in_css"),
        ('<p style="background:url({{ photo }})">x</p>', "data_in_css"),
        ("<p style='background:url(\"{{ photo }}\")'>x</p>", "data_in_css"),
        ('<p style="background:url({{ photo|css_url }})">x</p>', "data_in_css"),
        ('<img src="{{ name }}">', "data_in_address"),
        ('<img src="{{ link }}">', "data_in_address"),
        ('<img src="assets/{{ name }}.png">', "data_in_address"),
        ('<img src="data:image/svg+xml,{{ name }}">', "data_in_address"),
        ('<svg><image href="{{ name }}"/></svg>', "data_in_address"),
        ("{{ name|safe }}", "unescaped_data"),
        ("{% autoescape false %}{{ name }}{% endautoescape %}", "unescaped_data"),
    ],
)
def test_data_that_could_leave_its_place_is_found(
    workshop: Workshop, body: str, code: str
) -> None:
    assert (code, 4) in found(workshop, body)


def test_a_safe_text_without_data_is_no_finding(workshop: Workshop) -> None:
    assert found(workshop, "{{ '<b>'|safe }}{% autoescape true %}{% endautoescape %}") == set()


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("<title>\n{{ name }}</title>", 4),
        ("<style>p{color:{{ hue }}}</style>", 3),
        ("{% if name %}<meta name=x>{% endif %}", 3),
        ('<meta name="x" content="{{ name }}">', 3),
        ("{% include 'part.html' %}", 2),
        ("{% set x = name %}<title>{{ x }}</title>", 3),
    ],
)
def test_data_in_the_head_is_found_at_its_line(workshop: Workshop, head: str, line: int) -> None:
    files = {"part.html": "<meta name=x>\n<title>{{ name }}</title>"} if "part" in head else {}

    assert found(workshop, page("x", head=head), files=files) == {("data_in_head", line)}


def test_a_block_in_the_head_of_a_shared_page_is_in_the_head(workshop: Workshop) -> None:
    workshop.write(
        "_shared/base.html",
        "<!doctype html><html><head><title>{% block title %}{% endblock %}</title></head>"
        "<body>{% block body %}{% endblock %}</body></html>",
    )

    assert found(
        workshop,
        "{% extends '_shared/base.html' %}\n{% block title %}\n{{ name }}{% endblock %}"
        "{% block body %}{{ name }}{% endblock %}",
    ) == {("data_in_head", 3)}


def test_data_that_reaches_the_head_unseen_is_found_by_comparing_two_heads(
    workshop: Workshop,
) -> None:
    head = "{% macro title() %}{{ caller() }}{% endmacro %}<title>{{ self.body() }}</title>"
    body = page("{% block body %}{{ name }}{% endblock %}", head=head)

    assert ("data_in_head", 0) in found(workshop, body)


def test_the_language_and_the_root_may_be_in_the_opening(workshop: Workshop) -> None:
    body = page("x", head="<title>{{ language }}</title>").replace(
        "<html>", '<html style="--hue:{{ hue }}">'
    )

    assert found(workshop, body) == set()


def test_time_in_the_head_is_data(workshop: Workshop) -> None:
    body = page("x", head="<title>{{ today }}</title>")

    findings = workshop.lint(body, manifest='refresh = "1d"')

    assert codes(findings) == ["data_in_head"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<script>x = {{ name|json }}</script>", set()),
        ("<script>x = '{{ name }}'</script>", {("data_in_script", 4)}),
        ('<p onclick="{{ name }}">x</p>', {("data_in_script", 4)}),
        ('<iframe srcdoc="{{ name }}"></iframe>', {("data_in_markup", 4)}),
    ],
)
def test_data_in_a_script_goes_through_json(
    workshop: Workshop, body: str, expected: set[tuple[str, int]]
) -> None:
    fields = "javascript = true\n" + FIELDS
    findings = workshop.lint(body, manifest=fields)

    assert {(one.code, one.line) for one in findings if one.code != "unused_field"} == expected
