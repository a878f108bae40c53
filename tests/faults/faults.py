"""The faults: each is done to a server in the midst of its load, and says what it must show."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from time import perf_counter

from service.model import Rung
from tests.faults.cards import Card, card, digits, flat, write_photo, write_templates
from tests.faults.load import Load, Source, load
from tests.faults.server import WAIT, Producing, producing
from tests.faults.verdict import Report, judged
from tests.fetch.site import Answer, Site, dripping, open_site, silent
from tests.fetch.site import whole as decent

_FIRST = count(0, 1_000_000)
"""Every load has numbers of its own: nothing that it asks for was asked for before."""

PHOTOS = tuple((40 * number % 256, 250 - 20 * number, 90) for number in range(8))
_DECENT = [decent(flat(colour)) for colour in PHOTOS]
_SLOW: tuple[Answer, ...] = (*(dripping(flat(colour)) for colour in PHOTOS[:4]), silent)


@dataclass
class Trial:
    """A server under load, for one fault. `rounds` is how often, or for how long, it is done."""

    server: Producing
    load: Load
    rounds: int = 1


async def nothing(trial: Trial) -> None:
    """No fault: the load itself is what it says."""
    await trial.load.answered(60 * trial.rounds)
    assert all(one.rung == Rung.EXACT.value for one in trial.load.got)


async def browser_killed(trial: Trial) -> None:
    """The browser is killed in the midst of drawings, again as soon as the next one draws."""
    for _ in range(2 * trial.rounds):
        trial.server.kill_browsers()
        await trial.load.seen(Rung.EXACT, 3)


async def browser_stopped(trial: Trial) -> None:
    """The browser hangs, with all its processes, and stays so: another has to take its place."""
    for _ in range(trial.rounds):
        trial.server.stop_browsers()
        await trial.load.seen(Rung.GENERIC, 4)
        await trial.load.seen(Rung.EXACT, 3)


async def page_stopped(trial: Trial) -> None:
    """Pages hang for good, in a browser that goes on."""
    for _ in range(trial.rounds):
        trial.server.stop_renderers()
        await trial.load.seen(Rung.EXACT, 10)


async def browser_pauses(trial: Trial) -> None:
    """The browser hangs and wakes up again, as on a machine that swaps."""
    for _ in range(trial.rounds):
        trial.server.stop_browsers()
        await trial.load.seen(Rung.GENERIC, 4)
        trial.server.wake_browsers()
        await trial.load.seen(Rung.EXACT, 3)


async def disk_full(trial: Trial) -> None:
    """No file can be written any more, the log as little as the pictures."""
    before = await trial.server.figure("mergeshot_cache_failures_total")
    with trial.server.full_disk():
        await trial.load.answered(80 * trial.rounds)
        await trial.load.seen(Rung.EXACT, 3)
        # Also when a browser has to be started on it. A screen's file is in memory, not on that
        # disk, but the limit that stands for a full disk would hold for it as well.
        if not trial.server.has_screens():
            trial.server.kill_browsers()
        await trial.load.answered(10)
    assert await trial.server.figure("mergeshot_cache_failures_total") > before


async def cache_corrupt(trial: Trial) -> None:
    """All that lies on disk is damaged while the same pictures are asked for again."""
    before = await trial.server.figure("mergeshot_cache_entries_refused_total")
    await trial.load.answered(60)
    for turn in range(2 * trial.rounds):
        assert trial.server.spoil_cache(Random(turn)) > 20
        trial.load.ask_again(1.0)
        await trial.load.answered(60)
        trial.load.ask_again()
        await trial.load.answered(20)
    assert await trial.server.figure("mergeshot_cache_entries_refused_total") > before


async def image_slow(trial: Trial) -> None:
    """The web gives pictures byte by byte, or says nothing; some come as they should."""
    await trial.load.answered(60 * trial.rounds)
    await trial.load.seen(Rung.EXACT, 2)
    rungs = {one.rung for one in trial.load.got}
    assert rungs & {Rung.DEGRADED.value, Rung.GENERIC.value}


async def template_broken(trial: Trial) -> None:
    """Somebody breaks the templates' files while they are served."""
    folder = trial.server.templates / "card"
    whole = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    try:
        for path in whole:
            path.write_bytes(b"{% if width = ")
            await trial.load.answered(20 * trial.rounds)
        trial.server.kill_browsers()  # what a new browser draws must not come from there either
        await trial.load.seen(Rung.EXACT, 3)
    finally:
        for path, data in whole.items():
            path.write_bytes(data)


