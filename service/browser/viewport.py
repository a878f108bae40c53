"""What a document is seen through: exactly its card, in its scale, clear or white behind it.

A headless page takes on the size and the scale of each document. A page in a window takes on the
scale alone, and stays as large as its window: the frame on it is as large as the card.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from playwright.async_api import CDPSession

from service.model import Document


class Viewport(Protocol):
    """How a standing page is fitted to documents."""

    async def open(self, session: CDPSession) -> None:
        """Prepare the page, before anything is on it."""
        ...

    def fits(self, document: Document) -> bool:
        """Whether the page is as this document needs it already."""
        ...

    async def fit(self, session: CDPSession, document: Document) -> None:
        """Make the page as this document needs it."""
        ...

    def box(self, document: Document) -> dict[str, object]:
        """The frame of a document in the shell."""
        ...

    def clip(self, document: Document) -> dict[str, Any]:
        """What to tell the screenshot command, so that it takes the card and nothing else."""
        ...

    def close(self) -> None:
        """The page is gone."""
        ...


class CardViewport:
    """The page itself becomes as large as the card, and no larger."""

    def __init__(self) -> None:
        self._metrics: tuple[int, int, float] | None = None
        self._transparent = False

    async def open(self, session: CDPSession) -> None:
        """Nothing: the first document says what is needed."""

    def fits(self, document: Document) -> bool:
        """Whether size and scale are those of the document before."""
        return self._metrics == (document.width, document.height, document.scale)

    async def fit(self, session: CDPSession, document: Document) -> None:
        """Take on the document's size, scale and background."""
        if not self.fits(document):
            await set_metrics(session, document)
        if document.transparent != self._transparent:
            await set_background(session, transparent=document.transparent)
        self._metrics = (document.width, document.height, document.scale)
        self._transparent = document.transparent

    def box(self, document: Document) -> dict[str, object]:
        """As large as the card, and what is behind it."""
        return box_of(document)

    def clip(self, document: Document) -> dict[str, Any]:
        """The viewport is the card."""
        return {}

    def close(self) -> None:
        """Nothing is left."""


class WindowViewport:
    """A window that stays where and as large as it is.

    `bounds` are those of the window, `size` is the part of it that is the page, in device pixels;
    `leave` is called when the page is gone.
    """

    def __init__(
        self, bounds: dict[str, int], size: tuple[int, int], leave: Callable[[], None]
    ) -> None:
        self._bounds = bounds
        self._size = size
        self._leave = leave
        self._scale = 1.0

    async def open(self, session: CDPSession) -> None:
        """Put the window into its place."""
        window = await session.send("Browser.getWindowForTarget")
        await session.send(
            "Browser.setWindowBounds",
            {"windowId": window["windowId"], "bounds": self._bounds},
        )
        await self._set_scale(session, 1)

    def fits(self, document: Document) -> bool:
        """Whether the scale is that of the document before."""
        return self._scale == document.scale

    async def fit(self, session: CDPSession, document: Document) -> None:
        """Take on the document's scale."""
        if not self.fits(document):
            await self._set_scale(session, document.scale)

    def box(self, document: Document) -> dict[str, object]:
        """As large as the card, with the mark right below it, in the row `strip`."""
        return box_of(document) | {"strip": document.height}

    def clip(self, document: Document) -> dict[str, Any]:
        """The part of the page that the frame covers."""
        area = {"x": 0, "y": 0, "width": document.width, "height": document.height, "scale": 1}
        return {"clip": area}

    def close(self) -> None:
        """Give the place on the screen back."""
        self._leave()

    async def _set_scale(self, session: CDPSession, scale: float) -> None:
        """Have so many device pixels for each of CSS.

        What DevTools emulates it shows in the size of the real window's pixels, so shrunk. Said
        to show it larger by as much, it paints it as a browser on such a screen would, up to as
        many pixels as the page has of CSS: so the page's size stays. CSS `zoom` on the frame would
        not do: lines break elsewhere by it.
        """
        width, height = self._size
        await session.send(
            "Emulation.setDeviceMetricsOverride",
            {
                "width": width,
                "height": height,
                "deviceScaleFactor": scale,
                "scale": scale,
                "mobile": False,
            },
        )
        self._scale = scale


async def set_metrics(session: CDPSession, document: Document) -> None:
    """Give the page the document's size and scale.

    By our own session: the screenshot command heeds the metrics of the session that asks.
    """
    await session.send(
        "Emulation.setDeviceMetricsOverride",
        {
            "width": document.width,
            "height": document.height,
            "deviceScaleFactor": document.scale,
            "mobile": False,
        },
    )


async def set_background(session: CDPSession, *, transparent: bool) -> None:
    """Paint nothing behind the page, or white."""
    colour = {"color": {"r": 0, "g": 0, "b": 0, "a": 0}} if transparent else {}
    await session.send("Emulation.setDefaultBackgroundColorOverride", colour)


def box_of(document: Document) -> dict[str, object]:
    """The frame of a document in the shell: as large as the card, and what is behind it."""
    background = "transparent" if document.transparent else "#fff"
    return {"width": document.width, "height": document.height, "background": background}
