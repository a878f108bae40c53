"""Campaign health: counting what was asked for, and telling how a campaign goes.

Counting happens in memory, in the turn of the event loop that answers, without any I/O. Every few
seconds what was counted is added to one file that all processes of an installation share. Nothing
of what is kept says who asked, or with which values.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b

import structlog

from service.catalogue.template import Template
from service.metrics import REFUSED_SIGNATURES
from service.model import Rung
from service.render.findings import Finding, findings
from service.render.plan import Plan
from service.render.tally import Counts, Tally, Window, counts_of
from service.storage.sqlite import Database

log = structlog.get_logger(__name__)

MIGRATIONS = (
    "CREATE TABLE tallies (template TEXT, span INTEGER, start INTEGER, counts TEXT, "
    "addresses BLOB, PRIMARY KEY (template, span, start)) WITHOUT ROWID",
)

FLUSH_EVERY = 5.0
"""Seconds; a process that is killed loses what it counted in them."""

_SWEEP_EVERY = 3_600.0

_FINE = Window.HOUR.span
_BEYOND = 86_400
"""Seconds for which counts are kept beyond their window."""

_MOST_WAITING = 1_000
"""Tallies of 4 KB that wait for a file that cannot be written; then the oldest are dropped."""

_Slot = tuple[str, int]
"""A template's name, and the second at which five minutes began."""


@dataclass(frozen=True, slots=True)
class Report:
    """How the pictures of one template went between two instants, in seconds since 1970.

    `lasting` is False while counts are in memory alone, because their file cannot be used.
    """

    template: str
    window: Window
    since: int
    until: int
    counts: Counts
    findings: tuple[Finding, ...]
    lasting: bool

    @property
    def red(self) -> bool:
        """Whether somebody should do something."""
        return bool(self.findings)


class Campaigns:
    """Counts answers, and reports. `clock` tells seconds since 1970."""

    def __init__(
        self, database: Database, secret: bytes, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._secret = blake2b(secret, digest_size=32, person=b"addresses").digest()
        self._clock = clock
        self._waiting: dict[_Slot, Tally] = {}
        self._failing = False

    def count(self, plan: Plan, rung: Rung, *, address: str, refused: bool = False) -> None:
        """Count one answer; `refused` where the address proved nothing. Never fails, never waits.

        `address` is the path with its query, as it was asked with.
        """
        name = plan.template.name
        slot = (name, int(self._clock()) // _FINE * _FINE)
        tally = self._waiting.get(slot)
        if tally is None:
            tally = self._waiting[slot] = Tally()
        tally.add(plan, rung, refused=refused)
        tally.addresses.add(address.encode("utf-8", "surrogateescape"), self._secret)
        if refused:
            REFUSED_SIGNATURES.labels(name).inc()

    async def report(self, template: Template, window: Window) -> Report:
        """How the pictures of `template` went, this moment included."""
        await self.flush()
        now = int(self._clock())
        since = (now - window.seconds) // window.span * window.span
        names = (template.name, *template.manifest.former_names)
        total = Tally()
        try:
            total = await self._database.run(
                lambda connection: _sum(connection, names, window, since)
            )
        except sqlite3.Error as error:
            self._trouble(error)
        for (name, start), tally in self._waiting.items():
            if name in names and start >= since:
                total.merge(tally)
        fields = template.manifest.fields
        kinds = {name: keys.kind for name, keys in fields.items() if keys.source != "rules"}
        counts = counts_of(total, list(kinds))
        lasting = not (self._database.in_memory or self._failing)
        found = tuple(findings(counts, kinds))
        return Report(template.name, window, since, now, counts, found, lasting)

    async def busiest(self, most: int) -> list[str]:
        """The templates that were asked for most within a week, the first first."""
        try:
            return await self._database.run(lambda connection: _busiest(connection, most))
        except sqlite3.Error as error:
            self._trouble(error)
            return []

    async def flush(self) -> None:
        """Add what was counted to the file; what cannot be added waits for the next time."""
        if not self._waiting:
            return
        taken, self._waiting = self._waiting, {}
        try:
            await self._database.run(lambda connection: _add(connection, taken))
        except sqlite3.Error as error:
            self._trouble(error)
            self._put_back(taken)
        else:
            self._failing = False

    async def sweep(self) -> None:
        """Drop what is older than anybody asks for."""
        now = self._clock()
        try:
            await self._database.run(lambda connection: _drop(connection, now))
        except sqlite3.Error as error:
            self._trouble(error)

    async def keep(self) -> None:
        """Flush every few seconds and sweep every hour, until it is cancelled."""
        while True:
            await self.sweep()
            for _ in range(int(_SWEEP_EVERY / FLUSH_EVERY)):
                await asyncio.sleep(FLUSH_EVERY)
                await self.flush()

    async def close(self) -> None:
        """Flush for the last time and close the file."""
        await self.flush()
        await self._database.close()

    def _put_back(self, taken: dict[_Slot, Tally]) -> None:
        for slot, tally in self._waiting.items():
            if slot in taken:
                taken[slot].merge(tally)
            else:
                taken[slot] = tally
        too_many = sorted(taken, key=lambda slot: slot[1])[: max(0, len(taken) - _MOST_WAITING)]
        for slot in too_many:
            del taken[slot]
        self._waiting = taken

    def _trouble(self, error: Exception) -> None:
        if not self._failing:
            log.warning("campaign_counts_not_kept", reason=str(error))
        self._failing = True


def _add(connection: sqlite3.Connection, taken: dict[_Slot, Tally]) -> None:
    """Add tallies to what other processes have written."""
    for (name, start), tally in taken.items():
        for window in Window:
            key = (name, window.span, start // window.span * window.span)
            total = Tally()
            for text, packed in connection.execute(
                "SELECT counts, addresses FROM tallies WHERE template=? AND span=? AND start=?",
                key,
            ):
                with suppress(ValueError):  # what cannot be read is begun anew
                    total = Tally.unpacked(text, packed)
            total.merge(tally)
            connection.execute("REPLACE INTO tallies VALUES (?,?,?,?,?)", (*key, *total.packed()))


def _busiest(connection: sqlite3.Connection, most: int) -> list[str]:
    asked: dict[str, int] = {}
    rows = connection.execute(
        "SELECT template, counts, addresses FROM tallies WHERE span=?", (Window.WEEK.span,)
    )
    for template, text, packed in rows:
        with suppress(ValueError):  # a row that is damaged costs its own numbers
            asked[template] = asked.get(template, 0) + Tally.unpacked(text, packed).asked
    return sorted(asked, key=lambda name: -asked[name])[:most]


def _drop(connection: sqlite3.Connection, now: float) -> None:
    for window in Window:
        oldest = now - window.seconds - _BEYOND
        connection.execute("DELETE FROM tallies WHERE span=? AND start<?", (window.span, oldest))


def _sum(
    connection: sqlite3.Connection, names: Iterable[str], window: Window, since: int
) -> Tally:
    """Everything that was counted under these names since then."""
    total = Tally()
    for name in names:
        for text, packed in connection.execute(
            "SELECT counts, addresses FROM tallies WHERE template=? AND span=? AND start>=?",
            (name, window.span, since),
        ):
            with suppress(ValueError):  # a row that is damaged costs its own numbers
                total.merge(Tally.unpacked(text, packed))
    return total
