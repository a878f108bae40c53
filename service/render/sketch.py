"""How many different addresses were asked for, without keeping one: HyperLogLog.

Of an address only a keyed digest is looked at, and of that only how many zeros it begins with, in
one of 4096 places. Neither an address nor its digest can be got back.
"""

from __future__ import annotations

import hashlib
import math
import zlib

_BITS = 12
_PLACES = 1 << _BITS
"""The standard error is 1.04 / sqrt(4096) = 1.6 %; below some hundred the number is exact or
one or two off, and one is always one."""

_REST = 64 - _BITS
_ALPHA = 0.7213 / (1 + 1.079 / _PLACES)
_FEW = 2.5 * _PLACES
"""Up to here the empty places tell more exactly than the full ones."""


class Sketch:
    """Counts different things. Sketches of the same `secret` can be put together.

    Raises:
        ValueError: when `packed` was not made by a sketch.
    """

    __slots__ = ("_places",)

    def __init__(self, packed: bytes = b"") -> None:
        try:
            self._places = bytearray(zlib.decompress(packed) if packed else _PLACES)
        except zlib.error as error:
            raise ValueError("this is no sketch") from error
        if len(self._places) != _PLACES:
            raise ValueError("this is no sketch")

    def add(self, thing: bytes, secret: bytes) -> None:
        """See `thing`, perhaps not for the first time."""
        digest = hashlib.blake2b(thing, digest_size=8, key=secret).digest()
        number = int.from_bytes(digest)
        place = number >> _REST
        rank = _REST + 1 - (number & ((1 << _REST) - 1)).bit_length()
        if rank > self._places[place]:
            self._places[place] = rank

    def merge(self, other: Sketch) -> None:
        """See everything that `other` has seen."""
        self._places = bytearray(map(max, self._places, other._places))

    def count(self) -> int:
        """About how many different things it saw."""
        empty = self._places.count(0)
        raw = _ALPHA * _PLACES * _PLACES / sum(2.0**-rank for rank in self._places)
        if empty and raw <= _FEW:
            return round(_PLACES * math.log(_PLACES / empty))
        return round(raw)

    def packed(self) -> bytes:
        """Small bytes, from which a sketch can be made again."""
        return zlib.compress(self._places, 1)
