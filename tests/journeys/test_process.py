"""The server as a process: how it ends, and what it survives."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession

from tests.journeys.process import Server, serving
from tests.pictures import pixels

pytestmark = pytest.mark.chromium


def to_the_server(server: Server) -> None:
    server.process.send_signal(signal.SIGTERM)


def to_the_group(server: Server) -> None:
    """What Ctrl-C in a terminal, or `tini -g`, does."""
    os.killpg(server.process.pid, signal.SIGINT)


@pytest.mark.parametrize("send", [to_the_server, to_the_group])
async def test_a_signal_finishes_what_is_in_flight(
    tmp_path: Path, send: Callable[[Server], None]
) -> None:
    """Twelve drawings under way: all come whole, then exit code 0 and no process left."""
    async with serving(tmp_path, image_wait="30s", timeout="30s") as server:
        tree = server.tree()

        async def draw(number: int) -> tuple[int, str, bytes]:
            address = f"{server.url}/i/event-ticket.png?first_name=Ada{number}"
            async with session.get(address) as response:
                return response.status, response.headers["Mergeshot-Status"], await response.read()

        async with ClientSession() as session:
            drawing = [asyncio.ensure_future(draw(number)) for number in range(12)]
            await asyncio.sleep(0.3)
            send(server)
            answers = await asyncio.gather(*drawing)
        code = await asyncio.wait_for(server.process.wait(), 30)
        _, alive = psutil.wait_procs(tree, timeout=5)

    assert {(status, rung) for status, rung, _ in answers} == {(200, "exact")}
    assert {pixels(body).shape for _, _, body in answers} == {(630, 1200, 3)}
    assert code == 0
    assert [each for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []


async def test_pictures_come_without_a_folder_to_keep_them(tmp_path: Path) -> None:
    """The cache's folder cannot be written: a warning, a metric, and the picture all the same."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "pictures").write_text("a file where a folder should be")
    async with serving(tmp_path) as server, ClientSession() as session:
        async with session.get(f"{server.url}/i/event-ticket.png?first_name=Ada") as response:
            status, body = response.headers["Mergeshot-Status"], await response.read()
        async with session.get(f"{server.url}/metrics") as response:
            metrics = await response.text()
        log = server.log.read_text()

    assert status == "exact"
    assert pixels(body).shape == (630, 1200, 3)
    assert 'mergeshot_cache_failures_total{tier="disk"}' in metrics
    assert "warning" in log


async def test_no_value_of_a_recipient_is_logged(tmp_path: Path) -> None:
    """A canary in every place where a value can be does not show up in log or metrics."""
    canary = "Zanzibarova7781"
    paths = (
        f"/i/event-ticket.png?first_name={canary}",
        f"/i/event-ticket.png?first_name={canary}&{canary}={canary}&date={canary}&_scale={canary}",
        f"/i/event-ticket.png?_strict=1&date={canary}",
        f"/i/{canary}.png?x={canary}",
        f"/{canary}",
    )
    async with serving(tmp_path) as server, ClientSession() as session:
        for path in paths:
            headers = {"Referer": f"https://example.com/{canary}", "User-Agent": canary}
            async with session.get(server.url + path, headers=headers) as response:
                await response.read()
        async with session.get(f"{server.url}/metrics") as response:
            metrics = await response.text()
        log = server.log.read_text()

    assert log.count('"event": "request"') >= len(paths)
    assert canary not in log
    assert canary not in metrics
