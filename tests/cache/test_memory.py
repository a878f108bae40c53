from __future__ import annotations

import secrets
import tracemalloc
from dataclasses import replace

from service.cache.entry import pack, unpack
from service.cache.memory import MemoryCache
from service.model import Note, NoteCode
from tests.cache.entries import SECRET, counted, picture


async def test_a_hit_is_the_very_object_that_was_put() -> None:
    cache = MemoryCache(100_000)
    entry = picture("Ada")
    await cache.put(entry)

    assert await cache.get(entry.key) is entry


async def test_hits_misses_and_bytes_are_counted() -> None:
    cache = MemoryCache(100_000)
    name = "mergeshot_cache_lookups_total"
    hits, misses = (counted(name, tier="memory", result=r) for r in ("hit", "miss"))
    entry = picture("Ada")

    await cache.get(entry.key)
    await cache.put(entry)
    await cache.get(entry.key)

    assert counted(name, tier="memory", result="hit") - hits == 1
    assert counted(name, tier="memory", result="miss") - misses == 1
    assert counted("mergeshot_cache_bytes", tier="memory") == entry.weight
    await cache.delete(entry.key)
    assert counted("mergeshot_cache_bytes", tier="memory") == 0


async def test_an_entry_replaced_by_one_too_large_is_gone() -> None:
    cache = MemoryCache(10_000)
    await cache.put(picture("Ada"))
    large = picture("Ada", body=bytes(20_000))

    await cache.put(large)

    assert await cache.get(large.key) is None
    assert await cache.latest(large.subject) is None


async def test_emptying_leaves_nothing() -> None:
    cache = MemoryCache(100_000)
    entry = picture("Ada")
    await cache.put(entry)

    await cache.empty()

    assert await cache.get(entry.key) is None
    assert await cache.latest(entry.subject) is None
    assert await cache.delete(entry.key) == 0


def stored(number: int) -> bytes:
    note = Note(f"field_{number}", NoteCode.CUT, f"cut to {number} characters")
    entry = picture(f"{number}", body=secrets.token_bytes(500))
    values = {f"field_{n}_{number}": secrets.token_bytes(8) for n in range(6)}
    return pack(replace(entry, notes=(note, note), values=values), SECRET)


async def test_thousands_of_small_entries_take_no_more_memory_than_the_budget() -> None:
    """The budget is of real memory: bookkeeping and labels count, not the bodies alone."""
    limit = 2_000_000
    frames = [(picture(f"{number}").key, stored(number)) for number in range(1000)]
    cache = MemoryCache(limit)
    tracemalloc.start()
    try:
        for key, frame in frames:
            await cache.put(unpack(frame, key, SECRET))
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    held = counted("mergeshot_cache_bytes", tier="memory")
    assert 0.9 * limit < held <= limit
    assert 0.6 * held < used < held
