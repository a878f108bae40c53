"""Hiring: which browsers there are, how many of them run, and what is said when one is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.browser import hiring
from service.browser.engine import HeadlessEngine
from service.browser.fleet import Fleet
from service.browser.hiring import PAGES, WINDOWS, Crews, find_crews, hire
from service.browser.window import WindowEngine
from service.config import Settings
from service.errors import StartupError
from tests.browser.fakes import FakeEngine

BOTH = Crews(Path("/shell"), (Path("/Xvfb"), Path("/chromium")))
ONE = Crews(Path("/shell"), None)
Started = list[tuple[object, ...]]


def settings(**more: str) -> Settings:
    return Settings.read({f"MERGESHOT_{name.upper()}": value for name, value in more.items()})


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is all the PATH there is, with a browser without windows in it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    program(tmp_path, "chromium-headless-shell", "150.0.1.1")
    return tmp_path


def program(folder: Path, name: str, version: str = "1.0.0.0") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {name} {version}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """What engines were started with; the engines are no real ones."""
    calls: Started = []

    async def headless(*arguments: object) -> FakeEngine:
        calls.append(("headless", *arguments))
        return FakeEngine()

    async def window(*arguments: object) -> FakeEngine:
        calls.append(("window", *arguments))
        return FakeEngine()

    monkeypatch.setattr(HeadlessEngine, "start", headless)
    monkeypatch.setattr(WindowEngine, "start", window)
    return calls


async def begun(fleet: Fleet) -> dict[str, int]:
    """The figures of a fleet once all of its pages are open."""
    await fleet.start()
    assert fleet._first._background
    while opening := [task for task in fleet._first._background if "_add_pages" in str(task)]:
        await opening[0]
    figures = fleet.figures()
    await fleet.close()
    return figures


# Which there are


@pytest.mark.parametrize("surface", ["auto", "window"])
def test_windows_are_used_where_xvfb_and_a_full_chromium_are(
    installed: Path, surface: str
) -> None:
    xvfb, chromium = program(installed, "Xvfb"), program(installed, "chromium", "151.0.2.2")
    with capture_logs() as logs:
        crews = find_crews(settings(surface=surface))

    assert crews == Crews(installed / "chromium-headless-shell", (xvfb, chromium))
    assert list(crews.builds.items()) == [("window", "151.0.2.2"), ("headless", "150.0.1.1")]
    assert logs == []


def test_headless_is_headless_whatever_is_installed(installed: Path) -> None:
    program(installed, "Xvfb")
    program(installed, "chromium")
    crews = find_crews(settings(surface="headless"))

    assert crews == Crews(installed / "chromium-headless-shell", None)
    assert dict(crews.builds) == {"headless": "150.0.1.1"}


@pytest.mark.parametrize("there", ["", "Xvfb", "chromium"])
def test_without_one_of_them_auto_is_headless_and_says_so_in_one_line(
    installed: Path, there: str
) -> None:
    if there:
        program(installed, there)
    with capture_logs() as logs:
        crews = find_crews(settings())

    assert crews.window is None
    assert [line["event"] for line in logs] == ["no_windows"]


@pytest.mark.parametrize("there", ["", "Xvfb", "chromium"])
def test_windows_that_were_asked_for_and_cannot_be_had_are_an_error_with_a_way_out(
    installed: Path, there: str
) -> None:
    if there:
        program(installed, there)
    with pytest.raises(StartupError, match="MERGESHOT_SURFACE=window") as caught:
        find_crews(settings(surface="window"))

    assert "make setup" in caught.value.hint
    assert "MERGESHOT_SURFACE=auto" in caught.value.hint


def test_a_chosen_browser_decides_for_both(installed: Path) -> None:
    xvfb = program(installed, "Xvfb")
    program(installed, "chromium")
    own = program(installed, "own-browser")
    crews = find_crews(settings(chromium=str(own)))

    assert crews == Crews(own, (xvfb, own))


# How many of them


@pytest.mark.parametrize(
    ("cores", "given", "engines", "pages"),
    [
        (1, {}, 1, PAGES),
        (2, {}, 1, PAGES),
        (8, {}, 4, 4 * PAGES),
        (8, {"engines": "3"}, 3, 3 * PAGES),
        (8, {"pages": "5"}, 4, 20),
        (8, {"engines": "2", "pages": "1"}, 2, 2),
    ],
)
async def test_headless_browsers_go_by_the_cores_unless_told(
    started: Started, cores: int, given: dict[str, str], engines: int, pages: int
) -> None:
    figures = await begun(hire(ONE, settings(**given), cores=cores, forgiving=False))

    assert started == [("headless", Path("/shell"), True)] * engines
    assert (figures["engines"], figures["pages"]) == (engines, pages)


@pytest.mark.parametrize(
    ("cores", "given", "engines", "windows"),
    [
        (1, {}, 1, WINDOWS),
        (4, {}, 1, WINDOWS),
        (8, {}, 2, WINDOWS),
        (2, {"engines": "3"}, 3, WINDOWS),
        (2, {"pages": "2"}, 1, 2),
    ],
)
async def test_browsers_with_windows_go_by_the_cores_unless_told(
    started: Started, cores: int, given: dict[str, str], engines: int, windows: int
) -> None:
    """And each has a screen with as many places as it opens windows."""
    figures = await begun(hire(BOTH, settings(**given), cores=cores, forgiving=False))

    assert started == [("window", Path("/Xvfb"), Path("/chromium"), windows, True)] * engines
    assert (figures["engines"], figures["pages"]) == (engines, engines * windows)


async def test_beside_windows_one_other_browser_is_enough(started: Started) -> None:
    fleet = hire(BOTH, settings(engines="3", pages="2"), cores=8, forgiving=False)
    await fleet._headless.start()
    await fleet.close()

    assert started == [("headless", Path("/shell"), True)]


@pytest.mark.parametrize("crews", [BOTH, ONE], ids=["window", "headless"])
async def test_the_sandbox_is_left_out_where_told_and_nowhere_else(
    started: Started, crews: Crews
) -> None:
    await begun(hire(crews, settings(allow_no_sandbox="1", engines="1"), cores=1, forgiving=False))

    assert [call[-1] for call in started] == [False]


async def test_both_pools_have_the_same_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queue and recycling are as told, and without a sandbox no pool runs scripts."""
    asked: list[dict[str, object]] = []

    class Pool:
        def __init__(self, start: object, **given: object) -> None:
            asked.append(given)
            self.failed = None

    monkeypatch.setattr(hiring, "Pool", Pool)
    given = settings(queue_max="9", recycle_after="777", allow_no_sandbox="1")
    hire(BOTH, given, cores=1, forgiving=False)
    hire(BOTH, given, cores=1, forgiving=True)

    assert [each["queue_max"] for each in asked] == [9] * 4
    assert [each["recycle_after"] for each in asked] == [777] * 4
    assert [each["scripts"] for each in asked] == [False, False, True, True]
