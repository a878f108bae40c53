"""The decision: everything about one picture that is known before a browser is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.catalogue.canonical import canonical
from service.catalogue.catalogue import Catalogue
from service.catalogue.compose import Setting
from service.catalogue.filling import fill
from service.catalogue.instant import cut
from service.catalogue.manifest import DEFAULT_SIZE, Manifest
from service.catalogue.pictures import RemotePicture, remote_pictures
from service.catalogue.template import Template
from service.catalogue.wording import Wording, wording
from service.errors import FieldProblem, InvalidData, TemplateFailed
from service.imaging.encode import QUALITY, Wanted
from service.merge_tags.reading import read
from service.model import (
    Filled,
    Format,
    Lane,
    Note,
    NoteCode,
    Paper,
    RenderRequest,
    Sheet,
    device_pixels,
)
from service.render import choices
from service.render.key import etag_of, keyed

_SHORTEST_STEP = timedelta(minutes=1)
"""What is drawn of pictures on the web stands for this long at the least."""

HARMLESS = frozenset({NoteCode.REPAIRED})
"""Notes that a strict request lets pass: the value was read as it was meant."""


NO_QUALITY = frozenset({Format.PNG, Format.PDF})
"""Formats that lose nothing, so that a quality makes no other picture of them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be drawn, decided without a browser.

    `key` names the picture by everything that affects its pixels; `subject` leaves out the
    template's version and the engine, so that it finds the last picture of the same content.
    `width` and `height` are CSS pixels. `at` is the request's instant, cut to the template's
    `refresh` step where it has one; `max_age`, in seconds, ends with that step. `budget` is how
    many bytes the file may have; where `free`, nobody asked for a format, and it may become a
    JPEG for that.

    `remote` are its pictures on the web. The key knows their addresses, not what is behind them
    today; so with such pictures a step of the template's `max_age` is in the key, which began at
    `since`, and `max_age` ends with that step too.
    """

    template: Template
    filled: Filled
    format: Format
    size: str
    width: int
    height: int
    scale: float
    quality: int
    language: str
    theme: str | None
    at: datetime
    max_age: int
    notes: tuple[Note, ...]
    budget: int | None
    free: bool
    remote: tuple[RemotePicture, ...]
    since: datetime | None
    key: bytes
    subject: bytes

    @property
    def changes(self) -> bool:
        """Whether the picture may be another one later, without anybody asking for another."""
        return bool(self.remote) or self.template.manifest.refresh is not None

    @property
    def etag(self) -> str:
        """The picture's strong ETag, quotes included."""
        return etag_of(self.key)

    @property
    def setting(self) -> Setting:
        """What the template's text depends on besides its fields."""
        return Setting(self.size, self.width, self.height, self.language, self.theme, self.at)

    @property
    def lane(self) -> Lane:
        """How it has to be drawn."""
        fresh = self.template.manifest.javascript or self.format is Format.PDF
        return Lane.FRESH if fresh else Lane.SWAP

    @property
    def sheet(self) -> Sheet | None:
        """What a PDF is printed on: the template's paper, or a sheet as large as the card."""
        if self.format is not Format.PDF:
            return None
        manifest = self.template.manifest
        page = manifest.page if self.size == DEFAULT_SIZE else None
        paper = page or Paper.of_pixels(self.width, self.height)
        return Sheet(paper, manifest.title or self.template.name, self.language)

    @property
    def wanted(self) -> Wanted:
        """The file that shall come out."""
        manifest = self.template.manifest
        return Wanted(
            self.format,
            device_pixels(self.width, self.scale),
            device_pixels(self.height, self.scale),
            self.quality,
            manifest.effort,
            manifest.palette,
            manifest.transparent,
            self.scale,
            self.budget,
            self.free,
        )

    @property
    def wording(self) -> Wording:
        """The words around the picture."""
        return wording(self.template, self.filled, self.language)


