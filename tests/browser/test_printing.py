"""PDF: the design of the picture, on one page, with its text as text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.browser.engine import HeadlessEngine
from service.imaging.encode import Wanted
from service.imaging.pdf import finish_card, finish_document
from service.imaging.raster import Encoded
from service.model import Document, Format, Guest, Lane, NoteCode, Paper, Sheet
from tests.browser.nasty import CSS, document
from tests.pdfs import fonts_of, is_embedded, opened, place_of, size_of, text_of

pytestmark = pytest.mark.chromium

WANTED = Wanted(Format.PDF, 0, 0, 100)
HEAD = f"<!doctype html><html><head><meta charset='utf-8'><style>{CSS}</style></head>"
CORNER = "<p style='position:fixed;right:10px;bottom:10px;margin:0;width:50px'>Corner</p>"


def card(body: str, *, size: tuple[int, int] = (320, 200), paper: Paper | None = None) -> Document:
    """A template's document to be printed; without a paper, on one as large as the card."""
    html = f"{HEAD}<body>{body}</body></html>"
    sheet = Sheet(paper or Paper.of_pixels(*size), "A card", "en")
    return replace(document(html, HEAD, size=size), lane=Lane.FRESH, sheet=sheet)


async def printed(engine: HeadlessEngine, what: Document, *, scripts: bool = False) -> bytes:
    """The finished file."""
    page = engine.fresh(what, scripts=scripts)
    drawn = await page.draw(WANTED)
    await page.close()
    assert isinstance(drawn.captured, Encoded)
    assert what.sheet is not None
    if what.guest is None:
        return finish_card(drawn.captured.body, what.sheet)
    return finish_document(drawn.captured.body, what.sheet, most=100)


async def test_the_text_is_text_and_every_font_came_along(engine: HeadlessEngine) -> None:
    """Those of the template, variable ones too, and those of the host."""
    body = "<p>Größe, Ada!</p><p style='font:20px serif'>Tickets 🎟 日本</p><b>bold</b>"
    pdf = opened(await printed(engine, card(body)))

    assert len(pdf.pages) == 1
    assert size_of(pdf.pages[0]) == pytest.approx((240, 150), abs=0.01)
    for word in ("Größe,Ada!", "Tickets", "日本", "bold"):
        assert word in text_of(pdf)
    assert len(fonts_of(pdf)) > 2
    assert all(is_embedded(font) for font in fonts_of(pdf))


async def test_a_ligature_is_still_its_letters(engine: HeadlessEngine) -> None:
    text = text_of(opened(await printed(engine, card("<p>Office fluff 1234</p>"))))

    assert text == "Officefluff1234"


@pytest.mark.parametrize(
    "body",
    [
        CORNER,
        f"<style>@page {{ size: A5 landscape; margin: 3cm }}</style>{CORNER}",
        f"<style>@media print {{ p {{ display: none }} }}</style>{CORNER}",
        f"<div style='height:900px;width:900px'>tall and wide</div>{CORNER}",
        f"<p style='break-after:page'>One</p><p style='break-before:page'>Two</p>{CORNER}",
        f"<div style='height:100vh'></div><div style='height:100vh'></div>{CORNER}",
    ],
    ids=["plain", "@page", "print styles", "overflow", "page breaks", "viewport units"],
)
async def test_a_card_is_one_page_laid_out_as_on_the_screen(
    engine: HeadlessEngine, body: str
) -> None:
    pdf = opened(await printed(engine, card(body)))
    (page,) = pdf.pages
    x, y = place_of(page, "Corner")

    assert size_of(page) == pytest.approx((240, 150), abs=0.01)
    assert x == pytest.approx((320 - 60) * 0.75, abs=0.5)
    assert 150 - 26 * 0.75 - 7.5 < y < 150 - 7.5


@pytest.mark.parametrize(
    ("size", "paper"),
    [
        ((794, 1123), Paper(210, 297)),
        ((2188, 2335), Paper.of_pixels(2188, 2335)),
        ((1092, 493), Paper.of_pixels(1092, 493)),
        ((235, 2292), Paper.of_pixels(235, 2292)),
        ((1, 1), Paper.of_pixels(1, 1)),
        ((333, 777), Paper.of_pixels(333, 777)),
        ((4096, 4096), Paper.of_pixels(4096, 4096)),
        ((1200, 630), Paper(105, 148)),
        ((4000, 4000), Paper(10, 10)),
        ((100, 50), Paper(1189, 841)),
    ],
)
async def test_the_page_is_exactly_as_large_as_its_paper(
    engine: HeadlessEngine, size: tuple[int, int], paper: Paper
) -> None:
    pdf = opened(await printed(engine, card("<p>Ada</p>", size=size, paper=paper)))

    assert [size_of(page) for page in pdf.pages] == [pytest.approx(paper.points, abs=0.01)]