async def queue_full(trial: Trial) -> None:
    """Hardly any drawing may wait: most are refused at once."""
    await trial.load.seen(Rung.GENERIC, 60 * trial.rounds)


async def fonts_hanging(trial: Trial) -> None:
    """A page waits for its fonts, and would for longer than a drawing may take."""
    await trial.load.answered(60 * trial.rounds)
    rungs = {one.rung for one in trial.load.got if one.card.template == "typeset"}
    assert rungs == {Rung.TILE.value}  # there has never been a picture of it
    trial.load.turn_to(cards)


# What is asked for


def cards(number: int) -> Card:
    """Every kind of address: half of them open, half signed or sealed."""
    return card(("card", "guarded")[number // 2 % 2], number)


def photos(number: int) -> Card:
    """Cards with a picture of the web: every other one comes as it should, the rest is slow.

    Many hosts, because one that fails is left alone after three failures.
    """
    kind, of = ("good", len(_DECENT)) if number % 2 else ("slow", len(_SLOW))
    which = number // 2 % of
    colour = digits(PHOTOS[which % len(PHOTOS)])
    return card(
        "photo", number, f"https://h{number % 199}.example.com/{kind}/{which}-{colour}.png"
    )


def with_fonts(number: int) -> Card:
    """Cards, and among them a template whose page does not settle."""
    return card("typeset", number) if number % 4 == 0 else cards(number)


# Where it happens


def furnish(site: Site) -> None:
    """Give the site the pictures that `photos` asks for."""
    for kind, answers in (("good", _DECENT), ("slow", _SLOW)):
        for which, answer in enumerate(answers):
            colour = digits(PHOTOS[which % len(PHOTOS)])
            site.answers[f"/{kind}/{which}-{colour}.png"] = answer


@contextlib.asynccontextmanager
async def shared(folder: Path) -> AsyncIterator[Producing]:
    """A server for all faults that heal, and a web of its own."""
    async with open_site() as site:
        furnish(site)
        templates = write_templates(folder / "templates")
        write_photo(templates)
        async with producing(folder, templates, site=site) as server:
            yield server


Fault = Callable[[Trial], Awaitable[None]]


async def tried(
    server: Producing, fault: Fault, source: Source = cards, *, rounds: int = 1
) -> Report:
    """Put a server under load, do the fault to it, wait until it has healed; what came of it."""
    unseen = ""
    async with load(server.url, source, first=next(_FIRST)) as running:
        try:
            await running.answered(10)
            await fault(Trial(server, running, rounds))
            await running.seen(Rung.EXACT, 3)
        except TimeoutError as error:
            unseen = str(error)
    report = judged(fault.__name__, running.got, WAIT)
    report.wrong += [unseen] * bool(unseen)
    return report


async def stopped(server: Producing) -> tuple[Report, list[Card]]:
    """Tell a server under load to stop; what came of it, and the cards whose pictures it has.

    Who asks too late finds nobody there, which is no answer and no fault. Everybody else, and
    whoever asked well before the stop, gets a picture.
    """
    async with load(server.url, cards, first=next(_FIRST)) as running:
        await running.answered(40)
        server.process.send_signal(signal.SIGTERM)
        told = perf_counter()
        await server.process.wait()
    accepted = [one for one in running.got if one.began < told - 0.1 or not one.broken]
    drawn = [one.card for one in running.got if one.rung == Rung.EXACT.value]
    return judged("stopped", accepted, WAIT), list(dict.fromkeys(drawn))


async def asked_again(server: Producing, asked: list[Card]) -> Report:
    """Ask a server for cards that another one has drawn; what came of it."""
    numbers = count()
    async with load(server.url, lambda _: asked[next(numbers) % len(asked)]) as running:
        await running.answered(2 * len(asked))
    return judged("secret_rotated", running.got, WAIT)
