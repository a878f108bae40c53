"""What failed a moment ago is not tried again yet: one dead host must not cost every picture.

A single file that failed is left alone for a minute. So is a whole host that could not be reached
several times in a row, whatever was asked of it: each recipient may have a picture of their own.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

from service.fetch.reasons import ABOUT_THE_HOST, Reason

REST = 60.0
"""Seconds for which a file or a host is left alone."""

IN_A_ROW = 3
"""Failures of one host, without a success between them, after which it is."""

_MOST = 4_096
_NOT_ITS_FAULT = frozenset({Reason.BUSY, Reason.REMEMBERED, Reason.BROKEN})


Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(slots=True)
class _Host:
    failures: int = 0
    until: float = 0.0


class Failures:
    """Remembers failures, of the latest few thousand files and hosts."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._files: OrderedDict[Hashable, float] = OrderedDict()
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    def stands_against(self, file: Hashable, host: str) -> bool:
        """Whether trying would be in vain.

        Once its rest is over a host is tried by one request; the others wait for how that ends.
        """
        now = self._clock()
        if self._files.get(file, 0.0) > now:
            return True
        known = self._hosts.get(host)
        if known is None or known.failures < IN_A_ROW:
            return False
        if known.until > now:
            return True
        known.until = now + REST
        return False

    def succeeded(self, file: Hashable, host: str) -> None:
        """The file came, or at least the host answered."""
        self._files.pop(file, None)
        self._hosts.pop(host, None)

    def failed(self, file: Hashable, host: str, reason: Reason) -> None:
        """The file did not come. `host` is the one that was asked first, wherever it sent us."""
        if reason in _NOT_ITS_FAULT:
            return
        until = self._clock() + REST
        _remember(self._files, file, until)
        if reason not in ABOUT_THE_HOST:
            self._hosts.pop(host, None)
            return
        known = self._hosts.get(host, _Host())
        known.failures += 1
        known.until = until
        _remember(self._hosts, host, known)


def _remember(book: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    book[key] = value
    book.move_to_end(key)
    if len(book) > _MOST:
        book.popitem(last=False)
