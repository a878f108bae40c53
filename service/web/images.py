"""`/i/{template}.{ext}`: the picture behind an `<img src>`.

The order is fixed: read, authorise, plan, precondition, then the ladder (cache, admission, draw,
next best). A strict request gets honest codes where others get the next best picture. So does a
PDF, which nobody has in an `<img>`: a ticket without its name would be printed and believed.
"""

from __future__ import annotations

from datetime import UTC, datetime

from aiohttp import web

from service.catalogue.wording import named
from service.errors import BadSignature, InvalidData, NotFound
from service.logs import current_facts
from service.metrics import UNRESOLVED_TAGS
from service.model import Format, NoteCode, Rung
from service.render.ladder import Answer
from service.render.plan import Plan
from service.web.access import Verdict, holds_key, public, verdict
from service.web.headers import (
    Keeping,
    disposition,
    notes_header,
    picture_headers,
    still_fresh,
)
from service.web.keys import CATALOGUE, DEVELOPMENT, LADDER, RENDERER
from service.web.picture_address import DESCRIBED
from service.web.query import Asked, read_query, requested

routes = web.RouteTableDef()

_CHOOSES_A_GENERIC = ("_size", "_scale", "_lang", "_theme")
"""What may be used of an address that nobody vouched for.

Each of these chooses from a short list of the template's own; a quality or a version would let a
stranger have any number of pictures made.
"""


# Public, because the template's own `access` decides below what a caller may have.
@routes.get("/i/{template:.+}.{ext:[^./]+}")
@public
@DESCRIBED
async def picture(request: web.Request) -> web.Response:
    """Answer with a picture, whatever happens; strict requests and PDF also with an error."""
    app = request.app
    image_format = _format(request.match_info["ext"])
    asked = read_query(request.rel_url.raw_query_string)
    template = app[CATALOGUE].get(request.match_info["template"])
    current_facts().template = template.name

    access = template.manifest.access
    keyed = holds_key(request)
    told = app[DEVELOPMENT] or keyed
    allowed = verdict(access, trusted=told) is Verdict.ALLOWED
    honest = asked.strict or image_format is Format.PDF
    if honest and not allowed:
        raise BadSignature("This template's pictures need a signed address.")

    plan = _plan(request, template.name, image_format, asked if allowed else _unproven(asked))
    count_unresolved(plan)
    # What a key opened must not be kept for those who have none.
    access = "key" if keyed else access
    keeping = Keeping(access=access, asked_version=asked.reserved.get("_v"))

    match = request.headers.get("If-None-Match")
    if allowed and match is not None and still_fresh(match, plan.etag):
        current_facts().rung = Rung.EXACT
        return web.Response(status=304, headers=picture_headers(plan, Rung.EXACT, keeping))

    answer = await _answer(request, plan, allowed=allowed, honest=honest)
    headers = picture_headers(plan, answer.rung, keeping)
    headers["Content-Type"] = answer.image.format.media_type
    filename = named(plan.wording.filename, answer.image.format.extension)
    headers["Content-Disposition"] = disposition(filename, download=asked.download)
    if told or asked.strict:
        notes = dict.fromkeys((*asked.notes, *plan.notes, *answer.image.notes))
        headers["Mergeshot-Cache"] = hit_or_miss(answer)
        if notes:
            headers["Mergeshot-Notes"] = notes_header(notes)
    tell(answer)
    return web.Response(body=answer.image.body, headers=headers)


def _format(extension: str) -> Format:
    found = Format.from_extension(extension)
    if found is None:
        raise NotFound(
            "No picture has this ending.",
            hint="Allowed are .png, .jpg, .jpeg, .webp, .avif and .pdf.",
        )
    return found


def _unproven(asked: Asked) -> Asked:
    kept = {name: asked.reserved[name] for name in _CHOOSES_A_GENERIC if name in asked.reserved}
    return Asked({}, kept)


def _plan(request: web.Request, template: str, image_format: Format, asked: Asked) -> Plan:
    wanted = requested(template, image_format, asked, at=datetime.now(UTC))
    renderer = request.app[RENDERER]
    if not (asked.strict and asked.problems):
        return renderer.plan(wanted, strict=asked.strict)
    # Refused either way; planned all the same, so that the refusal names every field at once.
    try:
        renderer.plan(wanted, strict=True)
    except InvalidData as error:
        fields = (*asked.problems, *error.fields)
        raise InvalidData(error.message, hint=error.hint, fields=fields) from error
    raise InvalidData("A parameter was given more than once.", fields=asked.problems)


async def _answer(request: web.Request, plan: Plan, *, allowed: bool, honest: bool) -> Answer:
    ladder, renderer = request.app[LADDER], request.app[RENDERER]
    if not honest:
        return await (ladder.answer(plan) if allowed else ladder.generic(plan))
    held = await renderer.recall(plan)
    image = held or await renderer.draw(plan)
    return Answer(image, Rung.DEGRADED if image.degraded else Rung.EXACT, held is not None)


def count_unresolved(plan: Plan) -> None:
    """Count the merge tags that nobody filled in: planning itself only notes them."""
    for note in plan.notes:
        if note.code is NoteCode.UNRESOLVED_TAG:
            UNRESOLVED_TAGS.labels(plan.template.name, note.platform or "unknown").inc()


def tell(answer: Answer) -> None:
    """Say in the request's log line which picture it was."""
    facts = current_facts()
    facts.rung = answer.rung
    facts.cache = hit_or_miss(answer)
    facts.bytes = len(answer.image.body)


def hit_or_miss(answer: Answer) -> str:
    """The value of `Mergeshot-Cache`."""
    return "hit" if answer.cached else "miss"