async def test_a_card_of_another_shape_is_as_large_as_fits_in_the_middle(
    engine: HeadlessEngine,
) -> None:
    """320 x 200 on a page three times as wide and six times as high."""
    mark = "<p style='position:fixed;left:20px;top:0;margin:0;line-height:40px'>Mark</p>"
    paper = Paper.of_pixels(960, 1200)
    pdf = opened(await printed(engine, card(mark, paper=paper)))
    (page,) = pdf.pages
    x, y = place_of(page, "Mark")

    assert x == pytest.approx(60 * 0.75, abs=0.5)
    assert 300 * 0.75 < y < (300 + 120) * 0.75


async def test_the_same_document_gives_the_same_bytes(engine: HeadlessEngine) -> None:
    what = card("<p>Ada <a href='https://example.com/'>here</a></p><div class=held></div>")

    assert await printed(engine, what) == await printed(engine, what)


async def test_pictures_and_fonts_of_the_template_are_in_the_file(engine: HeadlessEngine) -> None:
    what = card("<p>Ada</p><img src='assets/avatar.jpg' width=90>")
    page = engine.fresh(what, scripts=False)
    drawn = await page.draw(WANTED)
    await page.close()

    assert drawn.notes == ()
    assert isinstance(drawn.captured, Encoded)
    assert b"/DCTDecode" in drawn.captured.body


@pytest.mark.parametrize(("scripts", "text"), [(True, "after"), (False, "before")])
async def test_scripts_run_where_they_may(
    engine: HeadlessEngine, scripts: bool, text: str
) -> None:
    script = (
        "<p id=p>before</p><script>document.documentElement.dataset.ready = 'wait';"
        "setTimeout(() => { document.getElementById('p').textContent = 'after';"
        "document.documentElement.dataset.ready = 'yes' }, 200)</script>"
    )

    assert text_of(opened(await printed(engine, card(script), scripts=scripts))) == text


async def test_what_does_not_fit_is_shrunk_and_told_as_in_a_picture(
    engine: HeadlessEngine,
) -> None:
    style = "width:90px;font-size:40px;white-space:nowrap"
    body = f"<p data-fit=shrink data-field=name style='{style}'>Long text</p>"
    page = engine.fresh(card(body), scripts=False)
    drawn = await page.draw(WANTED)
    await page.close()

    assert [(note.field, note.code) for note in drawn.notes] == [("name", NoteCode.SHRUNK)]


# Guests


def report(html: str) -> Document:
    paper = Paper.of_pixels(400, 300)
    return Document(
        html=html,
        head="",
        width=400,
        height=300,
        scale=1,
        lane=Lane.FRESH,
        version="guest",
        assets={},
        sheet=Sheet(paper),
        guest=Guest(),
    )


async def test_a_guests_document_has_as_many_pages_as_it_needs(engine: HeadlessEngine) -> None:
    html = "<html lang=fr><title>Report</title><p>One<p style='break-before:page'>Two"
    pdf = opened(await printed(engine, report(html)))

    assert len(pdf.pages) == 2
    assert [size_of(page) for page in pdf.pages] == [pytest.approx((300, 225), abs=0.2)] * 2
    assert place_of(pdf.pages[1], "Two")
    assert str(pdf.docinfo["/Title"]) == "Report"
    assert pdf.Root.Lang == "fr"


async def test_the_pages_of_a_guest_may_say_their_own_size_and_margins(
    engine: HeadlessEngine,
) -> None:
    html = "<style>@page { size: 500px 250px; margin: 40px } body { margin: 0 }</style>Ada"
    pdf = opened(await printed(engine, report(html)))
    (page,) = pdf.pages

    assert size_of(page) == pytest.approx((375, 187.5), abs=1.2)
    assert place_of(page, "Ada")[0] == pytest.approx(30, abs=0.5)


async def test_a_guests_pages_are_tagged_for_those_who_cannot_see(
    engine: HeadlessEngine,
) -> None:
    pdf = opened(await printed(engine, report("<html lang=en><h1>Title</h1><p>Text")))

    assert pdf.Root.MarkInfo.Marked
    assert "/StructTreeRoot" in pdf.Root
