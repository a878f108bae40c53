"""A query as it was sent, cut into pairs: the one reading that a signature is made over.

Cut at `&`, percent-decoded once, `+` a space, nothing repaired. A piece that can be no pair,
because it has no `=` or no name that we could have given, is kept with the pair before it: a
platform that does not encode sends `company=AT&T`, and only who knows which values are open can
say whether the `&T` belongs to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from service.model import fold

_NAME = re.compile(r"_{0,8}[a-z][a-z0-9_]{0,63}(?:\.[a-z0-9_]{1,64}){0,2}")
"""A field's name, the path into a list or a group, or a parameter of ours or of a platform."""

_FOLDED = re.compile(rb"_?[a-z][a-z0-9_]{0,63}")
"""Most names, which are as they should be."""

_DAMAGE = "amp;"


class Pair(NamedTuple):
    """One name with its value.

    `name` is folded: trimmed, in lower case, `-` as `_`. `value` is decoded bytes. `tail` are the
    pieces between this pair and the next that can be no pairs, decoded; empty ones at its end,
    which say nothing, are left out. `mended` says that `&amp;` stood before the name for `&`.
    """

    name: str
    value: bytes
    tail: tuple[bytes, ...] = ()
    mended: bool = False

    def read(self, may_take: Callable[[str], bool] | None = None) -> bytes:
        """The value, together with its tail if a value of this name may have one.

        `may_take` is asked with the name; by default every value may that is not a parameter of
        ours. Where it may not, the tail means nothing, like the names that platforms append.
        """
        if not self.tail or not (may_take or is_unreserved)(self.name):
            return self.value
        return b"&".join((self.value, *self.tail))


def is_unreserved(name: str) -> bool:
    """Whether a folded name can be a field's; a name that starts with `_` is always ours."""
    return not name.startswith("_")


def split(raw: bytes | str) -> tuple[Pair, ...]:
    """The pairs of a query, still percent-encoded, in their order and doubled ones twice.

    Never fails. Text may hold bytes as surrogates, as aiohttp hands them over. Pieces before the
    first pair mean nothing.
    """
    pairs: list[Pair] = []
    tail: list[bytes] = []
    for piece in as_bytes(raw).split(b"&"):
        written, equals, value = piece.partition(b"=")
        name, mended = _folded(written) if equals else ("", False)
        if not name:
            tail.append(_decoded(piece))
            continue
        if tail:
            _attach(pairs, tail)
        if b"%" in value or b"+" in value:
            value = _decoded(value)
        pairs.append(Pair(name, value, (), mended))
    _attach(pairs, tail)
    return tuple(pairs)


def as_bytes(raw: bytes | str) -> bytes:
    """A query as the bytes that it came as."""
    if isinstance(raw, bytes):
        return raw
    try:
        return raw.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair that stands for no byte
        return raw.encode("utf-8", "replace")


def _attach(pairs: list[Pair], tail: list[bytes]) -> None:
    """Give what was gathered to the last pair, and begin anew."""
    while tail and not tail[-1]:
        tail.pop()
    if tail and pairs:
        last = pairs[-1]
        pairs[-1] = last._replace(tail=tuple(tail))
    tail.clear()


def _folded(written: bytes) -> tuple[str, bool]:
    """The name that is meant, empty if it can be none; and whether `amp;` had to go."""
    if _FOLDED.fullmatch(written):
        return written.decode(), False
    name = fold(_decoded(written).decode("ascii", "replace"))
    mended = name.startswith(_DAMAGE)
    while name.startswith(_DAMAGE):
        name = name[len(_DAMAGE) :]
    return (name, mended) if _NAME.fullmatch(name) else ("", False)


def _decoded(encoded: bytes) -> bytes:
    spaced = encoded.replace(b"+", b" ")
    return unquote_to_bytes(spaced) if b"%" in spaced else spaced
