"""The fields of a manifest: which keys each kind takes, and what they may say.

How a value of a kind is read is in `service.catalogue.kinds`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from math import isfinite
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Strict,
    StrictBool,
    field_validator,
)
from pydantic import Field as Key
from pydantic_core import PydanticCustomError

from service.model import fold
from service.remote import BadAddress, host_pattern

_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_RESERVED = frozenset(
    {"and", "asset", "block", "caller", "cycler", "dict", "elif", "else", "extends", "false"}
    | {"filter", "for", "from", "given", "if", "import", "in", "include", "is", "joiner"}
    | {"language", "lipsum", "loop", "macro", "namespace", "none", "not", "now", "or", "range"}
    | {"recursive", "self", "set", "super", "t", "theme", "today", "true", "varargs", "kwargs"}
    | {"with", "without"}
)
"""Words of Jinja, and the names that a template finds beside its fields."""

MAX_CHARACTERS = 2_000
MAX_ITEMS = 200
MAX_IMAGE_BYTES = 20_000_000


def is_field_name(name: str) -> bool:
    """Whether a field may be called so, as far as its spelling goes."""
    return _FIELD_NAME.fullmatch(name) is not None


def _field_name(name: str) -> str:
    if not is_field_name(name):
        raise PydanticCustomError(
            "field_name",
            "must be a field's name: a lower-case letter, then letters, digits and _ (64 at most)",
        )
    if name in _RESERVED:
        raise PydanticCustomError(
            "field_name", "is a word of the template language; choose another name"
        )
    return name


def _alias(name: str) -> str:
    folded = fold(name)
    if not is_field_name(folded):
        raise PydanticCustomError(
            "alias", "must be a name: a letter, then letters, digits, - and _ (64 at most)"
        )
    return folded


def _host(host: str) -> str:
    try:
        return host_pattern(host)
    except BadAddress as error:
        raise PydanticCustomError(
            "host", 'must be a host such as "cdn.example.com", "*.example.com", or "*" for any'
        ) from error


def _currency(code: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", code):
        raise PydanticCustomError("currency", 'must be an ISO 4217 code such as "EUR"')
    return code.upper()


def _spellings(choices: object) -> object:
    """`choices` may be a plain list: each value is then its own only spelling."""
    if isinstance(choices, list) and all(isinstance(choice, str) for choice in choices):
        return dict.fromkeys(choices, ())
    return choices


def _amount(value: object) -> Decimal:
    """A bound, exactly as it is written."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise PydanticCustomError("amount", "must be a number")
    return Decimal(str(value))


def _day(value: object) -> object:
    """A date or datetime: as TOML writes one, or as ISO text."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, date):
        raise PydanticCustomError("day", 'must be a date such as "2026-12-31"')
    return value


FieldName = Annotated[str, AfterValidator(_field_name)]
Whole = Annotated[int, Strict()]
Amount = Annotated[Decimal, BeforeValidator(_amount)]
Day = Annotated[date | datetime, BeforeValidator(_day)]
Characters = Annotated[Whole, Key(ge=1, le=MAX_CHARACTERS)]
Aliases = tuple[Annotated[str, AfterValidator(_alias)], ...]
Hosts = tuple[Annotated[str, AfterValidator(_host)], ...]
Currency = Annotated[str, AfterValidator(_currency)]


class FieldKeys(BaseModel):
    """The keys that every kind takes.

    `fallback` and `example` stand here as they were written; a mapping as fallback is one per
    language. `merge` says whether the field may stay open in a signed URL.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    nested: ClassVar[bool] = False
    """Whether values of this kind hold values of other kinds."""

    kind: str
    help: str = ""
    example: object = None
    fallback: object = None
    required: StrictBool = False
    optional: StrictBool = False
    aliases: Aliases = ()
    blank: tuple[str, ...] = ()
    source: Literal["request", "rules"] = "request"
    merge: StrictBool = True

    @property
    def fallbacks(self) -> Mapping[str, object] | None:
        """The fallback by language; None if there is one for all languages, or none."""
        return self.fallback if isinstance(self.fallback, dict) and self.fallback else None


class TextField(FieldKeys):
    """Any text, trimmed. Lengths are in characters as people count them."""

    kind: Literal["text"]
    max_length: Characters = 120
    too_long: Literal["cut", "fallback"] = "cut"
    normalise: Literal["name", "upper", "lower"] | None = None
    pattern: str | None = None
    multiline: StrictBool = False


class NameField(FieldKeys):
    """A person's name."""

    kind: Literal["name"]
    max_length: Characters = 60


