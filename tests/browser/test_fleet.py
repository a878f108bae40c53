"""The fleet: which document goes to which pool, and when the second pool is started."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import cast

import pytest
from structlog.testing import capture_logs

from service.browser.drawn import Drawn
from service.browser.fleet import Fleet
from service.browser.pool import Pool
from service.browser.window import HEIGHT, WIDTH
from service.errors import BrowserDown, RenderTimeout, ShuttingDown, StartupError
from service.imaging.encode import Wanted
from service.imaging.raster import Encoded
from service.model import Document, Format, Guest, Lane, Paper, Sheet
from tests.browser.fakes import paper

WANTED = Wanted(Format.PNG, 10, 10, 100)


@dataclass
class FakePool:
    """Records what it draws. A start fails `failures` times, and waits for `hold` first."""

    figure: int = 1
    failures: int = 0
    hold: asyncio.Event | None = None
    waiting: int = 0
    idle: int = 1
    ready: bool = True
    starts: int = 0
    closed: int = 0
    documents: list[Document] = field(default_factory=list)
    deadlines: list[float] = field(default_factory=list)
    failed: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        self.starts += 1
        if self.hold is not None:
            await self.hold.wait()
        if self.failures:
            self.failures -= 1
            raise StartupError("as told")

    async def draw(self, document: Document, wanted: Wanted, *, deadline: float) -> Drawn:
        self.documents.append(document)
        self.deadlines.append(deadline)
        return Drawn(Encoded(b"picture", Format.PNG), ())

    def figures(self) -> dict[str, int]:
        pages = {"engines": self.figure, "pages": 10 * self.figure}
        return {**pages, "idle": self.idle, "waiting": self.waiting}

    async def close(self) -> None:
        self.closed += 1


@pytest.fixture
def headless() -> FakePool:
    return FakePool()


@pytest.fixture
def windows() -> FakePool:
    return FakePool(figure=2)


@pytest.fixture
def fleet(headless: FakePool, windows: FakePool) -> Fleet:
    return Fleet(cast(Pool, headless), cast(Pool, windows))


def soon(seconds: float = 5) -> float:
    return asyncio.get_running_loop().time() + seconds


async def draw(fleet: Fleet, document: Document, *, within: float = 5) -> Drawn:
    return await fleet.draw(document, WANTED, deadline=soon(within))


CARD = paper("card")
NOT_FOR_WINDOWS = {
    "clear behind": replace(CARD, transparent=True),
    "with scripts": replace(CARD, lane=Lane.FRESH, scripts=True),
    "a guest's": paper("guest", Lane.FRESH, Guest()),
    "on paper": replace(CARD, lane=Lane.FRESH, sheet=Sheet(Paper.of_pixels(10, 10))),
    "too wide": replace(CARD, width=WIDTH + 1),
    "too high": replace(CARD, height=HEIGHT + 1),
    "ends within a pixel": replace(CARD, width=11, scale=1.5),
}


async def test_a_card_is_drawn_in_a_window_and_no_other_browser_starts(
    fleet: Fleet, headless: FakePool, windows: FakePool
) -> None:
    await fleet.start()
    deadline = soon()
    await fleet.draw(CARD, WANTED, deadline=deadline)

    assert (windows.documents, windows.deadlines) == ([CARD], [deadline])
    assert (windows.starts, headless.starts, headless.documents) == (1, 0, [])


@pytest.mark.parametrize("name", NOT_FOR_WINDOWS)
async def test_what_windows_cannot_do_is_drawn_by_the_other_browser(
    fleet: Fleet, headless: FakePool, windows: FakePool, name: str
) -> None:
    await fleet.start()
    await draw(fleet, NOT_FOR_WINDOWS[name])

    assert windows.documents == []
    assert (headless.starts, headless.documents) == (1, [NOT_FOR_WINDOWS[name]])


async def test_the_other_browser_is_started_once_for_all_who_need_it(
    fleet: Fleet, headless: FakePool
) -> None:
    headless.hold = asyncio.Event()
    drawings = [
        asyncio.ensure_future(draw(fleet, document)) for document in NOT_FOR_WINDOWS.values()
    ]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert headless.documents == []
    headless.hold.set()
    await asyncio.gather(*drawings)
    await draw(fleet, NOT_FOR_WINDOWS["clear behind"])

    assert headless.starts == 1
    assert len(headless.documents) == len(NOT_FOR_WINDOWS) + 1


async def test_a_browser_that_does_not_start_is_down_and_is_tried_again(
    fleet: Fleet, headless: FakePool, windows: FakePool
) -> None:
    headless.failures = 2
    for _ in range(2):
        with pytest.raises(BrowserDown):
            await draw(fleet, NOT_FOR_WINDOWS["clear behind"])
    await draw(fleet, CARD)
    assert len(windows.documents) == 1, "a card needs no other browser"
    await draw(fleet, NOT_FOR_WINDOWS["clear behind"])

    assert headless.starts == 3
    assert len(headless.documents) == 1


async def test_a_start_that_takes_too_long_is_a_timeout_and_goes_on(
    fleet: Fleet, headless: FakePool
) -> None:
    """Who asks next finds it started."""
    headless.hold = asyncio.Event()
    with pytest.raises(RenderTimeout):
        await draw(fleet, NOT_FOR_WINDOWS["clear behind"], within=0.02)
    headless.hold.set()
    await draw(fleet, NOT_FOR_WINDOWS["clear behind"])

    assert headless.starts == 1
    assert len(headless.documents) == 1


async def test_a_caller_that_leaves_does_not_end_the_start(
    fleet: Fleet, headless: FakePool
) -> None:
    headless.hold = asyncio.Event()
    leaving = asyncio.ensure_future(draw(fleet, NOT_FOR_WINDOWS["clear behind"]))
    await asyncio.sleep(0.01)
    leaving.cancel()
    await asyncio.wait({leaving})
    headless.hold.set()
    await draw(fleet, NOT_FOR_WINDOWS["clear behind"])

    assert headless.starts == 1


async def test_a_start_under_way_is_ended_when_the_fleet_is_closed(
    fleet: Fleet, headless: FakePool, windows: FakePool
) -> None:
    headless.hold = asyncio.Event()
    drawing = asyncio.ensure_future(draw(fleet, NOT_FOR_WINDOWS["clear behind"]))
    await asyncio.sleep(0.01)
    assert headless.starts == 1
    await asyncio.wait_for(fleet.close(), 1)

    with pytest.raises(ShuttingDown):
        await asyncio.wait_for(drawing, 1)
    assert (windows.closed, headless.closed) == (1, 1)
    assert headless.documents == []


async def test_nothing_is_started_after_the_end(fleet: Fleet, headless: FakePool) -> None:
    await fleet.close()
    with pytest.raises(ShuttingDown):
        await draw(fleet, NOT_FOR_WINDOWS["clear behind"])

    assert headless.starts == 0


async def test_without_windows_one_pool_draws_all(headless: FakePool) -> None:
    fleet = Fleet(cast(Pool, headless))
    await fleet.start()
    for document in (CARD, *NOT_FOR_WINDOWS.values()):
        await draw(fleet, document)
    await fleet.close()

    assert headless.documents == [CARD, *NOT_FOR_WINDOWS.values()]
    assert (headless.starts, headless.closed) == (1, 1)
    assert not fleet.idle
    with pytest.raises(ValueError, match="no windows"):
        await fleet.truth(CARD, WANTED, deadline=soon())


async def test_the_figures_are_those_of_both(
    fleet: Fleet, headless: FakePool, windows: FakePool
) -> None:
    headless.waiting, windows.waiting, windows.idle = 5, 7, 3

    assert fleet.figures() == {"engines": 3, "pages": 30, "idle": 4, "waiting": 12}
    assert Fleet(cast(Pool, headless)).figures() == headless.figures()


@pytest.mark.parametrize(
    ("waiting", "idle", "says"), [(0, 1, True), (0, 4, True), (1, 1, False), (0, 0, False)]
)
async def test_idle_is_when_a_window_is_free_and_nobody_waits(
    fleet: Fleet, windows: FakePool, waiting: int, idle: int, says: bool
) -> None:
    windows.waiting, windows.idle = waiting, idle

    assert fleet.idle is says


async def test_the_truth_is_a_fresh_page_of_the_browser_with_windows(
    fleet: Fleet, headless: FakePool, windows: FakePool
) -> None:
    deadline = soon()
    await fleet.truth(CARD, WANTED, deadline=deadline)

    assert windows.documents == [replace(CARD, lane=Lane.FRESH)]
    assert windows.deadlines == [deadline]
    assert headless.starts == 0


async def test_a_version_that_is_not_trusted_is_drawn_on_fresh_pages(
    fleet: Fleet, headless: FakePool, windows: FakePool
) -> None:
    """That version alone: another one of the same template is drawn in windows."""
    fleet.distrust(CARD.version)
    await draw(fleet, CARD)
    await draw(fleet, replace(CARD, version="another"))

    assert headless.documents == [replace(CARD, lane=Lane.FRESH)]
    assert windows.documents == [replace(CARD, version="another")]


async def test_ready_and_failed_are_told_of_the_pool_that_draws_most(
    fleet: Fleet, headless: FakePool, windows: FakePool
) -> None:
    headless.ready = False
    assert fleet.ready
    windows.ready = False
    assert [fleet.ready] == [False]

    windows.failed.set()
    assert fleet.failed.is_set()


async def test_a_second_browser_that_keeps_failing_is_told_as_well(
    fleet: Fleet, headless: FakePool
) -> None:
    """The pool sets the event that it finds on itself."""
    headless.failed.set()

    assert fleet.failed.is_set()


async def test_a_first_browser_that_does_not_start_ends_the_start(
    fleet: Fleet, windows: FakePool
) -> None:
    windows.failures = 1
    with pytest.raises(StartupError):
        await fleet.start()


async def test_why_the_other_browser_did_not_start_is_logged_once(
    fleet: Fleet, headless: FakePool
) -> None:
    headless.failures = 1
    with capture_logs() as logs, pytest.raises(BrowserDown):
        await draw(fleet, NOT_FOR_WINDOWS["clear behind"])

    assert [(line["event"], line["error"]) for line in logs] == [
        ("headless_not_started", "as told")
    ]
