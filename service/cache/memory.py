"""Pictures in this process's memory: the entries themselves, nothing to read or verify."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from aiocache.base import BaseCache
from aiocache.serializers import NullSerializer

from service.cache.entry import Entry
from service.cache.ledger import Ledger
from service.cache.pointer import fresh, outranks
from service.cache.trouble import Trouble
from service.metrics import CACHE_BYTES, CACHE_LOOKUPS


class MemoryCache(BaseCache):  # type: ignore[misc]  # aiocache 0.12 has no types
    """Entries up to `limit` bytes, the least recently used leaving first.

    An `ImageCache`. aiocache's own memory backend has no limit and a timer per key.
    """

    NAME = "memory"

    def __init__(self, limit: int, *, clock: Callable[[], float] = time.time) -> None:
        # No timeout: aiocache's costs four times what looking into a dict does.
        super().__init__(
            serializer=NullSerializer(encoding=None), key_builder=self.build_key, timeout=0
        )
        self.trouble = Trouble(self.NAME)
        self._clock = clock
        self._ledger: Ledger[bytes] = Ledger(limit)
        self._entries: dict[bytes, Entry] = {}
        self._newest: dict[bytes, bytes] = {}
        self._hits = CACHE_LOOKUPS.labels(self.NAME, "hit")
        self._misses = CACHE_LOOKUPS.labels(self.NAME, "miss")
        self._bytes = CACHE_BYTES.labels(self.NAME)
        self._bytes.set(0)

    @staticmethod
    def build_key(key: bytes, namespace: str | None = None) -> bytes:
        """Keys are digests already."""
        return key

    async def get(self, key: bytes) -> Entry | None:
        """The entry of `key`. Not by way of aiocache's `get`, which costs six times as much.

        What that adds, nobody uses here: plugins, a time-out, a serializer, a switch in the
        environment that is read each time.
        """
        return await self._get(key)

    async def put(self, entry: Entry) -> None:
        """Hold `entry`, unless it alone is more than the limit."""
        await self.set(entry.key, entry)

    async def latest(self, subject: bytes) -> Entry | None:
        """The newest entry held for `subject`, if it was drawn within the last seven days."""
        entry = self._entries.get(self._newest.get(subject, b""))
        return entry if entry is not None and fresh(entry.drawn_at, self._clock()) else None

    async def drop(self, template: str, digests: Mapping[str, bytes]) -> set[bytes]:
        """Let go of every entry that `forget` means; their keys."""
        found = {e.key for e in self._entries.values() if e.concerns(template, digests)}
        for key in found:
            self._remove(key)
        self._bytes.set(self._ledger.held)
        return found

    async def forget(self, template: str, digests: Mapping[str, bytes]) -> int:
        """Let go of every entry of `template` with all of these values; how many they were."""
        return len(await self.drop(template, digests))

    async def touch(self, used: Mapping[bytes, bytes]) -> None:
        """Count entries, by key, as just used; nothing is above memory to use them unseen."""
        for key in used:
            self._ledger.touch(key)

    async def empty(self) -> None:
        """Let go of everything."""
        await self._close()

    async def mark(self) -> bytes:
        """Nobody else can make this tier forget."""
        return b""

    async def _get(
        self, key: bytes, encoding: object = None, _conn: object = None
    ) -> Entry | None:
        entry = self._entries.get(key)
        if entry is None:
            self._misses.inc()
            return None
        self._ledger.touch(key)
        self._hits.inc()
        return entry

    async def _set(
        self,
        key: bytes,
        value: Entry,
        ttl: object = None,
        _cas_token: object = None,
        _conn: object = None,
    ) -> bool:
        self._remove(key)
        if value.weight <= self._ledger.limit:
            self._entries[key] = value
            self._point(value)
            for gone in self._ledger.add(key, value.weight):
                self._remove(gone)
        self._bytes.set(self._ledger.held)
        return True

    async def _delete(self, key: bytes, _conn: object = None) -> int:
        held = key in self._entries
        self._remove(key)
        self._bytes.set(self._ledger.held)
        return int(held)

    async def _close(self, *_: object, **__: object) -> None:
        for key in self._ledger.names():
            self._remove(key)
        self._bytes.set(0)

    def _point(self, entry: Entry) -> None:
        held = self._entries.get(self._newest.get(entry.subject, b""))
        if held is None or not outranks(held.drawn_at, entry.drawn_at, self._clock()):
            self._newest[entry.subject] = entry.key

    def _remove(self, key: bytes) -> None:
        self._ledger.drop(key)
        entry = self._entries.pop(key, None)
        if entry is not None and self._newest.get(entry.subject) == key:
            del self._newest[entry.subject]
