from __future__ import annotations

import asyncio
import errno
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import pytest

from service.cache.disk import DiskCache
from service.cache.entry import Entry
from service.cache.memory import MemoryCache
from service.cache.tiered import TieredCache
from service.cache.trouble import Trouble
from service.errors import ServiceError, StartupError
from tests.cache.entries import SECRET, failures, picture, refused

MANY = 10_000_000


class Broken:
    """A tier that answers nothing but `error`, and counts how often it was asked."""

    def __init__(self, error: Exception) -> None:
        self.trouble = Trouble("broken")
        self.error = error
        self.asked = 0

    async def _fail(self) -> NoReturn:
        self.asked += 1
        raise self.error

    async def get(self, key: bytes) -> Entry | None:
        await self._fail()

    async def put(self, entry: Entry) -> None:
        await self._fail()

    async def latest(self, subject: bytes) -> Entry | None:
        await self._fail()

    async def drop(self, template: str, digests: Mapping[str, bytes]) -> set[bytes]:
        await self._fail()

    async def delete(self, key: bytes) -> int:
        await self._fail()

    async def touch(self, used: Mapping[bytes, bytes]) -> None:
        await self._fail()

    async def empty(self) -> None:
        await self._fail()

    async def mark(self) -> bytes:
        await self._fail()

    async def close(self) -> None:
        await self._fail()


def disk(tmp_path: Path, limit: int = MANY) -> DiskCache:
    return DiskCache(tmp_path / "cache", limit, SECRET)


async def test_what_is_on_disk_comes_into_memory(tmp_path: Path) -> None:
    entry = picture("Ada")
    below = disk(tmp_path)
    await below.put(entry)
    above = MemoryCache(MANY)
    cache = TieredCache([above, below])

    first = await cache.get(entry.key)

    assert first == entry
    assert await above.get(entry.key) is first
    assert await cache.get(entry.key) is first
    await cache.close()


async def test_what_is_used_in_memory_is_not_the_first_to_leave_the_disk(tmp_path: Path) -> None:
    """Nobody asks the disk for what memory answers, so the disk has to be told."""
    limit = 3 * 106_496
    cache = TieredCache([MemoryCache(MANY), disk(tmp_path, limit)])
    popular, *others = [picture(f"{number}", body=bytes(100_000)) for number in range(12)]
    await cache.put(popular)
    for entry in others:
        await cache.get(popular.key)
        await cache.put(entry)
    await cache.close()

    restarted = disk(tmp_path, limit)
    assert await restarted.get(popular.key) == popular
    assert await restarted.latest(popular.subject) == popular
    await restarted.close()


@pytest.mark.parametrize("error", [OSError(errno.EIO, "I/O error"), RuntimeError("a bug")])
@pytest.mark.parametrize("place", [0, 1])
async def test_a_broken_tier_costs_failures_counted_and_nothing_else(
    error: Exception, place: int
) -> None:
    broken, whole = Broken(error), MemoryCache(MANY)
    cache = TieredCache([broken, whole] if place == 0 else [whole, broken])
    entry = picture("Ada")
    before = failures("broken")

    await cache.put(entry)
    assert await cache.get(entry.key) == entry
    assert await cache.get(picture("Grace").key) is None
    assert await cache.latest(entry.subject) == entry
    await cache.close()

    assert failures("broken") - before == broken.asked >= 4


async def test_forgetting_goes_on_past_a_broken_tier_but_is_no_success() -> None:
    whole = MemoryCache(MANY)
    cache = TieredCache([Broken(OSError(errno.EIO, "I/O error")), whole])
    entry = picture("Ada")
    await cache.put(entry)

    with pytest.raises(ServiceError):
        await cache.forget("ticket", {})

    assert await whole.get(entry.key) is None


async def test_a_tier_that_hangs_is_not_asked_again_for_a_while() -> None:
    broken = Broken(TimeoutError())
    cache = TieredCache([MemoryCache(MANY), broken])

    for number in range(20):
        await cache.put(picture(f"{number}"))
        await cache.get(picture(f"not {number}").key)
        await cache.latest(picture("Ada").subject)

    assert broken.asked == 1


async def test_a_tier_that_cannot_tell_does_not_empty_memory(tmp_path: Path) -> None:
    below = disk(tmp_path)
    cache = TieredCache([MemoryCache(MANY), below], look_every=0)
    entry = picture("Ada")
    await cache.put(entry)
    await cache.get(entry.key)
    held = await cache.get(entry.key)
    (tmp_path / "cache").rename(tmp_path / "away")
    (tmp_path / "cache").write_bytes(b"a file where the folder should be")

    assert await cache.get(entry.key) is held is entry
    await cache.close()


async def test_what_another_process_forgot_is_soon_no_longer_served(tmp_path: Path) -> None:
    entry = picture("Ada")
    server = TieredCache([MemoryCache(MANY), disk(tmp_path)], look_every=0.05)
    await server.put(entry)
    assert await server.get(entry.key) is entry

    command = TieredCache([MemoryCache(MANY), disk(tmp_path)])
    assert await command.forget("ticket", {"first_name": b"8 bytes."}) == 1
    await asyncio.sleep(0.06)

    assert await server.get(entry.key) is None
    await server.close()
    await command.close()


