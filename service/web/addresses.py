"""The addresses that we tell: plain, signed or sealed, and whether they would be believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

from aiohttp import web

from service.access.address import Address
from service.access.sealing import unseal
from service.errors import FieldProblem, InvalidData
from service.model import RenderRequest
from service.render.address import our_pairs, path_of, plain_address, value_pairs, written
from service.render.plan import Plan
from service.render.signed import filled_with, sealed_address, signed_address
from service.web.keys import CATALOGUE, DEVELOPMENT, KEYRING, MAX_URL, PUBLIC_URL, RENDERER
from service.web.proof import Caller, prove, prove_sealed
from service.web.query import Asked, read_query, requested

_REQUEST_LINE = len("HEAD  HTTP/1.1")
"""Bytes of a request's first line besides the address."""

Kind = Literal["sealed", "signed"]


def address_of(
    request: web.Request, plan: Plan, asked: RenderRequest, kind: Kind | None = None
) -> str:
    """The address of the picture of `plan`, which was made of `asked`.

    Without a `kind` it is plain where that is believed, else sealed.

    Raises:
        InvalidData: no address can say what was asked for, or none would be believed.
    """
    access = request.app[CATALOGUE].get(plan.template.name).manifest.access
    if access == "key" and not request.app[DEVELOPMENT]:
        raise _refused(
            "output",
            'must be "image" for this template: its access is "key", so that no address shows '
            "the values by itself",
            hint='Ask for `"output": "image"`, or set `access = "signed"` in template.toml.',
        )
    if kind is None and access == "signed" and not request.app[DEVELOPMENT]:
        kind = "sealed"
    if kind is None:
        address = plain_address(plan, asked)
        _require_short(request, address)
    else:
        address = _vouched_address(request, _all_of(plan, asked), kind)
    if not _means(request, plan, asked, address):
        raise _unsayable()
    return base_url(request) + address


def made_address(request: web.Request, address: Address, kind: Kind) -> str:
    """The whole address of what a key vouches for; its open fields stand there empty.

    Raises:
        InvalidData: it is too long, or no key may sign for the template.
    """
    return base_url(request) + _vouched_address(request, address, kind)


def _vouched_address(request: web.Request, address: Address, kind: Kind) -> str:
    make = sealed_address if kind == "sealed" else signed_address
    made = make(request.app[KEYRING], address, filled_with(address))
    _require_short(request, made)
    return made


def _all_of(plan: Plan, asked: RenderRequest) -> Address:
    """All that was given and used, nothing of it open."""
    try:
        return Address(
            template=plan.template.name,
            format=plan.format.extension,
            values=dict(value_pairs(plan, asked.values)),
            ours=dict(our_pairs(plan, asked)),
        )
    except ValueError as error:
        raise _unsayable() from error


def _require_short(request: web.Request, address: str) -> None:
    if len(address) + _REQUEST_LINE > request.app[MAX_URL]:
        raise _refused(
            "data",
            "is too long for an address",
            hint='Ask for `"output": "image"`, or raise MERGESHOT_MAX_URL here and on the way.',
        )


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


def _means(request: web.Request, plan: Plan, asked: RenderRequest, address: str) -> bool:
    """Whether somebody who follows the address gets this very picture."""
    followed = requested(
        plan.template.name, plan.format, _followed(request, plan, asked, address), at=asked.at
    )
    return request.app[RENDERER].plan(followed).key == plan.key


def _followed(request: web.Request, plan: Plan, asked: RenderRequest, address: str) -> Asked:
    """What is read of an address."""
    path, query = urlsplit(address)[2:4]
    template = request.app[CATALOGUE].get(plan.template.name)
    caller = Caller(asked.at.timestamp(), development=request.app[DEVELOPMENT])
    named, _, extension = path[len("/i/") :].rpartition(".")
    if path.startswith("/i/"):
        read = read_query(query)
        return prove(request.app[KEYRING], template, named, extension, read, caller).asked
    opened = unseal(request.app[KEYRING], named, extension, now=caller.now)
    return prove_sealed(template, opened, read_query(query, sealed=()), caller).asked


def _unsayable() -> InvalidData:
    return _refused(
        "data",
        "holds a value that an address cannot say in the same way",
        hint='Send it as text, lists and groups whole; or ask for `"output": "image"`.',
    )


def _refused(field: str, message: str, *, hint: str) -> InvalidData:
    problem = FieldProblem(field, "invalid", message)
    return InvalidData(f"No address can be made: {field} {message}.", hint=hint, fields=[problem])
