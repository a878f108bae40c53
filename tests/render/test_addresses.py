"""Which pictures from elsewhere a page will ask for, and that finding them takes no time."""

from __future__ import annotations

import time

import pytest

from service.render.addresses import browsers_spelling, remote_pictures


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("https://H.DE", "https://h.de/"),
        (" \nhttps://h.de/a\nb ", "https://h.de/ab"),
        ("http://h.de/x", "https://h.de/x"),
        ("//h.de/x", "https://h.de/x"),
        (r"http:\\h.de\a\b?c\d", r"https://h.de/a/b?c\d"),
        ("https:///h.de/x", "https://h.de/x"),
        ("https://h.de:443/", "https://h.de/"),
        ("https://h.de:8443/", "https://h.de:8443/"),
        ("https://h.de/a/../b/./c", "https://h.de/b/c"),
        ("https://h.de/a/%2e%2E/b", "https://h.de/b"),
        ("https://h.de/a/..", "https://h.de/"),
        ("https://h.de/../..", "https://h.de/"),
        ("https://h.de//a///b", "https://h.de//a///b"),
        ("https://h.de/a%zz%41", "https://h.de/a%zz%41"),
        ("https://münchen.de/ü?ü", "https://xn--mnchen-3ya.de/%C3%BC?%C3%BC"),
        ("https://h.de/a b|^{}`?a b|^{}`", "https://h.de/a%20b%7C%5E%7B%7D%60?a%20b|^{}`"),
        ("https://h.de/'?'#part", "https://h.de/'?%27"),
        ("https://h.de/?a=https://b.de/../c", "https://h.de/?a=https://b.de/../c"),
    ],
)
def test_an_address_is_spelled_as_chromium_asks_for_it(written: str, asked: str) -> None:
    """Compared with `new URL(…).href`; and `http` is asked for as `https` on a secure page."""
    assert browsers_spelling(written) == asked


@pytest.mark.parametrize(
    "written",
    [
        *("", "a.png", "/a.png", "#a", "data:image/png;base64,//8=", "ftp://h.de/x", "file:///x"),
        *(
            "https://",
            "https://u@h.de/",
            "https://a b.de/",
            "https://\ud800.de/",
            "blob:https://h",
        ),
    ],
)
def test_what_is_not_on_the_web_is_none(written: str) -> None:
    assert browsers_spelling(written) is None


@pytest.mark.parametrize(
    "html",
    [
        "<img src=https://a.de/1>",
        "<IMG SRC = 'https://a.de/1'>",
        '<img alt="a > b" src="https://a.de/1" />',
        '<img src="https://a.de/1',
        '<picture><source srcset="https://a.de/1 2x"></picture>',
        '<input type=image src="https://a.de/1">',
        '<video poster="https://a.de/1"></video>',
        '<svg><image href="https://a.de/1"/></svg>',
        '<svg><image xlink:href="https://a.de/1"/></svg>',
        "<td background=//a.de/1>",
        '<p style="background: url(https://a.de/1)">',
        '<p style="background: url(&quot;https://a.de/1&quot;)">',
        "<p style='background: image-set(\"https://a.de/1\" 1x)'>",
        "<style>p { background: url( 'https://a.de/1' ) }</style>",
        "<style>@media print { p { background: URL(https://a.de/1) } }",
        "<style>p { --x: url(https://a.de/1) }</style>",
        '<!-- x --><!-- --><img src="https://a.de/1">',
        '<script>a < b</script><img src="https://a.de/1">',
        '<img src="https://a.de/1"><img src="https://a.de/1#x">',
    ],
)
def test_a_picture_is_found_once(html: str) -> None:
    assert remote_pictures(html) == ["https://a.de/1"]


@pytest.mark.parametrize(
    "html",
    [
        '<!-- <img src="https://a.de/1"> -->',
        '<!-- <img src="https://a.de/1">',
        "<script>\"<img src='https://a.de/1'>\"</script>",
        '<a href="https://a.de/1">https://a.de/1</a>',
        '<link rel=stylesheet href="https://a.de/1">',
        '<iframe src="https://a.de/1"></iframe>',
        '<img data-src="https://a.de/1" alt="src=https://a.de/1">',
        "<style>@import url(https://a.de/1); @import 'https://a.de/2';</style>",
        "<style>@font-face { font-family: x; src: url(https://a.de/1) }</style>",
        "<style>/* url(https://a.de/1) */</style>",
        "&lt;img src=https://a.de/1&gt;",
    ],
)
def test_nothing_else_is_found(html: str) -> None:
    assert remote_pictures(html) == []


def test_every_candidate_of_a_set_is_found() -> None:
    html = '<img srcset="https://a.de/1 1x, //a.de/2 2x,\nhttps://a.de/3,4 3x, local.png 4x">'

    assert remote_pictures(html) == ["https://a.de/1", "https://a.de/2", "https://a.de/3,4"]


def test_the_style_sheet_beside_is_searched_too() -> None:
    css = ".a { background: url(https://a.de/1), url('https://a.de/2') }"

    assert remote_pictures("<p>", css) == ["https://a.de/1", "https://a.de/2"]


MANY = [
    *("<", "<a ", '<a "', "<a '\"", "<style ", "<style>", "<!--", "<!-- -", "<script ", "<a a= "),
    *("<img src=", "<style>url(", "<style>/*", "<style>@import ", "<style>@font-face ", "&amp"),
    *(
        "<style>@font-face{",
        "<style>'\"",
        "<img srcset='https://a.de/x, ",
        "<a a",
        "</style",
        "==",
    ),
]


@pytest.mark.parametrize("piece", MANY)
@pytest.mark.parametrize("before", ["", "<a ", "<style>", '<img src="https://a.de/'])
def test_no_page_takes_long(piece: str, before: str) -> None:
    """Two megabytes of whatever a reader could stumble over; an honest page takes as long."""
    page = before + piece * (2_000_000 // len(piece))
    began = time.process_time()
    remote_pictures(page)

    assert time.process_time() - began < 6
