"""Guests' pages: what document they become, what is fetched for them, what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import cast

import pytest

from service.browser.fleet import Fleet
from service.errors import InvalidData, QueueFull, RenderTimeout
from service.fetch.fetcher import Fetched, Unreachable
from service.imaging.raster import Encoded, Pixels
from service.model import Format, HeldPicture, Lane, Note, NoteCode, Paper
from service.render import guest as module
from service.render.guest import (
    MOST_PICTURE_BYTES,
    MOST_PICTURES,
    HtmlRenderer,
    HtmlRequest,
    document_of,
)
from service.render.photograph import Photographer
from tests.imaging.test_pdf import printed
from tests.pictures import PICTURES, pixels
from tests.render.workbench import FakePool

LINK = '<link rel="stylesheet" href="style.css">'


@dataclass
class FakeWeb:
    """Has a picture at every address but those with `none` in them; those with `slow` wait, those
    with `old` are kept copies.
    """

    body: bytes = b"a picture"
    asked: list[tuple[str, Sequence[str], int]] = field(default_factory=list)

    async def picture(self, url: str, *, hosts: Sequence[str], max_bytes: int) -> Fetched:
        self.asked.append((url, hosts, max_bytes))
        if "slow" in url:
            await asyncio.Event().wait()
        if "none" in url:
            raise Unreachable
        return Fetched(self.body, "image/png", old="old" in url)


@pytest.fixture
def encoder() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as made:
        yield made


@pytest.fixture
def pool() -> FakePool:
    return FakePool()


@pytest.fixture
def web() -> FakeWeb:
    return FakeWeb()


@pytest.fixture
def renderer(pool: FakePool, web: FakeWeb, encoder: ThreadPoolExecutor) -> HtmlRenderer:
    return HtmlRenderer(
        Photographer(cast(Fleet, pool), encoder), encoder, web, hosts=["a.de"], timeout=1
    )


def page_with(*urls: str) -> HtmlRequest:
    return HtmlRequest("".join(f'<img src="{url}">' for url in urls), width=8, height=4)


# The document


@pytest.mark.parametrize(
    "html", ["<h1>Hi</h1>", "Hi", "  <p>Hi", "<!-- x --><p>", "<title>x</title>", "<bodyguard>"]
)
def test_a_fragment_becomes_a_page(html: str) -> None:
    document = document_of(HtmlRequest(html, css="h1 { color: red }"))

    head = f'<head><meta charset="utf-8">{LINK}</head>'
    assert document.html == f"<!doctype html><html>{head}<body>{html}</body></html>"
    assert document.assets == {"style.css": b"h1 { color: red }"}


@pytest.mark.parametrize(
    "html",
    [
        "<!doctype html><html><head><title>x</title>|</head><body>Hi</body></html>",
        "<!doctype html><title>x</title>|<body>Hi",
        "<html lang=en><head>|</head>",
        " \n<!-- <body> -->\n<!DOCTYPE html><HEAD><style></head></style>|</HEAD><BODY>",
        "<html><head><script>'</head>'</script>|</head><body>",
        "<!doctype html>|Hi",
        "<!doctype html><html><head>|<p>Hi",
        "<?xml version='1.0'?><!doctype html><html>|<p>Hi</p></html>",
    ],
)
def test_the_style_sheet_is_linked_where_the_head_ends(html: str) -> None:
    plain = html.replace("|", "")

    assert document_of(HtmlRequest(plain, css="a{}")).html == html.replace("|", LINK)
    assert document_of(HtmlRequest(plain)).html == plain


def test_a_guests_document_has_scripts_and_the_fresh_lane() -> None:
    request = HtmlRequest("x", width=90, height=30, scale=2, selector="#a", transparent=True)
    document = document_of(request, {"https://a.de/1": None})

    assert (document.lane, document.scripts, document.transparent) == (Lane.FRESH, True, True)
    assert (document.width, document.height, document.scale) == (90, 30, 2)
    assert document.guest is not None
    assert (document.guest.selector, document.guest.full_page) == ("#a", False)
    assert document.guest.unreachable == {"https://a.de/1"}
    assert document.sheet is None


def test_a_pdf_has_sheets_as_large_as_the_viewport_and_its_own_title() -> None:
    sheet = document_of(HtmlRequest("x", width=794, height=1123, format=Format.PDF)).sheet

    assert sheet is not None
    assert (sheet.paper, sheet.title, sheet.language) == (Paper.of_pixels(794, 1123), "", "")


# The picture


@pytest.mark.parametrize("image_format", PICTURES)
async def test_the_picture_has_the_format_and_size_that_were_asked_for(
    renderer: HtmlRenderer, image_format: Format
) -> None:
    request = HtmlRequest("x", width=21, height=7, scale=1.5, format=image_format)
    image = await renderer.draw(request)

    assert (image.format, image.width, image.height) == (image_format, 32, 11)
    assert pixels(image.body).shape[:2] == (11, 32)


async def test_a_part_of_the_page_has_the_size_that_the_page_told(
    renderer: HtmlRenderer, pool: FakePool
) -> None:
    pool.answers = [Pixels(bytes(5 * 3 * 3), 5, 3, 3)]
    pool.size = (5, 3)
    image = await renderer.draw(HtmlRequest("x", selector="#a"))

    assert (image.width, image.height) == (5, 3)
    assert pixels(image.body).shape[:2] == (3, 5)


async def test_a_pdf_may_have_several_pages(renderer: HtmlRenderer, pool: FakePool) -> None:
    pool.answers = [Encoded(printed((75, 75), (75, 75)), Format.PDF)]
    image = await renderer.draw(HtmlRequest("x", width=100, height=100, format=Format.PDF))

    assert image.body.startswith(b"%PDF")
    assert (image.width, image.height) == (100, 100)


async def test_too_many_pages_are_refused_with_their_number(
    renderer: HtmlRenderer, pool: FakePool
) -> None:
    pool.answers = [Encoded(printed(*[(75, 75)] * 101), Format.PDF)]
    with pytest.raises(InvalidData) as caught:
        await renderer.draw(HtmlRequest("x", width=100, height=100, format=Format.PDF))

    (problem,) = caught.value.fields
    assert problem.field == "html"
    assert "100 pages" in problem.message


async def test_each_page_is_drawn_anew(renderer: HtmlRenderer, pool: FakePool) -> None:
    """Nothing of it is kept: the same request twice is two drawings."""
    request = HtmlRequest("x", width=8, height=4)
    assert await renderer.draw(request) == await renderer.draw(request)

    assert len(pool.documents) == 2


async def test_notes_come_with_the_picture(renderer: HtmlRenderer, pool: FakePool) -> None:
    pool.notes = (Note("", NoteCode.ASSET_MISSING, "a.png could not be loaded"),)

    assert (await renderer.draw(HtmlRequest("x", width=8, height=4))).notes == pool.notes


# Pictures from elsewhere


async def test_pictures_come_before_the_page_is_drawn(
    renderer: HtmlRenderer, pool: FakePool, web: FakeWeb
) -> None:
    await renderer.draw(page_with("https://a.de/1", "//a.de/none", "here.png"))

    asked = [("https://a.de/1", ("a.de",), MOST_PICTURE_BYTES)]
    assert web.asked == [*asked, ("https://a.de/none", ("a.de",), MOST_PICTURE_BYTES)]
    guest = pool.documents[0].guest
    assert guest is not None
    assert guest.remote == {
        "https://a.de/1": HeldPicture(b"a picture", "image/png"),
        "https://a.de/none": None,
    }


async def test_a_slow_picture_is_not_waited_for(
    renderer: HtmlRenderer, pool: FakePool, web: FakeWeb
) -> None:
    await renderer.draw(page_with("https://a.de/slow", "https://a.de/1"))

    guest = pool.documents[0].guest
    assert guest is not None
    assert guest.unreachable == {"https://a.de/slow"}


async def test_an_old_copy_is_drawn_and_noted(renderer: HtmlRenderer, pool: FakePool) -> None:
    image = await renderer.draw(page_with("https://a.de/old"))

    assert [note.code for note in image.notes] == [NoteCode.IMAGE_OLD]
    assert pool.documents[0].guest is not None
    assert pool.documents[0].guest.unreachable == frozenset()


async def test_so_many_pictures_and_no_more(renderer: HtmlRenderer, web: FakeWeb) -> None:
    urls = [f"https://a.de/{number}" for number in range(MOST_PICTURES + 1)]
    await renderer.draw(page_with(*urls[:-1], urls[0]))
    with pytest.raises(InvalidData) as caught:
        await renderer.draw(page_with(*urls))

    assert [problem.field for problem in caught.value.fields] == ["html"]
    assert "32" in caught.value.fields[0].message
    assert len(web.asked) == MOST_PICTURES


async def test_what_weighs_too_much_together_counts_as_unreachable(
    renderer: HtmlRenderer, pool: FakePool, web: FakeWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 25)
    web.body = b"ten bytes."
    await renderer.draw(page_with("https://a.de/1", "https://a.de/2", "https://a.de/3"))

    guest = pool.documents[0].guest
    assert guest is not None
    assert guest.unreachable == {"https://a.de/3"}


# Trouble


@pytest.mark.alone
async def test_the_deadline_holds_for_all_of_it(renderer: HtmlRenderer, pool: FakePool) -> None:
    pool.hold = asyncio.Event()
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(RenderTimeout):
        await renderer.draw(HtmlRequest("x"))

    assert 0.9 < loop.time() - began < 1.25
    assert pool.deadlines[0] == pytest.approx(began + 1, abs=0.1)


async def test_what_the_pool_refuses_is_refused(renderer: HtmlRenderer, pool: FakePool) -> None:
    pool.broken = QueueFull("as told")
    with pytest.raises(QueueFull):
        await renderer.draw(HtmlRequest("x"))


def test_a_request_does_not_show_its_page_in_a_log() -> None:
    assert "Ada" not in repr(HtmlRequest("<p>Ada", css=".Ada {}"))
