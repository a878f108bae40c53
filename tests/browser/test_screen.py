"""A real virtual screen: it tells of what changes, and shows what was drawn."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from Xlib.display import Display
from Xlib.error import ConnectionClosedError

from service.browser import screen as module
from service.browser.screen import Screen
from service.errors import StartupError
from tests.browser.screens import client, fill, open_window, xvfb
from tests.waiting import until

pytestmark = pytest.mark.chromium

WIDTH, HEIGHT = 320, 200


@pytest.fixture
async def screen() -> AsyncIterator[Screen]:
    started = await Screen.start(xvfb(), WIDTH, HEIGHT)
    yield started
    await started.close()


class Asked:
    """A condition that counts how often it is asked."""

    def __init__(self, screen: Screen, colour: int) -> None:
        self.count = 0
        self._screen = screen
        self._colour = colour

    def __call__(self) -> bool:
        self.count += 1
        return int(self._screen.pixels[50, 50, 0]) == self._colour


async def later(display: Display, colour: int, *, after: float = 0.05) -> None:
    await asyncio.sleep(after)
    await asyncio.to_thread(fill, display, 40, 40, 20, 20, colour)


async def test_what_is_drawn_is_in_its_pixels(screen: Screen) -> None:
    with client(screen.environment) as display:
        fill(display, 40, 40, 20, 20, 0x112233)

    assert screen.pixels.shape == (HEIGHT, WIDTH, 4)
    assert screen.pixels[59, 59, :3].tolist() == [0x33, 0x22, 0x11]
    assert screen.pixels[60, 60, :3].tolist() == [0, 0, 0]


async def test_what_holds_already_is_not_waited_for(screen: Screen) -> None:
    asked = Asked(screen, 0)
    began = time.monotonic()

    assert await screen.until(asked, within=5)
    assert asked.count == 1
    assert time.monotonic() - began < 0.1


async def test_who_waits_is_woken_by_a_change_and_not_by_looking_again(screen: Screen) -> None:
    """In half a second without a change nobody asks; then it is told at once."""
    asked = Asked(screen, 9)
    with client(screen.environment) as display:
        await asyncio.sleep(0.05)  # what the client's coming may have told
        waiting = asyncio.ensure_future(screen.until(asked, within=10))
        await asyncio.sleep(0.5)
        assert asked.count == 1
        await later(display, 9, after=0)
        drawn = time.monotonic()
        assert await waiting
        told = time.monotonic() - drawn

    assert told < 0.2
    assert 2 <= asked.count <= 4


async def test_a_change_that_is_not_the_one_waited_for_wakes_nobody(screen: Screen) -> None:
    asked = Asked(screen, 9)
    with client(screen.environment) as display:
        waiting = asyncio.ensure_future(screen.until(asked, within=10))
        for colour in (1, 2, 3):
            await later(display, colour)
        assert not waiting.done()
        assert asked.count > 1
        await later(display, 9)
        assert await waiting


async def test_many_wait_and_each_is_told_of_its_own(screen: Screen) -> None:
    with client(screen.environment) as display:
        waiting = [
            asyncio.ensure_future(screen.until(Asked(screen, colour), within=10))
            for colour in range(1, 6)
        ]
        told = []
        for place in (3, 0, 4, 1, 2):
            await later(display, place + 1)
            assert await asyncio.wait_for(waiting[place], 5)
            told.append([each.done() for each in waiting].count(True))

    assert told == [1, 2, 3, 4, 5]


async def test_waiting_has_an_end(screen: Screen) -> None:
    """Also while the screen changes without a pause."""
    with client(screen.environment) as display:

        async def busy() -> None:
            for colour in range(10, 200):
                await later(display, colour, after=0.01)

        changing = asyncio.ensure_future(busy())
        began = time.monotonic()
        held = await screen.until(Asked(screen, 9), within=0.3)
        seconds = time.monotonic() - began
        changing.cancel()
        await asyncio.wait({changing})

    assert not held
    assert 0.29 < seconds < 0.6
    assert screen._waiting == {}


async def test_who_leaves_is_asked_no_more(screen: Screen) -> None:
    asked = Asked(screen, 9)
    leaving = asyncio.ensure_future(screen.until(asked, within=10))
    await asyncio.sleep(0.02)
    leaving.cancel()
    await asyncio.wait({leaving})
    count = asked.count
    with client(screen.environment) as display:
        await later(display, 9)
        assert await screen.until(Asked(screen, 9), within=5)

    assert asked.count == count


async def test_the_pointer_is_in_the_corner(screen: Screen) -> None:
    """It begins in the middle, where the second picture would be hovered over."""
    with client(screen.environment) as display:
        pointer = display.screen().root.query_pointer()

    assert (pointer.root_x, pointer.root_y) == (WIDTH - 1, HEIGHT - 1)


async def test_windows_that_appear_are_counted_and_told_of(screen: Screen) -> None:
    told: list[int] = []
    screen.on_mapped = lambda: told.append(screen.mapped)
    with client(screen.environment) as display:
        for _ in range(3):
            open_window(display)
        assert await screen.until(lambda: screen.mapped == 3, within=5)

    assert told == [1, 2, 3]


async def test_what_is_drawn_in_a_window_wakes_as_well(screen: Screen) -> None:
    with client(screen.environment) as display:
        window = open_window(display, 100, 100)
        assert await screen.until(lambda: screen.mapped == 1, within=5)
        waiting = asyncio.ensure_future(screen.until(Asked(screen, 0x44), within=10))
        await asyncio.sleep(0.1)
        brush = window.create_gc(foreground=0x44)
        window.fill_rectangle(brush, 0, 0, 100, 100)
        display.sync()
        assert await waiting


async def test_a_server_that_is_killed_has_died(screen: Screen) -> None:
    """Whoever waits waits no longer than asked; closing it is as quiet as ever."""
    waiting = asyncio.ensure_future(screen.until(Asked(screen, 9), within=1))
    await asyncio.sleep(0.05)
    assert not screen.died.is_set()
    screen.kill()
    await asyncio.wait_for(screen.died.wait(), 5)

    assert not await asyncio.wait_for(waiting, 5)


async def test_nothing_is_left_of_it(folders: list[Path]) -> None:
    """No process, no folder, no socket of ours in the event loop."""
    open_before = psutil.Process().num_fds()
    for _ in range(3):
        screen = await Screen.start(xvfb(), WIDTH, HEIGHT)
        process = screen._server.process
        await screen.close()
        assert screen.died.is_set()
        assert not psutil.pid_exists(process.pid)

    assert folders
    assert not any(folder.exists() for folder in folders)
    assert psutil.Process().num_fds() <= open_before + 1, "the last one's memory, until collected"


async def test_closing_it_leaves_the_next_one_alone() -> None:
    """The number of its socket may be another's at once: that one's eye must not be shut."""
    first = await Screen.start(xvfb(), WIDTH, HEIGHT)
    first.kill()
    socket = first._client.display.socket
    await until(lambda: socket.fileno() < 0, what="its number is free")
    second = await Screen.start(xvfb(), WIDTH, HEIGHT)
    await first.close()
    with client(second.environment) as display:
        waiting = asyncio.ensure_future(second.until(Asked(second, 9), within=5))
        await later(display, 9)
        assert await waiting
    await second.close()


@pytest.mark.parametrize("trouble", ["no damage", "no connection"])
async def test_a_screen_that_cannot_be_watched_is_not_used(
    monkeypatch: pytest.MonkeyPatch, trouble: str, folders: list[Path]
) -> None:
    """One line of error, and the server is ended."""

    class Lacking(Display):
        def has_extension(self, extension: str) -> Any:
            return False

    def refused(name: str) -> Display:
        raise ConnectionClosedError("server")

    made = Lacking if trouble == "no damage" else refused
    monkeypatch.setattr(module, "Display", made)
    with pytest.raises(StartupError, match="virtual screen cannot"):
        await Screen.start(xvfb(), WIDTH, HEIGHT)

    assert folders
    assert not any(folder.exists() for folder in folders)
    with contextlib.suppress(StopIteration):
        left = next(each for each in psutil.Process().children() if each.name() == "Xvfb")
        raise AssertionError(f"{left} is left")
