import asyncio
import threading
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from service.app import (
    beside,
    both,
    create_app,
    keep_generics,
    open_catalogue,
    open_renderer,
    open_store,
    rehearse,
    sweep_copies,
)
from service.catalogue.catalogue import Catalogue
from service.catalogue.template import Template
from service.config import Settings
from service.errors import ConfigError, NotFound, QueueFull, StartupError
from service.fetch.copies import Copies
from service.model import RenderRequest
from service.render.generic import Generics
from tests.fakes import FakeParts, write_template


async def test_parts_are_opened_once_when_the_server_starts_and_closed_when_it_ends(
    tmp_path: Path,
) -> None:
    write_template(tmp_path, "ticket")
    parts = FakeParts(tmp_path)
    app = create_app(parts.open, Settings.read({}), development=False)
    assert parts.opened == 0

    async with TestClient(TestServer(app)) as client:
        await client.get("/i/ticket.png")
        assert (parts.opened, parts.closed) == (1, 0)

    assert (parts.opened, parts.closed) == (1, 1)


async def test_housekeeping_runs_beside_the_requests_and_ends_with_them() -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def loop() -> None:
        began.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async with beside((loop,)):
        await began.wait()
        assert not ended.is_set()

    assert ended.is_set()


async def test_housekeeping_that_breaks_is_logged_and_breaks_nothing_else() -> None:
    async def breaks() -> None:
        raise OSError("disk full")

    with capture_logs() as lines:
        async with beside((breaks,)):
            await asyncio.sleep(0.01)

    assert [line["event"] for line in lines] == ["housekeeping_stopped"]


def test_a_missing_folder_of_templates_is_told_with_its_setting(tmp_path: Path) -> None:
    settings = Settings.read(
        {
            "MERGESHOT_TEMPLATES_DIR": str(tmp_path / "nowhere"),
            "MERGESHOT_DATA_DIR": str(tmp_path / "data"),
        }
    )

    with pytest.raises(ConfigError, match="MERGESHOT_TEMPLATES_DIR"):
        open_catalogue(settings, open_store(settings))


async def test_a_browser_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    write_template(tmp_path / "templates", "ticket")
    settings = Settings.read(
        {
            "MERGESHOT_TEMPLATES_DIR": str(tmp_path / "templates"),
            "MERGESHOT_DATA_DIR": str(tmp_path / "data"),
            "MERGESHOT_CHROMIUM": str(tmp_path / "no-browser"),
        }
    )

    with pytest.raises(StartupError, match="MERGESHOT_CHROMIUM"):
        async with open_renderer(settings, development=False):
            raise AssertionError("it must not open")


async def test_a_missing_folder_stops_the_start_also_where_there_is_no_browser(
    tmp_path: Path,
) -> None:
    """Both start side by side; the folder is told first, for it is mended first."""
    settings = Settings.read(
        {
            "MERGESHOT_TEMPLATES_DIR": str(tmp_path / "nowhere"),
            "MERGESHOT_DATA_DIR": str(tmp_path / "data"),
            "MERGESHOT_CHROMIUM": str(tmp_path / "no-browser"),
        }
    )

    with pytest.raises(ConfigError, match="MERGESHOT_TEMPLATES_DIR"):
        async with open_renderer(settings, development=False):
            raise AssertionError("it must not open")


async def test_what_starts_beside_a_failure_is_ended_before_it_is_told() -> None:
    ended = asyncio.Event()

    async def slow() -> None:
        await asyncio.sleep(0.01)
        ended.set()

    async def fails() -> None:
        raise StartupError("no")

    with pytest.raises(StartupError):
        await both(fails(), slow())
    assert ended.is_set()


async def test_generic_pictures_are_kept_for_every_template_and_again_after_a_change(
    tmp_path: Path,
) -> None:
    class Kept:
        def __init__(self) -> None:
            self.names: asyncio.Queue[str] = asyncio.Queue()

        async def keep(self, template: Template, request: RenderRequest) -> int:
            assert request.values == {}
            await self.names.put(template.name)
            return 1

        def sweep(self, older_than: timedelta) -> None:
            assert older_than == timedelta(days=400)

    write_template(tmp_path, "ticket")
    settings = Settings.read({"MERGESHOT_TEMPLATES_DIR": str(tmp_path)})
    catalogue = Catalogue(settings.templates_dir, open_store(settings_in(tmp_path)))
    catalogue.load_all()
    kept = Kept()

    async def loop() -> None:
        generics = cast(Generics, cast(Any, kept))
        await keep_generics(generics, catalogue, settings.keep_versions)

    async with beside((loop,)):
        assert await asyncio.wait_for(kept.names.get(), 2) == "ticket"
        write_template(tmp_path, "badge")
        await asyncio.to_thread(catalogue.load_all)
        again = {await asyncio.wait_for(kept.names.get(), 2) for _ in range(2)}

    assert again == {"badge", "ticket"}


async def test_generic_pictures_that_could_not_be_made_are_tried_again_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any change of the templates: the browser may have been busy with another's page."""
    monkeypatch.setattr("service.app._SOON", 0.01)
    write_template(tmp_path, "ticket")
    catalogue = Catalogue(tmp_path, open_store(settings_in(tmp_path)))
    catalogue.load_all()
    tries: asyncio.Queue[str] = asyncio.Queue()

    class Failing:
        async def keep(self, template: Template, request: RenderRequest) -> int:
            tries.put_nowait(template.name)
            return 0

        def sweep(self, older_than: timedelta) -> None:
            pass

    generics = cast(Generics, cast(Any, Failing()))
    async with beside((partial(keep_generics, generics, catalogue, timedelta(days=1)),)):
        found = [await asyncio.wait_for(tries.get(), 2) for _ in range(3)]

    assert found == ["ticket"] * 3


async def test_the_busiest_templates_are_rehearsed_on_every_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without data, so that nobody's picture is drawn twice; one that is gone costs the others
    nothing."""
    monkeypatch.setattr("service.app._OPENING", 0.0)
    drawn: list[str] = []

    class Rehearsing:
        async def busiest(self, most: int) -> list[str]:
            return ["gone", "ticket"][:most]

        def plan(self, request: RenderRequest) -> str:
            assert request.values == {}
            if request.template == "gone":
                raise NotFound("There is no such template.")
            return request.template

        async def rehearse(self, plan: str) -> None:
            drawn.append(plan)
            if len(drawn) == 1:
                raise QueueFull("as told")

    stage: Any = Rehearsing()
    await rehearse(stage, stage, lambda: {"pages": 3})

    assert drawn == ["ticket"] * 3


async def test_copies_of_pictures_from_the_web_are_swept() -> None:
    class Swept:
        def __init__(self) -> None:
            self.done = threading.Event()

        def sweep(self) -> None:
            self.done.set()

    swept = Swept()
    async with beside((partial(sweep_copies, cast(Copies, swept)),)):
        assert await asyncio.to_thread(swept.done.wait, 2)


def settings_in(folder: Path) -> Settings:
    return Settings.read({"MERGESHOT_DATA_DIR": str(folder / "_data")})
