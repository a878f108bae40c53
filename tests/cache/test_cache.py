from __future__ import annotations

from pathlib import Path

import pytest

from service.cache.cache import open_cache
from tests.cache.entries import SECRET, picture

MANY = 10_000_000


@pytest.mark.parametrize(("memory", "disk"), [(MANY, MANY), (MANY, 0), (0, MANY), (0, 0)])
async def test_a_tier_without_a_budget_is_left_out(tmp_path: Path, memory: int, disk: int) -> None:
    folder = tmp_path / "cache"
    entry = picture("Ada")
    cache = open_cache(memory_bytes=memory, disk_bytes=disk, folder=folder, secret=SECRET)
    await cache.put(entry)

    assert (await cache.get(entry.key) is entry) is (memory > 0)
    assert (await cache.get(entry.key) == entry) is (memory + disk > 0)
    assert folder.exists() is (disk > 0)
    await cache.close()


async def test_pictures_outlive_the_process_by_way_of_the_disk(tmp_path: Path) -> None:
    entry = picture("Ada")
    for _ in range(2):
        cache = open_cache(memory_bytes=MANY, disk_bytes=MANY, folder=tmp_path, secret=SECRET)
        await cache.put(entry)
        await cache.close()

    again = open_cache(memory_bytes=MANY, disk_bytes=MANY, folder=tmp_path, secret=SECRET)
    assert await again.get(entry.key) == entry
    assert await again.latest(entry.subject) == entry
    await again.close()


def test_opening_touches_nothing(tmp_path: Path) -> None:
    """A folder that cannot be used must not keep the server from starting."""
    (tmp_path / "file").write_bytes(b"")

    open_cache(
        memory_bytes=MANY, disk_bytes=MANY, folder=tmp_path / "file" / "cache", secret=SECRET
    )
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
