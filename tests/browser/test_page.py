"""What a standing page makes of documents: their tree, requests, notes, what it refuses.

That its pictures are those of a fresh page is in tests/contracts/test_surfaces.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from service.browser.engine import HeadlessEngine
from service.browser.page import StandingPage
from service.errors import RenderFailed
from service.model import Document, Note, NoteCode
from tests.browser.nasty import BODIES, document, nasty, with_other_heads
from tests.pictures import pixels

pytestmark = pytest.mark.chromium

PNG = {"format": "png", "optimizeForSpeed": True}


@pytest.fixture
async def page(engine: HeadlessEngine) -> AsyncIterator[StandingPage]:
    opened = await engine.open_page()
    yield opened
    await opened.close()


async def noted(page: StandingPage, what: Document) -> tuple[bytes, tuple[Note, ...]]:
    async def capture(mark: str) -> bytes:
        picture = await page.photograph(PNG)
        assert await page.marked() == mark
        return picture

    return await page.draw(what, capture)


async def drawn(page: StandingPage, what: Document) -> bytes:
    return (await noted(page, what))[0]


async def fresh_html(engine: HeadlessEngine, what: Document) -> str:
    fresh = engine.fresh(what, scripts=False)
    await fresh.open()
    html = await fresh.outer_html()
    await fresh.close()
    return html


async def test_the_tree_is_the_parsers(engine: HeadlessEngine, page: StandingPage) -> None:
    """The framed document's outerHTML equals that of a navigation, for every nasty document."""
    documents = {name: nasty(name) for name in BODIES} | with_other_heads()
    unequal = []
    for name, what in documents.items():
        await drawn(page, nasty("plain"))
        await drawn(page, what)
        if await page.outer_html() != await fresh_html(engine, what):
            unequal.append(name)

    assert not unequal, unequal


async def test_transparent_pictures_keep_their_alpha(page: StandingPage) -> None:
    """A transparent document has clear pixels, and the next opaque one has none."""
    what = document(
        "<!doctype html><html><head></head><body><p>x</p></body></html>",
        "<!doctype html><html><head></head>",
        transparent=True,
    )
    clear = pixels(await drawn(page, what))
    opaque = pixels(await drawn(page, nasty("no background")))

    assert clear[-1, -1, 3] == 0
    assert opaque.shape[2] == 3  # no alpha at all


async def test_a_body_that_cannot_be_reset_is_refused(page: StandingPage) -> None:
    """An iframe in the body ends the drawing with its name; the page goes on working."""
    head = "<!doctype html><html><head></head>"
    bad = document(f"{head}<body><iframe></iframe></body></html>", head)

    with pytest.raises(RenderFailed, match="iframe"):
        await drawn(page, bad)
    assert await drawn(page, nasty("plain"))


async def test_requests_are_refused_and_noted(page: StandingPage) -> None:
    """A remote picture and an undeclared asset are not loaded; the notes name them by path."""
    head = "<!doctype html><html><head></head>"
    what = document(
        f'{head}<body><img src="https://example.com/pixel.png?who=ada">'
        '<img src="assets/nowhere.png"></body></html>',
        head,
    )
    _, notes = await noted(page, what)

    assert {note.code for note in notes} == {NoteCode.ASSET_MISSING}
    assert {note.message for note in notes} == {
        "example.com/pixel.png could not be loaded",
        "assets/nowhere.png could not be loaded",
    }


async def test_a_drawing_asks_for_nothing(page: StandingPage) -> None:
    """Once a template stands, its pictures and fonts are held: no drawing makes a request."""
    for name in ("plain", "mask"):
        await drawn(page, nasty(name))
    for name in ("held background", "mask", "srcset", "variable weight"):
        _, notes = await noted(page, nasty(name))

        assert (page.offered, notes) == ((), ())


async def test_text_shrinks_until_it_fits(page: StandingPage) -> None:
    """`data-fit` shrinks no further than its minimum, and says which of the two happened."""
    head = "<!doctype html><html><head></head>"
    box = (
        'style="width:200px;height:40px;overflow:hidden;font-size:32px;line-height:1;'
        'white-space:nowrap"'
    )
    for text, code in (("short", None), ("rather longer text", "shrunk"), ("w" * 90, "overflow")):
        what = document(
            f'{head}<body><p data-fit="shrink" data-fit-min="12" data-field="name" {box}>{text}'
            "</p></body></html>",
            head,
        )
        _, notes = await noted(page, what)

        assert [(note.field, note.code.value) for note in notes] == (
            [] if code is None else [("name", code)]
        )