async def test_a_picture_in_both_tiers_is_forgotten_once(tmp_path: Path) -> None:
    above, below = MemoryCache(MANY), disk(tmp_path)
    cache = TieredCache([above, below])
    await cache.put(picture("both"))
    await above.put(picture("above"))
    await below.put(picture("below"))

    assert await cache.forget("ticket", {}) == 3
    await cache.close()


async def test_what_could_not_be_forgotten_on_disk_is_told_with_its_reason(
    tmp_path: Path,
) -> None:
    (tmp_path / "cache").write_bytes(b"a file where the folder should be")
    cache = TieredCache([MemoryCache(MANY), disk(tmp_path)])

    with pytest.raises(StartupError, match="on disk"):
        await cache.forget("ticket", {})
    await cache.close()


class Slow(MemoryCache):
    """Memory that waits at the end of each get and put until it is told to go on."""

    def __init__(self) -> None:
        super().__init__(MANY)
        self.go_on = asyncio.Event()

    async def get(self, key: bytes) -> Entry | None:
        found: Entry | None = await super().get(key)
        await self.go_on.wait()
        return found

    async def put(self, entry: Entry) -> None:
        await self.go_on.wait()
        await super().put(entry)


async def test_what_is_forgotten_while_it_is_read_does_not_come_back() -> None:
    above, below = MemoryCache(MANY), Slow()
    cache = TieredCache([above, below])
    entry = picture("Ada")
    await MemoryCache.put(below, entry)

    reading = asyncio.create_task(cache.get(entry.key))
    await asyncio.sleep(0.01)
    await cache.forget("ticket", {})
    below.go_on.set()
    await reading

    assert await cache.get(entry.key) is None


async def test_what_is_forgotten_while_it_is_written_does_not_come_back() -> None:
    below = Slow()
    cache = TieredCache([MemoryCache(MANY), below])
    entry = picture("Ada")

    writing = asyncio.create_task(cache.put(entry))
    await asyncio.sleep(0.01)
    await cache.forget("ticket", {})
    below.go_on.set()
    await writing

    assert await cache.get(entry.key) is None


async def test_the_newest_of_all_tiers_is_the_latest() -> None:
    above, below = MemoryCache(MANY), MemoryCache(MANY)
    cache = TieredCache([above, below])
    old, new = (picture(n, subject="Ada", age=a) for n, a in (("old", 60), ("new", 30)))
    await above.put(old)
    await below.put(new)

    assert await cache.latest(old.subject) == new


async def test_nobody_who_stops_waiting_is_a_failure_of_the_tier() -> None:
    slow = Slow()
    cache = TieredCache([slow])
    before = failures("memory")
    reading = asyncio.create_task(cache.get(picture("Ada").key))
    await asyncio.sleep(0.01)
    reading.cancel()

    with pytest.raises(asyncio.CancelledError):
        await reading
    assert failures("memory") == before


@pytest.fixture
def read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the picture of Ada that cannot be written: a mount, else as if it were one."""
    folder = tmp_path / "cache"
    mount = ["mount", "--bind", "-o", "ro", str(folder), str(folder)]
    asyncio.run(_with_ada(folder))
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):

        def refuse(*_: object, **__: object) -> NoReturn:
            raise OSError(errno.EROFS, "Read-only file system")

        monkeypatch.setattr(tempfile, "mkstemp", refuse)
        monkeypatch.setattr("os.utime", refuse)
        monkeypatch.setattr(Path, "unlink", refuse)
        yield tmp_path
    else:
        yield tmp_path
        subprocess.run(["umount", str(folder)], check=True)


async def _with_ada(folder: Path) -> None:
    cache = DiskCache(folder, MANY, SECRET)
    await cache.put(picture("Ada"))
    await cache.close()


async def test_a_folder_that_cannot_be_written_still_serves(read_only: Path) -> None:
    cache = TieredCache([MemoryCache(MANY), disk(read_only)])
    ada, grace = picture("Ada"), picture("Grace")
    before = failures("disk")

    got = await cache.get(ada.key)
    assert got is not None
    assert got.body == ada.body
    assert failures("disk") == before

    await cache.put(grace)
    assert await cache.get(grace.key) == grace
    assert failures("disk") > before
    await cache.close()


async def test_a_spoilt_entry_that_cannot_be_removed_is_a_miss_all_the_same(
    read_only: Path,
) -> None:
    cache = TieredCache([DiskCache(read_only / "cache", MANY, b"another secret, as good")])
    before = refused()

    assert await cache.get(picture("Ada").key) is None
    assert await cache.get(picture("Ada").key) is None
    assert refused() - before == 2
    await cache.close()


async def test_a_folder_that_cannot_be_made_is_a_miss_each_time(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file where the folder should be")
    cache = TieredCache([disk(tmp_path)])
    entry = picture("Ada")
    before = failures("disk")

    await cache.put(entry)
    assert await cache.get(entry.key) is None
    assert await cache.latest(entry.subject) is None

    await cache.close()
    assert failures("disk") - before >= 3


@pytest.mark.alone
async def test_what_is_no_file_in_an_entry_s_place_is_a_miss(tmp_path: Path) -> None:
    entry = picture("Ada")
    digits = entry.key.hex()
    (tmp_path / "cache" / "entries" / digits[:2] / digits).mkdir(parents=True)
    cache = TieredCache([disk(tmp_path)])
    began = time.monotonic()

    await cache.put(entry)
    assert await cache.get(entry.key) is None
    assert time.monotonic() - began < 1
    await cache.close()
