"""Everything that plans and draws, over throw-away templates and a pool without a browser."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from prometheus_client import REGISTRY

from service.browser.drawn import Drawn
from service.browser.fleet import Fleet
from service.cache.cache import open_cache
from service.catalogue.catalogue import Catalogue
from service.catalogue.versions import TemplateStore
from service.fetch.fetcher import Fetched, Unreachable
from service.imaging.encode import Wanted
from service.imaging.raster import Captured, Encoded, Pixels
from service.model import Document, Format, Note, RenderRequest
from service.render.flight import LocalFlight
from service.render.generic import Generics
from service.render.ladder import Ladder
from service.render.photograph import Photographer
from service.render.plan import Plan, Planner
from service.render.renderer import Renderer
from service.render.spotcheck import SpotChecks
from tests.catalogue.workshop import Workshop

SECRET = b"a secret for tests and nothing else"
AT = datetime(2026, 5, 17, 12, 34, 56, tzinfo=UTC)
BROKEN_PICTURE = Encoded(b"not a picture", Format.PNG)

MANIFEST = """
width = 48
height = 24
languages = ["en", "de"]
colour = "#304050"
[sizes.tall]
width = 24
height = 48
[fields.first_name]
kind = "text"
fallback = "friend"
aliases = ["vorname"]
[fields.parts]
kind = "integer"
fallback = 1
"""

BODY = "Hello {{ first_name }} {{ 12 // parts }} {{ language }}"


def colour_of(document: Document) -> bytes:
    """The colour in which the fake pool paints a document: by its text alone."""
    return hashlib.blake2b(document.html.encode(), digest_size=3).digest()


@dataclass
class FakePool:
    """Paints each document in a colour of its own, or does what it is told first.

    `answers` are given one by one before that: captures, or errors to raise. `hold` keeps every
    drawing waiting. `documents` are those that came, `deadlines` what they were given. `size` is
    what a page tells of a part of it.
    """

    answers: list[Captured | Exception] = field(default_factory=list)
    notes: tuple[Note, ...] = ()
    size: tuple[int, int] | None = None
    broken: Exception | None = None
    hold: asyncio.Event | None = None
    documents: list[Document] = field(default_factory=list)
    deadlines: list[float] = field(default_factory=list)

    async def draw(self, document: Document, wanted: Wanted, *, deadline: float) -> Drawn:
        self.documents.append(document)
        self.deadlines.append(deadline)
        if self.hold is not None:
            await self.hold.wait()
        if self.broken is not None:
            raise self.broken
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        painted = colour_of(document) * (wanted.width * wanted.height)
        return Drawn(
            answer or Pixels(painted, wanted.width, wanted.height, 3), self.notes, self.size
        )


@dataclass
class FakePictures:
    """Has the pictures that are `there`, by their address, and no others.

    `asked` are the addresses that were asked for, `hold` keeps everybody waiting.
    """

    there: dict[str, Fetched] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hold: asyncio.Event | None = None

    async def picture(self, url: str, *, hosts: Sequence[str], max_bytes: int) -> Fetched:
        self.asked.append(url)
        if self.hold is not None:
            await self.hold.wait()
        if url not in self.there:
            raise Unreachable
        return self.there[url]


class Workbench:
    """One template called `card`, and all that draws it."""

    def __init__(
        self,
        root: Path,
        *,
        manifest: str = MANIFEST,
        body: str = BODY,
        shared: Mapping[str, str] | None = None,
    ) -> None:
        self.workshop = Workshop(root / "templates")
        self.catalogue = Catalogue(self.workshop.root, TemplateStore(root / "kept"))
        for path, content in (shared or {}).items():
            self.workshop.write(f"_shared/{path}", content)
        self.save(manifest=manifest, body=body)
        self.planner = Planner(self.catalogue, secret=SECRET, fingerprint="a fake engine")
        self.pool = FakePool()
        self.cache = open_cache(
            memory_bytes=50_000_000, disk_bytes=0, folder=root / "none", secret=SECRET
        )
        self.encoder = ThreadPoolExecutor(1)
        self.web = FakePictures()
        self.checks = SpotChecks(cast(Fleet, self.pool))
        self.renderer = self.make_renderer(self.planner)
        self.folder = root / "generic"
        self.generics = Generics(self.folder, self.renderer, self.encoder)

    def make_renderer(self, planner: Planner, *, timeout: float = 15) -> Renderer:
        return Renderer(
            planner,
            Photographer(cast(Fleet, self.pool), self.encoder),
            self.cache,
            LocalFlight(),
            self.web,
            self.checks,
            timeout=timeout,
        )

    def save(self, *, manifest: str = MANIFEST, body: str = BODY) -> None:
        """Write the template and have the catalogue read it."""
        self.workshop.template(body, manifest=manifest)
        self.catalogue.load_all()

    def ladder(self, *, wait: float = 5, development: bool = False) -> Ladder:
        return Ladder(
            self.renderer, self.generics, self.encoder, wait=wait, development=development
        )

    def plan(self, values: Mapping[str, object] | None = None, **asked: Any) -> Plan:
        return self.planner.plan(request(values, **asked))

    async def keep_generics(self) -> int:
        return await self.generics.keep(self.catalogue.get("card"), request())

    async def close(self) -> None:
        if self.pool.hold is not None:
            self.pool.hold.set()
        await self.renderer.close()
        await self.cache.close()
        self.encoder.shutdown()


def request(values: Mapping[str, object] | None = None, **asked: Any) -> RenderRequest:
    """A request for the card at a fixed instant."""
    return RenderRequest("card", values or {}, **{"at": AT, **asked})


def counted(name: str, **labels: str) -> float:
    """What a metric says now; 0 before it was first counted."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def codes(notes: Iterable[Note]) -> list[tuple[str, str]]:
    """The field and the code of each note."""
    return [(note.field, note.code.value) for note in notes]
