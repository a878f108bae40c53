"""Our own functions inside a page, and what they report.

They live in an isolated world: the page's scripts, where it has any, can neither see nor change
them, and they run even though scripts are switched off for the page itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import CDPSession

from service.browser.shell import SHELL_JS
from service.model import Note, NoteCode


class PageUnfit(Exception):
    """This page can draw nothing more; another one may."""


class PageCrashed(PageUnfit):
    """The page's process ended while it drew."""


class Functions:
    """The functions of `shell.js` in one page's main frame."""

    def __init__(self, session: CDPSession, object_id: str) -> None:
        self._session = session
        self._object_id = object_id

    @classmethod
    async def bring(cls, session: CDPSession) -> Functions:
        """Make an isolated world in the page's main frame and bring the functions there."""
        tree = await session.send("Page.getFrameTree")
        world = await session.send(
            "Page.createIsolatedWorld",
            {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "mergeshot"},
        )
        made = await session.send(
            "Runtime.evaluate",
            {"expression": SHELL_JS, "contextId": world["executionContextId"]},
        )
        return cls(session, made["result"]["objectId"])

    async def call(self, name: str, *arguments: object) -> Any:
        """Call one of them and wait for what it promises.

        Raises:
            PageUnfit: it threw. What it threw may hold a recipient's text, so only its first
                line up to a colon is kept.
        """
        answer = await self._session.send(
            "Runtime.callFunctionOn",
            {
                "objectId": self._object_id,
                "functionDeclaration": f"function(...a) {{ return this.{name}(...a) }}",
                "arguments": [{"value": argument} for argument in arguments],
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        if "exceptionDetails" in answer:
            thrown = str(answer["exceptionDetails"].get("exception", {}).get("description", ""))
            raise PageUnfit(f"{name}: {thrown.partition(':')[0] or 'threw'}")
        return answer["result"].get("value")


def drawing_notes(
    drawn: Mapping[str, Any], refused: Iterable[str], unreachable: Iterable[str] = ()
) -> tuple[Note, ...]:
    """What `settle` reported and which addresses were refused, as notes.

    `unreachable` are addresses that were looked for elsewhere, in vain.
    """
    missing = {*map(_named, drawn["missing"]), *map(_named, refused)}
    elsewhere = missing & {*map(_named, unreachable)}
    notes = [
        Note("", NoteCode.ASSET_MISSING, f"{name} could not be loaded")
        for name in missing - elsewhere
    ]
    notes += [
        Note("", NoteCode.IMAGE_UNREACHABLE, f"{name} could not be fetched") for name in elsewhere
    ]
    notes += [
        Note("", NoteCode.FONT_MISSING, f"the font {family} was not ready")
        for family in set(drawn["fonts"])
    ]
    for fitted in drawn["fitted"]:
        code = NoteCode.SHRUNK if fitted["fits"] else NoteCode.OVERFLOW
        text = "the text was shrunk to" if fitted["fits"] else "the text is too long even at"
        notes.append(Note(fitted["field"], code, f"{text} {fitted['size']} px"))
    return tuple(sorted(notes, key=lambda note: (note.code, note.field, note.message)))


def _named(url: str) -> str:
    """A refused address by its path alone: hosts are random, queries may hold a person's data."""
    if url.startswith("data:"):
        return "a picture given as data"
    parts = urlsplit(url)
    foreign = parts.netloc and not parts.netloc.endswith(".invalid")
    path = parts.path.lstrip("/")
    return f"{parts.netloc}/{path}" if foreign else path.split("/", 1)[-1]
