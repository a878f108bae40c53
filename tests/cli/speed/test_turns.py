from __future__ import annotations

import asyncio
import itertools
import time

import pytest

from service.cli.speed.turns import Summary, Turn, closed_loop, open_loop, percentile


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([3.0], 99, 3.0),
        ([4.0, 1.0, 3.0, 2.0], 50, 2.0),
        ([4.0, 1.0, 3.0, 2.0], 51, 3.0),
        ([float(n) for n in range(1, 101)], 95, 95.0),
        ([float(n) for n in range(1, 101)], 99, 99.0),
        ([1.0, 2.0], 99, 2.0),
    ],
)
def test_a_percentile_is_a_value_that_was_measured(
    values: list[float], share: float, expected: float
) -> None:
    assert percentile(values, share) == expected


async def test_a_closed_loop_keeps_so_many_under_way_and_no_more() -> None:
    under_way, most, asked = 0, 0, []

    async def draw(slot: int, number: int) -> bytes:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        asked.append(number)
        await asyncio.sleep(0.001)
        under_way -= 1
        return bytes(number)

    turn = await closed_loop(draw, itertools.count(), concurrency=3, seconds=0.05)

    assert most == 3
    assert asked == list(range(len(asked)))
    assert len(turn.latencies) == len(turn.sizes) == len(turn.bodies) == len(asked) > 3
    assert turn.rate == pytest.approx(len(asked) / 0.05, rel=0.5)


async def test_a_closed_loop_draws_at_least_one_in_each_slot() -> None:
    async def draw(_: int, __: int) -> bytes:
        return b""

    turn = await closed_loop(draw, itertools.count(), concurrency=4, seconds=0)

    assert len(turn.latencies) == 4


async def test_a_stall_is_felt_by_those_whom_an_open_loop_kept_waiting() -> None:
    """The first picture stops everything for 0.1 s; those due meanwhile are late by the rest."""

    async def draw(_: int, number: int) -> bytes:
        if number == 0:
            time.sleep(0.1)  # noqa: ASYNC251 - the stall
        return b""

    turn = await open_loop(draw, itertools.count(), rate=100, seconds=0.05)

    assert len(turn.latencies) == 5
    assert min(turn.latencies) > 0.04
    assert turn.latencies[1] == pytest.approx(0.09, abs=0.03)


async def test_an_open_loop_asks_at_its_rate_however_slow_the_answers_are() -> None:
    under_way, most = 0, 0

    async def draw(_: int, __: int) -> bytes:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.05)
        under_way -= 1
        return b""

    turn = await open_loop(draw, itertools.count(), rate=200, seconds=0.05)

    assert len(turn.latencies) == 10
    assert most > 5


def test_turns_are_put_together_by_the_median_of_their_rates() -> None:
    turns = [Turn(rate, [0.010, 0.020], [100, 200], processor=0.03) for rate in (10.0, 90.0, 20.0)]

    summary = Summary.of(turns)

    assert (summary.pictures, summary.per_second, summary.bytes) == (6, 20.0, 150)
    assert (summary.p50_ms, summary.p99_ms) == (10.0, 20.0)
    assert summary.processor_ms == 15.0


def test_processor_time_that_is_unknown_for_one_turn_is_unknown_for_all() -> None:
    turns = [Turn(1.0, [1.0], [1], processor=0.5), Turn(1.0, [1.0], [1])]

    assert Summary.of(turns).processor_ms is None
