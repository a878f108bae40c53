from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.storage.sqlite import Database

FIRST = ("CREATE TABLE words (word TEXT)",)
SECOND = (*FIRST, "ALTER TABLE words ADD COLUMN number INTEGER DEFAULT 7")


def rows(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    return connection.execute("SELECT * FROM words").fetchall()


def put(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO words (word) VALUES ('kept')")


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    first = Database(tmp_path / "new" / "a.sqlite", FIRST)
    await first.run(put)
    await first.close()

    second = Database(tmp_path / "new" / "a.sqlite", FIRST)
    assert await second.run(rows) == [("kept",)]
    assert not second.in_memory
    await second.close()


async def test_a_later_release_adds_to_an_older_file(tmp_path: Path) -> None:
    old = Database(tmp_path / "a.sqlite", FIRST)
    await old.run(put)
    await old.close()

    new = Database(tmp_path / "a.sqlite", SECOND)
    assert await new.run(rows) == [("kept", 7)]
    await new.close()


async def test_work_that_fails_leaves_nothing_behind_and_the_file_usable(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite", FIRST)

    def half(connection: sqlite3.Connection) -> None:
        put(connection)
        connection.execute("SELECT * FROM nothing")

    with pytest.raises(sqlite3.OperationalError):
        await database.run(half)
    assert await database.run(rows) == []
    await database.run(put)
    assert await database.run(rows) == [("kept",)]
    await database.close()


async def test_two_at_once_share_a_file(tmp_path: Path) -> None:
    both = [Database(tmp_path / "a.sqlite", FIRST) for _ in range(2)]
    await asyncio.gather(*(one.run(put) for one in both * 20))

    assert len(await both[0].run(rows)) == 40
    for one in both:
        await one.close()


@pytest.mark.parametrize("what", ["damaged", "newer", "a folder", "no place"])
async def test_a_file_that_cannot_be_used_is_memory_with_a_warning_and_stays_as_it_is(
    tmp_path: Path, what: str
) -> None:
    path = tmp_path / "a.sqlite"
    if what == "damaged":
        path.write_bytes(b"this is no database, but somebody's text" * 100)
    elif what == "newer":
        later = Database(path, SECOND)
        await later.close()
    elif what == "a folder":
        path.mkdir()
    else:
        (tmp_path / "file").write_text("")
        path = tmp_path / "file" / "a.sqlite"
    before = path.read_bytes() if path.is_file() else None

    with capture_logs() as lines:
        database = Database(path, FIRST)
    await database.run(put)

    assert [line["event"] for line in lines] == ["database_unusable"]
    assert database.in_memory
    assert await database.run(rows) == [("kept",)]
    await database.close()
    assert before == (path.read_bytes() if path.is_file() else None)


async def test_work_of_a_caller_that_leaves_is_finished(tmp_path: Path) -> None:
    """Also where it has not begun, because other work is before it."""
    database = Database(tmp_path / "a.sqlite", FIRST)
    began, go = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> None:
        began.set()
        go.wait(5)
        put(connection)

    tasks = [asyncio.create_task(database.run(work)) for work in (slow, put)]
    await asyncio.to_thread(began.wait, 5)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    go.set()

    assert await database.run(rows) == [("kept",)] * 2
    await database.close()


async def test_work_that_reads_before_it_writes_sees_what_others_wrote(tmp_path: Path) -> None:
    """Whoever begins second waits for the first to end, though the first has only read so far."""
    first, second = (Database(tmp_path / "a.sqlite", FIRST) for _ in range(2))
    has_read, other_is_done = threading.Event(), threading.Event()

    def one_more(connection: sqlite3.Connection) -> None:
        (number,) = connection.execute("SELECT count(*) FROM words").fetchone()
        has_read.set()
        other_is_done.wait(0.3)
        connection.execute("INSERT INTO words VALUES (?)", (str(number),))

    task = asyncio.create_task(first.run(one_more))
    await asyncio.to_thread(has_read.wait, 5)
    await second.run(put)
    other_is_done.set()
    await task

    assert await first.run(rows) == [("0",), ("kept",)]
    await first.close()
    await second.close()


async def test_a_file_that_is_busy_at_the_start_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of processes that start together one switches the file to its WAL; others may be refused."""
    connected = Database._connected
    refused: list[str] = []

    def busy_at_first(self: Database, place: str) -> sqlite3.Connection:
        if len(refused) < 2:
            refused.append(place)
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error
        return connected(self, place)

    monkeypatch.setattr(Database, "_connected", busy_at_first)
    database = Database(tmp_path / "a.sqlite", FIRST)

    assert not database.in_memory
    await database.close()
