"""Whether a template paints an opaque background."""

from __future__ import annotations

import pytest

from tests.catalogue.workshop import Workshop, codes, page


def found(workshop: Workshop, style: str, body: str = "x", manifest: str = "") -> list[str]:
    return codes(workshop.lint(body, files={"style.css": style}, manifest=manifest))


@pytest.mark.parametrize(
    "style",
    [
        "body{background:#fff}",
        "html, p{background-color:white}",
        ":root{background:linear-gradient(135deg,#1e1b4b,#7c3aed 60%,rgb(1 2 3))}",
        "*{background:red}",
        "html body{background:url(data:,) #eee}",
        "body:not(.x){background:hsl(1 2% 3%)}",
        "@media all{body{background:red}}",
        "@layer a{:root[data-theme=dark] body{background:var(--paper)}}",
    ],
)
def test_a_background_that_hides_everything_is_enough(workshop: Workshop, style: str) -> None:
    assert found(workshop, style) == []


@pytest.mark.parametrize(
    "style",
    [
        "",
        "p{background:red}",
        "body p{background:red}",
        "body{color:red}",
        "body{background:none}",
        "body{background:transparent}",
        "body{background:rgba(0,0,0,.5)}",
        "body{background:#fff8}",
        "body{background:url(data:,)}",
        "body::before{background:red}",
        "body.other{background:red}",
        "body{background:linear-gradient(red,transparent)}",
    ],
)
def test_a_background_that_shows_through_is_a_warning(workshop: Workshop, style: str) -> None:
    assert found(workshop, style) == ["no_background"]


def test_a_transparent_template_needs_none_and_should_have_none(workshop: Workshop) -> None:
    assert found(workshop, "", manifest="transparent = true") == []
    assert found(workshop, "body{background:red}", manifest="transparent = true") == [
        "opaque_background"
    ]


@pytest.mark.parametrize("attributes", ['style="background:red"', 'class="card x"', "id=card"])
def test_the_body_is_found_by_style_class_and_id(workshop: Workshop, attributes: str) -> None:
    body = page("x").replace("<body>", f"<body {attributes}>")

    assert (
        found(workshop, "div.card,body .y,.card{background:red}#card{background:red}", body) == []
    )


def test_a_style_element_counts(workshop: Workshop) -> None:
    assert found(workshop, "", page("x", head="<style>body{background:red}</style>")) == []
