"""`/v1/templates`: which templates there are, and what somebody has to know to use one."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

from aiohttp import web

from service.catalogue.catalogue import fault_lines
from service.catalogue.schema.data import data_schema
from service.catalogue.template import Template
from service.errors import BadRequest, NotFound, TemplateFailed, TemplateNotFound
from service.web import shown
from service.web.access import Scope, requires
from service.web.body import JSON
from service.web.conditional import conditional
from service.web.described import (
    FRESHNESS,
    RESPECTED,
    TEMPLATE,
    TEMPLATES,
    UNCHANGED,
    Described,
    Parameter,
    Reply,
)
from service.web.keys import CATALOGUE, DEVELOPMENT, PUBLIC_URL

routes = web.RouteTableDef()

SCHEMA_TYPE = "application/schema+json"
_STRICT = {"1": True, "true": True, "0": False, "false": False}
_ONE = (TemplateNotFound, TemplateFailed)
_NAME = replace(TEMPLATE, name="name")
_VERSION = Parameter(
    "version", "path", "A kept version.", {"type": "string", "pattern": "^[0-9a-f]{24}$"}
)


@routes.get("/v1/templates")
@requires(Scope.TEMPLATES_READ)
@Described(
    "List the templates",
    tag=TEMPLATES,
    text="All of them in one answer. A folder that cannot be used as it is is named in `broken`, "
    "whether or not an older version of it is still served.",
    parameters=(FRESHNESS,),
    replies=(
        Reply(200, "Every template.", {JSON: shown.Listing}, RESPECTED),
        UNCHANGED,
    ),
)
async def listing(request: web.Request) -> web.Response:
    """Name every template with what is needed to choose one."""
    catalogue, base = request.app[CATALOGUE], request.app[PUBLIC_URL]
    found = [catalogue.get(name) for name in catalogue.names()]
    body = shown.Listing(
        templates=[shown.summary(one, _state(request, one.name), base) for one in found],
        broken=[
            shown.Broken(
                name=name,
                state=_state(request, name),
                problems=fault_lines(name, error) if request.app[DEVELOPMENT] else [],
            )
            for name, error in sorted(catalogue.broken.items())
        ],
    )
    return conditional(request, body)


@routes.get("/v1/templates/{name:[^/]+(?:/[^/]+)?}/versions/{version}")
@requires(Scope.TEMPLATES_READ)
@Described(
    "Tell about a kept version",
    tag=TEMPLATES,
    text="The same as about the template of today. Examples are not kept with a version.",
    parameters=(_NAME, _VERSION, FRESHNESS),
    replies=(Reply(200, "The version.", {JSON: shown.Details}, RESPECTED), UNCHANGED),
    refusals=(*_ONE, NotFound),
)
async def version(request: web.Request) -> web.Response:
    """Tell what a version that is kept takes; 404 when it is not kept any more."""
    template = _template(request)
    wanted = request.match_info["version"]
    found = await asyncio.to_thread(request.app[CATALOGUE].look_up, template, wanted)
    if found is None:
        raise NotFound(
            "This version is not kept.", hint="The template's versions are at …/versions."
        )
    return conditional(request, await _details(request, found, current=template))


@routes.get("/v1/templates/{name:[^/]+(?:/[^/]+)?}/versions")
@requires(Scope.TEMPLATES_READ)
@Described(
    "List a template's versions",
    tag=TEMPLATES,
    text="Each can be drawn with `_v` for `MERGESHOT_KEEP_VERSIONS` after its last service.",
    parameters=(_NAME, FRESHNESS),
    replies=(Reply(200, "The versions.", {JSON: shown.Versions}, RESPECTED), UNCHANGED),
    refusals=_ONE,
)
async def versions(request: web.Request) -> web.Response:
    """Name the kept versions, and when each was served."""
    template = _template(request)
    kept = await asyncio.to_thread(request.app[CATALOGUE].versions, template)
    base = request.app[PUBLIC_URL]
    return conditional(request, shown.versions(template.name, base, kept, template.version))


@routes.get("/v1/templates/{name:[^/]+(?:/[^/]+)?}/schema")
@requires(Scope.TEMPLATES_READ)
@Described(
    "Get the JSON Schema of a template's data",
    tag=TEMPLATES,
    text="In JSON Schema 2020-12. What it accepts is drawn as it is given; much of the rest is "
    "understood all the same.",
    parameters=(
        _NAME,
        Parameter(
            "strict",
            "query",
            "`1`: also refuse what a strict request is refused for.",
            {"type": "string", "enum": list(_STRICT)},
        ),
        FRESHNESS,
    ),
    replies=(
        Reply(200, "The schema.", {SCHEMA_TYPE: {"type": "object"}}, RESPECTED),
        UNCHANGED,
    ),
    refusals=(BadRequest, *_ONE),
)
async def schema(request: web.Request) -> web.Response:
    """Say in JSON Schema what a template takes."""
    template = _template(request)
    strict = _STRICT.get(request.query.get("strict", "0"))
    if strict is None:
        raise BadRequest(f"strict must be one of {', '.join(_STRICT)}.")
    document = data_schema(template, strict=strict)
    body = json.dumps(document, ensure_ascii=False, indent=2).encode()
    return conditional(request, body, SCHEMA_TYPE)


@routes.get("/v1/templates/{name:[^/]+(?:/[^/]+)?}")
@requires(Scope.TEMPLATES_READ)
@Described(
    "Tell about a template",
    tag=TEMPLATES,
    text="Fields, JSON Schema, sizes, examples and kept versions of one template.",
    parameters=(_NAME, FRESHNESS),
    replies=(Reply(200, "The template.", {JSON: shown.Details}, RESPECTED), UNCHANGED),
    refusals=_ONE,
)
async def one(request: web.Request) -> web.Response:
    """Tell all that somebody who uses a template may want to know."""
    template = _template(request)
    return conditional(request, await _details(request, template, current=template))


def _template(request: web.Request) -> Template:
    return request.app[CATALOGUE].get(request.match_info["name"])


async def _details(
    request: web.Request, template: Template, *, current: Template
) -> shown.Details:
    """In a thread, because kept versions are read from disk and a schema takes a moment."""
    catalogue, base = request.app[CATALOGUE], request.app[PUBLIC_URL]
    state = _state(request, current.name)

    def read() -> shown.Details:
        kept = catalogue.versions(current)
        return shown.details(template, state, base, kept, current.version)

    return await asyncio.to_thread(read)


def _state(request: web.Request, name: str) -> shown.State:
    catalogue = request.app[CATALOGUE]
    if not catalogue.is_sound(name):
        return "broken"
    return "outdated" if name in catalogue.broken else "ok"
