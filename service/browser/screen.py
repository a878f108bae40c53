"""A virtual screen as we see it: its pixels, and word of what changes on it.

One X client for each screen, its socket in the event loop. The server tells of damage after it
has drawn, so nobody has to look again and again whether a picture is there yet.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from Xlib import X
from Xlib.display import Display
from Xlib.error import ConnectionClosedError, DisplayError, XauthError, XNoAuthError
from Xlib.ext import damage

from service.browser.xvfb import Grid, Xvfb, environment_of, start_xvfb
from service.errors import StartupError

log = structlog.get_logger(__name__)

_EVERY_RECTANGLE = damage.DamageReportRawRectangles


class Screen:
    """A running X server and our eye on it. `died` is set when it ends, whoever ended it."""

    def __init__(self, server: Xvfb, client: Display) -> None:
        self.pixels: Grid = server.memory
        self.environment = server.environment
        self.died = asyncio.Event()
        self.mapped = 0
        """How many windows have appeared on it since it began."""

        self.on_mapped: Callable[[], None] = lambda: None
        self._server = server
        self._client = client
        self._socket: int | None = client.fileno()
        self._waiting: dict[asyncio.Future[None], Callable[[], bool]] = {}
        self._watching = asyncio.create_task(self._watch())
        asyncio.get_running_loop().add_reader(client.fileno(), self._read)

    @classmethod
    async def start(cls, program: Path, width: int, height: int) -> Screen:
        """Start an X server with a screen of so many pixels, and watch it.

        Raises:
            StartupError: when it does not start, or cannot tell of damage.
        """
        server = await start_xvfb(program, width, height)
        try:
            client = _connected(server)
        except BaseException:
            await server.close()
            raise
        return cls(server, client)

    async def until(self, holds: Callable[[], bool], *, within: float) -> bool:
        """Wait until `holds` says yes, asking it after each change; False when it did not.

        `within` is in seconds. `holds` had better be quick: many may be waiting.
        """
        if holds():
            return True
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[told] = holds
        try:
            async with asyncio.timeout(within):
                await told
        except TimeoutError:
            return False
        finally:
            del self._waiting[told]
        return True

    async def close(self) -> None:
        """End the server and let go of its memory."""
        self._leave()
        await self._server.close()
        await self._watching
        with contextlib.suppress(ConnectionClosedError, OSError):
            self._client.close()

    def kill(self) -> None:
        """End the server at once."""
        self._server.kill()

    def _read(self) -> None:
        try:
            for _ in range(self._client.pending_events()):
                self._on_event(self._client.next_event())
        except (ConnectionClosedError, OSError):
            self._leave()
            return
        for told, holds in self._waiting.items():
            if not told.done() and holds():
                told.set_result(None)

    def _on_event(self, event: Any) -> None:
        if event.type == X.MapNotify:
            self.mapped += 1
            self.on_mapped()

    def _leave(self) -> None:
        """Look no more; `died` follows as soon as the server has ended.

        Once: a socket whose server has ended is closed, and its number may soon be another's,
        whose reader we would take away.
        """
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket = None

    async def _watch(self) -> None:
        await self._server.process.wait()
        self._leave()
        self.died.set()


def _connected(server: Xvfb) -> Display:
    """A client that is told of damage and of new windows, its pointer out of the way."""
    try:
        with environment_of(server):
            client = Display(server.display)
        try:
            _prepare(client, server)
        except BaseException:
            client.close()
            raise
    except (DisplayError, ConnectionClosedError, XauthError, XNoAuthError, OSError) as error:
        raise StartupError(f"The virtual screen cannot be watched: {error}") from error
    return client


def _prepare(client: Display, server: Xvfb) -> None:
    if not client.has_extension("DAMAGE"):
        raise StartupError("The virtual screen cannot tell of damage.")
    client.damage_query_version()
    root = client.screen().root
    root.change_attributes(event_mask=X.SubstructureNotifyMask)
    root.damage_create(_EVERY_RECTANGLE)
    # It stands in the middle of the screen at first, where it would hover over a picture.
    root.warp_pointer(server.memory.shape[1] - 1, server.memory.shape[0] - 1)
    client.flush()
