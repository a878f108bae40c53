"""What a route takes and what it answers, said beside the route: `/openapi.json` is made of it.

    @routes.get("/version")
    @requires(Scope.OPERATE)
    @Described("Say which release this is", tag=OPERATION, replies=(Reply(200, "…", {…}),))
    async def version(request): ...

Who may call, what a body may be refused for, and the headers that every answer has are not
repeated there: `service.web.openapi` knows them. A route without a description stops the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel

from service.errors import (
    BadRequest,
    BrowserDown,
    InvalidData,
    QueueFull,
    RenderFailed,
    RenderTimeout,
    ServiceError,
    ShuttingDown,
    StartupError,
    TemplateFailed,
    TooLarge,
    Unauthenticated,
    UnsupportedType,
)
from service.model import Format, Rung
from service.web.access import Handler

Schema = Mapping[str, Any]
"""A JSON Schema."""

PICTURES, BY_TEMPLATE, TEMPLATES = "Pictures", "Pictures by template", "Templates"
STUDIO, OPERATION, DESCRIPTION = "Studio", "Operation", "Description"
TAGS: Mapping[str, str] = {
    PICTURES: "Pictures of any template.",
    BY_TEMPLATE: "The same for each template, with its own fields.",
    TEMPLATES: "What there is to draw, and what it takes.",
    STUDIO: "Pages for people who make templates.",
    OPERATION: "How the service is.",
    DESCRIPTION: "This description, for programs and for people.",
}
"""What the page groups routes by, in this order."""

TEXT: Schema = {"type": "string"}

_DESCRIPTION = "__mergeshot_description__"


@dataclass(frozen=True, slots=True)
class Header:
    """One header of an answer; `required` if every such answer has it."""

    description: str
    schema: Schema = field(default_factory=lambda: TEXT)
    required: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is no refusal. `content` is by media type, a schema or a model.

    An empty schema is for what is no text.
    """

    status: int
    description: str
    content: Mapping[str, Schema | type[BaseModel]] = field(default_factory=dict)
    headers: Mapping[str, Header] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `names_template`: the catalogue says which values there are.

    With `json` a parameter's value is JSON in one piece.
    """

    name: str
    where: Literal["path", "query", "header"]
    description: str
    schema: Schema = field(default_factory=lambda: TEXT)
    example: object = None
    names_template: bool = False
    json: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """A description, and the decorator that puts it on a handler.

    `refusals` are what the handler raises besides what its guard and its body's reader do.
    `optional_key`: open to everybody, but a key opens more. `each_template`: the route is told
    once more for every template, with its fields as parameters. `data_key`: the key of the body
    that holds a template's data, told for every template as well.
    """

    summary: str
    tag: str
    replies: Sequence[Reply]
    text: str = ""
    refusals: Sequence[type[ServiceError]] = ()
    parameters: Sequence[Parameter] = ()
    body: type[BaseModel] | None = None
    optional_key: bool = False
    each_template: bool = False
    data_key: str = ""

    def __call__(self, handler: Handler) -> Handler:
        """Describe `handler`."""
        setattr(handler, _DESCRIPTION, self)
        return handler

    def refused(self, *, guarded: bool) -> tuple[type[ServiceError], ...]:
        """Every refusal, those of the guard and of the body's reader among them."""
        guard = BY_GUARD if guarded else ()
        reader = BY_BODY if self.body is not None else ()
        return tuple(dict.fromkeys((*guard, *reader, *self.refusals)))


BY_GUARD = (Unauthenticated,)
"""What `requires` refuses with."""

BY_BODY = (BadRequest, TooLarge, UnsupportedType, InvalidData)
"""What `read_json` refuses with."""

BY_DRAWING = (
    RenderFailed,
    TemplateFailed,
    QueueFull,
    BrowserDown,
    ShuttingDown,
    RenderTimeout,
)
"""What a drawing that was asked for at any price but a false one may end with."""


def description_of(handler: object) -> Described | None:
    """The description of a handler, whatever is wrapped around it."""
    found = getattr(handler, _DESCRIPTION, None)
    return found if isinstance(found, Described) else None


def refuse_undescribed(routes: Iterable[web.AbstractRouteDef]) -> None:
    """Nothing is served that `/openapi.json` does not tell.

    Raises:
        StartupError: when a route has no description.
    """
    silent = sorted(
        f"{route.method} {route.path}"
        for route in routes
        if isinstance(route, web.RouteDef) and description_of(route.handler) is None
    )
    if silent:
        raise StartupError(
            f"These routes do not say what they take and answer: {', '.join(silent)}",
            hint="Put @Described(…) under the guard of the route.",
        )


# Words that several routes say


TEMPLATE = Parameter(
    "template",
    "path",
    "A template, under its name or a former one; `acme/ticket` for one in a folder.",
    names_template=True,
)
EXTENSION = Parameter(
    "ext",
    "path",
    "What the picture shall be.",
    {"type": "string", "enum": [*(one.value for one in Format), "jpg"]},
    example="png",
)
FRESHNESS = Parameter("If-None-Match", "header", "The `ETag` that the caller has already.")
IMAGES: Mapping[str, Schema] = {one.media_type: {} for one in Format}
"""Bytes have no schema."""


UNSTORED: Mapping[str, Header] = {
    "Cache-Control": Header("Nobody keeps this.", {"type": "string", "const": "no-store"})
}
RESPECTED: Mapping[str, Header] = {
    "Cache-Control": Header("The caller may keep it, and asks each time."),
    "ETag": Header("Of this very answer, for `If-None-Match`."),
}
UNCHANGED = Reply(304, "What the caller has is still right.", headers=RESPECTED)

_PICTURE_UNCHANGED: Mapping[str, Header] = {
    "Cache-Control": Header("How long the picture may be kept, and by whom."),
    "Cache-Tag": Header("Template and version, for caches that can purge by tag."),
    "ETag": Header("Of the picture that was asked for; none below `exact`.", required=False),
    "Mergeshot-Status": Header(
        "How good the picture is.", {"type": "string", "enum": [rung.value for rung in Rung]}
    ),
}
_DISPOSITION: Mapping[str, Header] = {
    "Content-Disposition": Header("The name of the file, and whether it is to be saved."),
}
PICTURE_HEADERS: Mapping[str, Header] = {
    **_PICTURE_UNCHANGED,
    **_DISPOSITION,
    "Mergeshot-Cache": Header(
        "In development and strict answers.",
        {"type": "string", "enum": ["hit", "miss"]},
        required=False,
    ),
    "Mergeshot-Notes": Header(
        "`field;code, …`: what was repaired. In development and strict answers.", required=False
    ),
}
MADE_HEADERS: Mapping[str, Header] = {
    "Cache-Control": Header("For the caller alone."),
    "Mergeshot-Status": Header(
        "How good the picture is.", {"type": "string", "enum": [rung.value for rung in Rung]}
    ),
    "Mergeshot-Notes": Header("`field;code, …`: what was repaired.", required=False),
}
"""Of a picture that a POST made."""

ORDERED_HEADERS: Mapping[str, Header] = {
    "Cache-Control": Header("For the caller alone."),
    **{
        name: replace(header, required=False)
        for name, header in PICTURE_HEADERS.items()
        if name != "Cache-Control"
    },
}
"""Of an order; all but the first of the picture itself alone."""

PICTURE = Reply(200, "The picture, or the best that can be had instead.", IMAGES, PICTURE_HEADERS)
PICTURE_UNCHANGED = Reply(304, UNCHANGED.description, headers=_PICTURE_UNCHANGED)
