"""`POST /v1/images`: a picture ordered by a program, or its address, or what to paste.

Whoever orders has a key and wants honest answers: an error is an error, never another picture.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import structlog
from aiohttp import web
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from service.catalogue.wording import named
from service.errors import FieldProblem, InvalidData, Overloaded, RenderTimeout, TemplateNotFound
from service.imaging.budget import ALLOWED, read_budget
from service.logs import current_facts
from service.model import Image, RenderRequest
from service.render.ladder import Answer
from service.render.plan import Plan
from service.web import told
from service.web.access import Scope, requires
from service.web.addresses import address_of
from service.web.body import JSON, Body, FileFormat, read_json
from service.web.described import (
    BY_DRAWING,
    IMAGES,
    ORDERED_HEADERS,
    PICTURES,
    TEXT,
    Described,
    Reply,
)
from service.web.headers import PRIVATE, Keeping, disposition, notes_header, picture_headers
from service.web.images import count_unresolved, hit_or_miss, tell
from service.web.keys import ASIDE, IMAGE_WAIT, RENDERER

routes = web.RouteTableDef()
log = structlog.get_logger(__name__)

_HTML = "text/html"
_HEADERS = {
    "Cache-Control": PRIVATE,
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


def _budget(value: object) -> int:
    budget = read_budget(value)
    if budget is None:
        raise PydanticCustomError("budget", f"must be {ALLOWED}")
    return budget


_Budget = Annotated[
    int,
    BeforeValidator(_budget),
    WithJsonSchema(
        {
            "anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}],
            "examples": ["whatsapp", "email", "200 kB", 150_000],
        }
    ),
]


class PictureBody(Body):
    """Which picture. Everything but the template has a default, which is the template's own."""

    template: str
    data: dict[str, Any] = Field(default_factory=dict)
    format: FileFormat | None = None
    size: str | None = None
    scale: Annotated[float, Field(allow_inf_nan=False)] | None = None
    quality: int | None = None
    lang: str | None = None
    theme: str | None = None
    version: str | None = None

    def request(self, at: datetime) -> RenderRequest:
        """What is to be planned."""
        return RenderRequest(
            template=self.template,
            values=self.data,
            at=at,
            format=self.format,
            size=self.size,
            scale=None if self.scale is None else repr(self.scale),
            quality=None if self.quality is None else str(self.quality),
            language=self.lang,
            theme=self.theme,
            version=self.version,
        )


class Order(PictureBody):
    """What is ordered of it."""

    strict: bool = False
    budget: _Budget | None = None
    filename: str | None = None
    output: Literal["image", "url", "html", "json"] = "image"
    url: Literal["sealed", "signed"] | None = None
    warm: bool = True

    def request(self, at: datetime) -> RenderRequest:
        """What is to be planned."""
        return replace(super().request(at), budget=self.budget)


@routes.post("/v1/images")
@requires(Scope.RENDER)
@Described(
    "Order a picture",
    tag=PICTURES,
    text="`output` chooses what comes: the picture, its address, HTML to paste, or all that there "
    "is to say of it. With an address the picture is drawn at once unless `warm` is false.",
    body=Order,
    data_key="data",
    replies=(
        Reply(
            200,
            "What `output` names.",
            {**IMAGES, JSON: told.Answered, _HTML: TEXT},
            ORDERED_HEADERS,
        ),
    ),
    refusals=(TemplateNotFound, *BY_DRAWING),
)
async def order(request: web.Request) -> web.Response:
    """Answer with the picture, its address, what to paste, or all that there is to say of it."""
    asked = await read_json(request, Order)
    _refuse_what_cannot_be_had(asked)
    wanted = asked.request(datetime.now(UTC))
    plan = _plan(request, wanted, strict=asked.strict)
    current_facts().template = plan.template.name
    count_unresolved(plan)
    if asked.output == "image":
        return await _image(request, plan, asked.filename)
    if plan.free:  # an address has an ending, so it cannot wait for what meets a budget best
        wanted = replace(wanted, format=plan.format)
        plan = _plan(request, wanted, strict=asked.strict)
    url = address_of(request, plan, wanted, asked.url)
    drawing = _begin(request, plan) if asked.warm else None
    if asked.output == "url":
        return _json(told.ToldUrl(url=url))
    if asked.output == "html":
        return web.Response(text=told.snippet(plan, url), content_type=_HTML, headers=_HEADERS)
    drawn = None if drawing is None else await _in_time(drawing, request.app[IMAGE_WAIT])
    return _json(told.everything(plan, url, drawn))


