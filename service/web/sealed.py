"""`/p/{token}.{ext}`: the picture whose template and values are sealed in its path."""

from __future__ import annotations

from aiohttp import web

from service.access.sealing import unseal
from service.errors import BadSignature, InvalidData, NotFound, TemplateNotFound, Unauthenticated
from service.logs import current_facts
from service.model import Format, Rung
from service.web.access import public
from service.web.described import (
    BY_DRAWING,
    EXTENSION,
    FRESHNESS,
    PICTURE,
    PICTURE_UNCHANGED,
    PICTURES,
    TEXT,
    Described,
    Parameter,
)
from service.web.headers import nameless_headers
from service.web.images import caller_of, decide, format_of, hit_or_miss, recalled, show, tell
from service.web.keys import CATALOGUE, KEYRING, LADDER
from service.web.picture_address import sealed_parameters
from service.web.proof import prove_sealed
from service.web.query import Asked, read_query

routes = web.RouteTableDef()


# Public, because the token decides what a caller may have.
@routes.get("/p/{token:[^./]+}.{ext:[^./]+}")
@public
@Described(
    "Get a picture by a sealed address",
    tag=PICTURES,
    text="What our tools print by default: nobody can read or change what it says. The query "
    "holds the fields that were left open, for an e-mail platform to fill.",
    parameters=(
        Parameter("token", "path", "All that was sealed.", TEXT),
        EXTENSION,
        *sealed_parameters(),
        FRESHNESS,
    ),
    replies=(PICTURE, PICTURE_UNCHANGED),
    refusals=(Unauthenticated, BadSignature, NotFound, TemplateNotFound, InvalidData, *BY_DRAWING),
    optional_key=True,
)
async def sealed_picture(request: web.Request) -> web.Response:
    """Answer as `/i/` does, with what the token says and the query fills in."""
    token, extension = request.match_info["token"], request.match_info["ext"]
    image_format, caller = format_of(extension), caller_of(request)
    catalogue = request.app[CATALOGUE]
    decision = recalled(request, caller)
    if decision is not None and catalogue.get(decision.template.name) is decision.template:
        return await show(request, decision, caller)
    opened = unseal(request.app[KEYRING], token, extension, now=caller.now)
    address = opened.address
    asked = read_query(
        request.rel_url.raw_query_string, sealed=address.open if address is not None else ()
    )
    if address is None:
        return await _nameless(request, image_format, asked)
    template = catalogue.get(address.template)
    proof = prove_sealed(template, opened, asked, caller)
    return await show(request, decide(request, template, image_format, proof, caller), caller)


async def _nameless(request: web.Request, image_format: Format, asked: Asked) -> web.Response:
    """A token that says nothing: there is neither a template nor a size, but there is a picture.

    Raises:
        BadSignature: honest codes are wanted.
    """
    if asked.strict or image_format is Format.PDF:
        raise BadSignature("This address was not made here, or was changed on the way.")
    answer = await request.app[LADDER].nameless(image_format)
    headers = nameless_headers()
    headers["Content-Type"] = image_format.media_type
    current_facts().rung = Rung.TILE
    if caller_of(request).trusted:
        headers["Mergeshot-Cache"] = hit_or_miss(answer)
    tell(answer)
    return web.Response(body=answer.image.body, headers=headers)
