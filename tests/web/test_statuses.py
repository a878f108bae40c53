"""Every refusal that is described is one that happens: each is brought about here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import ClientResponse, ClientSession, web

from service.access.address import Address
from service.access.keyring import open_keyring
from service.app import create_app
from service.config import Settings
from service.errors import BrowserDown, QueueFull, RenderFailed, RenderTimeout, ShuttingDown
from service.render.signed import sealed_address
from service.web import ROUTES
from service.web.connections import open_runner
from service.web.openapi import Document, plain_path
from tests.fakes import SECRET, FakeParts, write_template
from tests.web.client import responses
from tests.web.conftest import ADMIN_KEY

OPENED = {"Authorization": f"Bearer {ADMIN_KEY}"}
LONG = "x" * 9_000
KEPT = "0123456789abcdef01234567"


@dataclass(frozen=True)
class Way:
    """One request that is refused, and what fails while it is made."""

    path: str
    code: str
    key: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Exception | None = None


def of_templates(path: str, *more: Way) -> list[Way]:
    """The ways in which everything below `/v1/templates/{name}` is refused."""
    return [
        Way(path.format("ticket"), "key_required", key=False),
        Way(path.format("nobody"), "template_not_found"),
        Way(path.format("never"), "template_failed"),
        Way(path.format("ticket") + f"?{LONG}", "address_too_long"),
        Way(path.format("ticket"), "headers_too_large", headers={"If-None-Match": LONG}),
        *more,
    ]


def scoped(path: str, *more: Way) -> list[Way]:
    return [Way(path, "key_required", key=False), *more]


def conditional(path: str) -> list[Way]:
    return scoped(path, Way(path, "headers_too_large", headers={"If-None-Match": LONG}))


def sealed(template: str, extension: str = "png", **ours: str) -> str:
    """A sealed address that a key of ours vouches for."""
    said = Address(template=template, format=extension, ours=ours)
    return f"{sealed_address(open_keyring('', SECRET), said)}?_strict=1"


STRICT = "/i/ticket.png?_strict=1"
SEALED = sealed("ticket")
WAYS: Mapping[str, list[Way]] = {
    "/i/{template}.{ext}": [
        Way("/i/internal.png", "key_required", key=False),
        Way("/i/sealed.png?_strict=1", "bad_signature", key=False),
        Way("/i/ticket.gif", "not_found"),
        Way("/i/nobody.png", "template_not_found"),
        Way(f"/i/ticket.png?n={LONG}", "address_too_long"),
        Way(f"{STRICT}&nobody=1", "invalid_data"),
        Way(STRICT, "headers_too_large", headers={"If-None-Match": LONG}),
        Way("/i/never.png", "template_failed"),
        Way(STRICT, "render_failed", error=RenderFailed("It broke.")),
        Way(STRICT, "queue_full", error=QueueFull("Full.")),
        Way(STRICT, "browser_down", error=BrowserDown("Down.")),
        Way(STRICT, "shutting_down", error=ShuttingDown("Closing.")),
        Way(STRICT, "render_timeout", error=RenderTimeout("Late.")),
    ],
    "/p/{token}.{ext}": [
        Way(sealed("internal"), "key_required", key=False),
        Way("/p/nonsense.png?_strict=1", "bad_signature", key=False),
        Way("/p/nonsense.gif", "not_found"),
        Way(sealed("nobody"), "template_not_found"),
        Way(f"{SEALED}&n={LONG}", "address_too_long"),
        Way(sealed("ticket", _size="nope"), "invalid_data"),
        Way(SEALED, "headers_too_large", headers={"If-None-Match": LONG}),
        Way(sealed("never"), "template_failed"),
        Way(SEALED, "render_failed", error=RenderFailed("It broke.")),
        Way(SEALED, "queue_full", error=QueueFull("Full.")),
        Way(SEALED, "browser_down", error=BrowserDown("Down.")),
        Way(SEALED, "shutting_down", error=ShuttingDown("Closing.")),
        Way(SEALED, "render_timeout", error=RenderTimeout("Late.")),
    ],
    "/v1/templates": conditional("/v1/templates"),
    "/v1/templates/{name}": of_templates("/v1/templates/{}"),
    "/v1/templates/{name}/health": [
        Way("/v1/templates/ticket/health", "key_required", key=False),
        Way("/v1/templates/nobody/health", "template_not_found"),
        Way("/v1/templates/never/health", "template_failed"),
        Way("/v1/templates/ticket/health?window=year", "bad_request"),
        Way(f"/v1/templates/ticket/health?{LONG}", "address_too_long"),
    ],
    "/v1/templates/{name}/schema": of_templates(
        "/v1/templates/{}/schema",
        Way("/v1/templates/ticket/schema?strict=perhaps", "bad_request"),
    ),
    "/v1/templates/{name}/versions": of_templates("/v1/templates/{}/versions"),
    "/v1/templates/{name}/versions/{version}": of_templates(
        f"/v1/templates/{{}}/versions/{KEPT}",
        Way(f"/v1/templates/ticket/versions/{KEPT}", "not_found"),
    ),
    "/livez": [],
    "/readyz": [],
    "/healthz": scoped("/healthz"),
    "/version": scoped("/version"),
    "/metrics": scoped("/metrics"),
    "/openapi.json": conditional("/openapi.json"),
    "/docs": conditional("/docs"),
    "/docs/{file}": scoped(
        "/docs/docs.js",
        Way("/docs/nothing.js", "not_found"),
        Way(f"/docs/docs.js?{LONG}", "address_too_long"),
    ),
}
"""By route. A route that is not here is held against its description by the contract alone."""


@pytest.fixture
def parts(parts: FakeParts) -> FakeParts:
    write_template(parts.folder, "never", more="nonsense = 1")
    parts.catalogue.load_all()
    return parts


Ask = Callable[[Way], Awaitable[ClientResponse]]


@asynccontextmanager
async def asking(parts: FakeParts) -> AsyncIterator[Ask]:
    """Asks a server outside development, over connections as they are."""
    settings = Settings.read({"MERGESHOT_ADMIN_KEY": ADMIN_KEY})
    app = create_app(parts.open, settings, development=False)
    runner = open_runner(app, max_url=settings.max_url, patience=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        async with ClientSession(f"http://{host}:{port}") as session:

            async def ask(way: Way) -> ClientResponse:
                parts.renderer.error = way.error
                headers = {**way.headers, **(OPENED if way.key else {})}
                return await session.get(way.path, headers=headers)

            yield ask
    finally:
        await runner.cleanup()


def described(path: str) -> set[tuple[int, str]]:
    """The statuses and codes of the refusals that are described."""
    document = Document(ROUTES, []).build()
    found = set()
    for status, response in responses(document, document["paths"][path]["get"]).items():
        problem = response.get("content", {}).get("application/problem+json")
        if problem is not None:
            codes = problem["schema"]["allOf"][1]["properties"]["code"]["enum"]
            found |= {(int(status), code) for code in codes}
    return found


@pytest.mark.parametrize("path", WAYS)
async def test_every_refusal_that_is_described_happens(parts: FakeParts, path: str) -> None:
    happened = set()
    async with asking(parts) as ask:
        for way in WAYS[path]:
            response = await ask(way)
            body = await response.json(content_type="application/problem+json")
            assert body["code"] == way.code, way.path
            happened.add((response.status, body["code"]))

    assert happened == described(path)


def test_these_are_routes() -> None:
    assert set(WAYS) <= {plain_path(route.path) for route in ROUTES}
