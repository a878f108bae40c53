"""How many different addresses were asked for, without keeping one: HyperLogLog.

Of an address only a keyed digest is looked at, and of that only how many zeros it begins with, in
one of 4096 places. Neither an address nor its digest can be got back.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from collections import Counter

_BITS = 12
_PLACES = 1 << _BITS
"""The standard error is 1.04 / sqrt(4096) = 1.6 %. Up to some hundred the number is exact or one
or two off, and one is always one."""

_REST = 64 - _BITS
_ALPHA = 0.5 / math.log(2)


class Sketch:
    """Counts different things. Sketches of the same `secret` can be put together.

    Raises:
        ValueError: when `packed` was not made by a sketch.
    """

    __slots__ = ("_places",)

    def __init__(self, packed: bytes = b"") -> None:
        try:
            self._places = bytearray(zlib.decompress(packed) if packed else _PLACES)
        except (zlib.error, TypeError) as error:
            raise ValueError("this is no sketch") from error
        if len(self._places) != _PLACES:
            raise ValueError("this is no sketch")

    def add(self, thing: bytes, secret: bytes) -> None:
        """See `thing`, perhaps not for the first time."""
        digest = hashlib.blake2b(thing, digest_size=8, key=secret).digest()
        number = int.from_bytes(digest)
        place = number >> _REST
        rank = _REST + 1 - (number & ((1 << _REST) - 1)).bit_length()
        self._places[place] = max(self._places[place], rank)

    def merge(self, other: Sketch) -> None:
        """See everything that `other` has seen."""
        self._places = bytearray(map(max, self._places, other._places))

    def count(self) -> int:
        """About how many different things it saw.

        By Ertl's estimator ("New cardinality estimation algorithms for HyperLogLog sketches",
        2017), which needs no corrections for small numbers. Numbers beyond 2 ** 50 do not occur.
        """
        ranks = Counter(self._places)
        if ranks[0] == _PLACES:
            return 0
        found = 0.0
        for rank in range(_REST, 0, -1):
            found = 0.5 * (found + ranks[rank])
        return round(_ALPHA * _PLACES * _PLACES / (found + _PLACES * _sigma(ranks[0] / _PLACES)))

    def packed(self) -> bytes:
        """Small bytes, from which a sketch can be made again."""
        return zlib.compress(self._places, 1)


def _sigma(empty: float) -> float:
    """The sum of empty ** (2 ** k) * 2 ** (k - 1), which is what the empty places stand for."""
    power, weight, total, before = empty, 1.0, empty, -1.0
    while total != before:
        before = total
        power *= power
        total += power * weight
        weight += weight
    return total
