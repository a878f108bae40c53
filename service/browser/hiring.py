"""Which browsers there are to draw with on this host, and how many of them to run."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from service.browser.engine import Engine, EngineStarter, HeadlessEngine
from service.browser.fleet import Fleet
from service.browser.locate import build_of, locate, locate_window
from service.browser.pool import Pool
from service.browser.window import WindowEngine
from service.config import Settings
from service.errors import StartupError

log = structlog.get_logger(__name__)


def cores() -> int:
    """The cores that this process may use, which in a container is not what the machine has."""
    return (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )


WINDOWS = 4
"""Of one browser: it draws no more with more of them."""

PAGES = 3
"""Of one headless browser."""


@dataclass(frozen=True, slots=True)
class Crews:
    """The programs: a headless browser, and Xvfb with a browser that has windows, if any."""

    headless: Path
    window: tuple[Path, Path] | None

    @property
    def builds(self) -> Mapping[str, str]:
        """The version of each browser, by the kind of its engine, the one that draws most first.

        Raises:
            StartupError: when one of them cannot say its version, so is no browser.
        """
        builds = {HeadlessEngine.kind: build_of(self.headless)}
        return {WindowEngine.kind: build_of(self.window[1]), **builds} if self.window else builds


def find_crews(settings: Settings) -> Crews:
    """What is installed and may be used.

    Raises:
        StartupError: when there is no browser, or no window where one is asked for.
    """
    surface, chosen = settings.surface, settings.chromium
    window = locate_window(chosen) if surface != "headless" else None
    if surface == "window" and window is None:
        raise StartupError(
            "MERGESHOT_SURFACE=window needs Xvfb and a full Chromium; one was not found.",
            hint="Run `make setup`, install xvfb and chromium, or set MERGESHOT_SURFACE=auto.",
        )
    if surface == "auto" and window is None:
        log.info("no_windows", reason="Xvfb or a full Chromium is missing; pictures come slower")
    return Crews(locate(chosen), window)


def hire(crews: Crews, settings: Settings, *, cores: int, forgiving: bool) -> Fleet:
    """A fleet of as many browsers and pages as the settings say, or else the cores.

    `forgiving` goes on without Chromium's sandbox where a host offers none.
    """
    sandbox = not settings.allow_no_sandbox
    starter = partial(EngineStarter, sandbox=sandbox, forgiving=forgiving)
    pool = partial(
        Pool,
        queue_max=settings.queue_max,
        recycle_after=settings.recycle_after,
        scripts=sandbox or forgiving,
    )
    headless = partial(
        pool,
        starter(partial(HeadlessEngine.start, crews.headless)),
        pages=settings.pages or PAGES,
    )
    if crews.window is None:
        return Fleet(headless(engines=settings.engines or max(1, cores // 2)))
    xvfb, browser = crews.window
    windows = settings.pages or WINDOWS

    async def start(sandbox: bool) -> Engine:
        return await WindowEngine.start(xvfb, browser, windows, sandbox)

    engines = settings.engines or max(1, cores // 4)
    return Fleet(headless(engines=1), pool(starter(start), engines=engines, pages=windows))


@dataclass(frozen=True, slots=True)
class Hired:
    """A fleet that is started, and the versions of its browsers by the kind of engine."""

    fleet: Fleet
    builds: Mapping[str, str]


async def start_fleet(settings: Settings, *, forgiving: bool) -> Hired:
    """Find the browsers and start those that draw most.

    Raises:
        StartupError: when there is no browser, or none that starts.
    """
    crews = await asyncio.to_thread(find_crews, settings)
    fleet = hire(crews, settings, cores=cores(), forgiving=forgiving)
    asking = asyncio.create_task(asyncio.to_thread(lambda: crews.builds))
    try:
        await fleet.start()
        return Hired(fleet, await asking)
    except BaseException:
        await asyncio.gather(asking, fleet.close(), return_exceptions=True)
        raise
