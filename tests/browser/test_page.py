"""The swap lane against the truth: the same document as a top-level page that drew nothing yet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest

from service.browser.engine import HeadlessEngine
from service.browser.page import StandingPage
from service.errors import RenderFailed
from service.model import Document, Note, NoteCode
from tests.browser.nasty import BODIES, document, nasty, with_other_heads
from tests.pictures import differing, pixels

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(400)]

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


async def truth(engine: HeadlessEngine, what: Document) -> tuple[bytes, str]:
    fresh = engine.fresh(what, scripts=False)
    await fresh.open()
    picture, html = await fresh.photograph(PNG), await fresh.outer_html()
    await fresh.close()
    return picture, html


def every_pair(names: list[str]) -> list[str]:
    """A walk in which each name follows each name once, itself included (Hierholzer)."""
    left = {name: list(names) for name in names}
    walk: list[str] = []
    trail = [names[0]]
    while trail:
        if left[trail[-1]]:
            trail.append(left[trail[-1]].pop())
        else:
            walk.append(trail.pop())
    return walk[::-1]


@pytest.mark.parametrize("share", [5, pytest.param(1, marks=pytest.mark.soak)])
async def test_what_was_drawn_before_never_shows(engine: HeadlessEngine, share: int) -> None:
    """Ordered pairs of nasty documents: A, then B, gives B as a fresh page draws it.

    Every day it is a fifth of all pairs, which `make soak PART=before` draws.
    """
    documents = {name: nasty(name) for name in BODIES} | with_other_heads()
    truths = {name: (await truth(engine, each))[0] for name, each in documents.items()}
    every = every_pair(list(documents))
    length = len(every) // share
    start = Random(2).randrange(len(every) - length)
    walk = every if share == 1 else every[start : start + length + 1]
    third = len(walk) // 3
    wrong: list[str] = []

    async def go(names: list[str]) -> int:
        page = await engine.open_page()
        before = ""
        for name in names:
            count = differing(await drawn(page, documents[name]), truths[name])
            if count:
                wrong.append(f"{before} -> {name}: {count} pixels")
            before = name
        await page.close()
        return len(names) - 1

    parts = (walk[: third + 1], walk[third : 2 * third + 1], walk[2 * third :])
    pairs = sum(await asyncio.gather(*map(go, parts)))

    assert len(documents) >= 40
    assert pairs >= len(documents) ** 2 // share
    assert not wrong, "\n".join(wrong)


OTHER_SCALES = [pytest.param(scale, marks=pytest.mark.soak) for scale in (1.5, 3)]


@pytest.mark.parametrize("scale", [2, *OTHER_SCALES])
async def test_every_scale_is_the_truth(
    engine: HeadlessEngine, page: StandingPage, scale: float
) -> None:
    """At other scales too, a swapped document equals a fresh page pixel by pixel."""
    wrong = []
    for name in BODIES:
        what = nasty(name, scale=scale)
        count = differing(await drawn(page, what), (await truth(engine, what))[0])
        if count:
            wrong.append(f"{name}: {count} pixels")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("size", [(1, 1), (3, 1), (1, 7), (333, 77), (1200, 630), (4096, 64)])
async def test_every_size_is_the_truth(
    engine: HeadlessEngine, page: StandingPage, size: tuple[int, int]
) -> None:
    """From one pixel to the limits, also straight after another size."""
    await drawn(page, nasty("plain"))
    what = nasty("fixed at four edges", size=size)
    picture = await drawn(page, what)

    assert pixels(picture).shape[:2] == (size[1], size[0])
    assert differing(picture, (await truth(engine, what))[0]) == 0


async def test_the_tree_is_the_parsers(engine: HeadlessEngine, page: StandingPage) -> None:
    """The framed document's outerHTML equals that of a navigation, for every nasty document."""
    documents = {name: nasty(name) for name in BODIES} | with_other_heads()
    unequal = []
    for name, what in documents.items():
        await drawn(page, nasty("plain"))
        await drawn(page, what)
        if await page.outer_html() != (await truth(engine, what))[1]:
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
