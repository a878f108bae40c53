"""The headers of a picture: how long it may be kept, by whom, and what may be done with it."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

from multidict import CIMultiDict

from service.model import Format, Image, Note, Rung
from service.render.plan import Plan

BELOW_EXACT = "public, max-age=60"
"""A picture that is not the right one is asked for again soon."""

PRIVATE = "private, no-cache"
"""For key holders alone: nobody on the way may keep it, and they ask each time."""

_PLAIN = frozenset(string.ascii_letters + string.digits + " !#$&'()+,-.;=@[]^_`{}~")
_UNQUOTED = "!#$&+-.^_`|~"
"""Besides letters and digits, what RFC 5987 takes as it is."""

_MOST_NOTES = 20
_WEEK = 604_800

_ALWAYS = {
    "Accept-Ranges": "none",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@dataclass(frozen=True, slots=True)
class Keeping:
    """What besides the plan decides how long a picture may be kept.

    `access` is that of the template as it is today, also when an old version is drawn. `left` is
    how long the address itself is still good, in seconds; None for ever.
    """

    access: str
    asked_version: str | None = None
    left: int | None = None


def picture_headers(plan: Plan, rung: Rung, keeping: Keeping) -> CIMultiDict[str]:
    """The headers of a picture for `plan`, whether it is sent or only confirmed."""
    template = plan.template
    headers = CIMultiDict(_ALWAYS)
    if plan.format is Format.PDF:
        # A browser's own reader of PDF is a page with scripts, which the sandbox would stop; and
        # the file itself can do nothing.
        del headers["Content-Security-Policy"]
    headers["Cache-Control"] = _cache_control(plan, rung, keeping)
    headers["Cache-Tag"] = f"{template.name},{template.name}@{template.version}"
    headers["Mergeshot-Status"] = rung.value
    if rung is Rung.EXACT:
        headers["ETag"] = plan.etag
    return headers


def nameless_headers() -> CIMultiDict[str]:
    """The headers of what stands in for a picture that nobody can tell the template of."""
    headers = CIMultiDict(_ALWAYS)
    headers["Cache-Control"] = BELOW_EXACT
    headers["Cache-Tag"] = "nameless"
    headers["Content-Disposition"] = disposition("picture", download=False)
    headers["Mergeshot-Status"] = Rung.TILE.value
    return headers


def guest_headers(image: Image) -> CIMultiDict[str]:
    """The headers of a picture of HTML that came with the request: for its sender alone."""
    headers = CIMultiDict(_ALWAYS)
    if image.format is Format.PDF:
        del headers["Content-Security-Policy"]
    headers["Content-Type"] = image.format.media_type
    headers["Cache-Control"] = PRIVATE
    headers["Mergeshot-Status"] = (Rung.DEGRADED if image.degraded else Rung.EXACT).value
    if image.notes:
        headers["Mergeshot-Notes"] = notes_header(image.notes)
    return headers


def _cache_control(plan: Plan, rung: Rung, keeping: Keeping) -> str:
    if keeping.access == "key":
        return PRIVATE
    if rung is not Rung.EXACT:
        return BELOW_EXACT
    if keeping.left is not None:  # nothing is kept, not even as second best, beyond its address
        return f"public, max-age={max(0, min(plan.max_age, keeping.left))}, must-revalidate"
    # Only a pinned version with neither a clock nor the web in it can never look different. Of the
    # others one that is replaced in the background is at most twice as old as it may be.
    pinned = keeping.asked_version == plan.template.version
    late = "immutable" if pinned and not plan.changes else f"stale-while-revalidate={plan.max_age}"
    return f"public, max-age={plan.max_age}, {late}, stale-if-error={_WEEK}"


def disposition(filename: str, *, download: bool) -> str:
    """`Content-Disposition` (RFC 6266) for a name that `catalogue.wording.named` has made.

    What is not ASCII, or might be taken for an escape, is told twice: plainly for old readers.
    """
    kind = "attachment" if download else "inline"
    plain = "".join(sign if sign in _PLAIN else "_" for sign in _without_marks(filename))
    header = f'{kind}; filename="{plain}"'
    if plain == filename:
        return header
    return f"{header}; filename*=UTF-8''{quote(filename, safe=_UNQUOTED)}"


def _without_marks(text: str) -> str:
    return "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
    )


def notes_header(notes: Iterable[Note]) -> str:
    """Notes as `field;code;platform=…, …`, twenty at the most.

    A field's name may come from the address, so whatever is no plain name is percent-encoded.
    """
    return ", ".join(_shown(note) for note in islice(notes, _MOST_NOTES))


def _shown(note: Note) -> str:
    platform = f";platform={note.platform}" if note.platform else ""
    return f"{quote(note.field[:64], safe='')};{note.code}{platform}"


def still_fresh(if_none_match: str, etag: str) -> bool:
    """Whether the caller holds this very picture already.

    Weak comparison, as RFC 9110 wants it: a `W/` that a proxy added does not matter. The quotes
    are part of `etag`, so that a part of another tag never matches.
    """
    return etag in if_none_match
