"""An engine without a browser, for what the pool does with engines. Real ones: test_engine.py."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from service.browser.drawn import Drawn
from service.browser.functions import PageUnfit
from service.browser.surfaces import Surface
from service.errors import InvalidData, StartupError
from service.imaging.encode import Wanted
from service.imaging.raster import Captured, Encoded
from service.model import Document, Format, Guest, Lane


class FakePage:
    """Draws in `engine.seconds`, or does what `engine.moods` says next: unfit, hang."""

    drawn = 0
    worn = False
    standing: frozenset[str] = frozenset()

    def __init__(self, engine: FakeEngine) -> None:
        self.engine = engine
        self.closed = False
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def draw(
        self, document: Document, capture: Callable[[str], Awaitable[Captured]]
    ) -> tuple[Captured, tuple[()]]:
        self.engine.starts.append(document.html)
        mood = self.engine.moods.pop(0) if self.engine.moods else ""
        if mood == "unfit":
            raise PageUnfit("as told")
        if mood == "hang":
            await asyncio.Event().wait()
        await asyncio.sleep(self.engine.seconds)
        if self.engine.died.is_set():
            raise PageUnfit("the browser is gone")
        return await capture("mark"), ()

    def fits(self, document: Document) -> bool:
        return False

    async def photograph(self, options: dict[str, Any]) -> bytes:
        self.engine.examined += 1
        if self.engine.stuck:
            await asyncio.Event().wait()
        return b"picture"

    async def close(self) -> None:
        self.closed = True


class FakeFresh:
    """Draws like a standing page; its moods are `engine.fresh_moods`: crash, hang, refuse, stay.

    One that is to stay draws, and does not close.
    """

    def __init__(self, engine: FakeEngine, document: Document, *, scripts: bool) -> None:
        self.engine = engine
        self.document = document
        self.scripts = scripts
        self.closed = False
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.mood = engine.fresh_moods.pop(0) if engine.fresh_moods else ""

    async def draw(self, wanted: Wanted) -> Drawn:
        self.engine.starts.append(self.document.html)
        if self.mood == "crash":
            self.gone.set_result(None)
        if self.mood in {"crash", "hang"}:
            await asyncio.Event().wait()
        if self.mood == "refuse":
            raise InvalidData("as told")
        await asyncio.sleep(self.engine.seconds)
        return Drawn(Encoded(b"picture", Format.PNG), ())

    async def close(self) -> bool:
        self.closed = True
        return self.mood != "stay"


class FakeSurface:
    async def capture(self, page: Any, mark: str, wanted: Wanted) -> Captured:
        return Encoded(b"picture", Format.PNG)


class FakeEngine:
    kind: str = "fake"
    surface: Surface
    died: asyncio.Event

    def __init__(self) -> None:
        self.surface = FakeSurface()
        self.died = asyncio.Event()
        self.pages: list[FakePage] = []
        self.moods: list[str] = []
        self.fresh_moods: list[str] = []
        self.fresh_pages: list[FakeFresh] = []
        self.starts: list[str] = []
        self.examined = 0
        self.stuck = False
        self.seconds = 0.0

    @property
    def alive(self) -> bool:
        return not self.died.is_set()

    async def open_page(self) -> Any:
        self.pages.append(FakePage(self))
        return self.pages[-1]

    def fresh(self, document: Document, *, scripts: bool) -> Any:
        self.fresh_pages.append(FakeFresh(self, document, scripts=scripts))
        return self.fresh_pages[-1]

    async def close(self) -> None:
        self.died.set()

    def kill(self) -> None:
        self.died.set()


class Starter:
    """Starts fake engines; fails `failures` times first."""

    def __init__(self) -> None:
        self.engines: list[FakeEngine] = []
        self.failures = 0

    async def __call__(self) -> FakeEngine:
        if self.failures:
            self.failures -= 1
            raise StartupError("as told")
        self.engines.append(FakeEngine())
        return self.engines[-1]


def paper(name: str, lane: Lane = Lane.SWAP, guest: Guest | None = None) -> Document:
    return Document(name, "", 10, 10, 1, lane, "v", {}, scripts=guest is not None, guest=guest)
