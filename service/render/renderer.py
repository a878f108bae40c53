"""Read this first. Two verbs make every picture, whoever asks.

`plan` decides: pure, quick, no browser. `draw` serves: one drawing for all who ask for the same
key at once, its pictures brought from the web first, on the pool's next page, encoded in a thread,
kept in the cache.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from service.cache.cache import ImageCache, value_digest
from service.cache.entry import Entry
from service.catalogue.canonical import canonical
from service.catalogue.compose import compose
from service.errors import TemplateFailed
from service.metrics import NOTES
from service.model import Document, Format, Image, Note, RenderRequest
from service.render.flight import Flight
from service.render.photograph import Photographer, stage
from service.render.pictures import Pictures, bring
from service.render.plan import Plan, Planner
from service.render.spotcheck import SpotChecks


class Renderer:
    """Plans and draws. HTTP, the command line and all that come later call these two verbs."""

    def __init__(
        self,
        planner: Planner,
        photographer: Photographer,
        cache: ImageCache,
        flight: Flight,
        pictures: Pictures,
        checks: SpotChecks,
        *,
        timeout: float,
    ) -> None:
        self._planner = planner
        self._photographer = photographer
        self._cache = cache
        self._flight = flight
        self._pictures = pictures
        self._checks = checks
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
            ServiceError: as `Fleet.draw`.
        """
        return await self._flight.join(plan.key, lambda: self._draw(plan))

    async def rehearse(self, plan: Plan) -> None:
        """Draw for nobody, so that the template stands on one more page.

        Raises:
            ServiceError: as `draw`.
        """
        until = asyncio.get_running_loop().time() + self._timeout
        await self._photographer.rehearse(self.compose(plan), plan.wanted, until)

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
            scripts=plan.template.manifest.javascript,
            sheet=plan.sheet,
        )

    async def close(self) -> None:
        """Wait for the drawings under way."""
        await self._flight.close()

    async def _draw(self, plan: Plan) -> Image:
        now = asyncio.get_running_loop().time()
        shown, fetched = plan, tuple[Note, ...]()
        if plan.remote:
            with stage("fetch"):
                brought = await bring(self._pictures, plan, until=now + self._timeout / 2)
            shown, fetched = replace(plan, filled=brought.filled), brought.notes
        with stage("compose"):
            document = self.compose(shown)
        image = await self._photographer.take(
            document,
            plan.wanted,
            now + self._timeout,
            noted=fetched,
            look=lambda drawn: self._checks.offer(
                document, plan.wanted, drawn, lambda: self._forget(plan)
            ),
        )
        for note in (*plan.notes, *image.notes):
            NOTES.labels(plan.template.name, note.code.value).inc()
        if not image.degraded:
            with stage("store"):
                await self._cache.put(self._entry(plan, image))
        return image

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
            values=self._digests(plan),
        )

    def _digests(self, plan: Plan) -> dict[str, bytes]:
        return {
            name: value_digest(self._planner.secret, name, canonical(value))
            for name, value in plan.filled.values.items()
        }

    async def _forget(self, plan: Plan) -> None:
        """Take back what was drawn for a plan, in whatever size and format."""
        await self._cache.forget(plan.template.name, self._digests(plan))


def _image(entry: Entry) -> Image:
    return Image(entry.body, Format(entry.format), entry.width, entry.height, entry.notes)
