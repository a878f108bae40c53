"""Files that are not there, and addresses that leave us."""

from __future__ import annotations

import pytest

from tests.catalogue.workshop import Workshop, field

FILES = {"assets/a.png": b"a", "assets/my logo.png": b"b", "assets/f.woff2": b"f"}


def found(workshop: Workshop, body: str, **more: object) -> set[tuple[str, str, int]]:
    files = {**FILES, **dict(more.pop("files", {}))}  # type: ignore[call-overload]  # a test's own
    return {
        (one.code, one.file, one.line)
        for one in workshop.lint(body, files=files, **more)
        if one.code != "swap_element"
    }


@pytest.mark.parametrize(
    "body",
    [
        '<img src="assets/a.png">',
        '<img src="assets/my%20logo.png">',
        '<img src="assets/a.png" srcset="assets/a.png 1x, assets/a.png 2x">',
        '<img srcset="data:image/png;base64,AA== 1x">',
        "<img src=\"{{ asset('a.png') }}\">",
        '<img src="data:image/png;base64,AA==">',
        '<svg><use href="#x"/><rect fill="url(#g)"/></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
        '<a href="https://example.com/">x</a>',
        '<p style="background:url(assets/a.png)">x</p>',
        "<!-- https://example.com/x.png -->",
        "see https://example.com",
        "{% include 'gone.html' ignore missing %}",
        "{{ asset('gone.png', default='a.png') }}",
        "{{ asset(language ~ '.png', default='a.png') }}",
    ],
)
def test_what_is_there_and_what_is_never_asked_for_is_fine(workshop: Workshop, body: str) -> None:
    assert found(workshop, body) == set()


@pytest.mark.parametrize(
    "body",
    [
        '<img src="assets/gone.png">',
        '<img src="../_shared/assets/a.png">',
        '<img src="assets/a.png" srcset="assets/a.png 1x, assets/gone.png 2x">',
        '<p style="background:url(assets/gone.png)">x</p>',
        "{{ asset('gone.png') }}",
        "{{ asset('gone.png', default='also-gone.png') }}",
        "{{ asset(language, default='gone.png') }}",
        "<svg><rect mask=\"url('assets/gone.svg#m')\"/></svg>",
    ],
)
def test_a_file_that_is_not_there_is_found(workshop: Workshop, body: str) -> None:
    assert ("missing_asset", "template.html", 5) in found(workshop, f"x\n{body}")


@pytest.mark.parametrize(
    "body",
    [
        '<img src="https://example.com/a.png">',
        '<img src=" HTTP://example.com/a.png">',
        '<img src="//example.com/a.png">',
        '<img src="https://example.com/{{ language }}.png">',
        '<img src="file:///etc/passwd">',
        '<img srcset="https://example.com/a.png 2x">',
        '<p style="background:url(//example.com/a.png)">x</p>',
        '<link rel="preconnect" href="https://fonts.example.com">',
        "<svg><image xlink:href='https://example.com/a.png'/></svg>",
        "<style>p{background:image-set('https://example.com/a.png' 1x)}</style>",
    ],
)
def test_a_remote_address_is_found(workshop: Workshop, body: str) -> None:
    assert ("remote_url", "template.html", 5) in found(workshop, f"x\n{body}")


def test_style_sheets_are_read_with_their_own_paths_and_lines(workshop: Workshop) -> None:
    style = (
        "@import 'https://fonts.example.com/css';\n"
        "@font-face{font-family:F;src:url(assets/f.woff2),\nurl(assets/gone.woff2)}\n"
        "@import url(more.css);\n"
        "body{background:#fff}\n/* url(https://example.com) */ p{content:'url(https://x)'}\n"
        "@media print{p{background:url(\n//example.com/b)}}"
    )
    more = "p{background:url(../assets/a.png)} q{background:url(assets/a.png)}"
    files = {"style.css": style, "css/deep.css": more}

    assert found(workshop, "x", files=files) == {
        ("remote_url", "style.css", 1),
        ("missing_asset", "style.css", 3),
        ("missing_asset", "style.css", 4),
        ("remote_url", "style.css", 7),
        ("missing_asset", "css/deep.css", 1),
    }


def test_a_style_element_has_the_lines_of_its_page(workshop: Workshop) -> None:
    body = "<style>\np{}\nq{background:url(gone.png)}</style>"

    assert found(workshop, body) == {("missing_asset", "template.html", 6)}


def test_a_page_that_is_not_there_is_found(workshop: Workshop) -> None:
    body = (
        "{% if false %}{% include 'gone.html' %}{% import '_shared/gone.html' as g %}{% endif %}"
    )

    assert found(workshop, body) == {("missing_page", "template.html", 4)}


def test_the_fallback_of_an_image_must_be_there(workshop: Workshop) -> None:
    assert found(workshop, '<img src="{{ p }}">', manifest=field("p", "image", '"gone.png"')) == {
        ("missing_asset", "template.toml", 0)
    }
    assert found(workshop, '<img src="{{ p }}">', manifest=field("p", "image", '"a.png"')) == set()
