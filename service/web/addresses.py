"""The addresses that we tell, and whether we may.

So far there is one kind, which anybody can read and change. Kinds that prove who made them belong
here too: `address_of` is where one is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from service.errors import FieldProblem, InvalidData
from service.model import RenderRequest
from service.render.address import path_of, plain_address, written
from service.render.plan import Plan
from service.web.keys import CATALOGUE, DEVELOPMENT, MAX_URL, PUBLIC_URL, RENDERER
from service.web.query import read_query, requested

_REQUEST_LINE = len("HEAD  HTTP/1.1")
"""Bytes of a request's first line besides the address."""


def address_of(request: web.Request, plan: Plan, asked: RenderRequest) -> str:
    """The address of the picture of `plan`, which was made of `asked`.

    Raises:
        InvalidData: no address can say what was asked for, or none would be believed.
    """
    _require_belief(request, plan)
    address = plain_address(plan, asked)
    if len(address) + _REQUEST_LINE > request.app[MAX_URL]:
        raise _refused(
            "data",
            "is too long for an address",
            hint='Ask for `"output": "image"`, or raise MERGESHOT_MAX_URL here and on the way.',
        )
    if not _means(request, plan, asked, address):
        raise _refused(
            "data",
            "holds a value that an address cannot say in the same way",
            hint='Send it as text, lists and groups whole; or ask for `"output": "image"`.',
        )
    return base_url(request) + address


def picture_path(
    template: str, extension: str, values: Mapping[str, object], **chosen: str
) -> str:
    """The path and query of a picture: reserved parameters first, then the values."""
    pairs = [(name, value) for name, value in chosen.items() if value]
    pairs += [(name, written(value)) for name, value in values.items() if value is not None]
    return path_of(template, extension, pairs)


def base_url(request: web.Request) -> str:
    """What an address begins with: what was set, else the socket that this request came in by."""
    public = request.app[PUBLIC_URL]
    if public:
        return public
    name = request.get_extra_info("sockname") or ("localhost", 80)
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"http://{host}:{name[1]}"


def _require_belief(request: web.Request, plan: Plan) -> None:
    """An address whose values are not used would show somebody else's picture, and quietly."""
    access = request.app[CATALOGUE].get(plan.template.name).manifest.access
    if request.app[DEVELOPMENT] or access == "public":
        return
    raise _refused(
        "output",
        f'must be "image" for this template: its access is "{access}", so an address without a '
        "signature would not show the values",
        hint='Ask for `"output": "image"`, or set `access = "public"` in template.toml.',
    )


def _means(request: web.Request, plan: Plan, asked: RenderRequest, address: str) -> bool:
    """Whether somebody who follows the address gets this very picture."""
    query = read_query(address.partition("?")[2])
    followed = requested(plan.template.name, plan.format, query, at=asked.at)
    return request.app[RENDERER].plan(followed).key == plan.key


def _refused(field: str, message: str, *, hint: str) -> InvalidData:
    problem = FieldProblem(field, "invalid", message)
    return InvalidData(f"No address can be made: {field} {message}.", hint=hint, fields=[problem])
