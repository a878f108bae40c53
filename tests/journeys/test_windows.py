"""The server with windows on a virtual screen, and without: whose picture comes from where."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession

from tests.journeys.process import Server, serving
from tests.journeys.test_one_image import codes_in
from tests.pictures import pixels
from tests.waiting import until

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(240)]

NOBODYS: tuple[list[str], ...] = (["MERIDIAN-2026"], [])
"""The code on the ticket that is nobody's; a tile has none."""


def screens(server: Server) -> list[psutil.Process]:
    """The virtual screens of a server."""
    found = []
    for each in server.tree():
        with contextlib.suppress(psutil.Error):  # it may end while we look
            if each.name() == "Xvfb":
                found.append(each)
    return found


async def figure(server: Server, session: ClientSession, name: str) -> float:
    """The sum of a metric over its labels."""
    async with session.get(f"{server.url}/metrics") as response:
        lines = (await response.text()).splitlines()
    found = [line for line in lines if line.startswith((f"{name}{{", f"{name} "))]
    assert found, f"there is no {name}"
    return sum(float(line.split()[-1]) for line in found)


async def engines(server: Server, session: ClientSession) -> int:
    async with session.get(f"{server.url}/healthz") as response:
        return int(json.loads(await response.text())["figures"]["engines"])


async def ticket(server: Server, session: ClientSession, code: str) -> tuple[str, list[str]]:
    """The rung, and the codes that are on the picture."""
    address = f"{server.url}/i/event-ticket.png?ticket_code={code}"
    async with session.get(address) as response:
        assert response.status == 200
        return response.headers["Mergeshot-Status"], codes_in(await response.read())


async def test_pictures_come_from_windows(tmp_path: Path) -> None:
    """One browser runs, on a screen; every ticket is its own, and none had to be photographed."""
    more = {"image_wait": "60s", "timeout": "60s", "surface": "window", "engines": "1"}
    codes = [f"SEAT-{number:03d}" for number in range(60)]
    async with serving(tmp_path, **more) as server, ClientSession() as session:
        tickets = await asyncio.gather(*(ticket(server, session, code) for code in codes))
        running = await engines(server, session)
        missed = await figure(server, session, "mergeshot_marks_missed_total")
        drawn = await figure(server, session, "mergeshot_drawings_total")
        seen = screens(server)

    assert tickets == [("exact", [code]) for code in codes]
    assert (running, len(seen)) == (1, 1)
    assert drawn >= len(codes)
    assert missed == 0


async def test_what_windows_cannot_do_comes_beside_them(tmp_path: Path) -> None:
    """Larger than a window: a second browser starts for it, and is the only one to do so."""
    async with (
        serving(tmp_path, image_wait="60s", timeout="60s", surface="window") as server,
        ClientSession() as session,
    ):
        address = f"{server.url}/i/event-ticket.png?_scale=3&ticket_code=LARGE"
        before = await engines(server, session)
        for _ in range(2):
            async with session.get(address) as response:
                picture = await response.read()
        after = await engines(server, session)

    assert pixels(picture).shape == (1890, 3600, 3)
    assert codes_in(picture) == ["LARGE"]
    assert after == before + 1


async def test_a_screen_that_is_killed_costs_nobody_a_picture(tmp_path: Path) -> None:
    """Three times under load: each answer is this recipient's or nobody's, never another's."""
    more = {"image_wait": "20s", "timeout": "30s", "surface": "window", "engines": "1"}
    answers: list[tuple[str, str, list[str]]] = []
    ended = asyncio.Event()

    async with serving(tmp_path, **more) as server, ClientSession() as session:

        async def asking(who: int) -> None:
            number = 0
            while not ended.is_set():
                code = f"KILL-{who}-{number}"
                answers.append((code, *await ticket(server, session, code)))
                number += 1

        async def more_than(count: int) -> None:
            await until(lambda: len(answers) > count, what="more pictures", within=60)

        loads = [asyncio.ensure_future(asking(who)) for who in range(6)]
        killed = set()
        for _ in range(3):
            await more_than(len(answers) + 6)
            (screen,) = screens(server)
            killed.add(screen.pid)
            screen.kill()
            await until(
                lambda: any(each.pid not in killed for each in screens(server)),
                what="another screen",
                within=30,
            )
        await more_than(len(answers) + 6)
        ended.set()
        await asyncio.gather(*loads)
        starts = await figure(server, session, "mergeshot_browser_starts_total")

    assert [one for one in answers if one[1] == "exact" and one[2] != [one[0]]] == []
    assert [one for one in answers if one[1] != "exact" and one[2] not in NOBODYS] == []
    assert {rung for _, rung, _ in answers[-3:]} == {"exact"}
    assert len(killed) == 3
    assert starts >= 4


async def test_without_windows_the_pictures_are_the_same_tickets(tmp_path: Path) -> None:
    """`MERGESHOT_SURFACE=headless` starts no screen, though there could be one."""
    async with (
        serving(tmp_path, image_wait="60s", timeout="60s", surface="headless") as server,
        ClientSession() as session,
    ):
        codes = [f"SEAT-{number:03d}" for number in range(12)]
        tickets = await asyncio.gather(*(ticket(server, session, code) for code in codes))
        seen = screens(server)
        running = await engines(server, session)

    assert tickets == [("exact", [code]) for code in codes]
    assert seen == []
    assert running >= 1
