"""What the rest of the service knows of the cache: four verbs, and how to open it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from service.cache.disk import DiskCache
from service.cache.entry import Entry, value_digest
from service.cache.memory import MemoryCache
from service.cache.tiered import Tier, TieredCache

__all__ = ["Entry", "ImageCache", "open_cache", "value_digest"]


class ImageCache(Protocol):
    """Finished pictures by key. Whatever breaks inside is a miss, a metric and a warning."""

    async def get(self, key: bytes) -> Entry | None:
        """The entry stored under `key`, exactly as it was put; None if there is none."""

    async def put(self, entry: Entry) -> None:
        """Store `entry` under its key and make it the newest of its subject."""

    async def latest(self, subject: bytes) -> Entry | None:
        """The newest entry of `subject`, if it was drawn within the last seven days."""

    async def forget(self, template: str, digests: Mapping[str, bytes]) -> int:
        """Remove every entry of `template` whose values have all of these digests.

        No digests mean all of the template. Returns how many pictures were removed. Other
        processes that share the folder stop serving them within about a second.

        Raises:
            ServiceError: when some of them may still be there.
        """

    async def close(self) -> None:
        """Finish what is being written."""


def open_cache(*, memory_bytes: int, disk_bytes: int, folder: Path, secret: bytes) -> ImageCache:
    """The cache of this installation: memory before disk, each unless its budget is 0.

    Touches nothing yet: a folder that cannot be used shows when it is used, as misses.
    """
    tiers: list[Tier] = []
    if memory_bytes > 0:
        tiers.append(MemoryCache(memory_bytes))
    if disk_bytes > 0:
        tiers.append(DiskCache(folder, disk_bytes, secret))
    return TieredCache(tiers)
