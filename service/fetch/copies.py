"""Copies of the pictures that were fetched, in a folder under a byte budget.

    <folder>/ab/abcd…    one copy, named by a keyed digest of its address
    <folder>/tmp/        what is being written, renamed into place when it is whole

A file's time of change is when it was fetched, its time of access when it was last used. Several
processes may share the folder: each finds whole files or none. Whoever can write here can lose
copies, not exchange them: each carries a MAC.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

FRESH = 3_600.0
"""Seconds for which a copy stands for the picture without asking again."""

KEPT = 30 * 86_400.0
"""Seconds for which it stands in when its source cannot be reached."""

LIMIT = 256 * 2**20
"""Bytes of disk that all copies may take."""

_MAGIC = b"MSR1"
_MAC = 32
_BLOCK = 4096
_ABANDONED = 3_600.0
_NAME = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture of ours, made of one that came by `hosts` with `size` bytes at `fetched_at`."""

    body: bytes = field(repr=False)
    media_type: str
    hosts: tuple[str, ...]
    size: int
    fetched_at: float


class Copies:
    """Copies by address, the least recently used leaving first. Blocks on the disk; any thread.

    Nothing is raised: a disk that fails has no copies, and says so in the log.
    """

    def __init__(
        self,
        folder: Path,
        secret: bytes,
        *,
        limit: int = LIMIT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._secret = hashlib.blake2b(secret, person=b"remote copies").digest()
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._held: int | None = None
        """Bytes taken, as far as we know; None until the folder was looked through."""

    def find(self, url: str) -> Copy | None:
        """The copy of `url`, if there is one that was fetched in the last thirty days."""
        path = self._path(url)
        try:
            frame = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            log.warning("copy_not_read", error=type(error).__name__, reason=error.strerror)
            return None
        copy = self._unpacked(frame, path.name)
        if copy is None:
            log.warning("copy_refused")
        elif self._clock() - copy.fetched_at < KEPT:
            with suppress(OSError):  # a folder that may only be read still serves
                os.utime(path, (self._clock(), copy.fetched_at))
            return copy
        with suppress(OSError):
            path.unlink()
        return None

    def now(self) -> float:
        """The time by which copies age, in seconds since 1970."""
        return self._clock()

    def is_fresh(self, copy: Copy) -> bool:
        """Whether it need not be asked for again; never when the clock was put back."""
        return 0 <= self._clock() - copy.fetched_at < FRESH

    def keep(self, url: str, copy: Copy) -> None:
        """Put a copy in place, whole or not at all, and remove others for the budget's sake."""
        path = self._path(url)
        frame = self._packed(copy, path.name)
        if _cost(len(frame)) > self._limit:
            return
        try:
            self._place(path, frame, copy.fetched_at)
        except OSError as error:
            log.warning("copy_not_kept", error=type(error).__name__, reason=error.strerror)
            return
        with self._lock:
            self._held = None if self._held is None else self._held + _cost(len(frame))
            crowded = self._held is None or self._held > self._limit
        if crowded:
            self.sweep()

    def sweep(self) -> None:
        """Remove what is too old, and of the rest the least recently used beyond the budget."""
        now, held = self._clock(), 0
        found = sorted(self._listing(), key=lambda one: one[1].st_atime_ns, reverse=True)
        for path, status in found:
            held += _cost(status.st_size)
            # A little more than is needed, so that not every further copy has to sweep.
            if held > self._limit * 0.9 or now - status.st_mtime >= KEPT:
                held -= _cost(status.st_size)
                with suppress(OSError):
                    path.unlink()
        for path in _within(self._folder / "tmp"):
            with suppress(OSError):
                if now - path.stat().st_mtime > _ABANDONED:
                    path.unlink()
        with self._lock:
            self._held = held

    def forget(self) -> None:
        """Remove every copy: nobody can tell whose pictures they are.

        Raises:
            OSError: one that is there cannot be removed.
        """
        for path, _ in self._listing():
            path.unlink(missing_ok=True)
        with self._lock:
            self._held = None

    def _path(self, url: str) -> Path:
        name = hashlib.blake2b(url.encode(), key=self._secret, digest_size=20).hexdigest()
        return self._folder / name[:2] / name

    def _mac(self, name: str, head: bytes, body: bytes) -> bytes:
        mac = hashlib.blake2b(key=self._secret, digest_size=_MAC, person=b"remote mac")
        for part in (name.encode(), head, body):
            mac.update(len(part).to_bytes(8, "big") + part)
        return mac.digest()

    def _packed(self, copy: Copy, name: str) -> bytes:
        facts = [copy.media_type, list(copy.hosts), copy.size, copy.fetched_at]
        head = json.dumps(facts).encode()
        mac = self._mac(name, head, copy.body)
        return b"".join((_MAGIC, len(head).to_bytes(4, "big"), head, mac, copy.body))

    def _unpacked(self, frame: bytes, name: str) -> Copy | None:
        """What a file holds; None unless we wrote it, under this name."""
        end = 8 + int.from_bytes(frame[4:8])
        head, mac, body = frame[8:end], frame[end : end + _MAC], frame[end + _MAC :]
        if frame[:4] != _MAGIC or not hmac.compare_digest(mac, self._mac(name, head, body)):
            return None
        media_type, hosts, size, fetched_at = json.loads(head)
        return Copy(body, media_type, tuple(hosts), size, fetched_at)

    def _place(self, path: Path, frame: bytes, fetched_at: float) -> None:
        for folder in (self._folder, self._folder / "tmp", path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, written = tempfile.mkstemp(prefix="ms-", dir=self._folder / "tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(frame)
            os.utime(written, (self._clock(), fetched_at))
            Path(written).replace(path)
        except BaseException:
            Path(written).unlink(missing_ok=True)
            raise

    def _listing(self) -> Iterator[tuple[Path, os.stat_result]]:
        for shelf in _within(self._folder):
            for path in _within(shelf):
                if _NAME.fullmatch(path.name) and path.name.startswith(shelf.name):
                    with suppress(FileNotFoundError):  # another process was quicker
                        yield path, path.stat(follow_symlinks=False)


def _within(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # not there, or not a folder
        return []


def _cost(size: int) -> int:
    """A file takes whole blocks of the disk."""
    return -(-size // _BLOCK) * _BLOCK
