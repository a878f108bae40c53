"""Real browsers under the pool: crashes, hangs, recycling, and nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from service.browser.drawn import Drawn
from service.browser.engine import EngineStarter, HeadlessEngine
from service.browser.launch import NICE
from service.browser.locate import locate
from service.browser.page import StandingPage
from service.browser.pool import Pool
from service.errors import RenderFailed, RenderTimeout, StartupError
from service.imaging.encode import Wanted, finish
from service.model import Document, Format, Lane
from tests.browser.nasty import document, nasty
from tests.pictures import pixels

pytestmark = pytest.mark.chromium

WANTED = Wanted(Format.PNG, 320, 200, 100)


def below() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


def arguments_of(process: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.Error):  # it may end while we look
        return process.cmdline()
    return []


def pool_of(*, engines: int = 1, pages: int = 1, recycle_after: int = 10_000) -> Pool:
    start = partial(HeadlessEngine.start, locate(None))
    starter = EngineStarter(start, sandbox=True, forgiving=False)
    return Pool(starter, engines=engines, pages=pages, queue_max=500, recycle_after=recycle_after)


async def draw(pool: Pool, what: Document, *, within: float = 20) -> Drawn:
    return await pool.draw(what, WANTED, deadline=asyncio.get_running_loop().time() + within)


async def test_no_process_is_left_behind() -> None:
    """After `close` neither driver nor browser runs, and their folders are gone."""
    before, folders = below(), set(Path("/tmp").glob("mergeshot-*"))
    pool = pool_of(engines=2)
    await pool.start()
    await draw(pool, nasty("plain"))
    assert len(below() - before) > 4
    await pool.close()
    _, alive = psutil.wait_procs(below() - before, timeout=5)

    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
    assert set(Path("/tmp").glob("mergeshot-*")) == folders


async def test_as_root_the_browser_is_an_ordinary_user() -> None:
    """Chromium never runs as root, its sandbox is on, and it steps back behind us."""
    before = below()
    pool = pool_of()
    await pool.start()
    browsers = [
        process
        for process in below() - before
        if "--remote-debugging-pipe" in arguments_of(process)
    ]
    arguments = [part for process in browsers for part in process.cmdline()]
    users = {process.uids().real for process in browsers}
    niceness = {process.nice() for process in browsers}
    await pool.close()

    assert browsers
    assert 0 not in users
    assert niceness == {NICE}
    assert "--no-sandbox" not in arguments


async def test_the_driver_is_in_a_session_of_its_own() -> None:
    """Ctrl-C reaches our process group, hence neither driver nor browser."""
    before = below()
    pool = pool_of()
    await pool.start()
    groups = {os.getpgid(process.pid) for process in below() - before}
    await pool.close()

    assert os.getpgrp() not in groups


async def test_a_browser_that_stands_still_is_left_and_replaced() -> None:
    """SIGSTOP, the worst of hangs: the drawing times out in time, and the next ones succeed."""
    before = below()
    pool = pool_of()
    await pool.start()
    stopped = below() - before
    for process in stopped:
        process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises((RenderTimeout, RenderFailed)):
        await draw(pool, nasty("plain"), within=2)
    seconds = time.monotonic() - began

    assert seconds < 2.5
    assert (await draw(pool, nasty("plain"), within=60)).captured
    await pool.close()
    for process in stopped:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


async def test_a_page_that_crashes_costs_no_request_and_no_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The renderer process crashes in the middle of a drawing: the same drawing comes, at once."""
    pool = pool_of()
    await pool.start()
    await draw(pool, nasty("plain"))
    photograph = StandingPage.photograph
    crashed: list[StandingPage] = []

    async def crash_once(page: StandingPage, options: dict[str, object]) -> bytes:
        if not crashed:
            crashed.append(page)
            await page._session.send("Page.crash")
        return await photograph(page, options)

    monkeypatch.setattr(StandingPage, "photograph", crash_once)
    began = time.monotonic()
    drawn = await draw(pool, nasty("emoji"), within=20)
    seconds = time.monotonic() - began
    await pool.close()

    assert crashed
    assert drawn.captured
    assert seconds < 4


async def test_recycled_browsers_draw_on() -> None:
    """A browser is replaced every 10 pictures or so: every drawing comes, one browser is left."""
    before = below()
    pool = pool_of(pages=2, recycle_after=10)
    await pool.start()
    for _ in range(5):
        drawn = await asyncio.gather(*(draw(pool, nasty("plain")) for _ in range(8)))
        assert len(drawn) == 8
    for _ in range(100):
        drivers = [each for each in below() - before if "run-driver" in arguments_of(each)]
        if len(drivers) == 1:
            break
        await asyncio.sleep(0.1)
    await pool.close()

    assert len(drivers) == 1


async def test_a_program_that_is_no_browser(tmp_path: Path) -> None:
    """The start fails with one line that names the program and says what to do."""
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\nexit 3\n")
    fake.chmod(0o755)
    tmp_path.chmod(0o755)
    pool = Pool(
        EngineStarter(partial(HeadlessEngine.start, fake), sandbox=True, forgiving=False),
        engines=1,
        pages=1,
        queue_max=1,
        recycle_after=100,
    )
    with pytest.raises(StartupError) as caught:
        await pool.start()

    await pool.close()
    assert str(fake) in caught.value.message
    assert "\n" not in caught.value.message
    assert "make setup" in caught.value.hint


def scripted(script: str) -> Document:
    head = "<!doctype html><html><head><meta charset=utf-8></head>"
    html = (
        f"{head}<body style='margin:0'><p id=p>before</p><script>{script}</script></body></html>"
    )
    plain = document(html, head)
    return Document(html, head, 320, 200, 1, Lane.FRESH, plain.version, plain.assets, scripts=True)


async def test_the_fresh_lane_runs_scripts_and_forgets_them() -> None:
    """A script changes the picture; what it stores is gone for the next picture."""
    store = (
        "let n = 0; try { n = +(sessionStorage.n || 0); sessionStorage.n = n + 1 } catch (e) {}"
        "document.body.style.background = n ? 'red' : 'lime'"
    )
    pool = pool_of()
    await pool.start()
    pictures = [
        pixels(finish((await draw(pool, scripted(store))).captured, WANTED)) for _ in range(2)
    ]
    await pool.close()

    assert [tuple(picture[-1, -1]) for picture in pictures] == [(0, 255, 0), (0, 255, 0)]


async def test_an_endless_script_ends_by_the_deadline() -> None:
    """`for(;;)` costs its own request, in time; the next picture comes."""
    pool = pool_of()
    await pool.start()
    began = time.monotonic()
    with pytest.raises((RenderTimeout, RenderFailed)):
        await draw(pool, scripted("for(;;);"), within=3)
    seconds = time.monotonic() - began
    after = await draw(pool, nasty("plain"), within=60)
    await pool.close()

    assert seconds < 3.25
    assert after.captured


async def test_a_script_reaches_nothing() -> None:
    """Every way out that a script has is refused, and the picture comes all the same."""
    ways = (
        "fetch('https://example.com/').catch(() => {});"
        "new Image().src = 'http://127.0.0.1:1/x.png';"
        "try { new WebSocket('ws://127.0.0.1:1/') } catch (e) {}"
        "try { navigator.sendBeacon('https://example.com/') } catch (e) {}"
        "location.href = 'https://example.com/';"
    )
    pool = pool_of()
    await pool.start()
    drawn = await draw(pool, scripted(ways), within=15)
    await pool.close()

    assert pixels(finish(drawn.captured, WANTED)).shape == (200, 320, 3)
