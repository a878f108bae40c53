"""One personalised picture, from the address to the pixels."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
from pathlib import Path

import psutil
import pytest
import zxingcpp
from aiohttp import ClientResponse

from tests.journeys.conftest import Client, Open
from tests.pictures import pixels

pytestmark = pytest.mark.chromium


async def body_of(response: ClientResponse) -> bytes:
    assert response.status == 200, await response.text()
    return await response.read()


def codes_in(picture: bytes) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(pixels(picture))]


def browsers() -> list[psutil.Process]:
    """The Chromium main processes below this one."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it may end while we look
            arguments = process.cmdline()
            if "--remote-debugging-pipe" in arguments and "/bin/sh" not in arguments[0]:
                found.append(process)
    return found


async def test_a_ticket_with_a_name_and_a_code_that_scans(client: Client) -> None:
    """The README's address: 1200 wide, another picture than without the name, a readable code."""
    named = await body_of(
        await client.get("/i/event-ticket.png?first_name=Ada&ticket_code=MS-1815")
    )
    nameless = await body_of(await client.get("/i/event-ticket.png?ticket_code=MS-1815"))

    assert pixels(named).shape == (630, 1200, 3)
    assert codes_in(named) == codes_in(nameless) == ["MS-1815"]
    assert (pixels(named) != pixels(nameless)).any()


@pytest.mark.parametrize("extension", ["png", "jpg", "jpeg", "webp", "avif"])
@pytest.mark.parametrize("scale", ["1", "2", "3"])
async def test_every_format_at_every_scale(client: Client, extension: str, scale: str) -> None:
    """All formats, scales 1 to 3: the right type, the right size."""
    response = await client.get(f"/i/reference-card.{extension}?_scale={scale}&name=Ada")
    picture = await body_of(response)

    kind = "jpeg" if extension == "jpg" else extension
    assert response.headers["Content-Type"] == f"image/{kind}"
    assert pixels(picture).shape[:2] == (630 * int(scale), 1200 * int(scale))


async def test_two_hundred_recipients_get_their_own_picture(client: Client) -> None:
    """200 at once, each read back from its own code: nobody gets somebody else's ticket."""

    async def ticket(number: int) -> tuple[str, list[str], str]:
        code = f"SEAT-{number:04d}"
        response = await client.get(f"/i/event-ticket.png?first_name=N{number}&ticket_code={code}")
        status = response.headers["Mergeshot-Status"]
        return code, codes_in(await body_of(response)), status

    first = await asyncio.gather(*(ticket(number) for number in range(200)))
    late = [code for code, _, status in first if status != "exact"]
    await asyncio.sleep(2 if late else 0)
    again = await asyncio.gather(*(ticket(number) for number in range(200)))

    # Whoever waited too long got the generic ticket, with nobody's code, or a tile where that was
    # not made yet; and its own afterwards.
    nobodys: tuple[list[str], ...] = (["MERIDIAN-2026"], [])
    assert [one for one in first if one[2] == "exact" and one[1] != [one[0]]] == []
    assert [one for one in first if one[2] != "exact" and one[1] not in nobodys] == []
    assert [code for code, found, _ in again if found != [code]] == []


async def test_the_same_request_twice_is_the_same_bytes(serve: Open, tmp_path: Path) -> None:
    """Two installations with caches of their own draw byte for byte the same picture."""
    pictures = set()
    for name in ("one", "two"):
        client = await serve(tmp_path / name, engines="1", pages="1")
        for extension in ("png", "jpg"):
            response = await client.get(f"/i/event-ticket.{extension}?first_name=Ada")
            assert response.headers["Mergeshot-Cache"] == "miss"
            pictures.add((extension, await body_of(response)))

    assert len(pictures) == 2


async def test_identical_requests_share_one_drawing(client: Client) -> None:
    """50 requests for one new picture make one drawing."""

    async def drawings() -> float:
        text = await (await client.get("/metrics")).text()
        lines = [
            line for line in text.splitlines() if line.startswith("mergeshot_drawings_total{")
        ]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)

    before = -1.0
    for _ in range(60):  # the generic pictures are made beside us
        earlier, before = before, await drawings()
        if earlier == before:
            break
        await asyncio.sleep(0.5)
    path = f"/i/event-ticket.png?first_name=Twin{os.getpid()}"
    bodies = await asyncio.gather(*(client.get(path) for _ in range(50)))
    pictures = {await body_of(response) for response in bodies}

    assert len(pictures) == 1
    assert await drawings() == before + 1


