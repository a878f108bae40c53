"""What a signed or sealed address says: the same words for both kinds."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

OPENABLE = frozenset({"_size", "_scale", "_quality", "_lang", "_theme"})
"""Our parameters that may be left open."""

PICTURE = OPENABLE | {"_v"}
"""Our parameters that change the picture."""

UNSIGNED = frozenset({"_sig", "_send", "_end", "_strict", "_download"})
"""Our parameters that no signature covers: they change nothing that is drawn."""

RESERVED = PICTURE | UNSIGNED | {"_merge", "_exp", "_kid"}
"""All of ours. Other names that start with `_` are somebody else's."""

_FIELD = re.compile(r"[a-z][a-z0-9_]{0,63}(?:\.[a-z0-9_]{1,64}){0,2}")
_LATEST = 253_402_300_799
"""The last second of the year 9999."""


class Reason(StrEnum):
    """Why an address is not believed. For logs and numbers; a client is not told which."""

    MISSING = "missing"
    """It has no signature."""

    MALFORMED = "malformed"
    """It cannot be one of ours: a part that is always there is missing or makes no sense."""

    DOUBLED = "doubled"
    """A name that the signature covers, or one of ours, was given more than once."""

    UNKNOWN_KEY = "unknown_key"
    """No key has the id that it names."""

    FORGED = "forged"
    """It was not made with that key, or was changed since."""

    OUT_OF_SCOPE = "out_of_scope"
    """The key is good, and is not for this template."""

    EXPIRED = "expired"
    """It was good until its time was over."""


@dataclass(frozen=True, slots=True)
class Address:
    """What somebody with a key vouches for.

    `format` is the extension asked for; `jpg` and `jpeg` are one word. `values` are the fixed
    values by the folded name of the field, `ours` our own parameters that change the picture
    (`PICTURE`), by name. `open` names what whoever asks may fill: fields, and of ours `OPENABLE`.
    `expires` is in seconds since 1970, None for never.

    Raises:
        ValueError: a name that cannot be in an address, or a time before 1970 or after 9999. The
            text never holds a value.
    """

    template: str
    format: str
    values: Mapping[str, str] = field(default_factory=dict)
    ours: Mapping[str, str] = field(default_factory=dict)
    open: tuple[str, ...] = ()
    expires: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "format", word_of(self.format))
        object.__setattr__(self, "open", tuple(sorted(set(self.open))))
        if not all(_FIELD.fullmatch(name) for name in self.values):
            raise ValueError("a fixed value has a name that no field can have")
        if not PICTURE.issuperset(self.ours):
            raise ValueError(f"of our parameters, {', '.join(sorted(PICTURE))} can be fixed")
        if not all(name in OPENABLE or _FIELD.fullmatch(name) for name in self.open):
            raise ValueError(f"fields and {', '.join(sorted(OPENABLE))} can be left open")
        if self.expires is not None and not 0 <= self.expires <= _LATEST:
            raise ValueError("the time of expiry must lie between 1970 and 9999")
        if any(named_in(name, self.open) for name in (*self.values, *self.ours)):
            raise ValueError("a name is either fixed or left open, not both")


def word_of(extension: str) -> str:
    """The format's one word for an extension."""
    lowered = extension.lower()
    return "jpeg" if lowered == "jpg" else lowered


def named_in(name: str, names: Container[str]) -> bool:
    """Whether a name is one of these, by itself or, as `items.0.title`, with all of its field."""
    return name in names or ("." in name and name.partition(".")[0] in names)


def encoded(text: str) -> bytes:
    """UTF-8 of any text, lone surrogates included."""
    return text.encode("utf-8", "surrogatepass")
