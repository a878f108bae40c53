"""The X server that windows are drawn on: Xvfb, whose screen is a file in memory."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import mmap
import os
import secrets
import shutil
import signal
import socket
import struct
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from service.browser.users import as_ordinary_user, hand_over
from service.errors import StartupError

START_TIMEOUT_S = 15.0
PREFIX, LOCK = "mergeshot-screen-", "in-use"
SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108 - where every X server has its socket
BYTES = 4
"""Of a pixel on the screen: blue, green, red, and one that means nothing."""

_LOCAL = 256
"""What an Xauthority file calls a connection from the same host."""

_HEADER = 25
"""The numbers at the beginning of an XWD file, each of four bytes, the greatest first."""

# A headless Chromium does not hint its letters and knows no subpixels. Nor shall one with windows.
_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
{matches}
</fontconfig>
"""
_MATCH = """\
<match target="{target}">
<edit name="hinting" mode="assign"><bool>false</bool></edit>
<edit name="hintstyle" mode="assign"><const>hintnone</const></edit>
<edit name="rgba" mode="assign"><const>none</const></edit>
</match>"""

Grid = npt.NDArray[np.uint8]
"""Rows, columns, and the bytes of a pixel."""


@dataclass(slots=True)
class Xvfb:
    """A running X server.

    `environment` is what its clients need. `memory` is its screen as it is at any moment, for
    reading.
    """

    process: asyncio.subprocess.Process
    folder: Path
    lock: IO[bytes]
    environment: dict[str, str]
    memory: Grid

    @property
    def display(self) -> str:
        """The name that its clients call it by."""
        return self.environment["DISPLAY"]

    def kill(self) -> None:
        """End it at once. Quiet when it has ended already."""
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)

    async def close(self) -> None:
        """End it and take its files away."""
        self.kill()
        await self.process.wait()
        self.lock.close()
        await asyncio.to_thread(shutil.rmtree, self.folder, True)


async def start_xvfb(program: Path, width: int, height: int) -> Xvfb:
    """Start one with a screen of so many pixels, open to whoever has its cookie alone.

    Raises:
        StartupError: when it does not start.
    """
    folder = _folder_for(width * height * BYTES)
    lock = _locked(folder)
    try:
        _make_room_for_sockets()
        _write(folder / "fonts.conf", _fonts().encode())
        process, number = await _run(program, folder, f"{width}x{height}x24")
        return Xvfb(
            process,
            folder,
            lock,
            {
                "DISPLAY": f":{number}",
                "XAUTHORITY": str(folder / "cookie"),
                "FONTCONFIG_FILE": str(folder / "fonts.conf"),
            },
            _mapped(folder / "Xvfb_screen0"),
        )
    except BaseException:
        lock.close()
        shutil.rmtree(folder, ignore_errors=True)
        raise


async def _run(program: Path, folder: Path, screen: str) -> tuple[asyncio.subprocess.Process, int]:
    """Start the program and wait for the number that it finds for itself."""
    _write(folder / "cookie", _cookie())
    reading, writing = os.pipe()
    arguments = (
        *("-screen", "0", screen, "-fbdir", folder, "-auth", folder / "cookie"),
        # It knows a number as taken by the abstract socket alone: without one, it would take over
        # the socket of a server that runs.
        *("-displayfd", str(writing), "-nolisten", "tcp"),
        # Without a cursor, which would be drawn into the picture; gone with its last client, so
        # that it does not outlive us, whatever becomes of us.
        *("-nocursor", "-noreset", "-terminate"),
    )
    with (folder / "log").open("wb") as log, os.fdopen(reading, "rb") as answer:
        try:
            process = await asyncio.create_subprocess_exec(
                *as_ordinary_user(program, *map(str, arguments)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(writing,),
                start_new_session=True,
            )
        except OSError as error:
            raise _unstarted(program, str(error)) from error
        finally:
            os.close(writing)
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                line = await asyncio.to_thread(answer.readline)
            return process, int(line)
        except BaseException as error:  # also when nobody waits any more
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            if not isinstance(error, (TimeoutError, ValueError)):
                raise
            said = (folder / "log").read_text(errors="replace").strip().splitlines()
            raise _unstarted(program, said[-1] if said else "it said nothing") from error


def _unstarted(program: Path, reason: str) -> StartupError:
    return StartupError(
        f"The virtual screen {program} did not start: {reason[:200]}",
        hint="Install xvfb with xkb-data and x11-xkb-utils, or set MERGESHOT_SURFACE=headless.",
    )


def _folder_for(size: int) -> Path:
    """A private folder with room for a screen, best one that is in memory.

    A file in memory that outgrows its file system ends whoever writes to it, hence the question.
    """
    for place in ("/dev/shm", tempfile.gettempdir()):  # noqa: S108 - mkdtemp makes it private
        if not os.access(place, os.W_OK) or shutil.disk_usage(place).free < size * 5 // 4:
            continue
        _sweep(Path(place))
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        hand_over(folder)
        return folder
    raise StartupError(
        f"There is no room for a virtual screen of {size >> 20} MiB.",
        hint="Give /dev/shm or TMPDIR more room, lower MERGESHOT_PAGES, or set "
        "MERGESHOT_SURFACE=headless.",
    )


def _sweep(place: Path) -> None:
    """Take away what was left by processes that were killed: nobody holds its lock any more."""
    for folder in place.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), (folder / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


def _locked(folder: Path) -> IO[bytes]:
    """The lock that says that a folder is in use; the system opens it when we end."""
    lock = (folder / LOCK).open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _make_room_for_sockets() -> None:
    """The folder of all X sockets, which an ordinary user's X server will not make."""
    with contextlib.suppress(OSError):  # there already, most often
        SOCKETS.mkdir()
        SOCKETS.chmod(0o1777)


def _fonts() -> str:
    matches = "\n".join(_MATCH.format(target=target) for target in ("pattern", "font"))
    return _FONTS.format(matches=matches)


def _cookie() -> bytes:
    """An Xauthority file with one cookie, for any display of this host."""
    parts: Sequence[bytes] = (
        socket.gethostname().encode(),
        b"",
        b"MIT-MAGIC-COOKIE-1",
        secrets.token_bytes(16),
    )
    return struct.pack(">H", _LOCAL) + b"".join(
        struct.pack(">H", len(part)) + part for part in parts
    )


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    hand_over(path)


def _mapped(file: Path) -> Grid:
    """The pixels of an XWD file, for as long as somebody looks at them."""
    with file.open("rb") as opened:
        memory = mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ)
    numbers = struct.unpack(f">{_HEADER}I", memory[: _HEADER * 4])
    size, height, row, colours = numbers[0], numbers[5], numbers[12], numbers[19]
    start = size + colours * 12
    return np.frombuffer(memory, np.uint8, row * height, start).reshape(
        height, row // BYTES, BYTES
    )


@contextlib.contextmanager
def environment_of(server: Xvfb) -> Iterator[None]:
    """Set, for as long as the block runs, what a client in this process reads."""
    before = os.environ.get("XAUTHORITY")
    os.environ["XAUTHORITY"] = server.environment["XAUTHORITY"]
    try:
        yield
    finally:
        if before is None:
            del os.environ["XAUTHORITY"]
        else:
            os.environ["XAUTHORITY"] = before
