"""Read a picture's address: our own parameters, the template's values, and what was repaired.

How a query is cut, and what is repaired in values, is in `service.merge_tags`; here it is decided
which of two equal names counts, which values are open to repairs, and what is said of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from service.access.address import PICTURE, RESERVED
from service.errors import FieldProblem
from service.merge_tags.query import Pair, as_bytes, is_unreserved, split
from service.merge_tags.quoted_printable import is_quoted_printable, unquoted
from service.merge_tags.repairs import Repaired, repaired
from service.model import Format, Note, NoteCode, RenderRequest, fold
from service.render.plan import HARMLESS

_TRUE = frozenset({"1", "true"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it was read. `reserved` and `values` are by folded name, the first one given.

    `doubled` names our parameters that were given twice; `strict` says whether honest codes are
    wanted in place of a picture at any price, `download` whether the picture is to be saved.
    `repairs` tell what was done to values, and what was lost on the way; `pairs` are the query
    before anything was chosen or repaired, which is what a signature is about.
    """

    values: Mapping[str, str]
    reserved: Mapping[str, str]
    doubled: tuple[str, ...] = ()
    strict: bool = False
    download: bool = False
    repairs: tuple[Note, ...] = ()
    pairs: tuple[Pair, ...] = ()

    def only(self, may_use: Callable[[str], bool]) -> Asked:
        """The same without the values and choices whose names nobody vouches for."""
        return replace(
            self,
            values={name: value for name, value in self.values.items() if may_use(name)},
            reserved={
                name: value
                for name, value in self.reserved.items()
                if name not in PICTURE or may_use(name)
            },
            repairs=tuple(
                note for note in self.repairs if note.field in RESERVED or may_use(note.field)
            ),
        )

    @property
    def notes(self) -> tuple[Note, ...]:
        """One note for each of our parameters that was given twice, and those of the values."""
        doubled = (Note(name, NoteCode.AMBIGUOUS, _DOUBLED) for name in self.doubled)
        return (*doubled, *self.repairs)

    @property
    def problems(self) -> tuple[FieldProblem, ...]:
        """What a strict request is refused for."""
        return tuple(
            FieldProblem(note.field, note.code.value, note.message)
            for note in self.notes
            if note.code not in HARMLESS
        )


_DOUBLED = "was given more than once; the first one counts"
_AGAIN = "was given more than once: the first that says something was taken"
_UNREADABLE = "is in an encoding that cannot be told: send UTF-8, percent-encoded"
_LOST_END = "the address ends before its `_end=1`: what stood there is missing"
_TOOK_PIECES = "was not encoded: a part after `&` was put back"
_AMP = "came after `&amp;` for `&`"
_QUOTED = "was in a mail's transport encoding (quoted-printable)"


@dataclass(slots=True)
class _Read:
    """What has been read so far."""

    values: dict[str, str] = field(default_factory=dict)
    reserved: dict[str, str] = field(default_factory=dict)
    doubled: dict[str, None] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def read_query(raw: bytes | str, *, sealed: Collection[str] | None = None) -> Asked:
    """Read the part of an address after `?`, still percent-encoded.

    Never fails. Of two equal names the first counts that says something. Where the address has
    `_merge` or `_sig`, only the values that `_merge` names are open to repairs; else all are.
    Behind a sealed token those are that it names as `sealed`.
    """
    written = as_bytes(raw)
    quoted = is_quoted_printable(written)
    pairs = split(unquoted(written) if quoted else written)
    read = _Read()
    fields: list[Pair] = []
    for pair in pairs:
        if is_unreserved(pair.name):
            fields.append(pair)
        elif pair.name in RESERVED:
            _reserve(read, pair)
    reserved = read.reserved
    is_open = _openness(reserved) if sealed is None else sealed.__contains__
    is_ours = _is_ours(reserved) if sealed is None else bool(sealed)
    for pair in fields:
        _keep(read, pair, is_open, quoted=quoted)
    if is_ours and not reserved.get("_end", "").strip().startswith("1"):
        read.notes.append(Note("_end", NoteCode.TRUNCATED, _LOST_END))
    return Asked(
        read.values,
        reserved,
        tuple(read.doubled),
        reserved.get("_strict", "").lower() in _TRUE,
        reserved.get("_download", "").lower() in _TRUE,
        tuple(read.notes),
        pairs,
    )


def _is_ours(reserved: Mapping[str, str]) -> bool:
    """Whether our tools made the address, which end it with `_end=1`."""
    return "_sig" in reserved or "_merge" in reserved


def _openness(reserved: Mapping[str, str]) -> Callable[[str], bool]:
    """Which values may be repaired: those that a platform filled in."""
    if not _is_ours(reserved):
        return is_unreserved
    return frozenset(fold(name) for name in reserved.get("_merge", "").split(",")).__contains__


def _reserve(read: _Read, pair: Pair) -> None:
    if pair.name in read.reserved:
        read.doubled[pair.name] = None
    else:
        read.reserved[pair.name] = pair.value.decode("utf-8", "replace")


def _keep(read: _Read, pair: Pair, is_open: Callable[[str], bool], *, quoted: bool) -> None:
    """Keep a value, if it is the first of its name that says something."""
    name = pair.name
    if not is_open(name):
        found = Repaired(pair.value.decode("utf-8", "replace"))
    elif pair.tail or pair.mended or quoted:
        found = _put_back(pair, is_open, quoted=quoted)
    else:
        found = repaired(pair.value)
    text, causes = found
    kept = read.values.get(name)
    if kept is not None and kept.strip():
        if text is not None and text.strip() and text != kept:
            _note(read, Note(name, NoteCode.AMBIGUOUS, _AGAIN))
        return
    if text is None:
        _note(read, Note(name, NoteCode.INVALID, _UNREADABLE))
        return
    if causes:
        _note(read, Note(name, NoteCode.REPAIRED, "; ".join(causes)))
    if kept is None or text.strip():
        read.values[name] = text


def _put_back(pair: Pair, is_open: Callable[[str], bool], *, quoted: bool) -> Repaired:
    """A value around which the address itself was damaged, and all that was done to it."""
    text, causes = repaired(pair.read(is_open))
    if pair.tail:
        causes += (_TOOK_PIECES,)
    if pair.mended:
        causes += (_AMP,)
    if quoted:
        causes += (_QUOTED,)
    return Repaired(text, causes)


def _note(read: _Read, note: Note) -> None:
    if note not in read.notes[-_LATEST:]:
        read.notes.append(note)


_LATEST = 20
"""Among how many notes a repeated one is looked for: an answer tells no more of them."""


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
