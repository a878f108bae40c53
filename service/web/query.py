"""Read a picture's address: our own parameters, the template's values, and what was doubled.

Percent-decoding happens once, on the raw query, because a value may hold `%26` or `%2B` and must
come out as `&` and `+`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_to_bytes

from service.errors import FieldProblem
from service.model import Format, Note, NoteCode, RenderRequest

RESERVED = frozenset(
    {"_size", "_scale", "_quality", "_lang", "_theme", "_v", "_send", "_strict", "_download"}
)
"""Our parameters. Any other name that starts with `_` is left for later versions: ignored."""

_TRUE = frozenset({"1", "true"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it was read. `reserved` and `values` are by folded name, the first one given.

    `doubled` names our parameters that were given twice; `strict` says whether honest codes are
    wanted in place of a picture at any price, `download` whether the picture is to be saved.
    """

    values: Mapping[str, str]
    reserved: Mapping[str, str]
    doubled: tuple[str, ...] = ()
    strict: bool = False
    download: bool = False

    @property
    def notes(self) -> tuple[Note, ...]:
        """One note for each of our parameters that was given twice."""
        return tuple(Note(name, NoteCode.AMBIGUOUS, _DOUBLED) for name in self.doubled)

    @property
    def problems(self) -> tuple[FieldProblem, ...]:
        """The same for a strict request, which is refused."""
        return tuple(FieldProblem(name, NoteCode.AMBIGUOUS, _DOUBLED) for name in self.doubled)


_DOUBLED = "was given more than once; the first one counts"


def read_query(raw: str) -> Asked:
    """Read the part of an address after `?`, still percent-encoded.

    Never fails: bytes that are no UTF-8 become U+FFFD, and the first of two equal names wins.
    """
    values: dict[str, str] = {}
    reserved: dict[str, str] = {}
    doubled: dict[str, None] = {}
    for piece in raw.split("&"):
        if not piece:
            continue
        encoded_name, _, encoded_value = piece.partition("=")
        name = _decode(encoded_name).strip().lower().replace("-", "_")
        if not name.startswith("_"):
            values.setdefault(name, _decode(encoded_value))
        elif name not in RESERVED:
            continue
        elif name in reserved:
            doubled[name] = None
        else:
            reserved[name] = _decode(encoded_value)
    strict = reserved.get("_strict", "").lower() in _TRUE
    download = reserved.get("_download", "").lower() in _TRUE
    return Asked(values, reserved, tuple(doubled), strict, download)


def requested(template: str, image_format: Format, asked: Asked, *, at: datetime) -> RenderRequest:
    """What an address asks for, at this instant."""
    reserved = asked.reserved
    return RenderRequest(
        template=template,
        values=asked.values,
        at=at,
        format=image_format,
        size=reserved.get("_size"),
        scale=reserved.get("_scale"),
        quality=reserved.get("_quality"),
        language=reserved.get("_lang"),
        theme=reserved.get("_theme"),
        version=reserved.get("_v"),
    )


def _decode(text: str) -> str:
    spaced = text.replace("+", " ")
    if "%" not in spaced and spaced.isascii():
        return spaced
    # aiohttp hands bytes that are no UTF-8 over as surrogates.
    return unquote_to_bytes(spaced.encode("utf-8", "surrogateescape")).decode("utf-8", "replace")