class Planner:
    """Decides. Pure and quick: no clock, no file, no browser."""

    def __init__(self, catalogue: Catalogue, *, secret: bytes, fingerprint: str) -> None:
        self._catalogue = catalogue
        self.secret = secret
        self.fingerprint = fingerprint

    def plan(self, request: RenderRequest, *, strict: bool = False) -> Plan:
        """Decide about one request.

        Raises:
            TemplateNotFound: no template has this name.
            InvalidData: strict requests only; names every field at fault at once.
        """
        template, notes = self._template(request)
        manifest = template.manifest
        size, size_notes = choices.choose_size(request.size, manifest.sizes)
        scale, scale_notes = choices.choose_scale(request.scale, manifest.scale, manifest.scales)
        image_format = request.format or manifest.format
        quality, quality_notes = choices.choose_quality(request.quality, QUALITY[image_format])
        if image_format is Format.PDF:
            scale = 1.0  # lines and letters have no pixels
        language, language_notes = choices.choose_language(
            request.language, manifest.language, manifest.languages
        )
        theme, theme_notes = choices.choose_theme(request.theme, manifest.theme, manifest.themes)
        at = cut(request.at, manifest.refresh) if manifest.refresh else request.at
        budget = request.budget or manifest.budget
        given = {name: read(value) for name, value in request.values.items()}
        filled = fill(manifest, given, language=language, at=at, assets=template.assets.keys())
        notes += size_notes + scale_notes + quality_notes + language_notes + theme_notes
        notes += filled.notes
        if strict:
            _refuse(notes)
        extent = manifest.sizes[size]
        undecided = Plan(
            template,
            filled,
            image_format,
            size,
            extent.width,
            extent.height,
            scale,
            quality if image_format not in NO_QUALITY else 100,
            language,
            theme,
            at,
            _max_age(manifest, request.at, at),
            notes,
            budget,
            budget is not None and _may_choose(request, manifest),
            remote_pictures(template, filled),
            None,
            b"",
            b"",
        )
        return self._named(undecided, request.at)

    def _named(self, plan: Plan, asked_at: datetime) -> Plan:
        """The plan with its subject and key, and what follows from them."""
        content = list(_content(plan))
        subject = keyed(self.secret, "subject", content)
        if plan.remote:
            plan = _in_its_step(plan, asked_at, subject)
        key = keyed(self.secret, "key", [*content, *self._identity(plan)])
        return replace(plan, key=key, subject=subject)

    def failure(self, name: str) -> TemplateFailed | None:
        """Why the newest state of a template on disk cannot be filled; None when it can."""
        problem = self._catalogue.broken.get(name)
        return problem if isinstance(problem, TemplateFailed) else None

    def _template(self, request: RenderRequest) -> tuple[Template, tuple[Note, ...]]:
        template = self._catalogue.get(request.template)
        if request.version is None or request.version == template.version:
            return template, ()
        kept = self._catalogue.version(template.name, request.version)
        if kept is not None:
            return kept, ()
        message = "this version is not kept any more; the current one was drawn"
        return template, (Note("_v", NoteCode.VERSION_GONE, message),)

    def _identity(self, plan: Plan) -> Iterator[bytes]:
        """What affects pixels or bytes besides the content."""
        manifest = plan.template.manifest
        yield plan.template.version.encode()
        yield str(plan.quality).encode()
        yield b"\1".join(name.encode() for name in sorted(plan.filled.given))
        yield plan.at.isoformat().encode() if manifest.refresh else b""
        yield b"" if plan.budget is None else str(plan.budget).encode()
        yield plan.since.isoformat().encode() if plan.since else b""
        yield self.fingerprint.encode()


def _content(plan: Plan) -> Iterator[bytes]:
    """What the picture says and how large, whatever the version or the engine."""
    yield plan.template.name.encode()
    for name in sorted(plan.filled.values):
        yield name.encode()
        yield canonical(plan.filled.values[name])
    yield b"."  # names never hold a full stop: the fields end here
    yield b"any" if plan.free else plan.format.value.encode()
    yield f"{plan.size} {plan.width}x{plan.height} {plan.scale!r}".encode()
    yield plan.language.encode()
    yield (plan.theme or "").encode()


def _may_choose(request: RenderRequest, manifest: Manifest) -> bool:
    """Whether nobody asked for a format: neither the request nor the template in so many words."""
    return request.format is None and "format" not in manifest.model_fields_set


def _max_age(manifest: Manifest, asked_at: datetime, shown_at: datetime) -> int:
    if manifest.refresh is None:
        return int(manifest.max_age.total_seconds())
    left = manifest.refresh - (asked_at - shown_at)
    return max(1, int(min(left, manifest.max_age).total_seconds()))


def _in_its_step(plan: Plan, asked_at: datetime, subject: bytes) -> Plan:
    """The plan of pictures that are asked for anew with each step of the template's `max_age`.

    Each subject has steps of its own: pictures that are asked for together, when a mailing goes
    out, do not all end together.
    """
    step = max(plan.template.manifest.max_age, _SHORTEST_STEP)
    offset = timedelta(seconds=int.from_bytes(subject[:8]) % int(step.total_seconds()))
    since = cut(asked_at - offset, step) + offset
    left = int((since + step - asked_at).total_seconds())
    return replace(plan, since=since, max_age=min(plan.max_age, max(1, left)))


def _refuse(notes: tuple[Note, ...]) -> None:
    problems = [
        FieldProblem(note.field, note.code.value, note.message)
        for note in notes
        if note.code not in HARMLESS
    ]
    if problems:
        names = ", ".join(dict.fromkeys(problem.field for problem in problems))
        raise InvalidData(f"These fields cannot be used as given: {names}.", fields=problems)
