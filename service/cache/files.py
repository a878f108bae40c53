"""A folder of small files under a byte budget: the disk tier without its meaning.

    <folder>/entries/ab/abcd…     one picture in its frame, named by its key
    <folder>/subjects/ab/abcd…    one pointer, named by its subject
    <folder>/tmp/                 what is being written, renamed into place when it is whole
    <folder>/forgotten            changes whenever something was forgotten

Other files may lie there; they are neither counted nor removed. Several processes may share the
folder: a reader sees a whole file or none, and each process looks now and then at what the others
wrote. Nothing is synced to the platter: a file lost or torn by a power cut is a miss.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from service.cache.ledger import Ledger
from service.cache.trouble import Trouble

BLOCK = 4096
"""A file takes whole blocks: thousands of small ones would outgrow a budget of plain bytes."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_ABANDONED = 3600.0
_SHELVES = {b"e": "entries", b"s": "subjects"}
_HEX = re.compile(r"(?:[0-9a-f]{2})+")
_PRIVATE = 0o700


def entry_name(key: bytes) -> bytes:
    """The name of the file with the picture of `key`."""
    return b"e" + key


def subject_name(subject: bytes) -> bytes:
    """The name of the file with the pointer of `subject`."""
    return b"s" + subject


class Files:
    """Files by name, the least recently used leaving first. For any thread.

    Every method may raise OSError. Times of use are the files' own times of change, so that
    their order outlives the process.
    """

    def __init__(self, folder: Path, limit: int, trouble: Trouble) -> None:
        self._folder = folder
        self._trouble = trouble
        self._ledger: Ledger[bytes] = Ledger(limit)
        self._lock = threading.Lock()
        self._scanning = threading.Lock()
        self._meanwhile: dict[bytes, bool] | None = None
        """While the folder is looked through: what was used since, and whether it is there."""
        self._unseen = limit
        """Bytes written since the folder was last looked through."""

    @property
    def held(self) -> int:
        """Bytes of disk that we know to be taken."""
        return self._ledger.held

    @property
    def stale(self) -> bool:
        """Whether so much was written that the folder should be looked through again."""
        return self._unseen * 10 >= self._ledger.limit

    def fits(self, *sizes: int) -> bool:
        """Whether files of these sizes are within the budget together, if nothing else is."""
        return sum(map(_cost, sizes)) <= self._ledger.limit

    def open(self, name: bytes) -> BinaryIO | None:
        """The file of `name`, standing at its start; None if there is none.

        What lies in its place but is not a plain file is an OSError, not something to wait for.
        """
        try:
            descriptor = os.open(self._path(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            with self._lock:
                self._strike([name])
            return None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, "not a plain file")
        return os.fdopen(descriptor, "rb", buffering=BLOCK)

    def read(self, name: bytes, most: int) -> bytes | None:
        """At most `most` bytes of the file of `name`; None if there is none."""
        file = self.open(name)
        if file is None:
            return None
        with file:
            return file.read(most)

    def write(self, name: bytes, data: bytes) -> None:
        """Put a file in place, whole or not at all, and remove others for the budget's sake.

        A disk with less room than the budget gives up the oldest files instead.
        """
        try:
            self._place(name, data)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            self._make_room(_cost(len(data)))
            self._place(name, data)
        with self._lock:
            self._unseen += _cost(len(data))
            self._note(name, there=True)
            gone = self._ledger.add(name, _cost(len(data)))
            self._strike(gone)
        self._unlink(gone)

    def touch(self, name: bytes) -> None:
        """Count the file as just used."""
        with self._lock:
            self._ledger.touch(name)
            self._note(name, there=True)
        now = time.time_ns()
        # A folder that may only be read still serves; its order is then this process's alone.
        with suppress(OSError):
            os.utime(self._path(name), ns=(now, now), follow_symlinks=False)

    def remove(self, names: Sequence[bytes]) -> int:
        """Remove files, if they are there; how many were."""
        with self._lock:
            self._strike(names)
        return self._unlink(names)

    def names(self, shelf: bytes) -> Iterator[bytes]:
        """Every name that starts with `shelf` (`e` or `s`) as the folder is now."""
        for name, _ in self._listing(shelf):
            yield name

    def scan(self) -> None:
        """Learn from the folder what is there: what earlier and other processes wrote."""
        if not self._scanning.acquire(blocking=False):
            return
        try:
            with self._lock:
                self._meanwhile, self._unseen = {}, 0
            found = sorted(
                (status.st_mtime_ns, name, _cost(status.st_size))
                for shelf in _SHELVES
                for name, status in self._listing(shelf)
            )
            with self._lock:
                gone = self._ledger.replace(
                    ((name, cost) for _, name, cost in found), self._meanwhile
                )
            self._unlink(gone)
            self._sweep()
        finally:
            with self._lock:
                self._meanwhile = None
            self._scanning.release()

    def mark(self) -> bytes:
        """What `set_mark` left last, by whichever process; empty if never."""
        try:
            return (self._folder / "forgotten").read_bytes()
        except FileNotFoundError:
            return b""

    def set_mark(self) -> None:
        """Tell other processes that something was forgotten."""
        if self._folder.exists():
            self._replace(self._folder / "forgotten", secrets.token_hex(8).encode())

    def _strike(self, names: Iterable[bytes]) -> None:
        """Take files off the book; with the lock held."""
        for name in names:
            self._ledger.drop(name)
            self._note(name, there=False)

    def _note(self, name: bytes, *, there: bool) -> None:
        """Tell a scan under way, which may have looked before this; with the lock held."""
        if self._meanwhile is not None:
            self._meanwhile.pop(name, None)
            self._meanwhile[name] = there

    def _path(self, name: bytes) -> Path:
        digits = name[1:].hex()
        return self._folder / _SHELVES[name[:1]] / digits[:2] / digits

    def _place(self, name: bytes, data: bytes) -> None:
        self._replace(self._path(name), data)

    def _replace(self, path: Path, data: bytes) -> None:
        descriptor, written = self._temporary()
        try:
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                _write_all(file, data)
                # The file system's own times are too coarse to tell which file was first.
                now = time.time_ns()
                os.utime(file.fileno(), ns=(now, now))
            try:
                written.replace(path)
            except FileNotFoundError:
                path.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
                written.replace(path)
        except BaseException:
            written.unlink(missing_ok=True)
            raise

    def _temporary(self) -> tuple[int, Path]:
        folder = self._folder / "tmp"
        try:
            descriptor, path = tempfile.mkstemp(prefix="ms-", dir=folder)
        except FileNotFoundError:
            for missing in (self._folder, folder):
                missing.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            descriptor, path = tempfile.mkstemp(prefix="ms-", dir=folder)
        return descriptor, Path(path)

    def _make_room(self, cost: int) -> None:
        if len(self._ledger) == 0:
            self.scan()
        if cost > self.held:
            return  # giving up everything would not be enough
        with self._lock:
            # More than is needed now, so that not every write on a full disk fails once first.
            gone = self._ledger.shed(max(cost, self._ledger.held // 20))
            self._strike(gone)
        self._trouble.warn("cache_disk_full", removed=len(gone), held=self.held)
        self._unlink(gone)

    def _unlink(self, names: Iterable[bytes]) -> int:
        removed = 0
        for name in names:
            with suppress(FileNotFoundError):  # another process was quicker
                self._path(name).unlink()
                removed += 1
        return removed

    def _listing(self, shelf: bytes) -> Iterator[tuple[bytes, os.stat_result]]:
        for shard in _scandir(self._folder / _SHELVES[shelf]):
            if not (len(shard.name) == 2 and _HEX.fullmatch(shard.name)):
                continue
            for item in _scandir(Path(shard.path)):
                if not (item.name.startswith(shard.name) and _HEX.fullmatch(item.name)):
                    continue
                # Another process may remove a file while we look at it.
                with suppress(FileNotFoundError):
                    status = item.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode):
                        yield shelf + bytes.fromhex(item.name), status

    def _sweep(self) -> None:
        """Remove what processes that died left half written."""
        for item in _scandir(self._folder / "tmp"):
            with suppress(FileNotFoundError):
                age = time.time() - item.stat(follow_symlinks=False).st_mtime
                if item.name.startswith("ms-") and age > _ABANDONED:
                    Path(item.path).unlink()


def _scandir(folder: Path) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing if there is no such folder."""
    try:
        with os.scandir(folder) as items:
            return list(items)
    except FileNotFoundError:
        return []


def _cost(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _write_all(file: BinaryIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
