"""Always an image: exact, degraded, stale, generic, tile.

In development a template that cannot be filled is its mistake, written on the tile: a designer
wants to see that, not what stands in for it.
"""

from __future__ import annotations

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from service.errors import ServiceError, TemplateFailed
from service.imaging.encode import QUALITY, Wanted
from service.imaging.tile import tile
from service.metrics import ANSWERS
from service.model import Format, Image, Rung
from service.render.generic import Generics
from service.render.plan import Plan
from service.render.renderer import Renderer

_NAMELESS = (600, 300)
_NAMELESS_COLOUR = "#e5e7eb"
"""Pixels and colour of a tile for no template in particular: mails scale it, and it is quiet."""

_answers = functools.cache(ANSWERS.labels)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A picture of the right size, how good it is, and whether the cache had it.

    `error` is why it is not better, for the log and for development.
    """

    image: Image
    rung: Rung
    cached: bool = False
    error: ServiceError | None = None


class Ladder:
    """Answers every plan with a picture. `wait`, in seconds, is how long it waits for the best."""

    def __init__(
        self,
        renderer: Renderer,
        generics: Generics,
        encoder: ThreadPoolExecutor,
        *,
        wait: float,
        development: bool,
    ) -> None:
        self._renderer = renderer
        self._generics = generics
        self._encoder = encoder
        self._wait = wait
        self._development = development

    async def answer(self, plan: Plan) -> Answer:
        """The best picture that can be had in time. A late drawing goes on and fills the cache."""
        if self._development and (failure := self._renderer.failure(plan)) is not None:
            return self._counted(plan, await self._tile(plan, failure))
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._wait  # looking into the cache is part of the wait
        image = await self._renderer.recall(plan)
        if image is not None:
            return self._counted(plan, Answer(image, Rung.EXACT, cached=True))
        try:
            drawn = await self._drawn(plan, deadline)
        except ServiceError as error:
            log.warning("answer_below_exact", template=plan.template.name, code=error.code)
            drawn = await self._below(plan, error)
        except Exception as error:
            # A mistake of ours, not the recipient's: they get a picture, we get a line.
            log.exception("drawing_broke", template=plan.template.name, exc_info=error)
            drawn = await self._below(plan, None)
        return self._counted(plan, drawn)

    async def generic(self, plan: Plan) -> Answer:
        """The picture without any of the plan's values: for addresses that prove nothing."""
        return self._counted(plan, await self._generic(plan, None))

    async def nameless(self, image_format: Format) -> Answer:
        """What is shown where nobody can tell the template, and so neither size nor colour."""
        wanted = Wanted(image_format, *_NAMELESS, QUALITY[image_format])
        body = await asyncio.get_running_loop().run_in_executor(
            self._encoder, tile, _NAMELESS_COLOUR, wanted, ""
        )
        return Answer(Image(body, image_format, *_NAMELESS), Rung.TILE)

    async def _drawn(self, plan: Plan, deadline: float) -> Answer:
        """The drawing if it comes by the deadline, on the event loop's clock, else the next best.

        That is made ready at half-time: to read and convert it takes long on a machine so busy
        that drawings are late.
        """
        loop = asyncio.get_running_loop()
        drawing = asyncio.ensure_future(self._renderer.draw(plan))
        spare: asyncio.Future[Answer] | None = None
        try:
            await asyncio.wait({drawing}, timeout=(deadline - loop.time()) / 2)
            if not drawing.done():
                spare = asyncio.ensure_future(self._below(plan, None))
                await asyncio.wait({drawing}, timeout=deadline - loop.time())
                if not drawing.done():
                    return await spare
            image = await drawing
            return Answer(image, Rung.DEGRADED if image.degraded else Rung.EXACT)
        finally:
            drawing.cancel()  # our waiting for it: the drawing itself goes on
            if spare is not None:
                spare.cancel()

    async def _below(self, plan: Plan, error: ServiceError | None) -> Answer:
        if self._development and isinstance(error, TemplateFailed):
            return await self._tile(plan, error)
        stale = await self._renderer.recall_subject(plan)
        if stale is not None:
            return Answer(stale, Rung.STALE, error=error)
        return await self._generic(plan, error)

    async def _generic(self, plan: Plan, error: ServiceError | None) -> Answer:
        image = await self._generics.find(plan)
        if image is not None:
            return Answer(image, Rung.GENERIC, error=error)
        return await self._tile(plan, error)

    async def _tile(self, plan: Plan, error: ServiceError | None) -> Answer:
        wanted = plan.wanted
        text = ""
        if self._development and error is not None:
            text = _explained(error)
        body = await asyncio.get_running_loop().run_in_executor(
            self._encoder, tile, plan.template.manifest.colour, wanted, text
        )
        image = Image(body, wanted.format, wanted.width, wanted.height)
        return Answer(image, Rung.TILE, error=error)

    def _counted(self, plan: Plan, answer: Answer) -> Answer:
        _answers(plan.template.name, answer.rung.value).inc()
        return answer


def _explained(error: ServiceError) -> str:
    place = ""
    if isinstance(error, TemplateFailed) and error.file:
        place = f"{error.file}, line {error.line}\n"
    return f"{error.title}\n{place}{error.message}\n{error.hint}".strip()
