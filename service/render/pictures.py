"""Bringing a plan's pictures from the web, between planning and composing."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from service.catalogue.pictures import Path, RemotePicture, with_pictures
from service.fetch.fetcher import Fetched, Unreachable
from service.model import Filled, Note, NoteCode
from service.render.plan import Plan

log = structlog.get_logger(__name__)

MOST_BYTES = 16_000_000
"""What all pictures of one document may weigh together; those after them count as unreachable."""


class Pictures(Protocol):
    """Whoever fetches pictures; see `Fetcher.picture`."""

    async def picture(self, url: str, *, hosts: Sequence[str], max_bytes: int) -> Fetched: ...  # noqa: D102 - said above


@dataclass(frozen=True, slots=True)
class Brought:
    """Values without any address on the web, and what was noted on the way."""

    filled: Filled
    notes: tuple[Note, ...]


async def bring(pictures: Pictures, plan: Plan, *, until: float) -> Brought:
    """Fetch every picture of the plan that is on the web, all at once.

    One that has not come at `until`, by the event loop's clock, counts as one that cannot be had.
    """
    asked = [asyncio.ensure_future(_fetched(pictures, one, until)) for one in plan.remote]
    notes, brought, weight = [], dict[Path, str | None](), 0
    for one, fetched in zip(plan.remote, await asyncio.gather(*asked), strict=True):
        weight += len(fetched.body) if fetched else 0
        if fetched is None or weight > MOST_BYTES:
            brought[one.path] = None
            message = "could not be had; what stands in for it was drawn"
            notes.append(Note(one.field, NoteCode.IMAGE_UNREACHABLE, message))
            continue
        brought[one.path] = _data_uri(fetched)
        if fetched.old:
            message = "could not be had; the last good copy was drawn"
            notes.append(Note(one.field, NoteCode.IMAGE_OLD, message))
    filled = with_pictures(plan.template, plan.filled, brought, plan.language)
    return Brought(filled, tuple(notes))


async def _fetched(pictures: Pictures, one: RemotePicture, until: float) -> Fetched | None:
    try:
        async with asyncio.timeout_at(until):
            return await pictures.picture(one.url, hosts=one.hosts, max_bytes=one.max_bytes)
    except (Unreachable, TimeoutError):
        return None
    except Exception as error:
        # A mistake of ours costs this picture, not the whole drawing.
        log.exception("fetch_broke", exc_info=error)
        return None


def _data_uri(fetched: Fetched) -> str:
    return f"data:{fetched.media_type};base64,{b64encode(fetched.body).decode()}"
