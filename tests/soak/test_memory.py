"""Memory, after many pictures."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from pathlib import Path

import psutil
import pytest
from aiohttp.test_utils import TestClient, TestServer

from service.app import create_app, open_renderer
from tests.journeys.conftest import settings

pytestmark = [pytest.mark.soak, pytest.mark.chromium, pytest.mark.timeout(3600)]

FEW, MANY = 500, 5_000
GROWTH = 0.15


def memory() -> int:
    """Bytes of this process and everything below it; shared pages count once (PSS)."""
    tree = [psutil.Process(), *psutil.Process().children(recursive=True)]
    total = 0
    for process in tree:
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue  # it ended while we looked
    return total


async def test_memory_stays_within_bounds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After 5,000 pictures the process tree holds at most 15 % more than after 500.

    Both templates, both formats, unique data; the picture cache is small, so that it is full at
    both times; recycling is off, so that it cannot hide a leak.
    """
    chosen = settings(
        tmp_path, cache_memory="8MiB", recycle_after="100000", image_wait="60s", timeout="60s"
    )
    app = create_app(partial(open_renderer, chosen, development=True), chosen, development=True)
    figures: dict[int, int] = {}
    async with TestClient(TestServer(app)) as client:
        numbers = iter(range(1, MANY + 1))

        async def draw() -> None:
            for number in numbers:
                template, field = (
                    ("event-ticket", "first_name") if number % 2 else ("reference-card", "name")
                )
                extension = "png" if number % 4 < 2 else "jpg"
                address = f"/i/{template}.{extension}?{field}=Ada{number}&row={os.getpid()}"
                async with client.get(address) as response:
                    await response.read()
                    assert response.headers["Mergeshot-Status"] == "exact"
                if number in (FEW, MANY) or number % 1000 == 0:
                    await asyncio.sleep(1)
                    figures[number] = memory()
                    with capsys.disabled():
                        print(f"\n{number} pictures: {figures[number] / 2**20:.0f} MiB", end="")

        await asyncio.gather(*(draw() for _ in range(4)))

    assert figures[MANY] <= figures[FEW] * (1 + GROWTH)
