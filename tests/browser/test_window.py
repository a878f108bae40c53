"""Real windows on a real virtual screen: whose picture it is, and what happens when things break.

That the pictures are those of fresh pages is in tests/contracts/test_surfaces.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from structlog.testing import capture_logs
from Xlib.error import ConnectionClosedError

from service.browser import surfaces
from service.browser.drawn import Drawn
from service.browser.engine import Engine, EngineStarter
from service.browser.functions import PageUnfit
from service.browser.locate import locate_window
from service.browser.marks import Cells, new_mark
from service.browser.page import StandingPage
from service.browser.pool import Pool
from service.browser.users import ORDINARY_USER
from service.browser.window import HEIGHT, WIDTH, WindowEngine, suits
from service.imaging.raster import Captured, Encoded, Pixels
from service.model import Document, Lane
from tests.browser.judge import pixels_of, wanted_of
from tests.browser.nasty import document, nasty
from tests.browser.screens import client, open_window
from tests.render.workbench import counted

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(240)]

WINDOWS = 3
HEAD = "<!doctype html><html><head><meta charset=utf-8></head>"


async def start(windows: int = 1) -> WindowEngine:
    found = locate_window(None)
    assert found is not None, "Xvfb or a full Chromium is missing"
    return await WindowEngine.start(*found, windows, True)


@pytest.fixture(scope="module")
async def engine() -> AsyncIterator[WindowEngine]:
    """One browser with three places, for the tests that leave it whole."""
    started = await start(WINDOWS)
    yield started
    assert started.alive, "a test has broken what others share"
    await started.close()


@pytest.fixture
async def page(engine: WindowEngine) -> AsyncIterator[StandingPage]:
    opened = await engine.open_page()
    yield opened
    await opened.close()


@pytest.fixture
async def own() -> AsyncIterator[WindowEngine]:
    """A browser with one place, to be broken."""
    started = await start()
    yield started
    await started.close()


def coloured(number: int, *, size: tuple[int, int] = (320, 200), scale: float = 1) -> Document:
    """A card in a colour that is this number, to its very edges."""
    style = f"margin:0;background:#{number:06x}"
    return document(f'{HEAD}<body style="{style}"></body></html>', HEAD, size=size, scale=scale)


async def capture(engine: Engine, page: StandingPage, what: Document) -> Captured:
    wanted = wanted_of(what)
    captured, _ = await page.draw(what, lambda mark: engine.surface.capture(page, mark, wanted))
    return captured


async def drawn(engine: Engine, page: StandingPage, what: Document) -> NDArray[np.uint8]:
    return pixels_of(await capture(engine, page, what), what)


async def truth(engine: Engine, what: Document) -> NDArray[np.uint8]:
    fresh = engine.fresh(what, scripts=False)
    try:
        return pixels_of((await fresh.draw(wanted_of(what))).captured, what)
    finally:
        assert await fresh.close()


def number_of(picture: NDArray[np.uint8]) -> int:
    """The number that a picture is the colour of; -1 when it is of two."""
    red, green, blue = (int(level) for level in picture[0, 0])
    one = bool((picture == picture[0, 0]).all())
    return (red << 16 | green << 8 | blue) if one else -1


def missed() -> float:
    return counted("mergeshot_marks_missed_total")


def tree(engine: WindowEngine) -> list[psutil.Process]:
    """The processes of an engine: Xvfb, the driver, and the browser with all that is its own."""
    heads = [engine._screen._server.process.pid]
    for name in ("driver", "browser"):
        heads.append(int((engine._launched.folder / f"{name}.pid").read_text()))
    found = [psutil.Process(head) for head in heads]
    return found + [below for head in found for below in head.children(recursive=True)]


def browser_of(engine: WindowEngine) -> psutil.Process:
    return psutil.Process(int((engine._launched.folder / "browser.pid").read_text()))


def ended(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run after some seconds."""
    _, alive = psutil.wait_procs(processes, timeout=10)
    left = []
    for each in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            if each.status() != psutil.STATUS_ZOMBIE:
                left.append(each)
    return left


