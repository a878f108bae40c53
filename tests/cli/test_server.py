import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from service.app import Parts
from service.cli.server import run
from service.config import Settings
from service.errors import StartupError
from tests.fakes import FakeParts, write_template


@pytest.fixture
def parts(tmp_path: Path) -> FakeParts:
    write_template(tmp_path, "event-ticket")
    return FakeParts(tmp_path)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def started(settings: Settings) -> str:
    """The server's address, once it answers."""
    async with aiohttp.ClientSession() as session:
        for _ in range(200):
            try:
                async with session.get(f"{settings.base_url}/livez"):
                    return settings.base_url
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.01)
    raise AssertionError("the server did not start")


@asynccontextmanager
async def server(
    parts: FakeParts, *, development: bool = False
) -> AsyncIterator[tuple[str, asyncio.Task[int]]]:
    settings = Settings.read({"MERGESHOT_PORT": str(free_port())})
    task = asyncio.ensure_future(run(parts.open, settings, development=development))
    try:
        yield await started(settings), task
    finally:
        task.cancel()
        await asyncio.wait({task})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_server_well(parts: FakeParts, number: int) -> None:
    async with server(parts) as (_, task):
        os.kill(os.getpid(), number)

        assert await asyncio.wait_for(task, 5) == 0
    assert (parts.opened, parts.closed) == (1, 1)


async def test_what_is_in_flight_is_finished_and_nothing_new_is_taken(parts: FakeParts) -> None:
    async with server(parts) as (address, task), aiohttp.ClientSession() as session:
        parts.renderer.hold = asyncio.Event()
        picture = asyncio.ensure_future(session.get(f"{address}/i/event-ticket.png"))
        await asyncio.sleep(0.1)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.1)
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(f"{address}/livez")
        assert parts.closed == 0
        parts.renderer.hold.set()

        response = await asyncio.wait_for(picture, 5)
        assert (response.status, response.headers["Mergeshot-Status"]) == (200, "exact")
        await response.read()
        assert await asyncio.wait_for(task, 5) == 0


async def test_a_browser_beyond_help_ends_the_server_with_one_line(
    parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    async with server(parts) as (_, task):
        parts.failed.set()

        assert await asyncio.wait_for(task, 5) == 1
    assert "The browser keeps dying" in capsys.readouterr().err


async def test_development_prints_a_picture_to_try(
    parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    async with server(parts, development=True) as (address, _):
        (line,) = [one for one in capsys.readouterr().out.splitlines() if "Ready" in one]
        url = line.split()[-1]
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            assert response.status == 200

    assert url == f"{address}/i/event-ticket.png?first_name=Ada"


async def test_a_port_that_is_taken_is_told_with_its_setting(parts: FakeParts) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = Settings.read({"MERGESHOT_PORT": str(taken.getsockname()[1])})

        with pytest.raises(StartupError, match="MERGESHOT_PORT"):
            await run(parts.open, settings, development=False)
    assert (parts.opened, parts.closed) == (1, 1)


async def test_a_start_that_fails_says_why() -> None:
    def no_browser() -> AbstractAsyncContextManager[Parts]:
        raise StartupError("No browser was found.")

    with pytest.raises(StartupError, match="No browser"):
        await run(no_browser, Settings.read({"MERGESHOT_PORT": "0"}), development=False)


async def test_a_signal_during_the_start_is_heeded(parts: FakeParts) -> None:
    closed = asyncio.Event()

    @asynccontextmanager
    async def slow() -> AsyncIterator[Parts]:
        os.kill(os.getpid(), signal.SIGTERM)
        try:
            await asyncio.sleep(60)
        finally:
            closed.set()
        async with parts.open() as opened:
            yield opened

    settings = Settings.read({"MERGESHOT_PORT": "0"})

    assert await asyncio.wait_for(run(slow, settings, development=False), 5) == 0
    assert closed.is_set()
    assert parts.opened == 0


def test_a_second_signal_ends_the_process_at_once(parts: FakeParts) -> None:
    code = """
import asyncio, sys
from pathlib import Path
from service.cli.server import run
from service.config import Settings
from tests.fakes import FakeParts

async def main():
    parts = FakeParts(Path(sys.argv[1]))
    parts.renderer.hold = asyncio.Event()
    settings = Settings.read({"MERGESHOT_PORT": sys.argv[2]})
    return await run(parts.open, settings, development=True)

raise SystemExit(asyncio.run(main()))
"""
    port = free_port()
    command = [sys.executable, "-u", "-c", code, str(parts.folder), str(port)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process,
        socket.socket() as caller,
    ):
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"Ready" in process.stdout.readline()
        caller.connect(("127.0.0.1", port))
        caller.sendall(b"GET /i/event-ticket.png HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.2)  # for the request to be in flight, and so worth waiting for
        process.send_signal(signal.SIGTERM)
        assert b"once more stops at once" in process.stderr.readline()
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)

        assert process.wait(5) == 130
