"""`/v1/templates/{name}/health`: how the pictures of a template go, and what to put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from aiohttp import web
from pydantic import Field

from service.errors import BadRequest, TemplateFailed, TemplateNotFound
from service.render.campaign import Report
from service.render.tally import FieldCounts, Window
from service.web.access import Scope, requires
from service.web.body import JSON
from service.web.described import TEMPLATE, TEMPLATES, UNSTORED, Described, Parameter, Reply
from service.web.keys import CAMPAIGNS, CATALOGUE
from service.web.shown import Shown

routes = web.RouteTableDef()

_UNSTORED = {"Cache-Control": "no-store"}


class HealthField(Shown):
    """What became of one field. All but `cut` together are the addresses that were read."""

    given: int
    missing: int = Field(description="Came empty, or was required and did not come.")
    absent: int = Field(description="Was not in the address, and need not be.")
    unresolved: dict[str, int] = Field(description="Merge tags nobody filled, by platform.")
    invalid: int = Field(description="Not valid for the field's kind.")
    cut: int = Field(description="Of those given, the ones that were too long.")


class HealthRungs(Shown):
    """How good the pictures were."""

    exact: int
    degraded: int
    stale: int
    generic: int
    tile: int


class HealthFinding(Shown):
    """One thing to put right: why it is so, and what to do."""

    code: str
    field: str = Field(description="Empty where it is about the whole campaign.")
    platform: str = Field(description="Whose tags, where that is known.")
    share: float = Field(ge=0, le=1, description="Of the requests that it concerns.")
    cause: str
    way_out: str


class Health(Shown):
    """How the pictures of one template went. There are no values in it, and no addresses."""

    template: str
    window: Window
    since: datetime
    until: datetime
    red: bool = Field(description="Whether there is anything to put right.")
    asked: int = Field(description="Pictures answered, copies that were still right among them.")
    personalised: int = Field(description="Those for which a field was given.")
    addresses: int = Field(description="About how many different addresses were asked for.")
    refused: int = Field(description="Those whose address was not signed, or not by us.")
    truncated: int = Field(description="Those whose address had lost its end.")
    rungs: HealthRungs
    fields: dict[str, HealthField]
    findings: list[HealthFinding]
    lasting: bool = Field(description="False while counts are in memory alone.")


@routes.get("/v1/templates/{name:[^/]+(?:/[^/]+)?}/health")
@requires(Scope.TEMPLATES_READ)
@Described(
    "Tell how a template's pictures go",
    tag=TEMPLATES,
    text="Counted on this installation in the last hour, day or week. What a cache in front of it "
    "answered is not seen.",
    parameters=(
        replace(TEMPLATE, name="name"),
        Parameter(
            "window",
            "query",
            "How far back; a day otherwise.",
            {"type": "string", "enum": list(Window), "default": Window.DAY},
        ),
    ),
    replies=(Reply(200, "How it goes.", {JSON: Health}, UNSTORED),),
    refusals=(BadRequest, TemplateNotFound, TemplateFailed),
)
async def health(request: web.Request) -> web.Response:
    """Tell what was counted, and what is red."""
    template = request.app[CATALOGUE].get(request.match_info["name"])
    asked = request.query.get("window", Window.DAY)
    if asked not in set(Window):
        raise BadRequest(f"window must be one of {', '.join(Window)}.")
    report = await request.app[CAMPAIGNS].report(template, Window(asked))
    return web.Response(body=shown(report).model_dump_json(), content_type=JSON, headers=_UNSTORED)


def shown(report: Report) -> Health:
    """A report as it is told over HTTP and to scripts."""
    counts = report.counts
    return Health(
        template=report.template,
        window=report.window,
        since=datetime.fromtimestamp(report.since, UTC),
        until=datetime.fromtimestamp(report.until, UTC),
        red=report.red,
        asked=counts.asked,
        personalised=counts.personalised,
        addresses=counts.addresses,
        refused=counts.refused,
        truncated=counts.truncated,
        rungs=HealthRungs(**{rung.value: number for rung, number in counts.rungs.items()}),
        fields={name: _field(one) for name, one in counts.fields.items()},
        findings=[
            HealthFinding(
                code=one.code,
                field=one.field,
                platform=one.platform,
                share=round(one.share, 4),
                cause=one.cause,
                way_out=one.way_out,
            )
            for one in report.findings
        ],
        lasting=report.lasting,
    )


def _field(counts: FieldCounts) -> HealthField:
    return HealthField(
        given=counts.given,
        missing=counts.missing,
        absent=counts.absent,
        unresolved=dict(counts.unresolved),
        invalid=counts.invalid,
        cut=counts.cut,
    )
