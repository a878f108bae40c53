"""A real X server: its memory, its cookie, its files, and what is said when it does not start."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import stat
import struct
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from Xlib.display import Display

from service.browser import xvfb as module
from service.browser.users import ORDINARY_USER
from service.browser.xvfb import LOCK, PREFIX, Xvfb, environment_of, start_xvfb
from service.errors import StartupError
from tests.browser.screens import client, fill, xvfb
from tests.waiting import until

pytestmark = pytest.mark.chromium

WIDTH, HEIGHT = 320, 200


@pytest.fixture
async def server() -> AsyncIterator[Xvfb]:
    started = await start_xvfb(xvfb(), WIDTH, HEIGHT)
    yield started
    await started.close()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that an ordinary user may write into."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def program(place: Path, *lines: str) -> Path:
    path = place / "Xvfb"
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)
    return path


def greeted(server: Xvfb, cookie: bytes) -> str:
    """What it answers to a client that shows it this cookie."""
    name = b"MIT-MAGIC-COOKIE-1" if cookie else b""
    hello = struct.pack("<BxHHHHxx", ord("l"), 11, 0, len(name), len(cookie))
    padded = name + bytes(-len(name) % 4) + cookie + bytes(-len(cookie) % 4)
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        client.connect(f"/tmp/.X11-unix/X{server.display[1:]}")
        client.sendall(hello + padded)
        return {0: "refused", 1: "welcome"}[client.recv(1)[0]]


# What it is


async def test_its_memory_is_its_screen(server: Xvfb) -> None:
    """Rows, columns, four bytes; what a client draws is there, blue first."""
    with client(server.environment) as display:
        fill(display, 10, 20, 30, 40, 0x102030)
        seen = server.memory.copy()

    assert seen.shape == (HEIGHT, WIDTH, 4)
    expected = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    expected[20:60, 10:40] = (0x30, 0x20, 0x10)
    assert np.array_equal(seen[:, :, :3], expected)


async def test_its_memory_is_for_reading(server: Xvfb) -> None:
    with pytest.raises(ValueError, match="read-only"):
        server.memory[0, 0, 0] = 1


@pytest.mark.parametrize(("width", "height"), [(1, 1), (33, 7), (2432, 2072)])
async def test_a_screen_of_any_size_has_rows_as_long_as_it_is_wide(
    width: int, height: int
) -> None:
    server = await start_xvfb(xvfb(), width, height)
    with client(server.environment) as display:
        fill(display, width - 1, height - 1, 1, 1, 0x030201)
        last = server.memory[height - 1, width - 1, :3].tolist()
        said = display.screen()
    await server.close()

    assert (said.width_in_pixels, said.height_in_pixels) == (width, height)
    assert last == [1, 2, 3]


async def test_several_servers_have_numbers_and_screens_of_their_own() -> None:
    """Whoever asks for one of them later does not come to another's."""
    every = await asyncio.gather(*(start_xvfb(xvfb(), WIDTH, HEIGHT) for _ in range(4)))
    for level, server in enumerate(every, 1):
        with client(server.environment) as display:
            fill(display, 0, 0, 5, 5, level)
            drawn = [int(each.memory[0, 0, 0]) for each in every]
        assert drawn == [*range(1, level + 1), *[0] * (4 - level)]
        await asyncio.wait_for(server.process.wait(), 10)  # with its last client
    for server in every:
        await server.close()

    assert len({server.display for server in every}) == 4


async def test_a_number_is_used_again(server: Xvfb) -> None:
    """Else a machine would run out of them, though an ended server's socket may be left."""
    first = await start_xvfb(xvfb(), WIDTH, HEIGHT)
    await first.close()
    second = await start_xvfb(xvfb(), WIDTH, HEIGHT)
    with client(second.environment) as display:
        assert display.screen().width_in_pixels == WIDTH
    await second.close()

    assert second.display != server.display
    assert int(second.display[1:]) < 100


async def test_what_a_killed_process_left_is_taken_away_and_nothing_else(
    server: Xvfb, tmp_path: Path
) -> None:
    """A screen of 100 MB whose owner was killed would stay in memory for good."""
    left = Path(tempfile.mkdtemp(prefix=PREFIX, dir=server.folder.parent))
    (left / LOCK).touch()
    other = await start_xvfb(xvfb(), WIDTH, HEIGHT)
    await other.close()

    assert not left.exists()
    assert server.folder.exists()
    assert not server.memory.any()  # and can be read


# Who may see it


@pytest.mark.parametrize("cookie", [b"", bytes(16)])
async def test_a_client_without_the_cookie_is_refused(server: Xvfb, cookie: bytes) -> None:
    kept = (server.folder / "cookie").read_bytes()[-16:]
    with client(server.environment):  # the server ends with its last one
        assert greeted(server, cookie) == "refused"
        assert greeted(server, kept) == "welcome"


async def test_its_folder_is_its_users_alone(server: Xvfb) -> None:
    """The screen shows recipients' pictures, and the cookie opens it."""
    status = server.folder.stat()

    assert stat.S_IMODE(status.st_mode) == 0o700
    assert status.st_uid == psutil.Process(server.process.pid).uids().real
    assert {path.parent for path in server.folder.rglob("*")} == {server.folder}


async def test_as_root_it_is_an_ordinary_user(server: Xvfb) -> None:
    process = psutil.Process(server.process.pid)

    assert process.name() == "Xvfb"
    assert 0 not in (*process.uids(), *process.gids())
    if os.geteuid() == 0:
        assert process.username() == ORDINARY_USER


