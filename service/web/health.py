"""How the service is: for load balancers, for operators, for Prometheus."""

from __future__ import annotations

from aiohttp import web
from prometheus_client.aiohttp import make_aiohttp_handler

from service import __version__
from service.web.access import Scope, public, requires
from service.web.body import JSON
from service.web.described import OPERATION, TEXT, UNSTORED, Described, Reply
from service.web.keys import CATALOGUE, DRAINING, FIGURES, PROBES

routes = web.RouteTableDef()

_UNSTORED = {"Cache-Control": "no-store"}
_WORDS = {"type": "object", "additionalProperties": TEXT}
_COUNTS = {"type": "object", "additionalProperties": {"type": "integer"}}
_SOUND = {"type": "string", "enum": ["ok", "unavailable"]}
_STATUS = {"type": "object", "properties": {"status": _SOUND}, "required": ["status"]}
_RELEASE = {
    "type": "object",
    "properties": {"name": {"const": "mergeshot"}, "version": TEXT},
    "required": ["name", "version"],
}
_HEALTH = {
    "type": "object",
    "properties": {
        "status": _SOUND,
        "parts": {"description": "`ok`, or what is wrong.", **_WORDS},
        "figures": _COUNTS,
        "templates": {"type": "integer"},
        "broken_templates": {"description": "Why each cannot be used as it is.", **_WORDS},
    },
    "required": ["status", "parts", "figures", "templates", "broken_templates"],
}
_metrics = make_aiohttp_handler()


@routes.get("/livez")
@public
@Described(
    "Say that the process answers",
    tag=OPERATION,
    text="When this fails, a restart is right.",
    replies=(Reply(200, "It answers.", {JSON: _STATUS}, UNSTORED),),
)
async def livez(request: web.Request) -> web.Response:
    """Answer as long as the event loop turns; when this fails, a restart is right."""
    return web.json_response({"status": "ok"}, headers=_UNSTORED)


@routes.get("/readyz")
@public
@Described(
    "Say whether requests should be sent here",
    tag=OPERATION,
    replies=(
        Reply(200, "They should.", {JSON: _STATUS}, UNSTORED),
        Reply(
            503,
            "Not now: there is no browser, the queue is full, or the server stops.",
            {JSON: _STATUS},
            UNSTORED,
        ),
    ),
)
async def readyz(request: web.Request) -> web.Response:
    """Say whether requests should be sent here: 503 while a part is ill or the server stops."""
    ready = not request.app[DRAINING].is_set() and not any(_ills(request).values())
    return web.json_response(
        {"status": "ok" if ready else "unavailable"},
        status=200 if ready else 503,
        headers=_UNSTORED,
    )


@routes.get("/healthz")
@requires(Scope.OPERATE)
@Described(
    "Say how each part is",
    tag=OPERATION,
    replies=(
        Reply(200, "All are well.", {JSON: _HEALTH}, UNSTORED),
        Reply(503, "A part is ill.", {JSON: _HEALTH}, UNSTORED),
    ),
)
async def healthz(request: web.Request) -> web.Response:
    """Say how each part is, and which templates cannot be read as they are now."""
    ills = _ills(request)
    catalogue = request.app[CATALOGUE]
    body = {
        "status": "unavailable" if any(ills.values()) else "ok",
        "parts": {name: ill or "ok" for name, ill in ills.items()},
        "figures": dict(request.app[FIGURES]()),
        "templates": len(catalogue.names()),
        "broken_templates": {name: str(error) for name, error in catalogue.broken.items()},
    }
    return web.json_response(body, status=503 if any(ills.values()) else 200, headers=_UNSTORED)


@routes.get("/version")
@requires(Scope.OPERATE)
@Described(
    "Say which release this is",
    tag=OPERATION,
    replies=(Reply(200, "Name and release.", {JSON: _RELEASE}, UNSTORED),),
)
async def version(request: web.Request) -> web.Response:
    """Say which release this is."""
    return web.json_response({"name": "mergeshot", "version": __version__}, headers=_UNSTORED)


@routes.get("/metrics")
@requires(Scope.OPERATE)
@Described(
    "Tell the numbers",
    tag=OPERATION,
    text="In Prometheus's text format, or in OpenMetrics' if `Accept` asks for it.",
    replies=(
        Reply(200, "The numbers.", {"text/plain": TEXT, "application/openmetrics-text": TEXT}),
    ),
)
async def numbers(request: web.Request) -> web.StreamResponse:
    """Every number of `service.metrics`, as Prometheus reads them."""
    return await _metrics(request)


def _ills(request: web.Request) -> dict[str, str]:
    return {name: probe() for name, probe in request.app[PROBES].items()}
