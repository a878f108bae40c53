"""The one way out: files from the web, under one policy, for whoever needs them.

Whatever goes wrong is one and the same to whoever asked, so that nobody can learn from our answers
what there is behind us. What it was is in the log, with the host alone, and in a count.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar, TypeVarTuple

import structlog

from service.fetch.copies import Copies, Copy
from service.fetch.failures import Failures
from service.fetch.reasons import Failed, Reason, reason_of
from service.fetch.slots import Slots
from service.fetch.web import Download, Terms, Web
from service.imaging.remake import remake
from service.metrics import FETCHES
from service.remote import Address, BadAddress, host_pattern

log = structlog.get_logger(__name__)

TOTAL = 3.0
"""Seconds for one file, from the wish to its last byte, redirects and waiting included."""

_DECODERS = 2
_DISK_THREADS = 2
_DISK_PATIENCE = 1.0
"""Seconds for the disk: asking the source anew takes about as long."""

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


class Unreachable(Exception):
    """The file cannot be had. Why is for the log alone."""

    def __init__(self) -> None:
        super().__init__("the file cannot be had")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A picture that we encoded ourselves, `image/png` or `image/jpeg`.

    `old` when it is a kept copy that should have been asked for again, and its source did not
    answer.
    """

    body: bytes = field(repr=False)
    media_type: str
    old: bool


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is asked for, and on what terms: equal wishes are one fetch."""

    address: Address
    terms: Terms


class Fetcher:
    """Fetches, for everybody who draws; files wished for twice at once are fetched once.

    `total` is how long, in seconds, one file may take.
    """

    def __init__(
        self,
        web: Web,
        copies: Copies,
        *,
        failures: Failures | None = None,
        slots: Slots | None = None,
        total: float = TOTAL,
    ) -> None:
        self._web = web
        self._copies = copies
        self._failures = failures or Failures()
        self._slots = slots or Slots()
        self._total = total
        self._pictures: dict[_Wish, asyncio.Task[Fetched]] = {}
        self._files: dict[_Wish, asyncio.Task[bytes]] = {}
        self._closed = False
        self._decoders = ThreadPoolExecutor(_DECODERS, thread_name_prefix="remake")
        # Apart, because a picture that is long to decode must not hold up those that are kept.
        self._disk = ThreadPoolExecutor(_DISK_THREADS, thread_name_prefix="copies")

    async def picture(self, url: str, *, hosts: Sequence[str], max_bytes: int) -> Fetched:
        """The picture at `url`, decoded and encoded anew; a copy where there is a good one.

        `hosts` are patterns that the host has to fit, and that of every redirect: none of them,
        none allowed. `max_bytes` is the most that may come. Somebody who stops waiting takes
        nothing from others who wait.

        Raises:
            Unreachable: whatever the reason.
        """
        wish = _wish(url, hosts, max_bytes, picture=True)
        return await self._joined(self._pictures, wish, self._picture)

    async def file(self, url: str, *, hosts: Sequence[str], max_bytes: int) -> bytes:
        """The file at `url` as it is, under the same policy: a style sheet, a font.

        Raises:
            Unreachable: whatever the reason.
        """
        wish = _wish(url, hosts, max_bytes, picture=False)
        return await self._joined(self._files, wish, self._file)

    async def close(self) -> None:
        """End what is under way: whoever still waits for it gets nothing."""
        self._closed = True
        tasks = [*self._pictures.values(), *self._files.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._web.close()
        await asyncio.to_thread(self._decoders.shutdown, cancel_futures=True)
        await asyncio.to_thread(self._disk.shutdown)

    async def _joined(
        self,
        under_way: dict[_Wish, asyncio.Task[Result]],
        wish: _Wish,
        work: Callable[[_Wish], Awaitable[Result]],
    ) -> Result:
        task = under_way.get(wish)
        if task is None:
            if self._closed:
                raise Unreachable
            task = under_way[wish] = asyncio.ensure_future(work(wish))
            task.add_done_callback(lambda done: _ended(under_way, wish, done))
        await asyncio.wait({task})  # unlike `await task`: our own end does not end the fetch
        if task.cancelled():
            raise Unreachable
        return task.result()

    async def _picture(self, wish: _Wish) -> Fetched:
        url = str(wish.address)
        copy = await self._on_disk(self._copies.find, url)
        if copy is not None and not _may_be_shown(copy, wish):
            copy = None
        if copy is not None and self._copies.is_fresh(copy):
            FETCHES.labels("kept").inc()
            return Fetched(copy.body, copy.media_type, old=False)
        try:
            fetched, size, hosts = await self._had(wish, self._remade)
        except Unreachable:
            if copy is None:
                raise
            FETCHES.labels("old").inc()
            return Fetched(copy.body, copy.media_type, old=True)
        kept = Copy(fetched.body, fetched.media_type, hosts, size, self._copies.now())
        await self._on_disk(self._copies.keep, url, kept)
        return fetched

    async def _file(self, wish: _Wish) -> bytes:
        async def as_it_is(download: Download) -> bytes:
            return download.body

        return await self._had(wish, as_it_is)

    async def _remade(self, download: Download) -> tuple[Fetched, int, tuple[str, ...]]:
        remade = await self._in(self._decoders, remake, download.body)
        fetched = Fetched(remade.body, remade.media_type, old=False)
        return fetched, len(download.body), download.hosts

    async def _had(self, wish: _Wish, finish: Callable[[Download], Awaitable[Result]]) -> Result:
        """What `finish` makes of the file; failures are remembered and told."""
        host = wish.address.host
        try:
            found = await self._in_its_place(wish, finish)
        except Exception as error:
            failed = error if isinstance(error, Failed) else Failed(reason_of(error), host)
            self._failures.failed(wish, host, failed.reason)
            FETCHES.labels(failed.reason.value).inc()
            if failed.reason is Reason.BROKEN:
                log.exception("fetch_broke", host=failed.host, exc_info=error)
            elif failed.reason is not Reason.REMEMBERED:
                log.warning("remote_unreachable", host=failed.host, reason=failed.reason.value)
            raise Unreachable from error
        self._failures.succeeded(wish, host)
        FETCHES.labels("fetched").inc()
        return found

    async def _in_its_place(
        self, wish: _Wish, finish: Callable[[Download], Awaitable[Result]]
    ) -> Result:
        host, clock = wish.address.host, asyncio.get_running_loop().time
        begun = math.inf
        try:
            async with asyncio.timeout(self._total) as limit, self._slots.taken(host):
                if self._failures.stands_against(wish, host):
                    raise Failed(Reason.REMEMBERED, host)
                begun = clock()
                download = await self._web.get(wish.address, wish.terms)
                limit.reschedule(None)  # decoding is bounded by pixels instead
                return await finish(download)
        except TimeoutError as error:
            # Who got a place at the last moment has not seen how slow the host is.
            slow = clock() - begun > self._total / 2
            raise Failed(Reason.TIMEOUT if slow else Reason.BUSY, host) from error

    async def _on_disk(
        self, work: Callable[[*Arguments], Result], *arguments: *Arguments
    ) -> Result | None:
        """What a disk says that answers soon; None of one that does not."""
        try:
            async with asyncio.timeout(_DISK_PATIENCE):
                return await self._in(self._disk, work, *arguments)
        except TimeoutError:
            log.warning("copies_slow")
            return None

    async def _in(
        self,
        threads: ThreadPoolExecutor,
        work: Callable[[*Arguments], Result],
        *arguments: *Arguments,
    ) -> Result:
        return await asyncio.get_running_loop().run_in_executor(threads, work, *arguments)


def _wish(url: str, hosts: Sequence[str], max_bytes: int, *, picture: bool) -> _Wish:
    """What is wished for, if it may be.

    Raises:
        Unreachable: `url` is none that we ask, or not on one of `hosts`.
    """
    try:
        address = Address.read(url)
        patterns = tuple(sorted({host_pattern(host) for host in hosts}))
        if not address.fits(patterns):
            raise BadAddress("must be on one of the hosts that are allowed")
    except BadAddress as error:
        FETCHES.labels(Reason.NOT_ALLOWED.value).inc()
        raise Unreachable from error
    return _Wish(address, Terms(patterns, max_bytes, picture))


def _may_be_shown(copy: Copy, wish: _Wish) -> bool:
    """Whether the picture that a copy was made of could come on these terms too."""
    terms = wish.terms
    came_by = (Address("https", host, "/") for host in copy.hosts)
    return copy.size <= terms.max_bytes and all(one.fits(terms.hosts) for one in came_by)


def _ended(
    under_way: dict[_Wish, asyncio.Task[Result]], wish: _Wish, task: asyncio.Task[Result]
) -> None:
    del under_way[wish]
    if not task.cancelled():
        task.exception()  # looked at even when everybody has left