async def test_killing_the_browser_costs_no_request(serve: Open, tmp_path: Path) -> None:
    """SIGKILL in the middle of 60 drawings: all of them come, exact, each with its own code."""
    before = set(browsers())
    client = await serve(tmp_path, engines="2", pages="2", image_wait="30s", timeout="40s")
    mine = [process for process in browsers() if process not in before]

    async def ticket(number: int) -> tuple[str, str, list[str]]:
        code = f"KILL-{number}"
        response = await client.get(f"/i/event-ticket.png?ticket_code={code}")
        return code, response.headers["Mergeshot-Status"], codes_in(await body_of(response))

    drawing = [asyncio.ensure_future(ticket(number)) for number in range(60)]
    await asyncio.sleep(0.4)
    assert mine
    for process in mine[: len(mine) // 2 or 1]:
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended with the one before
            process.send_signal(signal.SIGKILL)
    tickets = await asyncio.gather(*drawing)

    assert [entry for entry in tickets if entry[1:] != ("exact", [entry[0]])] == []
    readiness = await client.get("/readyz")
    assert readiness.status == 200


@pytest.mark.parametrize(("surface", "scale"), [("window", 1), ("headless", 2)])
async def test_without_any_browser_there_is_still_a_picture(
    serve: Open, tmp_path: Path, surface: str, scale: int
) -> None:
    """All browsers stopped dead: known pictures stay exact, new ones are generic, in time."""
    before = set(browsers())
    more = {"engines": "1", "pages": "2", "image_wait": "1s", "timeout": "3s"}
    client = await serve(tmp_path, surface=surface, **more)
    mine = [process for process in browsers() if process not in before]
    for _ in range(100):  # the generic pictures are being made beside us
        if len(list((tmp_path / "generic").glob("*/*.png"))) >= 13:
            break
        await asyncio.sleep(0.2)
    known = await body_of(await client.get("/i/event-ticket.jpg?first_name=Ada"))
    asked = "/i/event-ticket.jpg?first_name=Grace"
    for process in mine:
        with contextlib.suppress(psutil.NoSuchProcess):  # what a browser forked at its start
            process.send_signal(signal.SIGSTOP)
    try:
        kept = await client.get("/i/event-ticket.jpg?first_name=Ada")
        new = await client.get(f"{asked}&_scale={scale}&_size=square")
        strict = await client.get("/i/event-ticket.jpg?first_name=Alan&_strict=1")
        generic = await body_of(new)
    finally:
        for process in mine:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)

    assert (kept.headers["Mergeshot-Status"], await body_of(kept)) == ("exact", known)
    assert new.headers["Mergeshot-Status"] == "generic"
    assert "ETag" not in new.headers
    assert "max-age=60" in new.headers["Cache-Control"]
    assert pixels(generic).shape == (1080 * scale, 1080 * scale, 3)
    assert codes_in(generic) == ["MERIDIAN-2026"]
    assert strict.status in {503, 504}


async def test_pictures_survive_a_restart(serve: Open, tmp_path: Path) -> None:
    """What was drawn once is on disk: the next process answers without drawing."""
    first = await serve(tmp_path, engines="1", pages="1")
    drawn = await body_of(await first.get("/i/event-ticket.png?first_name=Ada"))
    await first.close()
    second = await serve(tmp_path, engines="1", pages="1")
    response = await second.get("/i/event-ticket.png?first_name=Ada")

    assert response.headers["Mergeshot-Cache"] == "hit"
    assert await body_of(response) == drawn


async def test_a_saved_template_is_drawn_anew(serve: Open, tmp_path: Path) -> None:
    """Development: a save shows at the next request, a broken one as its mistake, and it heals."""
    templates = tmp_path / "templates"
    shutil.copytree("html_templates", templates)
    client = await serve(tmp_path / "data", engines="1", pages="1", templates_dir=str(templates))
    address = "/i/reference-card.png?name=Ada"
    before = await client.get(address)
    page = templates / "reference-card" / "template.html"
    text = page.read_text()

    async def until(tag: str | None, status: str) -> ClientResponse:
        for _ in range(60):
            response = await client.get(address)
            seen = response.headers["Mergeshot-Status"], response.headers.get("ETag")
            if seen[0] == status and seen[1] != tag:
                return response
            await asyncio.sleep(0.1)
        raise AssertionError(f"never {status}")

    page.write_text(text.replace("</h1>", "!</h1>"))
    after = await until(before.headers["ETag"], "exact")
    page.write_text(text.replace("</h1>", "{{ nmae }}</h1>"))
    broken = await until(after.headers["ETag"], "tile")
    page.write_text(text)
    mended = await until(None, "exact")

    assert await body_of(after) != await body_of(before)
    assert pixels(await body_of(broken)).shape == (630, 1200, 3)
    assert mended.headers["ETag"] == before.headers["ETag"]