async def test_it_is_reached_by_no_network(server: Xvfb) -> None:
    listening = [
        connection.laddr
        for connection in psutil.Process(server.process.pid).net_connections(kind="all")
        if connection.status in {"LISTEN", "NONE"} and connection.laddr
    ]

    name = f"/tmp/.X11-unix/X{server.display[1:]}"
    assert {str(address).lstrip("@\0") for address in listening} == {name}


async def test_it_is_apart_from_our_process_group(server: Xvfb) -> None:
    """Ctrl-C in a terminal reaches us alone."""
    assert os.getpgid(server.process.pid) == server.process.pid != os.getpgrp()


# Its environment


async def test_its_fonts_are_those_of_a_headless_browser(server: Xvfb) -> None:
    """Letters without hints and subpixels, whatever the machine says."""
    asked = ("fc-match", "-f", "%{hinting} %{hintstyle} %{rgba}", "sans-serif")
    program = shutil.which(asked[0])
    assert program, "fontconfig's tools are missing"
    process = await asyncio.create_subprocess_exec(
        *asked, env={**os.environ, **server.environment}, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()

    assert told.decode() == "False 0 5"


@pytest.mark.parametrize("before", [None, "/ours"])
async def test_our_own_environment_is_as_before(
    server: Xvfb, monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    monkeypatch.delenv("XAUTHORITY", raising=False)
    if before:
        monkeypatch.setenv("XAUTHORITY", before)
    with environment_of(server):
        Display(server.display).close()

    assert os.environ.get("XAUTHORITY") == before


# Its end


async def test_nothing_is_left_of_it(folders: list[Path]) -> None:
    """No process, no folder, no socket; closing twice is as quiet as once."""
    server = await start_xvfb(xvfb(), WIDTH, HEIGHT)
    socket = Path(f"/tmp/.X11-unix/X{server.display[1:]}")
    assert socket.exists()
    assert folders == [server.folder]
    assert folders[0].exists()
    await server.close()
    await server.close()

    assert server.process.returncode is not None
    assert not psutil.pid_exists(server.process.pid)
    assert folders
    assert not any(folder.exists() for folder in folders)
    assert not server.folder.exists()


async def test_it_ends_with_its_last_client() -> None:
    """So it does not outlive us when we are killed."""
    server = await start_xvfb(xvfb(), WIDTH, HEIGHT)
    with client(server.environment):
        await asyncio.sleep(0)
    await asyncio.wait_for(server.process.wait(), 10)
    await server.close()

    assert server.process.returncode == 0


# When it does not start


async def test_a_program_that_is_no_x_server(place: Path, folders: list[Path]) -> None:
    """One line that names the program, what it said, and what to do; nothing is left."""
    fake = program(place, "echo first >&2; echo no keyboard >&2; exit 3")
    with pytest.raises(StartupError) as caught:
        await start_xvfb(fake, WIDTH, HEIGHT)

    assert caught.value.message == f"The virtual screen {fake} did not start: no keyboard"
    assert "xkb-data" in caught.value.hint
    assert "MERGESHOT_SURFACE=headless" in caught.value.hint
    assert folders
    assert not any(folder.exists() for folder in folders)


async def test_a_program_that_is_not_there(place: Path, folders: list[Path]) -> None:
    with pytest.raises(StartupError) as caught:
        await start_xvfb(place / "none", WIDTH, HEIGHT)

    assert "MERGESHOT_SURFACE=headless" in caught.value.hint
    assert folders
    assert not any(folder.exists() for folder in folders)


async def test_a_program_that_says_nothing_is_not_waited_for(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "START_TIMEOUT_S", 0.5)
    fake = program(place, f"echo $$ > {place}/pid", "exec sleep 600")
    with pytest.raises(StartupError, match="it said nothing"):
        await start_xvfb(fake, WIDTH, HEIGHT)

    assert not psutil.pid_exists(int((place / "pid").read_text()))


async def test_a_start_that_nobody_waits_for_leaves_nothing(
    place: Path, folders: list[Path]
) -> None:
    """Such as one under way when the server is stopped."""
    fake = program(place, f"echo $$ > {place}/pid", "exec sleep 600")
    starting = asyncio.ensure_future(start_xvfb(fake, WIDTH, HEIGHT))
    pid = place / "pid"
    await until(lambda: pid.exists() and pid.read_text(), what="started")
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(starting, 5)

    assert not psutil.pid_exists(int(pid.read_text()))
    assert folders
    assert not any(folder.exists() for folder in folders)


async def test_without_room_it_is_not_started(
    monkeypatch: pytest.MonkeyPatch, folders: list[Path]
) -> None:
    """A screen that outgrows its file system would end the server; so it is asked before."""
    usage = shutil.disk_usage("/tmp")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
    with pytest.raises(StartupError, match="no room for a virtual screen of 7 MiB") as caught:
        await start_xvfb(xvfb(), 2000, 1000)

    for way in ("/dev/shm", "TMPDIR", "MERGESHOT_PAGES", "MERGESHOT_SURFACE=headless"):
        assert way in caught.value.hint
    assert folders == []


async def test_where_memory_has_no_room_it_lies_on_the_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usage = shutil.disk_usage
    small = usage("/tmp")._replace(free=1 << 20)
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: small if path == "/dev/shm" else usage(path)
    )
    server = await start_xvfb(xvfb(), 2000, 1000)
    place, shape = server.folder.parent, server.memory.shape
    await server.close()

    assert place == Path("/tmp")
    assert shape == (1000, 2000, 4)