# What comes from a window


async def test_the_pixels_are_those_of_a_screenshot_of_the_same_page(
    engine: WindowEngine, page: StandingPage
) -> None:
    """And they come from the screen: pixels, not a file."""
    before = missed()
    for name in ("plain", "emoji", "columns", "grid"):
        what = nasty(name)
        seen = await capture(engine, page, what)
        shot = await page.photograph({"format": "png", "optimizeForSpeed": True})

        assert isinstance(seen, Pixels)
        right = pixels_of(Encoded(shot, wanted_of(what).format), what)
        assert np.array_equal(pixels_of(seen, what), right), name
    assert missed() == before


async def test_windows_drawn_at_once_each_give_their_own(engine: WindowEngine) -> None:
    """Forty rounds of three windows, each picture known by its colour."""
    before = missed()
    pages = [await engine.open_page() for _ in range(WINDOWS)]
    wrong: list[tuple[int, int]] = []

    async def draw(place: int) -> None:
        for turn in range(40):
            number = 0x010203 * (place + 1) + 0x030000 * turn
            seen = await capture(engine, pages[place], coloured(number, size=(1200, 630)))
            assert isinstance(seen, Pixels)
            if number_of(pixels_of(seen, coloured(number, size=(1200, 630)))) != number:
                wrong.append((place, turn))

    await asyncio.gather(*map(draw, range(WINDOWS)))
    for each in pages:
        await each.close()

    assert wrong == []
    assert missed() == before


async def test_a_picture_is_not_the_next_ones(engine: WindowEngine, page: StandingPage) -> None:
    """Its pixels are a copy: drawing on changes nothing about them."""
    first = await capture(engine, page, coloured(0x123456))
    await capture(engine, page, coloured(0x654321))

    assert number_of(pixels_of(first, coloured(0x123456))) == 0x123456


