"""Flight: the same picture asked for twice at once is drawn once."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from service.errors import RenderFailed
from service.model import Format, Image
from service.render.flight import LocalFlight
from tests.render.workbench import counted


class Work:
    """A drawing that lasts until it is let go. `begun` says how often it was begun."""

    def __init__(self, error: Exception | None = None) -> None:
        self.begun = 0
        self.ended = 0
        self.go = asyncio.Event()
        self.error = error

    async def __call__(self) -> Image:
        self.begun += 1
        await self.go.wait()
        self.ended += 1
        if self.error is not None:
            raise self.error
        return Image(b"%d" % self.begun, Format.PNG, 1, 1)


@pytest.fixture
def flight() -> LocalFlight:
    return LocalFlight()


@pytest.fixture
async def unheard() -> AsyncIterator[list[dict[str, Any]]]:
    """What nobody caught: the loop tells of tasks whose error was never looked at."""
    told: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: told.append(context))
    yield told
    loop.set_exception_handler(None)


async def begin(flight: LocalFlight, work: Work, key: bytes = b"key") -> asyncio.Task[Image]:
    """Join, in a task of its own, and wait until it has done so."""
    task = asyncio.ensure_future(flight.join(key, work))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


async def test_all_who_ask_for_one_key_get_the_one_drawing(flight: LocalFlight) -> None:
    work, joined = Work(), counted("mergeshot_joined_drawings_total")
    waiting = [await begin(flight, work) for _ in range(5)]
    work.go.set()
    images = await asyncio.gather(*waiting)

    assert work.begun == 1
    assert all(image is images[0] for image in images)
    assert counted("mergeshot_joined_drawings_total") == joined + 4


async def test_keys_do_not_wait_for_each_other(flight: LocalFlight) -> None:
    slow, quick = Work(), Work()
    quick.go.set()
    waiting = await begin(flight, slow, b"one")
    await flight.join(b"other", quick)

    assert not waiting.done()
    slow.go.set()
    await waiting


async def test_after_the_landing_a_key_is_drawn_anew(flight: LocalFlight) -> None:
    work = Work()
    work.go.set()
    first, second = await flight.join(b"key", work), await flight.join(b"key", work)

    assert (first.body, second.body) == (b"1", b"2")


async def test_a_waiter_that_leaves_takes_nothing_from_the_others(flight: LocalFlight) -> None:
    work = Work()
    first, second = await begin(flight, work), await begin(flight, work)
    first.cancel()
    await asyncio.sleep(0)
    work.go.set()

    assert (await second).body == b"1"
    assert first.cancelled()
    assert work.begun == 1


async def test_a_drawing_goes_on_when_everybody_has_left(flight: LocalFlight) -> None:
    work = Work()
    only = await begin(flight, work)
    only.cancel()
    await asyncio.sleep(0)
    work.go.set()
    await flight.close()

    assert work.ended == 1


async def test_every_waiter_hears_of_a_failure_and_the_next_one_tries_again(
    flight: LocalFlight,
) -> None:
    work = Work(RenderFailed("as told"))
    waiting = [await begin(flight, work) for _ in range(3)]
    work.go.set()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(answer) for answer in answers] == [RenderFailed] * 3

    work.error = None
    assert (await flight.join(b"key", work)).body == b"2"


async def test_a_failure_after_everybody_left_troubles_nobody(
    flight: LocalFlight, unheard: list[dict[str, Any]]
) -> None:
    work = Work(RenderFailed("as told"))
    only = await begin(flight, work)
    only.cancel()
    await asyncio.sleep(0)
    with capture_logs() as logs:
        work.go.set()
        await flight.close()
        await asyncio.sleep(0)
    gc.collect()

    assert unheard == []
    assert logs == []


async def test_a_mistake_of_ours_is_logged_without_its_words(flight: LocalFlight) -> None:
    """What an exception says may quote a recipient's value."""
    work = Work(KeyError("Ada"))
    work.go.set()
    with capture_logs() as logs:
        with pytest.raises(KeyError):
            await flight.join(b"key", work)
        await asyncio.sleep(0)

    assert logs == [{"event": "drawing_broke", "error": "KeyError", "log_level": "error"}]


async def test_a_drawing_that_is_ended_from_within_ends_for_its_waiters(
    flight: LocalFlight,
) -> None:
    async def gives_up() -> Image:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await flight.join(b"key", gives_up)
    work = Work()
    work.go.set()
    assert (await flight.join(b"key", work)).body == b"1"


async def test_closing_waits_for_what_is_under_way(flight: LocalFlight) -> None:
    work = Work()
    waiting = await begin(flight, work)
    closing = asyncio.ensure_future(flight.close())
    await asyncio.sleep(0)
    assert not closing.done()

    work.go.set()
    await closing
    assert work.ended == 1
    await waiting


async def test_closing_with_nothing_under_way_is_at_once(flight: LocalFlight) -> None:
    await asyncio.wait_for(flight.close(), 1)
