"""What there is to say of a picture that was ordered, besides its bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from pydantic import Field, RootModel

from service.merge_tags.snippets import link_html, picture_html
from service.model import Format, Image, Note, NoteCode, Rung
from service.render.plan import Plan
from service.web.shown import Shown

KEYS: Mapping[str, str] = MappingProxyType(
    {
        "_size": "size",
        "_scale": "scale",
        "_quality": "quality",
        "_lang": "lang",
        "_theme": "theme",
        "_v": "version",
    }
)
"""Our parameters, as planning calls them, and as a body does."""


class ToldNote(Shown):
    """One repair."""

    field: str = Field(description="A field, or a key of the body; empty: the whole picture.")
    code: NoteCode
    message: str


class ToldUrl(Shown):
    """An address and nothing else."""

    url: str


class Told(Shown):
    """All of it."""

    url: str
    html: str = Field(description="To paste into a mail or a page.")
    template: str
    version: str
    format: Format
    width: int = Field(description="Device pixels; of a PDF, CSS pixels.")
    height: int
    css_width: int
    css_height: int
    scale: float
    alt: str
    link: str = Field(description="Where the picture leads; empty: nowhere.")
    notes: list[ToldNote] = Field(description="Complete once it is drawn.")
    drawn: bool = Field(description="Whether the picture was ready in time.")
    status: Rung | None = Field(description="How good it is, once it is drawn.")
    bytes: int | None = Field(description="How large the file is, once it is drawn.")


class Answered(RootModel[Told | ToldUrl]):
    """What comes as JSON."""


def everything(plan: Plan, url: str, drawn: Image | None) -> Told:
    """What there is to say of the picture of `plan` at `url`; `drawn` where it is there."""
    words, wanted = plan.wording, plan.wanted
    notes = dict.fromkeys((*plan.notes, *(drawn.notes if drawn else ())))
    return Told(
        url=url,
        html=snippet(plan, url),
        template=plan.template.name,
        version=plan.template.version,
        format=plan.format,
        width=wanted.width,
        height=wanted.height,
        css_width=plan.width,
        css_height=plan.height,
        scale=plan.scale,
        alt=words.alt,
        link=words.link,
        notes=[
            ToldNote(field=note.field, code=note.code, message=note.message)
            for note in as_keys(notes)
        ],
        drawn=drawn is not None,
        status=None if drawn is None else rung_of(drawn),
        bytes=None if drawn is None else len(drawn.body),
    )


def snippet(plan: Plan, url: str) -> str:
    """What to paste: the picture, or a link to a file that no page shows."""
    words = plan.wording
    if plan.format is Format.PDF:
        return link_html(url, words.alt or plan.template.name)
    return picture_html(url, width=plan.width, height=plan.height, alt=words.alt, link=words.link)


def rung_of(image: Image) -> Rung:
    """How good a picture is that was drawn for whoever asks."""
    return Rung.DEGRADED if image.degraded else Rung.EXACT


def as_keys(notes: Iterable[Note]) -> list[Note]:
    """Notes that call our parameters as a body does."""
    return [replace(note, field=KEYS.get(note.field, note.field)) for note in notes]
