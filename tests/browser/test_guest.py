"""Guests' pages in the real browser: what is photographed, what they may ask for, when they are
ready."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import PIL.Image
import pytest

from service.browser import fresh as fresh_module
from service.browser.drawn import Drawn
from service.browser.engine import HeadlessEngine
from service.browser.guest import MOST_ELEMENTS
from service.errors import InvalidData, RenderTimeout
from service.imaging.encode import Wanted, finish
from service.model import Document, Format, Guest, HeldPicture, NoteCode
from service.render.guest import HtmlRequest, document_of
from tests.pictures import pixels

pytestmark = pytest.mark.chromium

LIME, WHITE = (0, 255, 0), (255, 255, 255)


def page(
    html: str, *, remote: Mapping[str, HeldPicture | None] | None = None, **more: object
) -> Document:
    asked = HtmlRequest(html, width=120, height=80)
    return document_of(replace(asked, **more), remote)  # type: ignore[arg-type]


async def drawn(engine: HeadlessEngine, what: Document, *, scripts: bool = True) -> Drawn:
    fresh = engine.fresh(what, scripts=scripts)
    try:
        wanted = Wanted(Format.PNG, 0, 0, 100, transparent=what.transparent)
        return await asyncio.wait_for(fresh.draw(wanted), 30)
    finally:
        assert await fresh.close()


async def picture(engine: HeadlessEngine, what: Document, *, scripts: bool = True) -> bytes:
    """The finished PNG: whole, and of the size that it has to have."""
    came = await drawn(engine, what, scripts=scripts)
    size = came.size or (round(what.width * what.scale), round(what.height * what.scale))
    wanted = Wanted(Format.PNG, *size, 100, transparent=what.transparent)
    return finish(came.captured, wanted)


async def colours(engine: HeadlessEngine, what: Document) -> set[tuple[int, ...]]:
    seen = pixels(await picture(engine, what))
    return {tuple(int(band) for band in pixel) for row in seen for pixel in row}


def field_of(error: InvalidData) -> tuple[str, str]:
    (problem,) = error.fields
    return problem.field, problem.message


# What is photographed


async def test_a_fragment_and_its_style_sheet(engine: HeadlessEngine) -> None:
    what = page("<p>", css="html { background: lime }")

    assert await colours(engine, what) == {LIME}


async def test_a_script_runs_and_the_picture_waits_until_it_says_that_it_is_ready(
    engine: HeadlessEngine,
) -> None:
    what = page(
        "<html data-ready=wait><body><script>setTimeout(() => {"
        "document.body.style.background = 'lime';"
        "document.documentElement.dataset.ready = 'yes' }, 300)</script></body></html>"
    )

    assert await colours(engine, what) == {LIME}


async def test_where_scripts_are_off_nobody_waits_for_them(engine: HeadlessEngine) -> None:
    what = page(
        "<html data-ready=wait><body style='background:lime'>"
        "<script>document.body.style.background = 'red'</script></body></html>"
    )
    seen = pixels(await picture(engine, what, scripts=False))

    assert tuple(seen[-1, -1]) == LIME


@pytest.mark.parametrize(
    ("html", "way_out"),
    [
        ("<html data-ready=wait><body>Hi", "data-ready"),
        ("<script>onload = () => { document.open(); document.write('x') }</script>", "close"),
    ],
    ids=["never ready", "never loaded"],
)
async def test_a_page_that_is_never_ready_is_given_up_with_the_way_out(
    engine: HeadlessEngine, monkeypatch: pytest.MonkeyPatch, html: str, way_out: str
) -> None:
    monkeypatch.setattr(fresh_module, "PATIENCE_S", 0.5)
    with pytest.raises(RenderTimeout) as caught:
        await drawn(engine, page(html))

    assert way_out in caught.value.hint


BOX = "<p id=box style='position:absolute;left:10px;top:300px;width:33px;height:21px;margin:0;"


@pytest.mark.parametrize("scale", [1, 1.5, 2, 3])
async def test_a_selector_chooses_the_first_that_matches_wherever_it_is(
    engine: HeadlessEngine, scale: float
) -> None:
    html = f"{BOX}background:lime'></p><p id=box>Other</p>"
    seen = pixels(await picture(engine, page(html, selector="#box", scale=scale)))

    assert seen.shape[:2] == (-(-21 * scale // 1), -(-43 * scale // 1) - 10 * scale)
    assert tuple(seen[1, 1]) == tuple(seen[-2, -2]) == LIME


async def test_a_part_of_a_pixel_is_a_pixel(engine: HeadlessEngine) -> None:
    html = f"{BOX}left:10.4px;width:9.2px;background:lime'></p>"
    seen = pixels(await picture(engine, page(html, selector="#box")))

    assert seen.shape[1] == 10


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("#nobody", "none does"),
        ("p:nonsense", "must be a CSS selector"),
        ("##", "must be a CSS selector"),
        ("#hidden", "has no size"),
        ("#away", "has no size"),
        ("#large", "9000 x 10 pixels"),
    ],
)
async def test_a_selector_that_chooses_nothing_to_photograph_is_refused(
    engine: HeadlessEngine, selector: str, said: str
) -> None:
    html = (
        "<p id=hidden hidden>x<p id=away style='position:absolute;left:-900px;width:9px'>x"
        "<p id=large style='width:9000px;height:10px'>x"
    )
    with pytest.raises(InvalidData) as caught:
        await drawn(engine, page(html, selector=selector))

    field, message = field_of(caught.value)
    assert field == "selector"
    assert said in message


async def test_a_full_page_goes_down_to_its_end_and_is_what_it_is_there(
    engine: HeadlessEngine,
) -> None:
    """As tall as is allowed: each row has the colour that it must have, so none comes twice."""
    css = "body { margin: 0; height: 8192px; background: linear-gradient(#000, #f00 50%, #fff) }"
    seen = pixels(await picture(engine, page("<p hidden>", css=css, full_page=True)))
    rising = np.linspace(0, 255, 4096)
    reds = np.concatenate([rising, np.full(4096, 255)])
    others = np.concatenate([np.zeros(4096), rising])

    assert seen.shape[:2] == (8192, 120)
    assert np.abs(seen[:, 60, 0] - reds).max() < 2
    assert np.abs(seen[:, 60, 1:] - others[:, np.newaxis]).max() < 2


async def test_a_full_page_is_no_smaller_than_its_viewport_and_units_stay(
    engine: HeadlessEngine,
) -> None:
    css = "body { margin: 0 } div { height: 50vh; background: lime }"
    seen = pixels(await picture(engine, page("<div></div>", css=css, full_page=True)))

    assert seen.shape[:2] == (80, 120)
    assert [tuple(seen[y, 0]) for y in (39, 40)] == [LIME, WHITE]


@pytest.mark.parametrize(("height", "scale"), [(8193, 1), (4097, 2)])
async def test_a_page_that_is_too_long_is_refused_with_what_is_allowed(
    engine: HeadlessEngine, height: int, scale: float
) -> None:
    css = f"body {{ margin: 0; height: {height}px }}"
    with pytest.raises(InvalidData) as caught:
        await drawn(engine, page("<p hidden>", css=css, full_page=True, scale=scale))

    field, message = field_of(caught.value)
    assert field == "full_page"
    assert "8192 a side" in message


async def test_a_transparent_page_has_nothing_behind_it(engine: HeadlessEngine) -> None:
    html = "<p style='margin:0;width:60px;height:80px;background:#f008'>"
    css = "body { margin: 0 }"
    body = await picture(engine, page(html, css=css, transparent=True))
    seen = PIL.Image.open(io.BytesIO(body)).convert("RGBA")

    assert seen.getpixel((100, 40)) == (0, 0, 0, 0)
    assert seen.getpixel((10, 40)) == (255, 0, 0, 136)


async def test_lazy_pictures_come_although_nobody_scrolls(engine: HeadlessEngine) -> None:
    html = (
        "<div style='height:6000px'></div><img loading=lazy width=120 height=80 "
        "src='data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22>"
        "<rect width=%22400%22 height=%22400%22 fill=%22lime%22/></svg>'>"
    )
    seen = pixels(await picture(engine, page(html, full_page=True)))

    assert tuple(seen[6050, 60]) == LIME


# What it may ask for


def dot(colour: str = "#00ff00") -> HeldPicture:
    file = io.BytesIO()
    PIL.Image.new("RGB", (4, 4), colour).save(file, "png")
    return HeldPicture(file.getvalue(), "image/png")


@pytest.mark.parametrize(
    "html",
    [
        "<img src='https://Pics.de/a b.png?x=1#y' width=120 height=80>",
        "<img src='http://pics.de/a%20b.png?x=1' width=120 height=80>",
        "<img srcset='//pics.de/a%20b.png?x=1 1x' width=120 height=80>",
        "<div style='height:80px;background:url(\"https://pics.de/./a b.png?x=1\")'>",
        "<svg width=120 height=80><image href='https://pics.de/a%20b.png?x=1' width=120 "
        "height=120 /></svg>",
        "<script>let i = new Image(120, 80); i.src = 'https://pics.de/a b.png?x=1';"
        "document.body.append(i)</script>",
    ],
)
async def test_a_picture_that_was_fetched_is_shown_however_it_is_asked_for(
    engine: HeadlessEngine, html: str
) -> None:
    css = "body { margin: 0 } img, svg, div { display: block }"
    what = page(html, css=css, remote={"https://pics.de/a%20b.png?x=1": dot()})
    came = await drawn(engine, what)

    assert came.notes == ()
    assert await colours(engine, what) == {LIME}


async def test_what_could_not_be_fetched_is_noted_and_what_nobody_knew_of_too(
    engine: HeadlessEngine,
) -> None:
    html = (
        "<img src='https://pics.de/gone.png?who=Ada'><img src='https://pics.de/gone.png?who=Ada'>"
        "<img src='local.png'><script>new Image().src = 'https://pics.de/made-up.png'</script>"
    )
    remote = {"https://pics.de/gone.png?who=Ada": None, "https://pics.de/unasked.png": None}
    came = await drawn(engine, page(html, remote=remote))
    told = {(note.code, note.message) for note in came.notes}

    assert told == {
        (NoteCode.IMAGE_UNREACHABLE, "pics.de/gone.png could not be fetched"),
        (NoteCode.ASSET_MISSING, "local.png could not be loaded"),
        (NoteCode.ASSET_MISSING, "pics.de/made-up.png could not be loaded"),
    }


@pytest.mark.parametrize(
    "script",
    [
        "location.href = 'https://example.com/'",
        "location.replace('/elsewhere')",
        "onload = () => location.reload()",
        "setTimeout(() => location.reload(), 1)",
        "alert(1); confirm(2); prompt(3); print(); onbeforeunload = () => 'stay'",
        "open('https://example.com/'); open('about:blank')",
        "document.body.insertAdjacentHTML('beforeend', '<form id=f action=/x>'); f.submit()",
        "new Worker(URL.createObjectURL(new Blob(['for(;;);'])))",
        "navigator.serviceWorker?.register('/sw.js')",
        "history.pushState(1, '', '/elsewhere'); location.hash = 'x'",
        "throw new Error('x')",
        "document.body.insertAdjacentHTML('beforeend', '<iframe srcdoc=\"<p>x\" hidden>')",
    ],
)
async def test_a_script_that_wants_elsewhere_leaves_the_page_as_it_is(
    engine: HeadlessEngine, script: str
) -> None:
    what = page(f"<body><script>{script}</script></body>", css="html { background: lime }")

    assert await colours(engine, what) == {LIME}


async def test_a_refresh_does_not_leave_the_page(engine: HeadlessEngine) -> None:
    html = "<meta http-equiv=refresh content='0;url=https://example.com/'><p hidden>"

    assert await colours(engine, page(html, css="html { background: lime }")) == {LIME}


async def test_a_page_that_goes_where_nobody_can_stop_it_is_refused(
    engine: HeadlessEngine,
) -> None:
    """`about:blank` is no request."""
    html = (
        "<html data-ready=wait><script>onload = () => setTimeout(() => {"
        "location.href = 'about:blank' }, 50)</script></html>"
    )
    with pytest.raises(InvalidData) as caught:
        await drawn(engine, page(html))

    field, message = field_of(caught.value)
    assert field == "html"
    assert "must stay where it is" in message


async def test_nothing_is_left_for_the_next_guest(engine: HeadlessEngine) -> None:
    store = (
        "<script>let n = +(localStorage.n || 0) + document.cookie.length + name.length;"
        "localStorage.n = 1; document.cookie = 'a=b'; name = 'me';"
        "document.documentElement.style.background = n ? 'red' : 'lime'</script>"
    )
    seen = [await colours(engine, page(f"<p hidden>{store}")) for _ in range(2)]

    assert seen == [{LIME}, {LIME}]


async def test_so_many_elements_and_no_more(engine: HeadlessEngine) -> None:
    few = "<html><head></head><body>" + "<b></b>" * (MOST_ELEMENTS - 3) + "</body></html>"
    assert await drawn(engine, page(few))
    with pytest.raises(InvalidData) as caught:
        await drawn(engine, page(few.replace("<body>", "<body><b></b>")))

    field, message = field_of(caught.value)
    assert field == "html"
    assert str(MOST_ELEMENTS) in message


def test_a_guest_has_no_assets_but_its_style_sheet() -> None:
    assert set(page("<p>").assets) == {"style.css"}
    assert page("<p>").guest == Guest()