def _json(answer: told.Told | told.ToldUrl) -> web.Response:
    body = answer.model_dump_json().encode()
    return web.Response(body=body, content_type=JSON, headers=_HEADERS)


def _refuse_what_cannot_be_had(asked: Order) -> None:
    """Say all of it at once.

    Raises:
        InvalidData: when keys do not go together.
    """
    problems = []
    if asked.url is not None and asked.output == "image":
        message = 'goes with "output": "url", "html" or "json": a picture has no address'
        problems.append(FieldProblem("url", "invalid", message))
    if asked.output != "image":
        for key in ("budget", "filename"):
            if getattr(asked, key) is not None:
                message = 'goes with "output": "image" alone: an address does not carry it'
                problems.append(FieldProblem(key, "invalid", message))
    if problems:
        names = ", ".join(problem.field for problem in problems)
        hint = "In template.toml `budget` and `filename` hold for every picture of a template."
        raise InvalidData(f"These keys cannot be used so: {names}.", hint=hint, fields=problems)


def _plan(request: web.Request, wanted: RenderRequest, *, strict: bool) -> Plan:
    try:
        return request.app[RENDERER].plan(wanted, strict=strict)
    except InvalidData as error:
        problems = [
            replace(problem, field=told.KEYS.get(problem.field, problem.field))
            for problem in error.fields
        ]
        names = ", ".join(dict.fromkeys(problem.field for problem in problems))
        message = f"These keys cannot be used as given: {names}."
        raise InvalidData(message, fields=problems) from error


async def _image(request: web.Request, plan: Plan, filename: str | None) -> web.Response:
    renderer = request.app[RENDERER]
    held = await renderer.recall(plan)
    image = held or await renderer.draw(plan)
    answer = Answer(image, told.rung_of(image), held is not None)
    headers = picture_headers(plan, answer.rung, Keeping(access="key"))
    headers["Content-Type"] = image.format.media_type
    name = named(filename or plan.wording.filename, image.format.extension)
    headers["Content-Disposition"] = disposition(name, download=False)
    headers["Mergeshot-Cache"] = hit_or_miss(answer)
    notes = dict.fromkeys((*plan.notes, *image.notes))
    if notes:
        headers["Mergeshot-Notes"] = notes_header(told.as_keys(notes))
    tell(answer)
    return web.Response(body=image.body, headers=headers)


def _begin(request: web.Request, plan: Plan) -> asyncio.Task[Image]:
    """Have the picture drawn beside the answer, unless it is there already."""
    drawings = request.app[ASIDE]
    task = asyncio.create_task(_drawn(request, plan))
    drawings.add(task)
    task.add_done_callback(drawings.discard)
    task.add_done_callback(_look_at)
    return task


async def _drawn(request: web.Request, plan: Plan) -> Image:
    renderer = request.app[RENDERER]
    return await renderer.recall(plan) or await renderer.draw(plan)


def _look_at(task: asyncio.Task[Image]) -> None:
    """A drawing that nobody waits for may fail in silence: its address still has the ladder."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.debug("not_drawn_ahead", error=type(error).__name__)


async def _in_time(drawing: asyncio.Task[Image], seconds: float) -> Image | None:
    """The picture; None while it is late, or has no room yet.

    Raises:
        ServiceError: it cannot be drawn.
    """
    await asyncio.wait({drawing}, timeout=seconds)
    if not drawing.done():
        return None
    try:
        return drawing.result()
    except (Overloaded, RenderTimeout):
        return None
