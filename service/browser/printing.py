"""PDF: a page printed instead of photographed, so that its text stays text.

A card is printed in the frame of the shell, as it is photographed: the frame's viewport is the
card, nothing of it can be pushed to a second page, and no `@page` of the template applies. A
guest's document is printed as it is, on as many pages as it needs.
"""

from __future__ import annotations

import base64
from typing import Any

from playwright.async_api import CDPSession

from service.browser.functions import Functions
from service.model import Document, Sheet

MOST_PAGES = 100
"""Pages of a guest's document: as many as a report may have, not as many as a script can make."""

_MORE = 1
"""CSS pixels more than the paper has: Chromium's page may be a fraction smaller than we say, and
what it is larger is cut off in the end."""


async def print_card(session: CDPSession, functions: Functions, document: Document) -> bytes:
    """One page with the card on it, as large as fits, in the middle."""
    sheet = _sheet(document)
    width, height = sheet.paper.pixels
    factor = min(width / document.width, height / document.height)
    left, top = (width - document.width * factor) / 2, (height - document.height * factor) / 2
    await functions.call("place", left, top, factor)
    return await _print(session, width + _MORE, height + _MORE)


async def print_document(session: CDPSession, document: Document) -> bytes:
    """All pages; one more than may be at the most, so that too many can be told.

    Size and margins that the document's `@page` gives go before ours. Tags make it readable to
    those who cannot see it; Chromium makes none for what is in a frame.
    """
    return await _print(
        session,
        *_sheet(document).paper.pixels,
        preferCSSPageSize=True,
        generateTaggedPDF=True,
        pageRanges=f"1-{MOST_PAGES + 1}",
    )


async def _print(session: CDPSession, width: float, height: float, **more: object) -> bytes:
    options: dict[str, Any] = {
        "printBackground": True,
        "paperWidth": width / 96,
        "paperHeight": height / 96,
        "marginTop": 0,
        "marginBottom": 0,
        "marginLeft": 0,
        "marginRight": 0,
        **more,
    }
    # The design that was made for the screen, not what print styles make of it.
    await session.send("Emulation.setEmulatedMedia", {"media": "screen"})
    answer = await session.send("Page.printToPDF", options)
    return base64.b64decode(answer["data"])


def _sheet(document: Document) -> Sheet:
    if document.sheet is None:
        raise ValueError("this document is for a photograph")
    return document.sheet
