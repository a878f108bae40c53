"""Read this first. Two verbs make every picture, whoever asks.

`plan` decides: pure, quick, no browser. `draw` serves: one drawing for all who ask for the same
key at once, its pictures brought from the web first, on the pool's next page, encoded in a thread,
kept in the cache.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import structlog

from service.browser.pool import Drawn, Pool
from service.cache.cache import ImageCache, value_digest
from service.cache.entry import Entry
from service.catalogue.canonical import canonical
from service.catalogue.compose import compose
from service.errors import RenderFailed, TemplateFailed
from service.imaging.encode import PictureInvalid
from service.imaging.fitting import finish_within
from service.logs import current_facts
from service.metrics import NOTES, STAGES
from service.model import Document, Format, Image, Note, NoteCode, RenderRequest
from service.render.flight import Flight
from service.render.pictures import Pictures, bring
from service.render.plan import Plan, Planner

log = structlog.get_logger(__name__)

DEGRADING = frozenset({NoteCode.FONT_MISSING, NoteCode.IMAGE_UNREACHABLE})
"""Draw-time notes that another try may not have: such a picture is answered but never kept."""


class Renderer:
    """Plans and draws. HTTP, the command line and all that come later call these two verbs."""

    def __init__(
        self,
        planner: Planner,
        pool: Pool,
        cache: ImageCache,
        flight: Flight,
        encoder: ThreadPoolExecutor,
        pictures: Pictures,
        *,
        timeout: float,
    ) -> None:
        self._planner = planner
        self._pool = pool
        self._cache = cache
        self._flight = flight
        self._encoder = encoder
        self._pictures = pictures
        self._timeout = timeout

    def plan(self, request: RenderRequest, *, strict: bool = False) -> Plan:
        """Decide about one request; see `Planner.plan`."""
        return self._planner.plan(request, strict=strict)

    def failure(self, plan: Plan) -> TemplateFailed | None:
        """What is wrong with the template as it lies on disk, while an older one still serves."""
        return self._planner.failure(plan.template.name)

    async def recall(self, plan: Plan) -> Image | None:
        """The picture, if it was drawn before and is kept."""
        entry = await self._cache.get(plan.key)
        return None if entry is None else _image(entry)

    async def recall_subject(self, plan: Plan) -> Image | None:
        """The last picture of the same content, by whatever version or engine it was drawn."""
        entry = await self._cache.latest(plan.subject)
        return None if entry is None else _image(entry)

    async def draw(self, plan: Plan) -> Image:
        """Draw the picture, or wait for the same drawing under way. The cache is filled.

        A caller that stops waiting takes nothing away: the drawing goes on to its own deadline.

        Raises:
            TemplateFailed: the template cannot be filled with these values.
            ServiceError: as `Pool.draw`.
        """
        return await self._flight.join(plan.key, lambda: self._draw(plan))

    def compose(self, plan: Plan) -> Document:
        """The page to photograph.

        Raises:
            TemplateFailed: with file and line.
        """
        composed = compose(plan.template, plan.filled, plan.setting)
        return Document(
            html=composed.html,
            head=composed.head,
            width=plan.width,
            height=plan.height,
            scale=plan.scale,
            lane=plan.lane,
            version=plan.template.version,
            assets=plan.template.assets,
            transparent=plan.template.manifest.transparent,
        )

    async def close(self) -> None:
        """Wait for the drawings under way."""
        await self._flight.close()

    async def _draw(self, plan: Plan) -> Image:
        now = asyncio.get_running_loop().time()
        shown, fetched = plan, tuple[Note, ...]()
        if plan.remote:
            with _stage("fetch"):
                brought = await bring(self._pictures, plan, until=now + self._timeout / 2)
            shown, fetched = replace(plan, filled=brought.filled), brought.notes
        with _stage("compose"):
            document = self.compose(shown)
        image = await self._photograph(plan, document, now + self._timeout, fetched)
        for note in (*plan.notes, *image.notes):
            NOTES.labels(plan.template.name, note.code.value).inc()
        if not image.degraded:
            with _stage("store"):
                await self._cache.put(self._entry(plan, image))
        return image

    async def _photograph(
        self, plan: Plan, document: Document, deadline: float, noted: tuple[Note, ...]
    ) -> Image:
        loop = asyncio.get_running_loop()
        wanted = plan.wanted
        for last in (False, True):
            drawn = await self._pool.draw(document, wanted, deadline=deadline)
            _tell(drawn)
            try:
                with _stage("encode"):
                    made = await loop.run_in_executor(
                        self._encoder, finish_within, drawn.captured, wanted
                    )
            except PictureInvalid as error:
                log.warning("picture_invalid", problem=str(error), last=last)
                if last:
                    raise RenderFailed("The browser gave no usable picture twice.") from error
                continue
            notes = (*noted, *drawn.notes, *made.notes)
            degraded = any(note.code in DEGRADING for note in notes)
            return Image(made.body, made.format, wanted.width, wanted.height, notes, degraded)
        raise AssertionError("a second try returns or raises")

    def _entry(self, plan: Plan, image: Image) -> Entry:
        return Entry(
            body=image.body,
            key=plan.key,
            subject=plan.subject,
            template=plan.template.name,
            version=plan.template.version,
            fingerprint=self._planner.fingerprint,
            format=image.format.value,
            width=image.width,
            height=image.height,
            notes=image.notes,
            drawn_at=time.time(),
            values={
                name: value_digest(self._planner.secret, name, canonical(value))
                for name, value in plan.filled.values.items()
            },
        )


def _image(entry: Entry) -> Image:
    return Image(entry.body, Format(entry.format), entry.width, entry.height, entry.notes)


def _tell(drawn: Drawn) -> None:
    STAGES.labels("queue").observe(drawn.waited)
    STAGES.labels("draw").observe(drawn.drawing)
    facts = current_facts()
    facts.queue_ms = round(drawn.waited * 1000, 1)
    facts.draw_ms = round(drawn.drawing * 1000, 1)


@contextmanager
def _stage(name: str) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        STAGES.labels(name).observe(time.perf_counter() - began)
