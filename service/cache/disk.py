"""Pictures on this machine's disk: they outlive the process and are verified at each reading."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from aiocache.base import BaseCache
from aiocache.serializers import NullSerializer

from service.cache.entry import Entry, EntryRefused, pack, read_header, unpack
from service.cache.files import Files, entry_name, subject_name
from service.cache.pointer import Pointer, fresh, outranks, pack_pointer, unpack_pointer
from service.cache.trouble import Trouble
from service.errors import StartupError
from service.metrics import CACHE_BYTES, CACHE_LOOKUPS

TIMEOUT = 2.0
"""Seconds after which a disk that does not answer counts as broken: drawing anew is quicker."""

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


class DiskCache(BaseCache):  # type: ignore[misc]  # aiocache 0.12 has no types
    """Framed entries in a folder, up to `limit` bytes of disk.

    An `ImageCache`, except that its methods raise OSError and TimeoutError: `TieredCache` makes
    misses of them. Reading, verifying and writing happen in threads of its own, so that a slow
    disk holds up neither the event loop nor the encoders.
    """

    NAME = "disk"

    def __init__(
        self,
        folder: Path,
        limit: int,
        secret: bytes,
        *,
        clock: Callable[[], float] = time.time,
        timeout: float = TIMEOUT,
    ) -> None:
        super().__init__(
            serializer=NullSerializer(encoding=None), key_builder=self.build_key, timeout=timeout
        )
        self.trouble = Trouble(self.NAME)
        self._secret = secret
        self._clock = clock
        self._files = Files(folder, limit, self.trouble)
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="cache-disk")
        self._hits = CACHE_LOOKUPS.labels(self.NAME, "hit")
        self._misses = CACHE_LOOKUPS.labels(self.NAME, "miss")
        self._bytes = CACHE_BYTES.labels(self.NAME)

    @staticmethod
    def build_key(key: bytes, namespace: str | None = None) -> bytes:
        """Keys are digests already."""
        return key

    async def put(self, entry: Entry) -> None:
        """Keep `entry`, unless it alone is more than the limit."""
        await self.set(entry.key, entry)

    async def latest(self, subject: bytes) -> Entry | None:
        """The newest entry kept for `subject`, if it was drawn within the last seven days."""
        return await self._soon(self._read_latest, subject)

    async def drop(self, template: str, digests: Mapping[str, bytes]) -> set[bytes]:
        """Remove every entry that `forget` means; their keys. Takes as long as it takes.

        What cannot be read any more goes too: it may be a picture of whoever is to be forgotten.

        Raises:
            StartupError: when the folder cannot be searched, or not everything be removed.
        """
        try:
            return await self._run(self._drop, template, dict(digests))
        except OSError as error:
            raise StartupError(
                f"the pictures on disk could not all be searched and removed ({error.strerror})",
                hint="Make the cache's folder writable and forget again.",
            ) from error

    async def forget(self, template: str, digests: Mapping[str, bytes]) -> int:
        """Remove every entry of `template` with all of these values; how many they were."""
        return len(await self.drop(template, digests))

    async def touch(self, used: Mapping[bytes, bytes]) -> None:
        """Count entries as just used, given the subject of each key: they were hit above us."""
        await self._soon(self._touch, dict(used))

    async def empty(self) -> None:
        """Nothing: only a tier that copies this one is ever emptied."""

    async def mark(self) -> bytes:
        """Something that changes when any process forgot something in this folder."""
        return await self._soon(self._files.mark)

    async def _get(
        self, key: bytes, encoding: object = None, _conn: object = None
    ) -> Entry | None:
        try:
            entry = await self._run(self._read, key)
        except OSError:
            self._misses.inc()
            raise
        (self._misses if entry is None else self._hits).inc()
        return entry

    async def _set(
        self,
        key: bytes,
        value: Entry,
        ttl: object = None,
        _cas_token: object = None,
        _conn: object = None,
    ) -> bool:
        try:
            await self._run(self._write, value)
        finally:
            if self._files.stale:
                self._threads.submit(self._scan)
        self._bytes.set(self._files.held)
        return True

    async def _delete(self, key: bytes, _conn: object = None) -> int:
        return await self._run(self._files.remove, [entry_name(key)])

    async def _close(self, *_: object, **__: object) -> None:
        await asyncio.to_thread(self._threads.shutdown)

    async def _run(self, work: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, work, *arguments)

    async def _soon(self, work: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
        return await asyncio.wait_for(self._run(work, *arguments), self.timeout or None)

    # From here on: in a thread.

    def _read(self, key: bytes) -> Entry | None:
        name = entry_name(key)
        file = self._files.open(name)
        if file is None:
            return None
        try:
            with file:
                entry = unpack(file, key, self._secret)
        except EntryRefused as refusal:
            self._refuse(name, refusal)
            return None
        self._files.touch(name)
        # After its entry, so that the pointer is never the first of the two to go.
        self._files.touch(subject_name(entry.subject))
        return entry

    def _write(self, entry: Entry) -> None:
        frame = pack(entry, self._secret)
        pointer = pack_pointer(Pointer(entry.key, entry.drawn_at), entry.subject, self._secret)
        if not self._files.fits(len(frame), len(pointer)):
            return
        self._files.write(entry_name(entry.key), frame)
        held = self._read_pointer(entry.subject)
        if held is None or not outranks(held.drawn_at, entry.drawn_at, self._clock()):
            self._files.write(subject_name(entry.subject), pointer)

    def _read_pointer(self, subject: bytes) -> Pointer | None:
        name = subject_name(subject)
        data = self._files.read(name, 1024)
        if data is None:
            return None
        try:
            return unpack_pointer(data, subject, self._secret)
        except EntryRefused as refusal:
            self._refuse(name, refusal)
            return None

    def _read_latest(self, subject: bytes) -> Entry | None:
        pointer = self._read_pointer(subject)
        if pointer is None or not fresh(pointer.drawn_at, self._clock()):
            return None
        entry = self._read(pointer.key)
        if entry is not None and entry.subject != subject:
            self._refuse(subject_name(subject), EntryRefused("key"))
            return None
        return entry if entry is not None and fresh(entry.drawn_at, self._clock()) else None

    def _drop(self, template: str, digests: Mapping[str, bytes]) -> set[bytes]:
        found = set()
        for name in self._files.names(b"e"):
            file = self._files.open(name)
            if file is None:
                continue
            try:
                with file:
                    header = read_header(file, self._secret)
            except EntryRefused as refusal:
                self.trouble.refused(refusal.reason)
                self._files.remove([name])
                continue
            if header.concerns(template, digests):
                self._files.remove([name, subject_name(header.subject)])
                found.add(header.key)
        self._files.set_mark()
        self._bytes.set(self._files.held)
        return found

    def _touch(self, used: Mapping[bytes, bytes]) -> None:
        for key, subject in used.items():
            self._files.touch(entry_name(key))
            self._files.touch(subject_name(subject))

    def _scan(self) -> None:
        try:
            self._files.scan()
        except OSError as error:
            self.trouble.failed("scan", error)
        self._bytes.set(self._files.held)

    def _refuse(self, name: bytes, refusal: EntryRefused) -> None:
        self.trouble.refused(refusal.reason)
        try:
            self._files.remove([name])
        except OSError as error:
            self.trouble.failed("remove", error)
