"""A server's life: start, listen, say so, wait for the reason to stop, finish, close."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from service.app import PartsFactory, create_app
from service.cli.output import complain, remark, say
from service.config import Settings
from service.errors import StartupError
from service.web.connections import Runner, open_runner
from service.web.keys import CATALOGUE, DRAINING, FAILED, Catalogue

DONE, FAILURE, INTERRUPTED = 0, 1, 130

_STOPPING = (signal.SIGINT, signal.SIGTERM)
_SAMPLE = ("event-ticket", "first_name", "Ada")
_LAST_DRAWING = 5.0
"""Seconds for an answer to get from the browser to the caller, on top of a drawing's own."""


async def run(open_parts: PartsFactory, settings: Settings, *, development: bool) -> int:
    """Serve until a signal comes, or until the browser is beyond help; returns the exit code.

    Raises:
        StartupError: when a part cannot start, or the port cannot be had.
    """
    app = create_app(open_parts, settings, development=development)
    patience = settings.timeout.total_seconds() + _LAST_DRAWING
    runner = open_runner(app, max_url=settings.max_url, patience=patience)
    with _stop_signals() as stop:
        try:
            if not await _done_before(stop, runner.setup()):
                return DONE
            _settle()
            port = await _listen(runner, settings)
            if development:
                base_url = settings.model_copy(update={"port": port}).base_url
                say(f"Ready. Try {sample_url(base_url, app[CATALOGUE])}")
                say(f"All templates: {base_url}/studio")
            if not await _done_before(stop, app[FAILED].wait()):
                if development:
                    remark("Finishing what is in flight; once more stops at once.")
                return DONE
            complain("The browser keeps dying, so this server gives up.", "The log says why.")
            return FAILURE
        finally:
            app[DRAINING].set()
            await runner.cleanup()


def sample_url(base_url: str, catalogue: Catalogue) -> str:
    """The address of a picture that there is, to try at once."""
    name, field, value = _SAMPLE
    names = catalogue.names()
    if name in names:
        return f"{base_url}/i/{name}.png?{field}={value}"
    return f"{base_url}/i/{names[0]}.png" if names else f"{base_url}/livez"


def _settle() -> None:
    """Let the collector of garbage begin, but leave alone what the start made: that stays.

    To look through it took 20 to 50 ms each time, in which nobody was answered.
    """
    gc.collect()
    gc.freeze()
    gc.enable()


async def _listen(runner: Runner, settings: Settings) -> int:
    """Open the port; returns its number, which the system chose if the setting is 0."""
    site = web.TCPSite(runner, settings.host, settings.port)
    try:
        await site.start()
    except OSError as error:
        raise StartupError(
            f"MERGESHOT_PORT: {settings.host}:{settings.port} cannot be listened on "
            f"({os.strerror(error.errno) if error.errno else error})",
            hint="Stop what listens there, or choose another port.",
        ) from error
    return site.port


async def _done_before(stop: asyncio.Event, work: Coroutine[Any, Any, object]) -> bool:
    """Run `work` to its end, or drop it when `stop` comes first and say False."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
            return True
        return False
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


@contextmanager
def _stop_signals() -> Iterator[asyncio.Event]:
    """An event that SIGINT or SIGTERM sets; the second of them ends the process there and then."""
    stop = asyncio.Event()

    def received() -> None:
        if stop.is_set():
            os._exit(INTERRUPTED)
        stop.set()

    loop = asyncio.get_running_loop()
    for number in _STOPPING:
        loop.add_signal_handler(number, received)
    try:
        yield stop
    finally:
        for number in _STOPPING:
            loop.remove_signal_handler(number)
