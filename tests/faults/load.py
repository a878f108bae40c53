"""Recipients who ask for their pictures, many at once, for as long as a fault lasts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from time import perf_counter

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from service.model import Rung
from tests.faults.cards import Card, address

PARALLEL = 16
PAUSE = 0.02
"""Seconds between two questions of one recipient: a full queue answers at once."""

TICK = 0.01
LONGEST = 30.0
"""Seconds until no answer comes any more, and within which a fault bites or is over."""

SLOWEST = 4
"""Answers a second that come at least, whatever has broken."""

Source = Callable[[int], Card]


@dataclass(frozen=True, slots=True)
class Got:
    """One answer, or in `broken` why there was none. Times are seconds, `lag` is our own."""

    card: Card
    method: str
    began: float
    took: float
    lag: float
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    broken: str = ""
    again: bool = False
    """Whether the card had been asked for before, so that nothing may have been drawn."""

    @property
    def rung(self) -> str:
        """What the answer says of itself."""
        return self.headers.get("Mergeshot-Status", "")


class Load:
    """Sixteen recipients: new cards, cards asked for before, and HEADs of both."""

    def __init__(self, session: ClientSession, url: str, source: Source, first: int) -> None:
        self._session = session
        self._url = url
        self._source = source
        self._next = first
        self._random = Random(first)
        self._asked: list[Card] = []
        self._lags: list[tuple[float, float]] = []
        self._news = asyncio.Event()
        self._again = 0.25
        self.leaving = False
        self.got: list[Got] = []

    def ask_again(self, share: float = 0.25) -> None:
        """From now on this share of all questions is for what was asked for before."""
        self._again = share

    def turn_to(self, source: Source) -> None:
        """From now on ask for these, and for nothing from before."""
        self._source = source
        self._asked.clear()

    async def answered(self, more: int) -> None:
        """Wait for so many more answers."""
        wanted = len(self.got) + more
        await self._until(
            lambda: len(self.got) >= wanted, LONGEST + more / SLOWEST, f"{more} more answers"
        )

    async def seen(self, rung: Rung, times: int) -> None:
        """Wait until new questions, put from now on, are answered by `rung`."""
        now, start = perf_counter(), len(self.got)

        def enough() -> bool:
            fresh = (one for one in self.got[start:] if one.began > now and not one.again)
            return sum(one.rung == rung.value for one in fresh) >= times

        patience = LONGEST + times / SLOWEST
        await self._until(enough, patience, f"{times} answers that are {rung.value}")

    async def _until(self, condition: Callable[[], bool], patience: float, what: str) -> None:
        try:
            async with asyncio.timeout(patience):
                while not condition():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError as error:
            raise TimeoutError(f"{what} did not come within {patience:.0f} s") from error

    async def recipient(self) -> None:
        """Ask, wait for the answer, ask again."""
        while not self.leaving:
            again = bool(self._asked) and self._random.random() < self._again
            if again:
                card = self._random.choice(self._asked)
            else:
                card = self._source(self._next)
                self._next += 1
                self._asked.append(card)
            method = "HEAD" if self._random.random() < 0.1 else "GET"
            self.got.append(replace(await self._ask(card, method), again=again))
            self._news.set()
            await asyncio.sleep(PAUSE)

    async def tick(self) -> None:
        """Find out how late our own clock is: what we read late was not answered late."""
        while True:
            began = perf_counter()
            await asyncio.sleep(TICK)
            late = perf_counter() - began - TICK
            if late > TICK:
                self._lags.append((began, late))

    async def _ask(self, card: Card, method: str) -> Got:
        began = perf_counter()
        try:
            async with self._session.request(method, self._url + address(card)) as response:
                body = await response.read()
                took = perf_counter() - began
                lag = self._lag(began)
                return Got(card, method, began, took, lag, response.status, response.headers, body)
        except (ClientError, OSError, TimeoutError) as error:
            took = perf_counter() - began
            return Got(card, method, began, took, 0.0, broken=type(error).__name__)

    def _lag(self, began: float) -> float:
        return max((late for at, late in self._lags if at + late >= began - TICK), default=0.0)


@contextlib.asynccontextmanager
async def load(
    url: str, source: Source, *, first: int = 0, parallel: int = PARALLEL
) -> AsyncIterator[Load]:
    """Recipients who ask `url` while the block runs, then until they have their answers."""
    connector = TCPConnector(limit=0)
    timeout = ClientTimeout(total=LONGEST)
    async with ClientSession(connector=connector, timeout=timeout) as session:
        running = Load(session, url, source, first)
        ticking = asyncio.create_task(running.tick())
        asking = [asyncio.create_task(running.recipient()) for _ in range(parallel)]
        try:
            yield running
        finally:
            running.leaving = True
            await asyncio.gather(*asking)
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
