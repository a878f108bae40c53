"""The words that several parts share: plain values, nothing here does any I/O.

The story in one line: a `RenderRequest` holds raw values; each becomes a `Given`; a template
fills them into `Filled`; the decision is a `Plan` (service.render) with a `Document` to
photograph; the result is an `Image`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Format(StrEnum):
    """A kind of file that a picture can be."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    AVIF = "avif"

    @property
    def media_type(self) -> str:
        """The value of `Content-Type`."""
        return f"image/{self.value}"

    @property
    def extension(self) -> str:
        """The ending of a file's name, without its dot."""
        return "jpg" if self is Format.JPEG else self.value

    @classmethod
    def from_extension(cls, extension: str) -> Format | None:
        """The format that a file name's extension means, without its dot; None if none of ours."""
        lowered = extension.lower()
        return cls.JPEG if lowered == "jpg" else cls._value2member_map_.get(lowered)  # type: ignore[return-value]


class Lane(StrEnum):
    """How a document is put on a page."""

    SWAP = "swap"
    """The body of a standing page is replaced: quick, and no script runs."""

    FRESH = "fresh"
    """A new browser context per picture: for templates with scripts."""


class NoteCode(StrEnum):
    """What was repaired. Plan-time codes first, then those that only drawing can tell."""

    MISSING = "missing"
    INVALID = "invalid"
    CUT = "cut"
    REPAIRED = "repaired"
    UNKNOWN_FIELD = "unknown_field"
    AMBIGUOUS = "ambiguous"
    VERSION_GONE = "version_gone"

    SHRUNK = "shrunk"
    OVERFLOW = "overflow"
    FONT_MISSING = "font_missing"
    ASSET_MISSING = "asset_missing"
    IMAGE_UNREACHABLE = "image_unreachable"
    IMAGE_OLD = "image_old"
    REDUCED = "reduced"
    OVER_BUDGET = "over_budget"


@dataclass(frozen=True, slots=True)
class Note:
    """One recorded repair. `field` is empty when the note is about the whole picture.

    `message` is for a person and never holds a recipient's value.
    """

    field: str
    code: NoteCode
    message: str


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """What was asked, as it came: nothing here has been checked yet.

    `values` are text (from a URL) or JSON values. `size`, `scale`, `quality`, `language` and
    `theme` are None when not asked for. `at` is the instant of the request, set by the caller
    and aware of its time zone, so that planning itself never reads a clock. `budget` is how many
    bytes the file may have; None leaves it to the template.
    """

    template: str
    values: Mapping[str, object]
    at: datetime
    format: Format | None = None
    size: str | None = None
    scale: str | None = None
    quality: str | None = None
    language: str | None = None
    theme: str | None = None
    version: str | None = None
    budget: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """One raw value as it was read. `value` is None when there is nothing usable.

    `default` is what a merge tag offered in its place, `notes` what had to be repaired.
    """

    value: object | None
    default: str | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """Every declared field with the value that the template will see.

    `values` are canonical, typed Python values; `given` names the fields whose value came with
    the request, which is what `{% if first_name is given %}` asks.
    """

    values: Mapping[str, object]
    given: frozenset[str]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The page to photograph.

    `width` and `height` are CSS pixels, `scale` device pixels per CSS pixel. `head` is the text
    before the body: two documents with the same `version` and `head` can stand in one frame.
    `assets` are the files that the page may ask for, by the path it asks with.
    """

    html: str
    head: str
    width: int
    height: int
    scale: float
    lane: Lane
    version: str
    assets: Mapping[str, bytes] = field(repr=False)
    transparent: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    """A finished picture. `width` and `height` are device pixels."""

    body: bytes = field(repr=False)
    format: Format
    width: int
    height: int
    notes: tuple[Note, ...] = ()
    degraded: bool = False


class Rung(StrEnum):
    """How good an answer is, best first: what `Mergeshot-Status` says."""

    EXACT = "exact"
    DEGRADED = "degraded"
    STALE = "stale"
    GENERIC = "generic"
    TILE = "tile"
