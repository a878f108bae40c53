"""Spot checks: what a window drew is compared with a fresh page while nobody waits."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import cast

import pytest
from structlog.testing import capture_logs

from service.browser.drawn import Drawn
from service.browser.fleet import Fleet
from service.errors import QueueFull, RenderFailed
from service.imaging.encode import Wanted
from service.imaging.raster import Captured, Encoded, Pixels
from service.model import Document, Format
from service.render import spotcheck
from service.render.spotcheck import ONE_IN, SpotChecks
from tests.browser.fakes import paper
from tests.render.workbench import Workbench, counted
from tests.waiting import until

WIDTH, HEIGHT = 400, 300
WANTED = Wanted(Format.JPEG, WIDTH, HEIGHT, 85)
GREY = (100, 110, 120)


def picture(different: int = 0, levels: int = 0) -> Pixels:
    """As a window gives it; `different` of its pixels are brighter by `levels`."""
    blue, green, red = GREY
    rest = bytes((blue, green, red, 0)) * (WIDTH * HEIGHT - different)
    return Pixels(
        bytes((blue, green + levels, red, 0)) * different + rest, WIDTH, HEIGHT, 4, "bgrx"
    )


@dataclass
class FakeFleet:
    """Says when it is idle, and what the truth is; `hold` keeps the truth waiting."""

    truths: list[Captured | Exception] = field(default_factory=list)
    idle: bool = True
    hold: asyncio.Event | None = None
    asked: list[tuple[Document, Wanted]] = field(default_factory=list)
    distrusted: list[str] = field(default_factory=list)

    async def truth(self, document: Document, wanted: Wanted, *, deadline: float) -> Drawn:
        self.asked.append((document, wanted))
        assert deadline > asyncio.get_running_loop().time()
        if self.hold is not None:
            await self.hold.wait()
        answer = self.truths.pop(0) if self.truths else picture()
        if isinstance(answer, Exception):
            raise answer
        return Drawn(answer, ())

    def distrust(self, version: str) -> None:
        self.distrusted.append(version)


@dataclass
class Desk:
    """Spot checks that take every picture, over a fleet of ours; `forgotten` are names."""

    fleet: FakeFleet = field(default_factory=FakeFleet)
    forgotten: list[str] = field(default_factory=list)
    one_in: int = 1

    def __post_init__(self) -> None:
        self.checks = SpotChecks(cast(Fleet, self.fleet), one_in=self.one_in)

    def offer(self, name: str = "card", captured: Captured | None = None) -> None:
        async def forget() -> None:
            self.forgotten.append(name)

        document = replace(paper(name), version=name)
        self.checks.offer(document, WANTED, Drawn(captured or picture(), ()), forget)

    @contextlib.asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.checks.keep())
        yield
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled(), "it goes on for as long as nobody ends it"


def counts() -> dict[str, float]:
    results = ("equal", "different", "failed")
    return {each: counted("mergeshot_spot_checks_total", result=each) for each in results}


async def came(result: str, before: dict[str, float]) -> dict[str, float]:
    """Wait for a result; how much each count has grown."""
    await until(lambda: counts()[result] > before[result], what=result)
    await asyncio.sleep(0.01)
    return {each: count - before[each] for each, count in counts().items()}


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(spotcheck, "IDLE_S", 0.01)
    return Desk()


async def test_a_picture_that_is_a_fresh_pages_too_is_kept(desk: Desk) -> None:
    before = counts()
    async with desk.kept():
        desk.offer()
        grown = await came("equal", before)

    assert grown == {"equal": 1, "different": 0, "failed": 0}
    assert (desk.fleet.distrusted, desk.forgotten) == ([], [])
    assert [document.html for document, _ in desk.fleet.asked] == ["card"]


async def test_the_truth_is_asked_for_without_loss(desk: Desk) -> None:
    """The picture was to be a JPEG, whose own losses are no differences."""
    before = counts()
    async with desk.kept():
        desk.offer()
        await came("equal", before)

    assert [wanted for _, wanted in desk.fleet.asked] == [replace(WANTED, format=Format.PNG)]


async def test_what_chromium_itself_may_differ_by_is_equal(desk: Desk) -> None:
    """One pixel of 120,000, by 3 levels."""
    before = counts()
    desk.fleet.truths = [picture(1, 3)]
    async with desk.kept():
        desk.offer()
        grown = await came("equal", before)

    assert grown["different"] == 0
    assert (desk.fleet.distrusted, desk.forgotten) == ([], [])


@pytest.mark.parametrize(("pixels", "levels"), [(121, 4), (1, 9), (WIDTH * HEIGHT, 100)])
async def test_a_difference_is_counted_told_dropped_and_not_drawn_that_way_again(
    desk: Desk, pixels: int, levels: int
) -> None:
    before = counts()
    desk.fleet.truths = [picture(pixels, levels)]
    with capture_logs() as logs:
        async with desk.kept():
            desk.offer("card")
            grown = await came("different", before)

    assert grown == {"equal": 0, "different": 1, "failed": 0}
    assert desk.fleet.distrusted == ["card"]
    assert desk.forgotten == ["card"]
    told = [line for line in logs if line["event"] == "spot_check_differs"]
    assert [(line["version"], line["pixels"], line["levels"]) for line in told] == [
        ("card", pixels, levels)
    ]


@pytest.mark.parametrize(
    "trouble",
    [
        QueueFull("as told"),
        RenderFailed("as told"),
        Encoded(b"no picture", Format.PNG),
        Pixels(bytes(3), 1, 1, 3),
    ],
)
async def test_a_check_that_fails_is_counted_and_proves_nothing(
    desk: Desk, trouble: Captured | Exception
) -> None:
    """Nothing is dropped for it, and the next sample is compared."""
    before = counts()
    desk.fleet.truths = [trouble]
    async with desk.kept():
        desk.offer()
        await came("failed", before)
        desk.offer("next")
        grown = await came("equal", before)

    assert grown == {"equal": 1, "different": 0, "failed": 1}
    assert (desk.fleet.distrusted, desk.forgotten) == ([], [])


async def test_photographs_are_no_samples(desk: Desk) -> None:
    """What the screenshot command took is compared with nothing: only windows are in question."""
    before = counts()
    async with desk.kept():
        desk.offer("photograph", Encoded(b"a file", Format.PNG))
        desk.offer("window")
        await came("equal", before)

    assert [document.html for document, _ in desk.fleet.asked] == ["window"]


async def test_nothing_is_drawn_until_nobody_waits(desk: Desk) -> None:
    before = counts()
    desk.fleet.idle = False
    async with desk.kept():
        desk.offer()
        await asyncio.sleep(0.1)
        assert desk.fleet.asked == []
        desk.fleet.idle = True
        await came("equal", before)

    assert len(desk.fleet.asked) == 1


async def test_one_is_compared_at_a_time_and_one_waits(desk: Desk) -> None:
    """Samples hold their pixels: of many that are offered, the rest is let go."""
    before = counts()
    desk.fleet.hold = asyncio.Event()
    async with desk.kept():
        desk.offer("first")
        await asyncio.sleep(0.02)
        for name in ("second", "third", "fourth"):
            desk.offer(name)
        await asyncio.sleep(0.02)
        assert [document.html for document, _ in desk.fleet.asked] == ["first"]
        desk.fleet.hold.set()
        await until(lambda: counts()["equal"] == before["equal"] + 2, what="both compared")

    assert [document.html for document, _ in desk.fleet.asked] == ["first", "second"]


async def test_one_in_so_many_is_taken(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """By chance, so that no rhythm of the requests can hide anything: 0 of 0 to 999 is it."""
    before, chances = counts(), [999, 1, 0, 500]

    def chance(stop: int) -> int:
        assert stop == 1000
        return chances.pop(0)

    monkeypatch.setattr(random, "randrange", chance)
    usual = Desk(fleet=desk.fleet, one_in=ONE_IN)
    async with usual.kept():
        for name in ("first", "second", "third", "fourth"):
            usual.offer(name)
            await asyncio.sleep(0.02)
        await came("equal", before)

    assert [document.html for document, _ in desk.fleet.asked] == ["third"]


async def test_a_picture_that_differs_is_drawn_anew_by_the_renderer(bench: Workbench) -> None:
    """From the drawing to the cache: it is kept, compared, dropped; the next one is drawn anew."""
    plan = bench.plan({"first_name": "Ada"})
    fleet = FakeFleet(truths=[Pixels(bytes(48 * 24 * 4), 48, 24, 4, "bgrx")])
    bench.checks = SpotChecks(cast(Fleet, fleet), one_in=1)
    renderer = bench.make_renderer(bench.planner)
    await renderer.draw(plan)
    assert await renderer.recall(plan) is not None

    before = counts()
    task = asyncio.create_task(bench.checks.keep())
    await came("different", before)
    task.cancel()

    assert fleet.distrusted == [plan.template.version]
    assert await renderer.recall(plan) is None
    assert await renderer.recall_subject(plan) is None
