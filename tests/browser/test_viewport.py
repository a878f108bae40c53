"""Viewports: what a page is told so that it is as a document needs it, and no more often."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from playwright.async_api import CDPSession

from service.browser.viewport import CardViewport, Viewport, WindowViewport
from tests.browser.nasty import document

METRICS = "Emulation.setDeviceMetricsOverride"
BACKGROUND = "Emulation.setDefaultBackgroundColorOverride"
BOUNDS = {"left": 0, "top": 300, "width": 800, "height": 700}
PLAIN = document("", "")
LARGER = document("", "", size=(640, 400))
SHARPER = document("", "", scale=2)
CLEAR = document("", "", transparent=True)


@dataclass
class Session:
    """Records what is commanded."""

    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def send(self, method: str, arguments: dict[str, Any] | None = None) -> dict[str, Any]:
        self.sent.append((method, arguments or {}))
        return {"windowId": 17}

    @property
    def commands(self) -> list[str]:
        """What was commanded since this was asked last."""
        names = [method for method, _ in self.sent]
        self.sent.clear()
        return names


@pytest.fixture
def session() -> Session:
    return Session()


def window(left: list[str] | None = None) -> WindowViewport:
    gone = left if left is not None else []
    return WindowViewport(BOUNDS, (800, 600), lambda: gone.append("gone"))


async def fit(viewport: Viewport, session: Session, *documents: Any) -> None:
    for each in documents:
        await viewport.fit(cast(CDPSession, session), each)
        assert viewport.fits(each)


async def test_a_headless_page_becomes_as_large_as_the_card(session: Session) -> None:
    viewport = CardViewport()
    await viewport.open(cast(CDPSession, session))
    assert session.sent == []
    await fit(viewport, session, document("", "", size=(640, 400), scale=2))

    metrics = {"width": 640, "height": 400, "deviceScaleFactor": 2, "mobile": False}
    assert session.sent == [(METRICS, metrics)]


async def test_a_headless_page_is_told_only_what_changes(session: Session) -> None:
    viewport = CardViewport()
    await fit(viewport, session, PLAIN)
    assert session.commands == [METRICS]
    await fit(viewport, session, PLAIN)
    assert session.commands == []
    await fit(viewport, session, LARGER)
    assert session.commands == [METRICS]
    assert not viewport.fits(SHARPER)


async def test_a_headless_page_is_clear_behind_for_as_long_as_cards_are(session: Session) -> None:
    viewport = CardViewport()
    await fit(viewport, session, PLAIN, CLEAR, CLEAR, PLAIN)

    colours = [arguments for method, arguments in session.sent if method == BACKGROUND]
    assert colours == [{"color": {"r": 0, "g": 0, "b": 0, "a": 0}}, {}]


async def test_a_window_is_put_into_its_place(session: Session) -> None:
    await window().open(cast(CDPSession, session))

    assert ("Browser.setWindowBounds", {"windowId": 17, "bounds": BOUNDS}) in session.sent
    assert session.sent[-1] == (
        METRICS,
        {"width": 800, "height": 600, "deviceScaleFactor": 1, "scale": 1, "mobile": False},
    )


async def test_a_window_takes_on_a_documents_scale_and_keeps_its_size(session: Session) -> None:
    viewport = window()
    await fit(viewport, session, PLAIN, LARGER)
    assert session.sent == [], "a window is in scale 1 from its beginning"
    await fit(viewport, session, SHARPER, SHARPER, PLAIN)

    asked = [
        (each["width"], each["height"], each["deviceScaleFactor"], each["scale"])
        for method, each in session.sent
        if method == METRICS
    ]
    assert asked == [(800, 600, 2, 2), (800, 600, 1, 1)]


async def test_a_scale_that_was_not_taken_on_is_asked_for_again(session: Session) -> None:
    """The command broke: what the page looks like is not known, so it is not called fitting."""

    class Broken(Session):
        async def send(self, method: str, arguments: dict[str, Any] | None = None) -> Any:
            raise OSError("as told")

    viewport = window()
    with pytest.raises(OSError, match="as told"):
        await viewport.fit(cast(CDPSession, Broken()), SHARPER)

    assert not viewport.fits(SHARPER)


def test_the_frame_is_as_large_as_the_card_and_the_mark_is_right_below() -> None:
    assert CardViewport().box(LARGER) == {"width": 640, "height": 400, "background": "#fff"}
    assert window().box(LARGER) == {
        "width": 640,
        "height": 400,
        "background": "#fff",
        "strip": 400,
    }
    assert CardViewport().box(CLEAR)["background"] == "transparent"


def test_a_screenshot_of_a_window_is_that_of_the_card() -> None:
    assert CardViewport().clip(LARGER) == {}
    assert window().clip(document("", "", size=(640, 400), scale=2)) == {
        "clip": {"x": 0, "y": 0, "width": 640, "height": 400, "scale": 1}
    }


def test_the_place_is_given_back_when_the_page_is_gone() -> None:
    left: list[str] = []
    window(left).close()

    assert left == ["gone"]
