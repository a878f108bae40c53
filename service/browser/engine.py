"""A browser that draws: what the pool needs of one, and the headless kind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import structlog
from playwright.async_api import Browser

from service.browser.fresh import FreshPage
from service.browser.launch import Launched, launch
from service.browser.page import StandingPage
from service.browser.surfaces import ScreenshotSurface, Surface
from service.browser.viewport import CardViewport
from service.errors import StartupError
from service.model import Document

log = structlog.get_logger(__name__)


class Engine(Protocol):
    """One running browser. `kind` is part of the fingerprint: kinds differ by some pixels."""

    kind: str
    surface: Surface

    @property
    def alive(self) -> bool:
        """Whether the browser still runs."""
        ...

    @property
    def died(self) -> asyncio.Event:
        """Set when the browser ends, whoever ended it."""
        ...

    async def open_page(self) -> StandingPage:
        """A new standing page for the swap lane."""
        ...

    def fresh(self, document: Document, *, scripts: bool) -> FreshPage:
        """A page for one picture, not yet open."""
        ...

    async def close(self) -> None:
        """End the browser within a bound."""
        ...

    def kill(self) -> None:
        """End the browser at once."""
        ...


class HeadlessEngine:
    """Chromium without a window, photographed by its screenshot command."""

    kind = "headless"

    def __init__(self, launched: Launched) -> None:
        self._launched = launched
        self._died = asyncio.Event()
        self.surface: Surface = ScreenshotSurface()
        launched.browser.on("disconnected", self._on_disconnected)

    @classmethod
    async def start(cls, executable: Path, sandbox: bool) -> HeadlessEngine:
        """Start one.

        Raises:
            StartupError: when the browser does not start.
        """
        return cls(await launch(executable, sandbox=sandbox))

    @property
    def alive(self) -> bool:
        """Whether the browser still runs."""
        return not self._died.is_set()

    @property
    def died(self) -> asyncio.Event:
        """Set when the browser ends, whoever ended it."""
        return self._died

    async def open_page(self) -> StandingPage:
        """A new standing page for the swap lane."""
        return await StandingPage.open(self._launched.browser, CardViewport())

    def fresh(self, document: Document, *, scripts: bool) -> FreshPage:
        """A page for one picture, not yet open."""
        return FreshPage(self._launched.browser, document, scripts=scripts)

    async def close(self) -> None:
        """End the browser within a bound."""
        self._died.set()
        await self._launched.close()

    def kill(self) -> None:
        """End the browser at once."""
        self._died.set()
        self._launched.kill()

    def _on_disconnected(self, _: Browser) -> None:
        self._died.set()


class EngineStarter:
    """Starts engines of one kind, and remembers whether this host lets Chromium have a sandbox.

    `start` is told whether it is to be had.
    """

    def __init__(
        self, start: Callable[[bool], Awaitable[Engine]], *, sandbox: bool, forgiving: bool
    ) -> None:
        self._start = start
        self._sandbox = sandbox
        self._forgiving = forgiving
        if not sandbox:
            log.warning("sandbox_off", reason="MERGESHOT_ALLOW_NO_SANDBOX")

    async def __call__(self) -> Engine:
        """Start an engine. Development goes on without a sandbox where there is none to be had.

        Raises:
            StartupError: when the browser does not start.
        """
        try:
            return await self._start(self._sandbox)
        except StartupError as error:
            if not (self._sandbox and self._forgiving and "sandbox" in error.message):
                raise
            log.warning("sandbox_off", reason="this host offers none; development only")
            self._sandbox = False
            return await self._start(False)