@pytest.mark.parametrize(
    ("size", "scale"), [((1, 1), 1), ((WIDTH, HEIGHT), 1), ((WIDTH // 2, HEIGHT // 2), 2)]
)
async def test_the_smallest_and_the_largest_card_come_whole(
    engine: WindowEngine, page: StandingPage, size: tuple[int, int], scale: float
) -> None:
    what = coloured(0x2468AC, size=size, scale=scale)
    seen = await drawn(engine, page, what)

    assert seen.shape[:2] == (size[1] * scale, size[0] * scale)
    assert number_of(seen) == 0x2468AC


async def test_one_page_draws_in_one_scale_after_another(
    engine: WindowEngine, page: StandingPage
) -> None:
    before = missed()
    for scale in (1, 2, 1.5, 3, 1):
        what = nasty("plain", scale=scale)

        assert np.array_equal(await drawn(engine, page, what), await truth(engine, what)), scale
    assert missed() == before


async def test_a_fresh_page_beside_them_disturbs_no_window(
    engine: WindowEngine, page: StandingPage
) -> None:
    """While fresh pages open, are photographed and close, windows draw on, and right."""
    before = missed()
    done = asyncio.Event()

    async def beside() -> None:
        for turn in range(4):
            assert number_of(await truth(engine, coloured(turn))) == turn
        done.set()

    opening = asyncio.ensure_future(beside())
    turns = 0
    while not done.is_set() and not opening.done():
        turns += 1
        seen = await capture(engine, page, coloured(0x010101 * (turns % 256)))
        assert isinstance(seen, Pixels)
        assert number_of(pixels_of(seen, coloured(0))) == 0x010101 * (turns % 256)
    await opening

    assert turns > 4
    assert missed() == before
    assert engine.alive


# When the mark does not come


async def test_a_mark_that_does_not_come_is_counted_and_the_same_page_is_photographed(
    engine: WindowEngine, page: StandingPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part of the screen that is looked at shows something else, as if it were covered."""
    monkeypatch.setattr(surfaces, "MARK_TIMEOUT_S", 0.05)
    pane = engine._panes._panes[page]
    engine._panes.add(page, np.zeros_like(pane))
    before = missed()
    with capture_logs() as logs:
        seen = await capture(engine, page, coloured(0x13579B))
    engine._panes.add(page, pane)

    assert isinstance(seen, Encoded)
    assert number_of(pixels_of(seen, coloured(0))) == 0x13579B
    assert missed() == before + 1
    assert [line["event"] for line in logs] == ["mark_missed"]
    assert isinstance(await capture(engine, page, coloured(1)), Pixels)


async def test_a_mark_that_goes_while_its_picture_is_copied_is_no_mark(
    engine: WindowEngine, page: StandingPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screen may change under the copy: what was read then is nobody's picture."""
    shown = Cells.shown
    looks: list[bool] = []

    def once(cells: Cells, screen: NDArray[np.uint8], top: int) -> bool:
        looks.append(not any(looks) and shown(cells, screen, top))
        return looks[-1]

    monkeypatch.setattr(Cells, "shown", once)
    before = missed()
    seen = await capture(engine, page, coloured(0x97531F))

    assert isinstance(seen, Encoded)
    assert number_of(pixels_of(seen, coloured(0))) == 0x97531F
    assert missed() == before + 1


async def test_a_page_with_another_mark_gives_no_picture(
    engine: WindowEngine, page: StandingPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither from the screen nor by a screenshot."""
    monkeypatch.setattr(surfaces, "MARK_TIMEOUT_S", 0.05)
    what = coloured(5)

    async def of_another(mark: str) -> Captured:
        return await engine.surface.capture(page, new_mark(), wanted_of(what))

    with pytest.raises(PageUnfit, match="another mark"):
        await page.draw(what, of_another)


# Places on the screen


async def test_a_closed_page_gives_its_place_to_the_next(engine: WindowEngine) -> None:
    """Which draws right there, also where the one before is still to be seen."""
    for turn in range(WINDOWS + 2):
        page = await engine.open_page()
        assert number_of(await drawn(engine, page, coloured(turn))) == turn
        await page.close()
    pages = [await engine.open_page() for _ in range(WINDOWS)]
    with pytest.raises(PageUnfit, match="full"):
        await engine.open_page()
    for number, page in enumerate(pages):
        assert number_of(await drawn(engine, page, coloured(number))) == number
    for page in pages:
        await page.close()


# When something ends


async def test_a_window_that_nobody_opened_ends_the_engine(own: WindowEngine) -> None:
    """It would cover a picture, and nobody could tell."""
    page = await own.open_page()
    await drawn(own, page, coloured(1))
    processes = tree(own)
    with capture_logs() as logs:
        with (
            contextlib.suppress(ConnectionClosedError),
            client(own._screen.environment) as display,
        ):
            open_window(display)
        await asyncio.wait_for(own.died.wait(), 5)

    assert not own.alive
    assert "unexpected_window" in [line["event"] for line in logs]
    assert await asyncio.to_thread(ended, processes) == []


@pytest.mark.parametrize("first", ["Xvfb", "Chromium"])
async def test_browser_and_screen_end_together(own: WindowEngine, first: str) -> None:
    processes = tree(own)
    if first == "Xvfb":
        own._screen.kill()
    else:
        browser_of(own).send_signal(signal.SIGKILL)
    await asyncio.wait_for(own.died.wait(), 10)
    assert not own.alive
    await own.close()

    assert await asyncio.to_thread(ended, processes) == []


async def test_nothing_is_left_behind() -> None:
    """No process, no folder, neither in memory nor on disk; twice closed is closed."""
    engine = await start()
    await drawn(engine, await engine.open_page(), nasty("plain"))
    processes = tree(engine)
    mine = engine._screen._server.folder, engine._launched.folder
    assert all(folder.exists() for folder in mine)
    await engine.close()
    await engine.close()

    assert await asyncio.to_thread(ended, processes) == []
    assert not any(folder.exists() for folder in mine)


async def test_neither_browser_nor_screen_is_root(engine: WindowEngine) -> None:
    driver = psutil.Process(int((engine._launched.folder / "driver.pid").read_text()))
    ours = [each for each in tree(engine) if each != driver and each.name() != "node"]
    names = {each.name() for each in ours}
    users = {each.username() for each in ours}

    assert "Xvfb" in names
    assert any("chrom" in name for name in names)
    assert 0 not in {each.uids().effective for each in ours}
    if os.geteuid() == 0:
        assert users == {ORDINARY_USER}
    assert "--no-sandbox" not in browser_of(engine).cmdline()


# Under the pool


def pool_of(engines: list[WindowEngine], *, pages: int = 1) -> Pool:
    async def begin(sandbox: bool) -> Engine:
        engines.append(await start(pages))
        return engines[-1]

    starter = EngineStarter(begin, sandbox=True, forgiving=False)
    return Pool(starter, engines=1, pages=pages, queue_max=100, recycle_after=10_000)


async def draw(pool: Pool, what: Document, *, within: float = 60) -> Drawn:
    deadline = asyncio.get_running_loop().time() + within
    return await pool.draw(what, wanted_of(what), deadline=deadline)


@pytest.mark.parametrize("victim", ["screen", "browser", "renderer"])
async def test_what_is_killed_costs_no_picture(
    monkeypatch: pytest.MonkeyPatch, victim: str
) -> None:
    """In the middle of a drawing: it comes all the same, from a window, and right."""
    engines: list[WindowEngine] = []
    pool = pool_of(engines)
    await pool.start()
    await draw(pool, coloured(1))
    first, broken = engines[0], list[str]()
    swap = StandingPage._swap

    async def break_once(page: StandingPage, what: Document) -> object:
        if not broken:
            broken.append(victim)
            if victim == "screen":
                first._screen.kill()
            elif victim == "browser":
                browser_of(first).send_signal(signal.SIGKILL)
            else:
                await page._session.send("Page.crash")
        return await swap(page, what)

    monkeypatch.setattr(StandingPage, "_swap", break_once)
    picture = await draw(pool, coloured(0xABCDEF))
    others = [await draw(pool, coloured(number)) for number in range(3)]
    await pool.close()

    assert broken == [victim]
    assert number_of(pixels_of(picture.captured, coloured(0))) == 0xABCDEF
    assert isinstance(picture.captured, Pixels)
    assert [number_of(pixels_of(each.captured, coloured(0))) for each in others] == [0, 1, 2]
    assert len(engines) == (1 if victim == "renderer" else 2)
    assert first.alive is False


# What it is for


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"width": WIDTH, "height": HEIGHT}, True),
        ({"width": WIDTH + 1}, False),
        ({"height": HEIGHT + 1}, False),
        ({"width": WIDTH // 2, "height": HEIGHT // 2, "scale": 2}, True),
        ({"width": WIDTH // 2 + 1, "scale": 2}, False),
        ({"height": HEIGHT // 2 + 1, "scale": 2}, False),
        ({"width": 320, "height": 201, "scale": 1.5}, False),
        ({"width": 321, "height": 200, "scale": 1.5}, False),
        ({"width": 320, "height": 200, "scale": 1.5}, True),
        ({"transparent": True}, False),
        ({"lane": Lane.FRESH}, False),
        ({"lane": Lane.FRESH, "scripts": True}, False),
    ],
)
def test_what_a_window_can_draw(changes: dict[str, object], fits: bool) -> None:
    assert suits(replace(nasty("plain"), **changes)) is fits  # type: ignore[arg-type]
