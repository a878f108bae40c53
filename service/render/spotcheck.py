"""One picture in a thousand is drawn once more, on a page that has drawn nothing before.

What a standing page draws must be what a fresh one does; tests hold it to that, for the pages
that they know. This holds it for those that are drawn here, while nobody waits.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog

from service.browser.drawn import Drawn
from service.browser.fleet import Fleet
from service.errors import ServiceError
from service.imaging.compare import compare
from service.imaging.encode import PictureInvalid, Wanted
from service.imaging.raster import Pixels
from service.metrics import SPOT_CHECKS
from service.model import Document, Format

log = structlog.get_logger(__name__)

ONE_IN = 1000
IDLE_S = 0.25
"""How long no picture may have been waited for, before one is drawn for us."""

TIMEOUT_S = 15.0

Forget = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class _Sample:
    """One picture as it was drawn, and how to make the cache forget it."""

    document: Document
    wanted: Wanted
    pixels: Pixels
    forget: Forget


class SpotChecks:
    """Takes samples of what windows draw, and compares them in idle time, one after the other."""

    def __init__(self, fleet: Fleet, *, one_in: int = ONE_IN) -> None:
        self._fleet = fleet
        self._one_in = one_in
        self._sample: asyncio.Queue[_Sample] = asyncio.Queue(1)

    def offer(self, document: Document, wanted: Wanted, drawn: Drawn, forget: Forget) -> None:
        """Perhaps take this picture as a sample. At most one waits; it holds its pixels."""
        if not isinstance(drawn.captured, Pixels) or self._sample.full():
            return
        if random.randrange(self._one_in) == 0:
            self._sample.put_nowait(_Sample(document, wanted, drawn.captured, forget))

    async def keep(self) -> None:
        """Compare what is taken, for as long as nobody ends it."""
        while True:
            sample = await self._sample.get()
            while not self._fleet.idle:  # noqa: ASYNC110 - idle for a moment is not idle yet
                await asyncio.sleep(IDLE_S)
            await self._check(sample)

    async def _check(self, sample: _Sample) -> None:
        """Compare one; where it differs, take it back and have this template drawn otherwise."""
        version, lossless = sample.document.version, replace(sample.wanted, format=Format.PNG)
        deadline = asyncio.get_running_loop().time() + TIMEOUT_S
        try:
            truth = await self._fleet.truth(sample.document, lossless, deadline=deadline)
            difference = await asyncio.to_thread(compare, sample.pixels, truth.captured, lossless)
        except (ServiceError, PictureInvalid) as error:
            SPOT_CHECKS.labels("failed").inc()
            log.warning("spot_check_failed", error=type(error).__name__, version=version)
            return
        SPOT_CHECKS.labels("equal" if difference.slight else "different").inc()
        if difference.slight:
            return
        log.error(
            "spot_check_differs",
            version=version,
            pixels=difference.pixels,
            of=difference.of,
            levels=difference.levels,
        )
        self._fleet.distrust(version)
        await sample.forget()