class IntegerField(FieldKeys):
    """A whole number; `unit` is a word that may stand behind it, such as `km` or `%`."""

    kind: Literal["integer"]
    min: Whole | None = None
    max: Whole | None = None
    unit: str = ""


class NumberField(FieldKeys):
    """A decimal number; `unit` is a word that may stand behind it, such as `km` or `%`."""

    kind: Literal["number"]
    min: Amount | None = None
    max: Amount | None = None
    unit: str = ""


class MoneyField(FieldKeys):
    """An amount in `currency`, or in the one that another field names.

    With `minor` a value counts the smallest units of its currency: cents, not euros.
    """

    kind: Literal["money"]
    currency: Currency | None = None
    currency_field: FieldName | None = None
    minor: StrictBool = False


class DateField(FieldKeys):
    """A day. `formats` are strptime formats, tried before anything else."""

    kind: Literal["date"]
    formats: tuple[str, ...] = ()
    timezone: str | None = None
    not_before: Day | None = None
    not_after: Day | None = None


class DatetimeField(FieldKeys):
    """An instant, shown in `timezone`; one without a zone of its own is read in it, or in UTC."""

    kind: Literal["datetime"]
    formats: tuple[str, ...] = ()
    timezone: str | None = None
    not_before: Day | None = None
    not_after: Day | None = None


class ChoiceField(FieldKeys):
    """One of a few values, each with the spellings that mean it."""

    kind: Literal["choice"]
    choices: Annotated[
        Mapping[str, tuple[str, ...]], BeforeValidator(_spellings), Key(min_length=1)
    ]


class BooleanField(FieldKeys):
    """Yes or no."""

    kind: Literal["boolean"]


class ColorField(FieldKeys):
    """A colour; `colour` is the same kind."""

    kind: Literal["color", "colour"]

    @field_validator("kind")
    @classmethod
    def _one_spelling(cls, _kind: str) -> str:
        return "color"


class UrlField(FieldKeys):
    """A web address."""

    kind: Literal["url"]
    merge: StrictBool = False


class ImageField(FieldKeys):
    """A picture: an asset, a `data:` URI, or one from the `hosts`."""

    kind: Literal["image"]
    hosts: Hosts = ()
    max_bytes: Annotated[Whole, Key(ge=1, le=MAX_IMAGE_BYTES)] = 2_000_000
    merge: StrictBool = False


Scalar = Annotated[
    TextField
    | NameField
    | IntegerField
    | NumberField
    | MoneyField
    | DateField
    | DatetimeField
    | ChoiceField
    | BooleanField
    | ColorField
    | UrlField
    | ImageField,
    Discriminator("kind"),
]


def _item(of: object) -> object:
    """`of = "text"` is short for `of = { kind = "text" }`."""
    return {"kind": of} if isinstance(of, str) else of


class ListField(FieldKeys):
    """Several values of one kind (`of`), or several groups (`fields`)."""

    nested: ClassVar[bool] = True

    kind: Literal["list"]
    of: Annotated[Scalar | None, BeforeValidator(_item)] = None
    fields: Annotated[Mapping[FieldName, Scalar], Key(min_length=1)] | None = None
    max_items: Annotated[Whole, Key(ge=1, le=MAX_ITEMS)] = 20
    merge: StrictBool = False

    @cached_property
    def item(self) -> FieldKeys:
        """What an item is read as, where items are not groups: text, if nothing else is said."""
        return self.of if self.of is not None else TextField(kind="text")


class GroupField(FieldKeys):
    """Several named values that belong together."""

    nested: ClassVar[bool] = True

    kind: Literal["group"]
    fields: Annotated[Mapping[FieldName, Scalar], Key(min_length=1)]
    merge: StrictBool = False

    @property
    def fallbacks(self) -> Mapping[str, object] | None:
        """As for other kinds; but a table whose keys are members is one group."""
        written = super().fallbacks
        return None if written is not None and set(written) <= set(self.fields) else written


Field = Annotated[
    TextField
    | NameField
    | IntegerField
    | NumberField
    | MoneyField
    | DateField
    | DatetimeField
    | ChoiceField
    | BooleanField
    | ColorField
    | UrlField
    | ImageField
    | ListField
    | GroupField,
    Discriminator("kind"),
]

KINDS: Mapping[str, type[FieldKeys]] = {
    "text": TextField,
    "name": NameField,
    "integer": IntegerField,
    "number": NumberField,
    "money": MoneyField,
    "date": DateField,
    "datetime": DatetimeField,
    "choice": ChoiceField,
    "boolean": BooleanField,
    "color": ColorField,
    "colour": ColorField,
    "url": UrlField,
    "image": ImageField,
    "list": ListField,
    "group": GroupField,
}
