"""The words that several parts share: plain values, nothing here does any I/O.

The story in one line: a `RenderRequest` holds raw values; each becomes a `Given`; a template
fills them into `Filled`; the decision is a `Plan` (service.render) with a `Document` to
photograph; the result is an `Image`.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import floor

MAX_CSS_PIXELS = 4096
MAX_DEVICE_PIXELS = 8192
MAX_PIXELS = 32_000_000
"""What is drawn at the most: CSS pixels a side, device pixels a side, device pixels in all."""


def device_pixels(length: float, scale: float) -> int:
    """How many device pixels Chromium makes of so many CSS pixels.

    It reckons in numbers of four bytes and rounds halves up; Python would do neither.
    """
    return floor(_short(_short(length) * _short(scale)) + 0.5)


def _short(number: float) -> float:
    return float(struct.unpack("f", struct.pack("f", number))[0])


def fold(name: str) -> str:
    """A name as names are compared: trimmed, without regard to case, `-` as `_`."""
    return name.strip().lower().replace("-", "_")


class Format(StrEnum):
    """A kind of file that a picture can be."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    AVIF = "avif"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        """The value of `Content-Type`."""
        return "application/pdf" if self is Format.PDF else f"image/{self.value}"

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
    """A new browser context per picture: for scripts, for PDF, for HTML that a request brings."""


class NoteCode(StrEnum):
    """What was repaired. Plan-time codes first, then those that only drawing can tell."""

    MISSING = "missing"
    UNRESOLVED_TAG = "unresolved_tag"
    INVALID = "invalid"
    CUT = "cut"
    REPAIRED = "repaired"
    TRUNCATED = "truncated"
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

    `message` is for a person and never holds a recipient's value. `platform` names whose merge
    tag it was, where one stood in the value; empty otherwise.
    """

    field: str
    code: NoteCode
    message: str
    platform: str = ""


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
    the request or from a rule, which is what `{% if first_name is given %}` asks. `before` is the
    same before rules, where they have set something.
    """

    values: Mapping[str, object]
    given: frozenset[str]
    notes: tuple[Note, ...] = ()
    before: Filled | None = field(default=None, compare=False, repr=False)

    @property
    def asked(self) -> Filled:
        """What the request made of it, without what rules set."""
        return self.before or self


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet of paper, in millimetres."""

    width: float
    height: float

    @property
    def pixels(self) -> tuple[float, float]:
        """Width and height in CSS pixels, of which 96 are an inch."""
        return self.width / 25.4 * 96, self.height / 25.4 * 96

    @property
    def points(self) -> tuple[float, float]:
        """Width and height in PDF's unit, of which 72 are an inch."""
        return self.width / 25.4 * 72, self.height / 25.4 * 72

    @classmethod
    def of_pixels(cls, width: float, height: float) -> Paper:
        """The sheet that is as large as so many CSS pixels."""
        return cls(width / 96 * 25.4, height / 96 * 25.4)


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a document is printed: its paper, and what the file says about itself.

    An empty `title` leaves the page's own.
    """

    paper: Paper
    title: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class HeldPicture:
    """A picture from elsewhere, fetched and checked before the page asks for it."""

    body: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True)
class Guest:
    """What a document may besides that was not made of a template but came with a request.

    `selector` chooses the element to photograph, `full_page` the whole height; without either it
    is the viewport. `remote` holds pictures by the address that the page asks with; None is one
    that could not be fetched.
    """

    selector: str = ""
    full_page: bool = False
    remote: Mapping[str, HeldPicture | None] = field(default_factory=dict, repr=False)

    @property
    def unreachable(self) -> frozenset[str]:
        """The addresses of the pictures that could not be fetched."""
        return frozenset(url for url, picture in self.remote.items() if picture is None)

    def picture(self, url: str) -> HeldPicture | None:
        """The picture at an address; an insecure one is taken for its secure twin."""
        secure = url.replace("http://", "https://", 1) if url.startswith("http://") else url
        return self.remote.get(secure)


@dataclass(frozen=True, slots=True)
class Document:
    """The page to photograph.

    `width` and `height` are CSS pixels, `scale` device pixels per CSS pixel. `head` is the text
    before the body: two documents with the same `version` and `head` can stand in one frame.
    `assets` are the files that the page may ask for, by the path it asks with. Its scripts run
    only where `scripts` says so. With a `sheet` it is printed instead of photographed.
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
    scripts: bool = False
    sheet: Sheet | None = None
    guest: Guest | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """A finished picture. `width` and `height` are device pixels, of a PDF CSS pixels."""

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
