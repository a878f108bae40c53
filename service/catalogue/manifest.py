"""The manifest of a template: what `template.toml` may say, and every mistake in it at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from math import ceil
from typing import Annotated, Any, Literal

from babel import Locale, UnknownLocaleError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StrictBool,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic import Field as Key
from pydantic_core import PydanticCustomError

from service.catalogue.fields import KINDS, Field, FieldName
from service.catalogue.kinds.color import canonical_colour
from service.catalogue.kinds.reader import choices_first
from service.catalogue.mistakes import Models, explain
from service.catalogue.names import Names
from service.catalogue.paper import read_paper
from service.catalogue.rules import Rule
from service.catalogue.ruling import constants
from service.catalogue.soundness import check
from service.catalogue.written import Mistake, Written, dotted
from service.errors import ManifestError, ManifestProblem
from service.imaging.budget import ALLOWED, read_budget
from service.model import MAX_CSS_PIXELS, MAX_DEVICE_PIXELS, MAX_PIXELS, Format, Paper

DEFAULT_SIZE = "default"

_SCALES = (1.0, 2.0, 3.0)
_TEMPLATE = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,63}/)?[a-z0-9][a-z0-9-]{0,63}")
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_STEP = re.compile(r"(\d{1,9})\s*(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_MAX_AGE = timedelta(days=366)


def _step(value: object) -> object:
    """A length of time: "30s", "5m", "12h", "1d", or a whole number of seconds."""
    if isinstance(value, str) and (match := _STEP.fullmatch(value.strip())):
        value = int(match[1]) * _SECONDS[match[2]]
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        length = timedelta(seconds=min(value, 10**9))
        if length <= _MAX_AGE:
            return length
    raise PydanticCustomError(
        "step",
        'must be a time such as "30s", "5m", "12h", "1d" or a number of seconds (a year at most)',
    )


def _tag(tag: str) -> str:
    tag = tag.strip().replace("_", "-")
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        raise PydanticCustomError(
            "language", 'must be a language such as "en", "de" or "pt-BR"'
        ) from error
    return tag


def _word(word: str) -> str:
    if not _WORD.fullmatch(word):
        raise PydanticCustomError(
            "word", "must be lower-case letters, digits, - and _ (64 characters at most)"
        )
    return word


def _former_name(name: str) -> str:
    if not _TEMPLATE.fullmatch(name):
        raise PydanticCustomError(
            "template_name", 'must be a template\'s name: "ticket", "acme/ticket"'
        )
    return name


def _paper(page: object) -> Paper:
    paper = read_paper(page) if isinstance(page, str) else None
    if paper is None:
        raise PydanticCustomError(
            "page", 'must be a paper such as "A4 landscape" or "210 x 297 mm" (10 to 5000 mm)'
        )
    return paper


def _budget(written: object) -> int:
    budget = read_budget(written)
    if budget is None:
        raise PydanticCustomError("budget", f"must be {ALLOWED}")
    return budget


def _format(value: object) -> object:
    found = Format.from_extension(value) if isinstance(value, str) else None
    if found is None:
        allowed = ", ".join(one.value for one in Format)
        raise PydanticCustomError("format", f"must be one of {allowed}")
    return found


def _colour(text: str) -> str:
    colour = canonical_colour(text)
    if colour is None or len(colour) != len("#rrggbb"):
        raise PydanticCustomError("colour", 'must be an opaque colour such as "#1e90ff"')
    return colour


Pixels = Annotated[int, Key(strict=True, ge=1, le=MAX_CSS_PIXELS)]
Scale = Annotated[float, Key(strict=True, ge=1, le=3, allow_inf_nan=False)]
Step = Annotated[timedelta, BeforeValidator(_step)]
Language = Annotated[str, AfterValidator(_tag)]
Word = Annotated[str, AfterValidator(_word)]
Colour = Annotated[str, AfterValidator(_colour)]
Page = Annotated[Paper, BeforeValidator(_paper)]
Budget = Annotated[int, BeforeValidator(_budget)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Size(_Table):
    """Width and height in CSS pixels."""

    width: Pixels
    height: Pixels

    def fits(self, scale: float) -> bool:
        """Whether a picture of this size may be drawn at this scale."""
        sides = self.width * scale, self.height * scale
        return max(sides) <= MAX_DEVICE_PIXELS and sides[0] * sides[1] <= MAX_PIXELS


class Lookup(_Table):
    """Where values come from that the request does not give: a table, and the field to find by."""

    table: Word
    by: FieldName


class Manifest(_Table):
    """What a template says about itself. Make one with `parse_manifest`.

    `languages` and `themes` hold the default first; `sizes` always holds `default`, the
    top-level width and height, which without either are those of the `page`; `scales` always
    holds `scale`. `max_age` and `refresh` are how long a picture may be kept, and how often it
    changes by itself.
    """

    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    width: Pixels = 1200
    height: Pixels = 630
    page: Page | None = None
    sizes: Mapping[Word, Size] = Key(default_factory=dict, validate_default=True)
    scale: Scale = 1.0
    scales: Annotated[tuple[Scale, ...], Key(validate_default=True)] = ()
    format: Annotated[Format, BeforeValidator(_format)] = Format.PNG
    effort: Literal["fast", "balanced", "small"] = "balanced"
    palette: StrictBool = False
    budget: Budget | None = None
    transparent: StrictBool = False
    language: Language = "en"
    languages: Annotated[tuple[Language, ...], Key(validate_default=True)] = ()
    theme: Word | None = None
    themes: Annotated[tuple[Word, ...], Key(validate_default=True)] = ()
    colour: Colour = "#e5e7eb"
    access: Literal["public", "signed", "key"] = "signed"
    max_age: Step = timedelta(days=1)
    refresh: Step | None = None
    alt: str = ""
    link: str = ""
    filename: str | None = None
    javascript: StrictBool = False
    former_names: tuple[Annotated[str, AfterValidator(_former_name)], ...] = ()
    fields: Mapping[FieldName, Field] = Key(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    lookup: Lookup | None = None

    @cached_property
    def names(self) -> Names:
        """Which field a name means."""
        return Names(self.fields)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The fields' names in the order in which they are filled."""
        return tuple(choices_first(self.fields))

    @cached_property
    def constants(self) -> tuple[Mapping[str, object], ...]:
        """For each rule the values that are the same in every picture, as the page sees them."""
        return constants(self)

    @model_validator(mode="before")
    @classmethod
    def _first_theme(cls, table: Any) -> Any:
        """Themes without a default: the first is it, so that `theme.*` is never undefined."""
        themes = table.get("themes")
        first = themes[0] if isinstance(themes, list) and themes else None
        if "theme" not in table and isinstance(first, str) and _WORD.fullmatch(first):
            return {**table, "theme": first}
        return table

    @model_validator(mode="before")
    @classmethod
    def _as_large_as_its_page(cls, table: Any) -> Any:
        """A page and no size: the design fills the page, to the next whole pixel."""
        page = table.get("page")
        paper = read_paper(page) if isinstance(page, str) else None
        if paper is None or "width" in table or "height" in table:
            return table
        width, height = map(ceil, paper.pixels)
        if max(width, height) > MAX_CSS_PIXELS:
            return table  # `soundness` says so
        return {**table, "width": width, "height": height}

    @field_validator("sizes", mode="after")
    @classmethod
    def _with_default(cls, sizes: Mapping[str, Size], info: ValidationInfo) -> Mapping[str, Size]:
        if DEFAULT_SIZE in sizes:
            raise PydanticCustomError(
                "default_size", "may not hold default: that is the top-level width and height"
            )
        if "width" not in info.data or "height" not in info.data:
            return sizes
        default = Size(width=info.data["width"], height=info.data["height"])
        return {DEFAULT_SIZE: default, **sizes}

    @field_validator("scales", mode="after")
    @classmethod
    def _with_scale(cls, scales: tuple[float, ...], info: ValidationInfo) -> tuple[float, ...]:
        scale = info.data.get("scale", 1.0)
        sizes = info.data.get("sizes", {}).values()
        written = scales or tuple(one for one in _SCALES if all(size.fits(one) for size in sizes))
        return tuple(sorted({scale, *written}))

    @field_validator("languages", mode="after")
    @classmethod
    def _with_language(cls, tags: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return tuple(dict.fromkeys((info.data.get("language", "en"), *tags)))

    @field_validator("themes", mode="after")
    @classmethod
    def _with_theme(cls, themes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        theme = info.data.get("theme")
        return tuple(dict.fromkeys((theme, *themes))) if theme else themes


_MODELS = Models(Manifest, {"sizes": Size, "rules": Rule, "lookup": Lookup}, KINDS)


def parse_manifest(text: str, *, file: str) -> Manifest:
    """Read a `template.toml`. `file` is the path that problems name.

    Raises:
        ManifestError: with every mistake at once, each with its key and what is allowed there.
    """
    try:
        written = Written(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ManifestError([ManifestProblem(file, "", f"not valid TOML: {error}")]) from error
    manifest, mistakes = _validate(written)
    mistakes.extend(check(manifest, written))
    if mistakes:
        raise ManifestError(
            [ManifestProblem(file, dotted(path), message) for path, message in mistakes]
        )
    return manifest


def _validate(written: Written) -> tuple[Manifest, list[Mistake]]:
    """The manifest without its misshapen parts, and what was wrong with those.

    What is left is checked further, so that somebody who repairs one thing does not hear of
    the next only then.
    """
    mistakes: list[Mistake] = []
    while True:
        try:
            return Manifest.model_validate(written.table), mistakes
        except ValidationError as error:
            found = [explain(one, written.table, _MODELS) for one in error.errors()]
        mistakes.extend((written.original(path), message) for path, message in found)
        written.drop(path for path, _ in found)
