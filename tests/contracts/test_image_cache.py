"""What every image cache promises, whichever it is: memory, disk, the two in a row."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from service.cache.cache import ImageCache, open_cache
from service.cache.disk import DiskCache
from service.cache.entry import Entry
from service.cache.memory import MemoryCache
from tests.cache.entries import DAY, SECRET, counted, entries, picture

Opener = Callable[[Path, int], ImageCache]


def memory(folder: Path, limit: int) -> ImageCache:
    return MemoryCache(limit)


def disk(folder: Path, limit: int) -> ImageCache:
    return DiskCache(folder, limit, SECRET)


def tiered(folder: Path, limit: int) -> ImageCache:
    return open_cache(memory_bytes=limit, disk_bytes=limit, folder=folder, secret=SECRET)


def disk_alone(folder: Path, limit: int) -> ImageCache:
    return open_cache(memory_bytes=0, disk_bytes=limit, folder=folder, secret=SECRET)


def disk_under_little_memory(folder: Path, limit: int) -> ImageCache:
    return open_cache(memory_bytes=1, disk_bytes=limit, folder=folder, secret=SECRET)


BACKENDS = [memory, disk, tiered, disk_alone, disk_under_little_memory]

HUNDRED = 106_496
"""What the larger of the tiers charges for a body of 100,000 bytes."""


@pytest.fixture(params=BACKENDS, ids=lambda backend: backend.__name__)
def backend(request: pytest.FixtureRequest) -> Opener:
    opener: Opener = request.param
    return opener


@pytest.fixture
async def cache(backend: Opener, tmp_path: Path) -> AsyncIterator[ImageCache]:
    opened = backend(tmp_path / "cache", 10_000_000)
    yield opened
    await opened.close()


async def test_what_was_put_is_got(cache: ImageCache) -> None:
    ada, grace = picture("Ada", body=b"Ada" * 10_000), picture("Grace", body=b"Grace")
    await cache.put(ada)
    await cache.put(grace)

    assert await cache.get(ada.key) == ada
    assert await cache.get(grace.key) == grace


async def test_what_was_never_put_is_a_miss(cache: ImageCache) -> None:
    assert await cache.get(picture("Ada").key) is None
    assert await cache.latest(picture("Ada").subject) is None
    assert await cache.forget("ticket", {}) == 0


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(entries)
async def test_every_entry_comes_back_as_it_was(cache: ImageCache, entry: Entry) -> None:
    await cache.put(entry)

    assert await cache.get(entry.key) == entry


async def test_the_last_put_under_a_key_is_got(cache: ImageCache) -> None:
    await cache.put(picture("Ada", body=b"first"))
    second = picture("Ada", body=b"second")
    await cache.put(second)

    assert await cache.get(second.key) == second


async def test_the_newest_picture_of_a_subject_is_found(cache: ImageCache) -> None:
    old = picture("version 1", subject="Ada", age=60)
    new = picture("version 2", subject="Ada", age=30)
    await cache.put(old)
    assert await cache.latest(old.subject) == old

    await cache.put(new)

    assert await cache.latest(old.subject) == new
    assert await cache.latest(picture("Grace").subject) is None


async def test_an_older_picture_put_later_is_not_the_newest(cache: ImageCache) -> None:
    old = picture("version 1", subject="Ada", age=60)
    new = picture("version 2", subject="Ada", age=30)
    await cache.put(new)
    await cache.put(old)
    await cache.get(old.key)

    assert await cache.latest(old.subject) == new


async def test_a_picture_from_a_clock_that_was_wrong_does_not_stay_the_newest(
    cache: ImageCache,
) -> None:
    await cache.put(picture("next year", subject="Ada", age=-365 * DAY))
    new = picture("now", subject="Ada")
    await cache.put(new)

    assert await cache.latest(new.subject) == new


async def test_a_subject_is_remembered_for_seven_days(cache: ImageCache) -> None:
    still = picture("still", age=6.9 * DAY)
    gone = picture("gone", age=7.1 * DAY)
    await cache.put(still)
    await cache.put(gone)

    assert await cache.latest(still.subject) == still
    assert await cache.latest(gone.subject) is None
    assert await cache.get(gone.key) == gone


async def test_forgetting_takes_what_has_all_of_the_values_and_nothing_else(
    cache: ImageCache,
) -> None:
    ada_7 = picture("ada 7", values={"name": b"Ada-----", "row": b"7-------"})
    ada_8 = picture("ada 8", values={"name": b"Ada-----", "row": b"8-------"})
    card = picture("card", template="card", values={"name": b"Ada-----", "row": b"7-------"})
    eve = picture("eve", values={"name": b"Eve-----", "row": b"7-------"})
    for entry in (ada_7, ada_8, card, eve):
        await cache.put(entry)

    assert await cache.forget("ticket", {"name": b"Ada-----", "row": b"7-------"}) == 1
    assert await cache.get(ada_7.key) is None
    assert await cache.latest(ada_7.subject) is None

    assert await cache.forget("ticket", {"name": b"Ada-----"}) == 1
    assert await cache.get(ada_8.key) is None
    assert await cache.get(eve.key) == eve

    assert await cache.forget("ticket", {}) == 1
    assert await cache.get(eve.key) is None
    assert await cache.get(card.key) == card


async def test_what_was_forgotten_can_be_put_again(cache: ImageCache) -> None:
    entry = picture("Ada")
    await cache.put(entry)
    await cache.forget("ticket", {})
    await cache.put(entry)

    assert await cache.get(entry.key) == entry
    assert await cache.latest(entry.subject) == entry


async def test_a_full_cache_loses_what_was_not_used_for_longest(
    backend: Opener, tmp_path: Path
) -> None:
    cache = backend(tmp_path, 3 * HUNDRED)
    a, b, c, d = (picture(name, body=bytes(100_000)) for name in "abcd")
    for entry in (a, b, c):
        await cache.put(entry)
    assert await cache.get(a.key) == a
    await cache.put(d)

    assert await cache.get(b.key) is None
    assert await cache.latest(b.subject) is None
    for entry in (a, c, d):
        assert await cache.get(entry.key) == entry
        assert await cache.latest(entry.subject) == entry
    await cache.close()


async def test_an_entry_larger_than_the_cache_costs_no_other_its_place(
    backend: Opener, tmp_path: Path
) -> None:
    cache = backend(tmp_path, 2 * HUNDRED)
    small, large = picture("small"), picture("large", body=bytes(3 * HUNDRED))
    await cache.put(small)
    await cache.put(large)

    assert await cache.get(large.key) is None
    assert await cache.get(small.key) == small
    await cache.close()


async def test_a_budget_smaller_than_any_entry_keeps_nothing(
    backend: Opener, tmp_path: Path
) -> None:
    cache = backend(tmp_path, 100)
    entry = picture("Ada")
    await cache.put(entry)

    assert await cache.get(entry.key) is None
    assert await cache.latest(entry.subject) is None
    assert await cache.forget("ticket", {}) == 0
    await cache.close()


async def test_hundreds_of_small_entries_stay_within_the_budget(
    backend: Opener, tmp_path: Path
) -> None:
    limit = 400_000
    cache = backend(tmp_path, limit)
    made = [picture(f"{number}", body=b"small") for number in range(300)]
    for entry in made:
        await cache.put(entry)

    kept = sum([await cache.get(entry.key) is not None for entry in made])
    await cache.close()

    assert taken(tmp_path) <= limit
    assert 45 <= kept < 300
    assert counted("mergeshot_cache_bytes", tier="memory") <= limit
    assert counted("mergeshot_cache_bytes", tier="disk") <= limit


def taken(folder: Path) -> int:
    """Bytes of disk that the files below `folder` take."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


async def test_many_at_once_each_get_their_own(cache: ImageCache) -> None:
    made = [picture(f"{number}", body=f"{number}".encode() * 1000) for number in range(200)]

    async def there_and_back(entry: Entry) -> Entry | None:
        await cache.put(entry)
        await asyncio.sleep(0)
        return await cache.get(entry.key)

    assert await asyncio.gather(*map(there_and_back, made)) == made


async def test_a_picture_without_notes_or_values_is_kept(cache: ImageCache) -> None:
    entry = replace(picture("plain"), notes=(), values={})
    await cache.put(entry)

    assert await cache.get(entry.key) == entry
    assert await cache.forget("ticket", {"name": b"Ada-----"}) == 0
