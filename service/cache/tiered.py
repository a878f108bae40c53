"""Several caches in a row, nearest first, of which any may break without anybody noticing."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Protocol, TypeVar

from service.cache.entry import Entry
from service.cache.trouble import Trouble
from service.errors import ServiceError

LOOK_EVERY = 1.0
"""Seconds after which a picture that another process forgot may no longer be served."""

T = TypeVar("T")


class Tier(Protocol):
    """What one tier can do. Any of it may raise anything."""

    trouble: Trouble

    async def get(self, key: bytes) -> Entry | None:
        """The entry of `key`."""

    async def put(self, entry: Entry) -> None:
        """Keep `entry`."""

    async def latest(self, subject: bytes) -> Entry | None:
        """The newest entry of `subject`, at most seven days old."""

    async def drop(self, template: str, digests: Mapping[str, bytes]) -> set[bytes]:
        """Remove the entries of `template` with all of these values; their keys."""

    async def delete(self, key: bytes) -> int:
        """Remove one entry."""

    async def touch(self, used: Mapping[bytes, bytes]) -> None:
        """Count entries as just used, given the subject of each key."""

    async def empty(self) -> None:
        """Let go of everything that the tiers below hold too."""

    async def mark(self) -> bytes:
        """Something that changes when another process forgot something here."""

    async def close(self) -> None:
        """Let go of what the tier needs."""


class TieredCache:
    """Looks in each tier in turn and copies what it finds into those above.

    An `ImageCache`. A tier that fails is a metric, a warning and a miss; one that hangs is not
    asked again for a while. Only `forget` tells, because "forgotten" must be true.
    """

    def __init__(self, tiers: Sequence[Tier], *, look_every: float = LOOK_EVERY) -> None:
        self._tiers = tuple(tiers)
        self._generation = 0
        self._used_above: dict[bytes, bytes] = {}
        self._marks: dict[Tier, bytes] = {}
        self._look_every = look_every
        self._look_at = 0.0 if len(self._tiers) > 1 else float("inf")

    async def get(self, key: bytes) -> Entry | None:
        """The entry of `key`, from the nearest tier that has it."""
        if time.monotonic() >= self._look_at:
            await self._look()
        generation = self._generation
        for place, tier in enumerate(self._tiers):
            if tier.trouble.resting:
                continue
            try:
                entry = await tier.get(key)
            except Exception as error:
                tier.trouble.failed("get", error)
                continue
            if entry is None:
                continue
            if place + 1 < len(self._tiers):
                self._used_above[key] = entry.subject
            if place and generation == self._generation:
                for above in self._tiers[:place]:
                    await _ask(above, "put", partial(above.put, entry), None)
            return entry
        return None

    async def put(self, entry: Entry) -> None:
        """Keep `entry` in every tier that takes it."""
        generation = self._generation
        await self._tell_below()
        for tier in self._tiers:
            await _ask(tier, "put", partial(tier.put, entry), None)
        if generation != self._generation:
            # Something was forgotten while we wrote, and this may have been it.
            for tier in self._tiers:
                await _ask(tier, "delete", partial(tier.delete, entry.key), 0)

    async def latest(self, subject: bytes) -> Entry | None:
        """The newest entry of `subject` in any tier: each has seen what another has not."""
        newest: Entry | None = None
        for tier in self._tiers:
            entry = await _ask(tier, "latest", partial(tier.latest, subject), None)
            if entry and (newest is None or entry.drawn_at > newest.drawn_at):
                newest = entry
        return newest

    async def forget(self, template: str, digests: Mapping[str, bytes]) -> int:
        """Remove the entries of `template` with all of these values; how many pictures.

        Raises:
            ServiceError: when a tier may still hold some; every tier has been tried by then.
        """
        self._generation += 1
        keys: set[bytes] = set()
        failure: Exception | None = None
        for tier in self._tiers:
            try:
                keys |= await tier.drop(template, digests)
            except Exception as error:
                tier.trouble.failed("forget", error)
                failure = error
        if isinstance(failure, ServiceError):
            raise failure
        if failure is not None:
            raise ServiceError("not every cached picture could be searched") from failure
        return len(keys)

    async def close(self) -> None:
        """Tell the lower tiers what was used last, then close all."""
        await self._tell_below()
        for tier in self._tiers:
            try:
                await tier.close()
            except Exception as error:
                tier.trouble.failed("close", error)

    async def _look(self) -> None:
        """Empty the upper tiers if another process made a lower one forget something."""
        self._look_at = time.monotonic() + self._look_every
        forgotten = False
        for tier in self._tiers[1:]:
            known = self._marks.get(tier)
            mark = await _ask(tier, "mark", tier.mark, known)
            if mark is not None:
                forgotten = forgotten or known not in {None, mark}
                self._marks[tier] = mark
        if forgotten:
            self._generation += 1
            for tier in self._tiers[:-1]:
                await _ask(tier, "empty", tier.empty, None)

    async def _tell_below(self) -> None:
        """Keep what is used above from being the first to go below, where nobody asks for it."""
        if self._used_above:
            used, self._used_above = self._used_above, {}
            for tier in self._tiers[1:]:
                await _ask(tier, "touch", partial(tier.touch, used), None)


async def _ask(tier: Tier, operation: str, work: Callable[[], Awaitable[T]], otherwise: T) -> T:
    """Do `work`; if the tier fails at it, or is not to be asked now, `otherwise` has to do."""
    if tier.trouble.resting:
        return otherwise
    try:
        return await work()
    except Exception as error:
        tier.trouble.failed(operation, error)
        return otherwise
