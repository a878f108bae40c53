"""Stand-ins for what needs a browser: pictures of one colour, at once, in the right size."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import cast

import PIL.Image

from service.access.keyring import open_keyring
from service.app import Parts
from service.catalogue.catalogue import Catalogue
from service.catalogue.versions import TemplateStore
from service.model import Document, Format, Image, Note, RenderRequest, Rung
from service.render.campaign import MIGRATIONS, Campaigns
from service.render.guest import HtmlRequest
from service.render.ladder import Answer
from service.render.plan import Plan, Planner
from service.render.renderer import Renderer
from service.storage.sqlite import Database

SECRET = b"a secret for tests and nothing else"

MANIFEST = """
title = "A ticket"
width = 60
height = 30
access = "{access}"
max_age = "1d"
{more}
[fields.first_name]
kind = "name"
fallback = "friend"
"""

PAGE = "<!doctype html><html><head></head><body>Hello {{ first_name }}</body></html>"


def write_template(
    folder: Path, name: str, *, access: str = "public", more: str = "", page: str = PAGE
) -> None:
    """Put a small template into `folder`; `more` are further lines of its manifest's top."""
    place = folder / name
    place.mkdir(parents=True)
    (place / "template.toml").write_text(MANIFEST.format(access=access, more=more))
    (place / "template.html").write_text(page)


@lru_cache(maxsize=16)
def flat(image_format: str, width: int, height: int) -> bytes:
    """A picture's file, grey all over."""
    file = io.BytesIO()
    PIL.Image.new("RGB", (width, height), "#808080").save(file, image_format)
    return file.getvalue()


def flat_image(plan: Plan) -> Image:
    """The grey picture that fits `plan`."""
    width, height = plan.wanted.width, plan.wanted.height
    return Image(flat(plan.format.value, width, height), plan.format, width, height)


@dataclass
class FakeRenderer:
    """Plans truly, draws grey. `drawn` are the plans that it drew; `error` fails each drawing."""

    planner: Planner
    drawn: list[Plan] = field(default_factory=list)
    error: Exception | None = None
    degraded: bool = False
    notes: tuple[Note, ...] = ()
    hold: asyncio.Event | None = None
    kept: dict[bytes, Image] = field(default_factory=dict)

    def plan(self, request: RenderRequest, *, strict: bool = False) -> Plan:
        return self.planner.plan(request, strict=strict)

    def compose(self, plan: Plan) -> Document:
        return Renderer.compose(cast(Renderer, self), plan)

    async def recall(self, plan: Plan) -> Image | None:
        return self.kept.get(plan.key)

    async def draw(self, plan: Plan) -> Image:
        if self.hold is not None:
            await self.hold.wait()
        if self.error is not None:
            raise self.error
        self.drawn.append(plan)
        plain = flat_image(plan)
        image = Image(
            plain.body, plain.format, plain.width, plain.height, self.notes, self.degraded
        )
        if not self.degraded:
            self.kept[plan.key] = image
        return image


@dataclass
class FakeLadder:
    """Answers exactly, or with a grey picture on the `rung` that a test wants to see."""

    renderer: FakeRenderer
    rung: Rung = Rung.EXACT

    async def answer(self, plan: Plan) -> Answer:
        held = await self.renderer.recall(plan)
        if held is not None:
            return Answer(held, Rung.EXACT, cached=True)
        if self.rung is not Rung.EXACT:
            return Answer(flat_image(plan), self.rung)
        return Answer(await self.renderer.draw(plan), Rung.EXACT)

    async def generic(self, plan: Plan) -> Answer:
        return Answer(flat_image(plan), Rung.GENERIC)

    async def nameless(self, image_format: Format) -> Answer:
        image = Image(flat(image_format.value, 600, 300), image_format, 600, 300)
        return Answer(image, Rung.TILE)


@dataclass
class FakeHtml:
    """Draws grey, whatever the page. `drawn` are the requests; `error` fails each of them."""

    drawn: list[HtmlRequest] = field(default_factory=list)
    error: Exception | None = None
    notes: tuple[Note, ...] = ()

    async def draw(self, request: HtmlRequest) -> Image:
        if self.error is not None:
            raise self.error
        self.drawn.append(request)
        wanted = request.wanted
        body = flat(wanted.format.value, wanted.width, wanted.height)
        return Image(body, wanted.format, wanted.width, wanted.height, self.notes)


@dataclass
class FakeParts:
    """Opens parts without a browser over the templates in `folder`; remembers what happened.

    `counts` is the file for campaign health; memory otherwise.
    """

    folder: Path
    opened: int = 0
    closed: int = 0
    ill: str = ""
    counts: Path | None = None
    failed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.catalogue = Catalogue(self.folder, TemplateStore(self.folder / "_kept"))
        self.catalogue.load_all()
        planner = Planner(self.catalogue, secret=SECRET, fingerprint="a fake")
        self.renderer = FakeRenderer(planner)
        self.ladder = FakeLadder(self.renderer)
        self.html = FakeHtml()
        self.keyring = open_keyring("", SECRET)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Parts]:
        self.opened += 1
        campaigns = Campaigns(Database(self.counts, MIGRATIONS), SECRET)
        try:
            yield Parts(
                catalogue=self.catalogue,
                renderer=self.renderer,
                ladder=self.ladder,
                html=self.html,
                campaigns=campaigns,
                keyring=self.keyring,
                failed=self.failed,
                probes={"browser": lambda: self.ill},
                figures=lambda: {"engines": 1},
            )
        finally:
            await campaigns.close()
            self.closed += 1
