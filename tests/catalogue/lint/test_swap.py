"""What the swap lane refuses: the table of the drawing evidence, row by row."""

from __future__ import annotations

import pytest

from tests.catalogue.workshop import Workshop, codes, page


@pytest.mark.parametrize(
    "body",
    [
        '<meta http-equiv="refresh" content="5">',
        '<meta http-equiv="content-language" content="de">',
        '<base href="x">',
        '<link rel="stylesheet" href="style.css">',
        "<script>1</script>",
        "<iframe></iframe>",
        "<object></object>",
        "<embed>",
        "<video></video>",
        "<audio></audio>",
        "<marquee>x</marquee>",
        "<input>",
        "<select><option>x</option></select>",
        "<textarea>x</textarea>",
        "<button>x</button>",
        "<progress></progress>",
        "<dialog open>x</dialog>",
        "{% if false %}<video></video>{% endif %}",
        "<svg><script>1</script></svg>",
    ],
)
def test_an_element_that_leaves_something_behind_is_refused(workshop: Workshop, body: str) -> None:
    found = workshop.lint(f"x\n{body}")

    assert set(codes(found)) == {"swap_element"}
    assert found[0].line == 5


@pytest.mark.parametrize(
    "attribute",
    [
        "contenteditable",
        'contenteditable="true"',
        "popover",
        "autofocus",
        'loading="LAZY"',
        'onclick="x()"',
        'onload="x()"',
        'href="javascript:x()"',
        'popovertarget="x"',
    ],
)
def test_an_attribute_that_leaves_something_behind_is_refused(
    workshop: Workshop, attribute: str
) -> None:
    found = workshop.lint(f"<a\n {attribute}>x</a>")

    assert [(one.code, one.line) for one in found] == [("swap_attribute", 5)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<style>\n@font-face{font-family:F;src:local(x)}</style>", "swap_style"),
        ("<style>\n@import 'style.css';</style>", "swap_style"),
        ("<style>\n@media (max-device-width:1px){p{}}</style>", "device_query"),
        ("<style>p{}\n@supports (x:y){@media (device-width:1px){p{}}}</style>", "device_query"),
        ("<style>\n.late{color:red;content-visibility:auto}</style>", "swap_style"),
        ('<p\nstyle="content-visibility:auto">x</p>', "swap_style"),
        ('<picture\n><source media="(min-device-width:1px)"></picture>', None),
    ],
)
def test_css_that_cannot_be_undone_is_refused(
    workshop: Workshop, body: str, code: str | None
) -> None:
    found = workshop.lint(body)

    if code is None:
        assert codes(found) == ["device_query"]
    else:
        assert [(one.code, one.line) for one in found] == [(code, 5)]


def test_device_queries_are_refused_in_style_sheets_too(workshop: Workshop) -> None:
    found = workshop.lint(
        files={"style.css": "body{background:red}\n@media (device-height:1px){}"}
    )

    assert [(one.code, one.file, one.line) for one in found] == [("device_query", "style.css", 2)]


@pytest.mark.parametrize(
    ("head", "codes_"),
    [
        ("<meta http-equiv=Refresh content=1>", ["swap_element"]),
        ("<base href=x>", ["swap_element"]),
        ("<script></script>", ["swap_element"]),
        ("<div>x</div>", ["swap_element"]),
        ("<meta charset=utf-8><meta name=viewport content=x><style>p{}</style>", []),
        ("<style>@font-face{font-family:F;src:local(x)}</style>", []),
        ("<noscript></noscript>", []),
    ],
)
def test_the_head_holds_what_stays(workshop: Workshop, head: str, codes_: list[str]) -> None:
    assert codes(workshop.lint(page("x", head=head))) == codes_


@pytest.mark.parametrize(
    "body",
    [
        "<style>p{transition:all 1s}@property --x{syntax:'*';inherits:false}"
        "@layer a{p{color:red}}@keyframes k{from{top:0}}@container (width>1px){p{}}</style>",
        "<p id=a class=b style='animation:k 1s infinite'>x</p>",
        "<div><template shadowrootmode=open><p>x</p></template></div>",
        "<details open>x</details><table><tr><td>x</table>",
        "<svg><style>p{}</style><animate/></svg><math></math><noscript>x</noscript>",
        "<img alt=x loading=eager>",
        "<style>@media (width>1px) and (prefers-color-scheme:dark){p{}}</style>",
    ],
)
def test_what_goes_with_the_body_is_allowed(workshop: Workshop, body: str) -> None:
    assert workshop.lint(body) == []


def test_a_template_with_scripts_has_a_fresh_page_and_may_have_all_that(
    workshop: Workshop,
) -> None:
    body = "<script>1</script><input><dialog open></dialog><p contenteditable onclick='x()'>x</p>"

    assert workshop.lint(body, manifest="javascript = true") == []
