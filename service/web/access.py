"""Who may do what: every route says it, and a route that says nothing stops the start."""

from __future__ import annotations

import functools
import hmac
from collections.abc import Awaitable, Callable
from enum import StrEnum

from aiohttp import web

from service.errors import StartupError, Unauthenticated
from service.web.keys import ADMIN_KEY, DEVELOPMENT

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_GUARD = "__mergeshot_guard__"


class Scope(StrEnum):
    """What a key may be good for."""

    OPERATE = "operate"
    """See how the service is: health in detail, numbers, version."""

    RENDER = "render"
    """Have pictures of templates made, whatever their `access`."""

    SIGN = "sign"
    """Have addresses signed and sealed."""

    HTML = "html"
    """Have pictures made of HTML that the request brings along."""

    TEMPLATES_READ = "templates:read"
    """See which templates there are, and what they take."""


class Verdict(StrEnum):
    """What a request for a picture may have."""

    ALLOWED = "allowed"
    """The picture that it asks for."""

    GENERIC = "generic"
    """The picture without its values: nobody we know has vouched for them."""


def public(handler: Handler) -> Handler:
    """Declare that anybody may call `handler`."""
    setattr(handler, _GUARD, "public")
    return handler


def requires(scope: Scope) -> Callable[[Handler], Handler]:
    """Declare that `handler` is for holders of a key with `scope`; open in development.

    So far there is one key, the operator's, and it is good for everything.
    """

    def guard(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            if not (request.app[DEVELOPMENT] or holds_key(request)):
                raise Unauthenticated(
                    "This address is for holders of a key.",
                    hint="Send MERGESHOT_ADMIN_KEY as `Authorization: Bearer …`.",
                )
            return await handler(request)

        setattr(guarded, _GUARD, scope)
        return guarded

    return guard


def guard_of(handler: object) -> str:
    """Who may call: `public`, or a scope; empty for a handler that does not say it."""
    return str(getattr(handler, _GUARD, ""))


def holds_key(request: web.Request) -> bool:
    """Whether the request carries the operator's key. Compared in constant time."""
    key, written = request.app[ADMIN_KEY], request.headers.get("Authorization")
    if not key or written is None:
        return False
    scheme, _, sent = written.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(sent.strip().encode(), key.encode())


def refuse_undeclared(app: web.Application) -> None:
    """Deny by default.

    Raises:
        StartupError: when a route has neither `@requires` nor `@public`.
    """
    undeclared = sorted(
        {
            f"{route.method} {route.resource.canonical if route.resource else route.name}"
            for route in app.router.routes()
            if not hasattr(route.handler, _GUARD)
        }
    )
    if undeclared:
        raise StartupError(
            f"These routes do not say who may call them: {', '.join(undeclared)}",
            hint="Put @requires(scope) or @public under the route.",
        )


def verdict(access: str, *, trusted: bool) -> Verdict:
    """What an unsigned request may have of a template with this `access`.

    `trusted` is the operator, and everybody in development.

    Raises:
        Unauthenticated: when the template is for key holders alone.
    """
    if trusted or access == "public":
        return Verdict.ALLOWED
    if access == "key":
        raise Unauthenticated("This template's pictures are for holders of an API key.")
    return Verdict.GENERIC
