"""What the web layer asks of the other parts, and the keys under which it finds them.

The protocols are what handlers call and no more, so that a test can stand in for a browser with
thirty lines.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

from aiohttp import web

from service.access.keyring import Keyring
from service.catalogue.catalogue import Broken
from service.catalogue.template import Template
from service.catalogue.versions import KeptVersion
from service.model import Document, Format, Image, RenderRequest, Rung
from service.render.campaign import Report
from service.render.guest import HtmlRequest
from service.render.ladder import Answer
from service.render.plan import Plan
from service.render.tally import Window


class Catalogue(Protocol):
    """Where templates are found."""

    @property
    def broken(self) -> Mapping[str, Broken]:
        """Templates whose folder cannot be read as it is now."""

    def get(self, name: str) -> Template:
        """The template, or TemplateNotFound."""

    def names(self) -> list[str]:
        """Every template's name."""

    def is_sound(self, name: str) -> bool:
        """Whether what is served under this name can be drawn."""

    def look_up(self, template: Template, version: str) -> Template | None:
        """A kept version of a template, for information. Blocks on the disk."""

    def versions(self, template: Template) -> list[KeptVersion]:
        """Every kept version of a template. Blocks on the disk."""


class Renderer(Protocol):
    """Plans and draws pictures."""

    def plan(self, request: RenderRequest, *, strict: bool = False) -> Plan:
        """Decide what to draw."""

    def compose(self, plan: Plan) -> Document:
        """The page to photograph."""

    async def recall(self, plan: Plan) -> Image | None:
        """The picture, if it is in the cache."""

    async def draw(self, plan: Plan) -> Image:
        """Draw the picture, or wait for whoever draws it already."""


class Ladder(Protocol):
    """Answers with the best picture that can be had in time."""

    async def answer(self, plan: Plan) -> Answer:
        """The best picture for `plan`: there always is one."""

    async def generic(self, plan: Plan) -> Answer:
        """The picture without any value of the request."""

    async def nameless(self, image_format: Format) -> Answer:
        """What is shown where nobody can tell the template."""


class HtmlRenderer(Protocol):
    """Draws pages that requests bring along."""

    async def draw(self, request: HtmlRequest) -> Image:
        """The picture; nothing of it is kept."""


class Campaigns(Protocol):
    """Counts what was answered, and tells how it went."""

    def count(self, plan: Plan, rung: Rung, *, address: str, refused: bool = False) -> None:
        """Count one answer."""

    async def report(self, template: Template, window: Window) -> Report:
        """How the pictures of a template went."""


Probe = Callable[[], str]
"""Asks a part how it is: an empty text when well, else what is wrong, in a few words."""

Figures = Callable[[], Mapping[str, int]]
"""How much of what there is: engines, pages, drawings that wait."""

CATALOGUE: web.AppKey[Catalogue] = web.AppKey("catalogue")
RENDERER: web.AppKey[Renderer] = web.AppKey("renderer")
LADDER: web.AppKey[Ladder] = web.AppKey("ladder")
HTML: web.AppKey[HtmlRenderer] = web.AppKey("html")
CAMPAIGNS: web.AppKey[Campaigns] = web.AppKey("campaigns")
PROBES: web.AppKey[Mapping[str, Probe]] = web.AppKey("probes")
FIGURES: web.AppKey[Figures] = web.AppKey("figures")
DRAINING: web.AppKey[asyncio.Event] = web.AppKey("draining", asyncio.Event)
"""Set once the server finishes what it has begun and wants nothing new."""

FAILED: web.AppKey[asyncio.Event] = web.AppKey("failed", asyncio.Event)
"""Set when the browser keeps dying and only a restart from outside can help."""

DEVELOPMENT: web.AppKey[bool] = web.AppKey("development", bool)
"""True on a developer's own machine: everything is open and says what it did."""

ADMIN_KEY: web.AppKey[str] = web.AppKey("admin_key", str)
"""The operator's key; empty when nobody has one."""

KEYRING: web.AppKey[Keyring] = web.AppKey("keyring", Keyring)
"""The keys that sign and seal addresses."""

PUBLIC_URL: web.AppKey[str] = web.AppKey("public_url", str)
"""What the addresses that we tell begin with; empty where nobody has said it."""

MAX_URL: web.AppKey[int] = web.AppKey("max_url", int)
"""Bytes of the longest request line that is read."""

IMAGE_WAIT: web.AppKey[float] = web.AppKey("image_wait", float)
"""Seconds that an answer waits for its drawing where it can do without."""

ASIDE: web.AppKey[set[asyncio.Task[Image]]] = web.AppKey("aside")
"""Drawings that were begun beside an answer, which need not wait for them."""

REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)
