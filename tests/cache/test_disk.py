from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.cache.cache import open_cache
from service.cache.disk import DiskCache
from service.cache.entry import Entry
from service.cache.files import Files
from service.errors import StartupError
from tests.cache.entries import SECRET, counted, digest, picture, refused

MANY = 10_000_000
ENOUGH_FOR_THREE = 3 * 106_496


@pytest.fixture
async def cache(tmp_path: Path) -> AsyncIterator[DiskCache]:
    opened = DiskCache(tmp_path / "cache", MANY, SECRET)
    yield opened
    await opened.close()


def file_of(tmp_path: Path, entry: Entry) -> Path:
    digits = entry.key.hex()
    return tmp_path / "cache" / "entries" / digits[:2] / digits


def pointer_of(tmp_path: Path, entry: Entry) -> Path:
    digits = entry.subject.hex()
    return tmp_path / "cache" / "subjects" / digits[:2] / digits


def flip(path: Path, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


async def test_one_flipped_bit_in_any_byte_is_a_miss_and_a_metric(
    cache: DiskCache, tmp_path: Path
) -> None:
    """Never another's picture, never an exception, and the spoilt file is gone."""
    ada, grace = picture("Ada", body=b"the pixels of Ada"), picture("Grace")
    await cache.put(grace)
    await cache.put(ada)
    true = file_of(tmp_path, ada).read_bytes()

    for place in range(len(true)):
        file_of(tmp_path, ada).write_bytes(true)
        flip(file_of(tmp_path, ada), place * 8 + place % 8)
        before = refused()

        assert await cache.get(ada.key) is None
        assert refused() - before == 1
        assert not file_of(tmp_path, ada).exists()

    assert await cache.get(grace.key) == grace


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(share=st.floats(0, 1, exclude_max=True), size=st.integers(0, 20_000))
async def test_any_flipped_bit_of_any_entry_is_a_miss_in_the_whole_cache(
    tmp_path: Path, share: float, size: int
) -> None:
    cache = open_cache(memory_bytes=0, disk_bytes=MANY, folder=tmp_path / "cache", secret=SECRET)
    entry = picture("Ada", body=bytes(size))
    await cache.put(entry)
    path = file_of(tmp_path, entry)
    flip(path, int(share * path.stat().st_size * 8))
    before = refused()

    assert await cache.latest(entry.subject) is None
    assert await cache.get(entry.key) is None
    assert refused() - before == 1
    await cache.close()


async def test_a_pointer_with_a_flipped_bit_points_nowhere(
    cache: DiskCache, tmp_path: Path
) -> None:
    ada = picture("Ada")
    await cache.put(ada)

    for bit in range(0, pointer_of(tmp_path, ada).stat().st_size * 8, 5):
        await cache.put(ada)
        flip(pointer_of(tmp_path, ada), bit)
        before = refused()

        assert await cache.latest(ada.subject) is None
        assert refused() - before == 1
    assert await cache.get(ada.key) == ada


async def test_files_that_changed_places_are_misses(cache: DiskCache, tmp_path: Path) -> None:
    ada, grace = picture("Ada"), picture("Grace")
    for name in (file_of, pointer_of):
        await cache.put(ada)
        await cache.put(grace)
        name(tmp_path, ada).replace(tmp_path / "spare")
        name(tmp_path, grace).replace(name(tmp_path, ada))
        (tmp_path / "spare").replace(name(tmp_path, grace))

        assert await cache.latest(ada.subject) is None
        assert await cache.latest(grace.subject) is None


async def test_a_picture_of_another_subject_is_not_the_latest(
    cache: DiskCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if a true pointer leads to it: its header has the last word."""
    ada, grace = picture("Ada"), picture("Grace")
    await cache.put(grace)
    real = cache._read
    monkeypatch.setattr(cache, "_read", lambda key: real(grace.key))
    await cache.put(ada)
    before = refused()

    assert await cache.latest(ada.subject) is None
    assert refused() - before == 1


@pytest.mark.parametrize("length", [0, 1, 7, 8, 40, 300, -1])
async def test_a_file_cut_short_is_a_miss(cache: DiskCache, tmp_path: Path, length: int) -> None:
    entry = picture("Ada")
    await cache.put(entry)
    path = file_of(tmp_path, entry)
    os.truncate(path, length if length >= 0 else path.stat().st_size - 1)
    before = refused()

    assert await cache.get(entry.key) is None
    assert refused() - before == 1


async def test_another_secret_believes_nothing(cache: DiskCache, tmp_path: Path) -> None:
    entry = picture("Ada")
    await cache.put(entry)
    other = DiskCache(tmp_path / "cache", MANY, b"another secret, as good")

    assert await other.latest(entry.subject) is None
    assert await other.get(entry.key) is None
    await other.close()


async def test_a_restart_keeps_the_pictures_and_their_order(tmp_path: Path) -> None:
    first = DiskCache(tmp_path / "cache", ENOUGH_FOR_THREE, SECRET)
    a, b, c, d = (picture(name, body=bytes(100_000)) for name in "abcd")
    for entry in (a, b, c):
        await first.put(entry)
    await first.get(a.key)
    await first.close()

    second = DiskCache(tmp_path / "cache", ENOUGH_FOR_THREE, SECRET)
    await second.put(d)
    await second.close()

    third = DiskCache(tmp_path / "cache", ENOUGH_FOR_THREE, SECRET)
    assert await third.get(b.key) is None
    for entry in (a, c, d):
        assert await third.get(entry.key) == entry
        assert await third.latest(entry.subject) == entry
    await third.close()


async def test_a_restart_with_a_smaller_budget_makes_the_folder_smaller(tmp_path: Path) -> None:
    first = DiskCache(tmp_path / "cache", MANY, SECRET)
    for number in range(20):
        await first.put(picture(f"{number}", body=bytes(100_000)))
    await first.close()

    second = DiskCache(tmp_path / "cache", ENOUGH_FOR_THREE, SECRET)
    await second.put(picture("new", body=bytes(100_000)))
    await second.close()

    assert len([p for p in (tmp_path / "cache" / "entries").rglob("*") if p.is_file()]) == 3
    assert counted("mergeshot_cache_bytes", tier="disk") <= ENOUGH_FOR_THREE


async def test_files_of_others_are_neither_read_nor_removed(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    shard = folder / "entries" / "ab"
    shard.mkdir(parents=True)
    foreign = [
        folder / "notes.txt",
        folder / "entries" / "README",
        shard / "thumbs.db",
        shard / "cdef",
        folder / "tmp" / "mine",
    ]
    for path in foreign:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(50_000))
        os.utime(path, (0, 0))
    (shard / "abcd").mkdir()
    cache = DiskCache(folder, ENOUGH_FOR_THREE, SECRET)

    for number in range(10):
        await cache.put(picture(f"{number}", body=bytes(100_000)))
    await cache.forget("ticket", {})
    await cache.close()

    assert all(path.stat().st_size == 50_000 for path in foreign)
    assert (shard / "abcd").is_dir()


async def test_what_died_while_writing_is_swept_up_after_an_hour(tmp_path: Path) -> None:
    temporary = tmp_path / "cache" / "tmp"
    temporary.mkdir(parents=True)
    old, new = temporary / "ms-old", temporary / "ms-new"
    for path, age in ((old, 4000), (new, 100)):
        path.write_bytes(b"half a picture")
        os.utime(path, (time.time() - age,) * 2)
    cache = DiskCache(tmp_path / "cache", MANY, SECRET)
    await cache.put(picture("Ada"))
    await cache.close()

    assert not old.exists()
    assert new.exists()


async def test_a_folder_removed_while_running_is_made_again(
    cache: DiskCache, tmp_path: Path
) -> None:
    entry = picture("Ada")
    await cache.put(entry)
    (tmp_path / "cache").rename(tmp_path / "taken away")
    assert await cache.get(entry.key) is None

    await cache.put(entry)

    assert await cache.get(entry.key) == entry


async def test_pictures_are_for_their_owner_alone(cache: DiskCache, tmp_path: Path) -> None:
    entry = picture("Ada")
    await cache.put(entry)

    assert (tmp_path / "cache").stat().st_mode & 0o077 == 0
    assert file_of(tmp_path, entry).stat().st_mode & 0o177 == 0


async def test_forgetting_reads_headers_not_bodies(cache: DiskCache, tmp_path: Path) -> None:
    entry = picture("Ada", body=bytes(100_000))
    await cache.put(entry)
    os.truncate(file_of(tmp_path, entry), file_of(tmp_path, entry).stat().st_size - 100_000)

    assert await cache.forget("ticket", {}) == 1


async def test_forgetting_removes_what_cannot_be_read_any_more(
    cache: DiskCache, tmp_path: Path
) -> None:
    """It is served to nobody, but its body may still be the picture of whoever it was."""
    entry = picture("Ada", body=b"the pixels of Ada")
    await cache.put(entry)
    flip(file_of(tmp_path, entry), 200)

    assert await cache.forget("card", {}) == 0
    assert not file_of(tmp_path, entry).exists()


async def test_forgetting_in_a_folder_that_cannot_be_searched_is_no_success(
    tmp_path: Path,
) -> None:
    (tmp_path / "cache").write_bytes(b"a file where the folder should be")
    cache = DiskCache(tmp_path / "cache", MANY, SECRET)

    with pytest.raises(StartupError, match="could not all be"):
        await cache.forget("ticket", {})
    await cache.close()


@pytest.mark.alone
async def test_a_disk_that_hangs_is_a_failure_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = DiskCache(tmp_path / "cache", MANY, SECRET, timeout=0.05)
    monkeypatch.setattr(Files, "open", lambda *_: time.sleep(0.3))

    for asked in (cache.get(digest("Ada")), cache.latest(digest("Ada"))):
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            await asked
        assert time.monotonic() - began < 0.25
    await asyncio.sleep(0.4)
    await cache.close()


WRITER = """
import asyncio, sys
from pathlib import Path
from service.cache.disk import DiskCache
from tests.cache.entries import SECRET, picture, refused

async def main(folder: str, letter: str) -> None:
    cache = DiskCache(Path(folder), 10_000_000, SECRET)
    allowed = {bytes(letter * 200_000, "ascii") for letter in "AB"}
    for _ in range(25):
        await cache.put(picture("same", body=bytes(letter * 200_000, "ascii")))
        got = await cache.get(picture("same").key)
        assert got is not None and got.body in allowed, "torn"
        assert await cache.latest(picture("same").subject) is not None, "lost"
    assert refused() == 0
    await cache.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_two_processes_may_write_the_same_key(tmp_path: Path) -> None:
    """A reader sees one picture or the other, whole, at every moment."""
    folder = str(tmp_path / "cache")
    writers = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, folder, letter)
        for letter in "AB"
    ]

    assert [await writer.wait() for writer in writers] == [0, 0]
    assert not list((tmp_path / "cache" / "tmp").iterdir())


async def test_what_another_process_wrote_counts_towards_the_budget(tmp_path: Path) -> None:
    limit = 40 * 106_496
    caches = [DiskCache(tmp_path / "cache", limit, SECRET) for _ in range(3)]
    for number in range(150):
        await caches[number % 3].put(picture(f"{number}", body=bytes(100_000)))
    for cache in caches:
        await cache.close()

    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert sum(path.stat().st_blocks * 512 for path in files) < 1.4 * limit
