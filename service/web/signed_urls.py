"""`POST /v1/signed-urls`: an address that nobody can change, for programs that make many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from service.errors import TemplateNotFound
from service.logs import current_facts
from service.render.vouching import vouched
from service.web.access import Scope, requires
from service.web.addresses import made_address
from service.web.body import JSON, read_json
from service.web.described import PICTURES, Described, Reply
from service.web.headers import PRIVATE
from service.web.keys import RENDERER
from service.web.orders import PictureBody
from service.web.shown import Shown

routes = web.RouteTableDef()

_LONGEST = 400 * 86_400 * 25
"""Seconds of the longest life of an address: beyond a few decades it is for ever."""


class SignedUrlOrder(PictureBody):
    """What the address shall say, and what may be filled later."""

    open: Annotated[list[str], Field(max_length=100)] = Field(
        default_factory=list,
        description="Fields, and `_lang` and the like, that whoever asks may fill.",
    )
    expires_in: Annotated[int, Field(ge=60, le=_LONGEST)] | None = Field(
        None, description="Seconds from now; without it the address is good for ever."
    )
    kind: Literal["sealed", "signed"] = Field(
        "sealed", description="`sealed`: nobody can read it; `signed`: readable."
    )


class SignedUrl(Shown):
    """The address."""

    url: str = Field(description="Open fields stand in it without a value.")
    kind: Literal["sealed", "signed"]
    expires: datetime | None = Field(description="Until when it is good; null: for ever.")


@routes.post("/v1/signed-urls")
@requires(Scope.SIGN)
@Described(
    "Sign an address",
    tag=PICTURES,
    text="The values of `data` are fixed: whoever changes one gets the picture without data. "
    "Fields in `open` may be filled by whoever asks, such as an e-mail platform. "
    "docs/signing.md says how to do the same without asking us.",
    body=SignedUrlOrder,
    data_key="data",
    replies=(Reply(200, "The address.", {JSON: SignedUrl}),),
    refusals=(TemplateNotFound,),
)
async def sign_url(request: web.Request) -> web.Response:
    """Answer with an address that a key vouches for."""
    order = await read_json(request, SignedUrlOrder)
    now = datetime.now(UTC)
    wanted = order.request(now)
    plan = request.app[RENDERER].plan(wanted)
    current_facts().template = plan.template.name
    until = None if order.expires_in is None else now + timedelta(seconds=order.expires_in)
    expires = None if until is None else int(until.timestamp())
    address = vouched(plan, wanted, order.open, expires=expires)
    url = made_address(request, address, order.kind)
    told = SignedUrl(
        url=url,
        kind=order.kind,
        expires=None if expires is None else datetime.fromtimestamp(expires, UTC),
    )
    return web.Response(
        body=told.model_dump_json().encode(),
        content_type=JSON,
        headers={"Cache-Control": PRIVATE},
    )
