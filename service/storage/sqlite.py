"""One SQLite file, worked on in one thread. What is in it is for others to know."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import structlog

log = structlog.get_logger(__name__)

T = TypeVar("T")

_PATIENCE = 5.0
"""Seconds to wait for another process that writes."""

_PAUSE = 0.05


class Database:
    """A file that several processes may share, or memory where the file cannot be used.

    `migrations` are statements, each run once and in order; the file remembers how many it had. A
    file that is damaged, that cannot be written, or that a later release made, is left as it is:
    a warning says so, and what comes is kept in memory until the process ends. With a `path` of
    None it is memory from the start.
    """

    def __init__(self, path: Path | None, migrations: Sequence[str]) -> None:
        self._path = path
        self._migrations = migrations
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        self.in_memory = path is None
        self._connection = self._thread.submit(self._open).result()

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` in the file's thread, in one transaction: all of it is kept or nothing.

        Raises:
            sqlite3.Error: from `work`, or when the file cannot be used at the moment.
        """
        loop = asyncio.get_running_loop()
        # Shielded: what a caller that leaves has handed over is still kept.
        return await asyncio.shield(loop.run_in_executor(self._thread, self._work, work))

    async def close(self) -> None:
        """Finish what was begun and close the file."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()

    def _work(self, work: Callable[[sqlite3.Connection], T]) -> T:
        # Written or not: a transaction that begins by reading cannot wait for its turn to write.
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            done = work(self._connection)
            self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # SQLite may have rolled back by itself
                self._connection.execute("ROLLBACK")
            raise
        return done

    def _open(self) -> sqlite3.Connection:
        if self._path is not None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                return self._patiently(str(self._path))
            except (OSError, sqlite3.Error) as error:
                # Its text may be SQLite's alone: it names no value, and often the way out.
                log.warning("database_unusable", file=self._path.name, reason=str(error))
                self.in_memory = True
        return self._connected(":memory:")

    def _patiently(self, place: str) -> sqlite3.Connection:
        """Open; again where processes start together, since SQLite does not wait for a WAL."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                return self._connected(place)
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > until:
                    raise
                time.sleep(_PAUSE)

    def _connected(self, place: str) -> sqlite3.Connection:
        connection = sqlite3.connect(place, timeout=_PATIENCE, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")  # with WAL it risks the last seconds
            self._migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")  # two processes may start together
        (done,) = connection.execute("PRAGMA user_version").fetchone()
        if done > len(self._migrations):
            raise sqlite3.DatabaseError("a later release made this file")
        for statement in self._migrations[done:]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(self._migrations)}")
        connection.execute("COMMIT")
