"""The pool: whatever goes wrong costs a page, never the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from service.browser import pool as pool_module
from service.browser.drawn import Drawn
from service.browser.pool import START_ATTEMPTS, Pool
from service.errors import (
    InvalidData,
    QueueFull,
    RenderFailed,
    RenderTimeout,
    ShuttingDown,
    StartupError,
)
from service.imaging.encode import Wanted
from service.model import Format, Guest, Lane
from tests.browser.fakes import Starter, paper

WANTED = Wanted(Format.PNG, 10, 10, 100)


@pytest.fixture
def starter() -> Starter:
    return Starter()


@pytest.fixture
async def pool(starter: Starter) -> AsyncIterator[Pool]:
    made = Pool(starter, engines=2, pages=1, queue_max=3, recycle_after=1000)
    await made.start()
    yield made
    await made.close()


async def draw(pool: Pool, name: str = "a", *, within: float = 5) -> Drawn:
    deadline = asyncio.get_running_loop().time() + within
    return await pool.draw(paper(name), WANTED, deadline=deadline)


async def until(condition: object, *, what: str) -> None:
    for _ in range(500):
        if condition():  # type: ignore[operator]
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"never: {what}")


async def test_a_page_that_fails_is_replaced_and_the_drawing_goes_elsewhere(
    pool: Pool, starter: Starter
) -> None:
    """One failure is not seen from outside; the second try goes to another engine."""
    for engine in starter.engines:
        engine.moods = ["unfit"]
    first = starter.engines[0]
    first.moods = []
    starter.engines[1].moods = ["unfit"]
    await asyncio.gather(draw(pool, "a"), draw(pool, "b"))

    assert sorted(first.starts + starter.engines[1].starts) in (["a", "b", "b"], ["a", "a", "b"])
    await until(lambda: len(starter.engines[1].pages) == 2, what="a new page")
    assert starter.engines[1].pages[0].closed
    assert pool.figures()["pages"] == 2


async def test_two_failures_are_an_error_with_a_name(pool: Pool, starter: Starter) -> None:
    """A picture at which two pages failed is refused; the pool goes on."""
    for engine in starter.engines:
        engine.moods = ["unfit"]
    with pytest.raises(RenderFailed):
        await draw(pool)

    assert await draw(pool)


async def test_a_page_that_hangs_is_left_in_time_for_a_second_try(
    pool: Pool, starter: Starter
) -> None:
    """The first try gets a part of the deadline; the second one answers."""
    for engine in starter.engines:
        engine.moods = ["hang"]
    starter.engines[1].moods = []
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(draw(pool, name, within=1) for name in "ab"))

    assert loop.time() - began < 1


async def test_a_deadline_is_kept(pool: Pool, starter: Starter) -> None:
    """Everything hangs: the answer is a timeout, at the deadline and not long after."""
    for engine in starter.engines:
        engine.moods = ["hang"] * 5
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(RenderTimeout):
        await draw(pool, within=0.4)

    assert 0.3 < loop.time() - began < 0.65


async def test_the_queue_has_an_end(pool: Pool, starter: Starter) -> None:
    """Two draw, three wait, the sixth is refused at once."""
    for engine in starter.engines:
        engine.seconds = 0.2
    drawings = [asyncio.ensure_future(draw(pool, str(number))) for number in range(5)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(QueueFull):
        await draw(pool)

    assert not pool.ready
    assert len(await asyncio.gather(*drawings)) == 5
    assert pool.ready


async def test_those_who_wait_are_served_in_turn(pool: Pool, starter: Starter) -> None:
    """First come, first served."""
    starter.engines[1].kill()
    await until(lambda: len(starter.engines) == 3, what="a replacement")
    await until(lambda: pool.figures()["idle"] == 2, what="both idle")
    for engine in starter.engines:
        engine.seconds = 0.02
    await asyncio.gather(*(draw(pool, str(number)) for number in range(5)))
    order = starter.engines[0].starts + starter.engines[2].starts

    assert sorted(order) == ["0", "1", "2", "3", "4"]
    assert starter.engines[0].starts == sorted(starter.engines[0].starts)


async def test_an_engine_that_dies_is_replaced_and_its_drawings_go_on(
    pool: Pool, starter: Starter
) -> None:
    """A browser killed while drawing costs no drawing."""
    for engine in starter.engines:
        engine.seconds = 0.1
    drawings = [asyncio.ensure_future(draw(pool, str(number))) for number in range(4)]
    await asyncio.sleep(0.02)
    starter.engines[0].kill()

    assert len(await asyncio.gather(*drawings)) == 4
    await until(lambda: pool.figures()["engines"] == 2, what="two engines again")


async def test_a_browser_that_cannot_start_says_so_at_once(starter: Starter) -> None:
    """The very first start fails: the pool does not start, with that error."""
    starter.failures = 1
    pool = Pool(starter, engines=2, pages=1, queue_max=3, recycle_after=1000)
    with pytest.raises(StartupError):
        await pool.start()

    await pool.close()


async def test_a_browser_that_keeps_failing_is_given_up(starter: Starter) -> None:
    """After repeated failed starts the pool says that it failed, for the process to end."""
    pool = Pool(starter, engines=1, pages=1, queue_max=3, recycle_after=1000)
    await pool.start()
    starter.failures = 100
    starter.engines[0].kill()
    await asyncio.wait_for(pool.failed.wait(), 30)

    assert starter.failures == 100 - START_ATTEMPTS
    assert not pool.ready
    await pool.close()


async def test_a_few_failed_starts_are_survived(starter: Starter) -> None:
    """A start that fails twice is tried again, and drawings that waited are drawn."""
    pool = Pool(starter, engines=1, pages=1, queue_max=3, recycle_after=1000)
    await pool.start()
    starter.failures = 2
    starter.engines[0].kill()
    await asyncio.sleep(0)

    assert await draw(pool)
    assert not pool.failed.is_set()
    await pool.close()


async def test_recycling_costs_nothing(starter: Starter) -> None:
    """The replacement stands before the old browser goes; no drawing fails meanwhile."""
    pool = Pool(starter, engines=1, pages=2, queue_max=50, recycle_after=20)
    await pool.start()
    for _ in range(8):
        await asyncio.gather(*(draw(pool, str(number)) for number in range(10)))
        assert pool.figures()["engines"] >= 1

    await until(lambda: sum(each.alive for each in starter.engines) == 1, what="one engine")
    assert 3 <= len(starter.engines) <= 8
    await pool.close()


async def test_closing_refuses_who_waits_and_ends_every_engine(starter: Starter) -> None:
    """Whoever waits hears that the server is stopping; no engine is left."""
    pool = Pool(starter, engines=1, pages=1, queue_max=3, recycle_after=1000)
    await pool.start()
    starter.engines[0].seconds = 0.3
    drawing = asyncio.ensure_future(draw(pool))
    await asyncio.sleep(0.01)
    waiting = asyncio.ensure_future(draw(pool))
    await asyncio.sleep(0.01)
    await pool.close()

    with pytest.raises(ShuttingDown):
        await waiting
    assert not starter.engines[0].alive
    drawing.cancel()
    with pytest.raises(ShuttingDown):
        await draw(pool)


# Fresh pages and guests


GUEST = Guest()


async def draw_fresh(
    pool: Pool, name: str = "a", *, guest: Guest | None = GUEST, within: float = 5
) -> Drawn:
    deadline = asyncio.get_running_loop().time() + within
    return await pool.draw(paper(name, Lane.FRESH, guest), WANTED, deadline=deadline)


@pytest.fixture
async def single(starter: Starter) -> AsyncIterator[Pool]:
    made = Pool(starter, engines=1, pages=2, queue_max=4, recycle_after=1000)
    await made.start()
    yield made
    await made.close()


async def test_a_fresh_page_is_closed_and_the_standing_one_stays(
    single: Pool, starter: Starter
) -> None:
    await draw_fresh(single)
    engine = starter.engines[0]

    await until(lambda: engine.fresh_pages[0].closed, what="closed, beside the drawing's way")
    assert [page.closed for page in engine.pages] == [False, False]
    assert single.figures()["idle"] == 2


@pytest.mark.parametrize("scripts", [True, False])
async def test_scripts_run_for_those_that_have_them_where_the_pool_lets_them(
    starter: Starter, scripts: bool
) -> None:
    pool = Pool(starter, engines=1, pages=1, queue_max=3, recycle_after=1000, scripts=scripts)
    await pool.start()
    await draw_fresh(pool)
    await draw_fresh(pool, guest=None)
    await pool.close()

    assert [page.scripts for page in starter.engines[0].fresh_pages] == [scripts, False]


async def test_a_guest_that_hangs_is_not_tried_again(single: Pool, starter: Starter) -> None:
    starter.engines[0].fresh_moods = ["hang", "hang"]
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(RenderTimeout):
        await draw_fresh(single, within=0.4)

    assert 0.35 < loop.time() - began < 0.65
    assert len(starter.engines[0].fresh_pages) == 1


async def test_a_guest_that_crashed_once_is_tried_again(single: Pool, starter: Starter) -> None:
    starter.engines[0].fresh_moods = ["crash"]

    assert await draw_fresh(single)


async def test_a_guest_that_crashes_twice_is_its_senders_to_mend(
    single: Pool, starter: Starter
) -> None:
    starter.engines[0].fresh_moods = ["crash", "crash"]
    with pytest.raises(InvalidData) as caught:
        await draw_fresh(single)

    assert [problem.field for problem in caught.value.fields] == ["html"]


async def test_a_template_that_crashes_twice_is_a_failure(single: Pool, starter: Starter) -> None:
    starter.engines[0].fresh_moods = ["crash", "crash"]
    with pytest.raises(RenderFailed):
        await draw_fresh(single, guest=None)


async def test_what_a_guest_did_wrong_costs_no_page(single: Pool, starter: Starter) -> None:
    starter.engines[0].fresh_moods = ["refuse"]
    with pytest.raises(InvalidData, match="as told"):
        await draw_fresh(single)

    assert len(starter.engines[0].fresh_pages) == 1
    assert starter.engines[0].examined == 0
    assert single.figures()["idle"] == 2


async def test_after_a_fresh_page_broke_its_browser_is_examined_and_goes_on(
    single: Pool, starter: Starter
) -> None:
    starter.engines[0].fresh_moods = ["hang"]
    with pytest.raises(RenderTimeout):
        await draw_fresh(single, within=0.1)
    await until(lambda: single.figures()["idle"] == 2, what="both pages idle")

    assert starter.engines[0].examined == 1
    assert len(starter.engines) == 1


async def test_a_browser_that_photographs_no_more_is_replaced(
    single: Pool, starter: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "EXAMINE_TIMEOUT_S", 0.1)
    starter.engines[0].fresh_moods, starter.engines[0].stuck = ["hang"], True
    with pytest.raises(RenderTimeout):
        await draw_fresh(single, within=0.1)
    await until(lambda: len(starter.engines) == 2, what="a replacement")

    assert not starter.engines[0].alive
    assert await draw_fresh(single)


async def test_a_browser_whose_page_does_not_close_is_replaced(
    single: Pool, starter: Starter
) -> None:
    starter.engines[0].fresh_moods = ["stay"]
    assert await draw_fresh(single)
    await until(lambda: len(starter.engines) == 2, what="a replacement")

    assert not starter.engines[0].alive


async def test_guests_have_half_of_the_pages_and_leave_the_rest(
    single: Pool, starter: Starter
) -> None:
    """Two pages: one guest draws, the others wait, and a picture comes at once all the same."""
    starter.engines[0].fresh_moods = ["hang"]
    first = asyncio.ensure_future(draw_fresh(single, "first", within=0.5))
    await asyncio.sleep(0.05)
    second = asyncio.ensure_future(draw_fresh(single, "second"))
    await asyncio.sleep(0.05)
    await draw(single, "picture", within=0.3)

    assert starter.engines[0].starts == ["first", "picture"]
    assert single.figures()["waiting"] == 1
    with pytest.raises(RenderTimeout):
        await first
    assert await second


async def test_guests_fill_half_of_the_queue_and_no_more(single: Pool, starter: Starter) -> None:
    starter.engines[0].seconds = 0.2
    guests = [asyncio.ensure_future(draw_fresh(single, str(number))) for number in range(3)]
    await asyncio.sleep(0.02)
    with pytest.raises(QueueFull):
        await draw_fresh(single)

    others = [asyncio.ensure_future(draw(single, str(number))) for number in range(3)]
    assert len(await asyncio.gather(*guests, *others)) == 6


async def test_a_caller_that_leaves_gives_its_place_to_the_next(
    single: Pool, starter: Starter
) -> None:
    starter.engines[0].fresh_moods = ["hang"]
    leaving = asyncio.ensure_future(draw_fresh(single))
    await asyncio.sleep(0.02)
    waiting = asyncio.ensure_future(draw_fresh(single))
    await asyncio.sleep(0.02)
    leaving.cancel()

    assert await asyncio.wait_for(waiting, 1)
    await until(lambda: starter.engines[0].fresh_pages[0].closed, what="closed")
