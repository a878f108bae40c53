"""From a document to the finished file: a page of the pool draws, a thread encodes and checks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import structlog

from service.browser.drawn import Drawn
from service.browser.fleet import Fleet
from service.browser.printing import MOST_PAGES
from service.errors import FieldProblem, InvalidData, RenderFailed
from service.imaging.encode import PictureInvalid, Wanted
from service.imaging.fitting import Finished, finish_within, weighed
from service.imaging.pdf import TooManyPages, finish_card, finish_document
from service.imaging.raster import Encoded
from service.logs import current_facts
from service.metrics import STAGES
from service.model import Document, Image, Note, NoteCode, Sheet

log = structlog.get_logger(__name__)

DEGRADING = frozenset({NoteCode.FONT_MISSING, NoteCode.IMAGE_UNREACHABLE})
"""Draw-time notes that another try may not have: such a picture is answered but never kept."""


class Photographer:
    """Makes pictures of documents. What is not the picture that was wanted is drawn once more."""

    def __init__(self, fleet: Fleet, encoder: ThreadPoolExecutor) -> None:
        self._fleet = fleet
        self._encoder = encoder

    async def take(
        self,
        document: Document,
        wanted: Wanted,
        deadline: float,
        *,
        noted: tuple[Note, ...] = (),
        look: Callable[[Drawn], None] = lambda _: None,
    ) -> Image:
        """The picture. `deadline` is on the event loop's clock, `noted` what is known before.

        `look` sees what came of drawing it, before it is encoded.

        Raises:
            RenderFailed: what came could not be used, twice.
            ServiceError: as `Fleet.draw`.
        """
        loop = asyncio.get_running_loop()
        for last in (False, True):
            drawn = await self._fleet.draw(document, wanted, deadline=deadline)
            _tell(drawn)
            look(drawn)
            size = drawn.size or (wanted.width, wanted.height)
            sized = replace(wanted, width=size[0], height=size[1])
            try:
                with stage("encode"):
                    made = await loop.run_in_executor(
                        self._encoder, _finished, document, drawn, sized
                    )
            except PictureInvalid as error:
                log.warning("picture_invalid", problem=str(error), last=last)
                if last:
                    raise RenderFailed("The browser gave no usable picture twice.") from error
                continue
            notes = (*noted, *drawn.notes, *made.notes)
            degraded = any(note.code in DEGRADING for note in notes)
            return Image(made.body, made.format, *size, notes, degraded)
        raise AssertionError("a second try returns or raises")

    async def rehearse(self, document: Document, wanted: Wanted, deadline: float) -> None:
        """Have a document drawn, and let go of what comes.

        Raises:
            ServiceError: as `Fleet.draw`.
        """
        await self._fleet.draw(document, wanted, deadline=deadline)


def _finished(document: Document, drawn: Drawn, wanted: Wanted) -> Finished:
    if document.sheet is None:
        return finish_within(drawn.captured, wanted)
    if not isinstance(drawn.captured, Encoded):
        raise PictureInvalid("pixels came instead of a PDF")
    return weighed(_printed(document, document.sheet, drawn.captured.body), wanted)


def _printed(document: Document, sheet: Sheet, body: bytes) -> bytes:
    if document.guest is None:
        return finish_card(body, sheet)
    try:
        return finish_document(body, sheet, most=MOST_PAGES)
    except TooManyPages as error:
        message = f"fills more than {MOST_PAGES} pages, which are allowed"
        problem = FieldProblem("html", "invalid", message)
        raise InvalidData("This document is too long.", fields=[problem]) from error


def _tell(drawn: Drawn) -> None:
    STAGES.labels("queue").observe(drawn.waited)
    STAGES.labels("draw").observe(drawn.drawing)
    facts = current_facts()
    facts.queue_ms = round(drawn.waited * 1000, 1)
    facts.draw_ms = round(drawn.drawing * 1000, 1)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Observe how long the block takes."""
    began = time.perf_counter()
    try:
        yield
    finally:
        STAGES.labels(name).observe(time.perf_counter() - began)
