"""What a process and all that it started use: processor time and memory, read from /proc.

A browser is a dozen processes that come and go, some in sessions of their own, some as another
user, some with parents that have ended. Where there is no /proc (macOS), nobody can tell.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class _Process:
    """One line of /proc/PID/stat. Times are clock ticks; `waited` is of children it waited for."""

    pid: int
    name: str
    parent: int
    group: int
    session: int
    started: int
    own: int
    waited: int


class ProcessTree:
    """A process and everything below it, from the first look on.

    Whoever was seen once stays a member, whatever becomes of its parent; look while a tree
    stands, then nothing that leaves it later is lost.
    """

    def __init__(self, *roots: int) -> None:
        self._members = {one.pid: one for one in _running() if one.pid in roots}
        self._gone = 0
        self._look()

    def pids(self) -> set[int]:
        """The members that run at the moment."""
        self._look()
        return set(self._members)

    def names(self) -> set[str]:
        """The programs that the members run: their names' first fifteen letters."""
        self._look()
        return {one.name for one in self._members.values()}

    def processor_seconds(self) -> float | None:
        """What all members, those that have ended included, have used since they began.

        A member that ended is counted by the parent that waited for it. One without a parent in
        the tree counts as it was last seen.
        """
        self._look()
        if not self._members and not self._gone:
            return None
        living = sum(one.own + one.waited for one in self._members.values())
        return (living + self._gone) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int | None:
        """Bytes held now. What members share counts once where the system tells (PSS)."""
        held = [memory_of(pid) for pid in self.pids()]
        return sum(held) if held else None

    def _look(self) -> None:
        running = {one.pid: one for one in _running()}
        known = {
            pid
            for pid, one in self._members.items()
            if pid in running and running[pid].started == one.started
        }
        before, found = set(self._members), set(known)
        while True:
            # A leader of a group or session may have ended since the last look: its group is
            # still the tree's.
            leaders = found | (before - running.keys())
            more = {
                pid
                for pid, one in running.items()
                if pid not in found
                and (one.parent in found or one.group in leaders or one.session in leaders)
            }
            if not more:
                break
            found |= more
        for pid in before - known:
            ended = self._members[pid]
            if ended.parent not in self._members:
                self._gone += ended.own + ended.waited
        self._members = {pid: running[pid] for pid in found}


def children_of(pid: int) -> set[int]:
    """The processes that this one started itself and that still run."""
    return {one.pid for one in _running() if one.parent == pid}


def memory_of(pid: int) -> int:
    """Bytes of one process: its share (PSS) where we may read it, else all it can see (RSS)."""
    with suppress(OSError):
        text = (PROC / str(pid) / "smaps_rollup").read_text()
        if match := re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE):
            return int(match[1]) * 1024
    with suppress(OSError):
        pages = (PROC / str(pid) / "statm").read_text().split()
        return int(pages[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _running() -> Iterator[_Process]:
    for folder in PROC.glob("[0-9]*"):
        with suppress(OSError):  # it may end while we look
            # The name, in brackets, may hold anything, brackets and blanks included.
            before, _, after = (folder / "stat").read_text(errors="replace").rpartition(")")
            name, rest = before.partition("(")[2], after.split()
            parent, group, session, started = (int(rest[place]) for place in (1, 2, 3, 19))
            own, waited = (int(rest[at]) + int(rest[at + 1]) for at in (11, 13))
            yield _Process(int(folder.name), name, parent, group, session, started, own, waited)
