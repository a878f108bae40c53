"""The viewport of a page: exactly the card, in the wanted scale, clear or white behind it."""

from __future__ import annotations

from playwright.async_api import CDPSession

from service.model import Document


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
