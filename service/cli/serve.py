"""`mergeshot serve`: start the server."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.settings import begin
from service.errors import ConfigError, StartupError

if TYPE_CHECKING:
    from service.config import Settings


def serve(
    dev: Annotated[
        bool,
        typer.Option(
            "--dev", help="Everything open, templates reload as you edit them. Local only."
        ),
    ] = False,
) -> None:
    """Serve pictures over HTTP.

    Ctrl-C or SIGTERM ends it once what is in flight is finished; a second one ends it at once.
    """
    settings = begin(level=logging.INFO)
    if dev:
        refuse_exposed(settings.host)
    # Next to nothing of what a start makes is garbage; to look for it took a fifth of the imports.
    gc.disable()
    try:
        raise typer.Exit(asyncio.run(_serve(settings, dev=dev)))
    finally:
        gc.enable()


async def _serve(settings: Settings, *, dev: bool) -> int:
    """Browsers first: they start beside the imports, which take as long."""
    from service.browser.hiring import start_fleet

    starting = asyncio.create_task(start_fleet(settings, forgiving=dev))
    try:
        # By a thread, so that the loop is free to look after what starts.
        await asyncio.to_thread(import_module, "service.cli.server")
        from service.app import open_renderer
        from service.cli.server import run

        open_parts = partial(open_renderer, settings, development=dev, starting=starting)
        return await run(open_parts, settings, development=dev)
    finally:
        starting.cancel()
        with suppress(asyncio.CancelledError, StartupError):
            await (await starting).fleet.close()  # again, unless nobody came to take it


def refuse_exposed(host: str) -> None:
    """Keep development mode, where everything is open, on this machine.

    Raises:
        ConfigError: when `host` can be reached from elsewhere.
    """
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise ConfigError(
            f"MERGESHOT_HOST: {host or 'every address'} can be reached from other machines, "
            "and --dev leaves everything open",
            hint="Use 127.0.0.1 with --dev, or serve without --dev.",
        )
