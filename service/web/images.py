"""`/i/{template}.{ext}`: the picture behind an `<img src>`.

The order is fixed: read, authorise, plan, precondition, then the ladder (cache, admission, draw,
next best). A strict request gets honest codes where others get the next best picture. So does a
PDF, which nobody has in an `<img>`: a ticket without its name would be printed and believed.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

from aiohttp import web

from service.catalogue.template import Template
from service.catalogue.wording import named as named_file
from service.errors import BadSignature, InvalidData, NotFound
from service.logs import current_facts
from service.metrics import UNRESOLVED_TAGS
from service.model import Format, NoteCode, Rung
from service.render.ladder import Answer
from service.render.plan import Plan
from service.web.access import holds_key, public
from service.web.decisions import DECISIONS, Decision
from service.web.headers import (
    Keeping,
    disposition,
    notes_header,
    picture_headers,
    still_fresh,
)
from service.web.keys import CAMPAIGNS, CATALOGUE, DEVELOPMENT, KEYRING, LADDER, RENDERER
from service.web.picture_address import DESCRIBED
from service.web.proof import Caller, Proof, prove
from service.web.query import Asked, read_query, requested

routes = web.RouteTableDef()


# Public, because the template's own `access` decides below what a caller may have.
@routes.get("/i/{template:.+}.{ext:[^./]+}")
@public
@DESCRIBED
async def picture(request: web.Request) -> web.Response:
    """Answer with a picture, whatever happens; strict requests and PDF also with an error."""
    named, extension = request.match_info["template"], request.match_info["ext"]
    image_format = format_of(extension)
    template = request.app[CATALOGUE].get(named)
    caller = caller_of(request)
    decision = recalled(request, caller)
    if decision is None or decision.template is not template:
        asked = read_query(request.rel_url.raw_query_string)
        proof = prove(request.app[KEYRING], template, named, extension, asked, caller)
        decision = decide(request, template, image_format, proof, caller)
    return await show(request, decision, caller)


def recalled(request: web.Request, caller: Caller) -> Decision | None:
    """What was decided a moment ago about the same address for such a caller."""
    return request.app[DECISIONS].recall((request.raw_path, caller.keyed, caller.development))


def decide(
    request: web.Request,
    template: Template,
    image_format: Format,
    proof: Proof,
    caller: Caller,
) -> Decision:
    """Plan what a proven address asks for.

    Raises:
        BadSignature: it proves nothing, and honest codes are wanted.
        InvalidData: of a strict request, with every field at fault.
    """
    current_facts().template = template.name
    if not proof.allowed and (proof.asked.strict or image_format is Format.PDF):
        raise BadSignature("This picture needs an address that is signed, and still good.")
    plan = _plan(request, template.name, image_format, proof.asked)
    exact = picture_headers(plan, Rung.EXACT, _keeping(template, proof, caller))
    filename = named_file(plan.wording.filename, image_format.extension)
    shown_as = disposition(filename, download=proof.asked.download)
    decision = Decision(template, proof, plan, exact, shown_as)
    asked = request.raw_path, caller.keyed, caller.development
    request.app[DECISIONS].keep(asked, decision)
    return decision


async def show(request: web.Request, decision: Decision, caller: Caller) -> web.Response:
    """Answer with the picture that was decided on, or with the next best."""
    template, proof, plan = decision.template, decision.proof, decision.plan
    current_facts().template = template.name
    asked, allowed = proof.asked, proof.allowed
    count_unresolved(plan)

    match = request.headers.get("If-None-Match")
    if allowed and match is not None and still_fresh(match, decision.exact["ETag"]):
        current_facts().rung = Rung.EXACT
        _count(request, proof, plan, Rung.EXACT)
        return web.Response(status=304, headers=decision.exact)

    honest = asked.strict or plan.format is Format.PDF
    answer = await _answer(request, plan, allowed=allowed, honest=honest)
    headers = (
        decision.exact.copy()
        if answer.rung is Rung.EXACT
        else picture_headers(plan, answer.rung, _keeping(template, proof, caller))
    )
    headers["Content-Type"] = answer.image.format.media_type
    headers["Content-Disposition"] = decision.disposition
    if caller.trusted or asked.strict:
        notes = dict.fromkeys((*asked.notes, *plan.notes, *answer.image.notes))
        headers["Mergeshot-Cache"] = hit_or_miss(answer)
        if notes:
            headers["Mergeshot-Notes"] = notes_header(notes)
    tell(answer)
    _count(request, proof, plan, answer.rung)
    return web.Response(body=answer.image.body, headers=headers)


def caller_of(request: web.Request) -> Caller:
    """Who asks, and when."""
    return Caller(time.time(), holds_key(request), request.app[DEVELOPMENT])


def _keeping(template: Template, proof: Proof, caller: Caller) -> Keeping:
    # What a key opened must not be kept for those who have none.
    access = "key" if caller.keyed else template.manifest.access
    left = None if proof.expires is None else int(proof.expires - caller.now)
    return Keeping(access, proof.asked.reserved.get("_v"), left)


def format_of(extension: str) -> Format:
    """The format that a path's ending means.

    Raises:
        NotFound: none of ours.
    """
    found = Format.from_extension(extension)
    if found is None:
        raise NotFound(
            "No picture has this ending.",
            hint="Allowed are .png, .jpg, .jpeg, .webp, .avif and .pdf.",
        )
    return found


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
    raise InvalidData("The address cannot be used as it arrived.", fields=asked.problems)


async def _answer(request: web.Request, plan: Plan, *, allowed: bool, honest: bool) -> Answer:
    ladder, renderer = request.app[LADDER], request.app[RENDERER]
    if not honest:
        return await (ladder.answer(plan) if allowed else ladder.generic(plan))
    held = await renderer.recall(plan)
    image = held or await renderer.draw(plan)
    return Answer(image, Rung.DEGRADED if image.degraded else Rung.EXACT, held is not None)


def _count(request: web.Request, proof: Proof, plan: Plan, rung: Rung) -> None:
    """Count for campaign health whatever somebody looks at: a copy that is still right, too."""
    if request.method == "HEAD":
        return
    noted = replace(plan, notes=(*proof.asked.notes, *plan.notes)) if proof.asked.notes else plan
    request.app[CAMPAIGNS].count(noted, rung, address=request.raw_path, refused=not proof.allowed)


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
