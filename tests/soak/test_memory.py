"""Memory, after many pictures."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.journeys.process import Server, serving

pytestmark = [pytest.mark.soak, pytest.mark.chromium, pytest.mark.timeout(3600)]

FEW, MANY = 500, 5_000
GROWTH = 0.15


async def test_memory_stays_within_bounds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After 5,000 pictures the process tree holds at most 15 % more than after 500.

    Both templates, both formats, unique data. The picture cache is small, so that it is full at
    both times; recycling is off, so that it cannot hide a leak.
    """
    figures: dict[int, int] = {}
    quiet = {"cache_memory": "8MiB", "recycle_after": "100000"}
    patient = {"image_wait": "60s", "timeout": "60s"}
    async with serving(tmp_path, **quiet, **patient) as server, ClientSession() as session:
        numbers = iter(range(1, MANY + 1))

        async def draw() -> None:
            for number in numbers:
                async with session.get(server.url + address(number)) as response:
                    await response.read()
                    assert response.headers["Mergeshot-Status"] == "exact"
                if number % FEW == 0:
                    figures[number] = server.memory()
                    with capsys.disabled():
                        print(f"\n{number} pictures: {told(server)}", end="")

        await asyncio.gather(*(draw() for _ in range(4)))

    assert figures[MANY] <= figures[FEW] * (1 + GROWTH)


def address(number: int) -> str:
    extension = "png" if number % 4 < 2 else "jpg"
    if number % 2:
        return f"/i/event-ticket.{extension}?first_name=Ada{number}&ticket_code=S-{number}"
    return f"/i/reference-card.{extension}?name=Ada{number}&row={number}"


def told(server: Server) -> str:
    """The sum, and the largest processes with their share."""
    sizes = sorted(
        (process.memory_full_info().pss >> 20, process.name()) for process in server.tree()
    )
    largest = ", ".join(f"{name} {size}" for size, name in reversed(sizes[-6:]))
    return f"{server.memory() >> 20} MiB ({largest})"
