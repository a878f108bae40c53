"""Counting, windows, keeping: with a clock that stands until a test moves it."""

from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from service.model import Note, NoteCode, Rung
from service.render import campaign
from service.render.campaign import MIGRATIONS, Campaigns
from service.render.plan import Plan
from service.render.tally import Counts, Window
from service.storage.sqlite import Database
from tests.render.workbench import MANIFEST, SECRET, Workbench

NOON = 1_780_000_000 // 86_400 * 86_400 + 43_200
HOUR, DAY = 3_600, 86_400


class Counting:
    """Campaign health of the workbench's template; `now` is its clock."""

    def __init__(self, bench: Workbench, path: Path | None) -> None:
        self.bench, self.path, self.now = bench, path, float(NOON)
        self.campaigns = self.opened()

    def opened(self) -> Campaigns:
        database = Database(self.path, MIGRATIONS)
        return Campaigns(database, SECRET, clock=lambda: self.now)

    async def restart(self) -> None:
        await self.campaigns.close()
        self.campaigns = self.opened()

    def count(
        self, *, rung: Rung = Rung.EXACT, address: str = "/i/card.png", **values: Any
    ) -> None:
        self.campaigns.count(self.bench.plan(values), rung, address=address)

    def noted(self, *notes: Note, given: frozenset[str] = frozenset()) -> None:
        plan: Plan = self.bench.plan()
        filled = replace(plan.filled, given=given)
        self.campaigns.count(replace(plan, filled=filled, notes=notes), Rung.EXACT, address="/")

    async def counts(self, window: Window = Window.DAY) -> Counts:
        template = self.bench.catalogue.get("card")
        return (await self.campaigns.report(template, window)).counts


@pytest.fixture
async def counting(bench: Workbench, tmp_path: Path) -> AsyncIterator[Counting]:
    made = Counting(bench, tmp_path / "health.sqlite")
    yield made
    await made.campaigns.close()


# What is counted


async def test_each_answer_is_counted_by_how_good_it_was(counting: Counting) -> None:
    for rung in (Rung.EXACT, Rung.EXACT, Rung.DEGRADED, Rung.STALE, Rung.GENERIC, Rung.TILE):
        counting.count(rung=rung)

    counts = await counting.counts()
    assert counts.asked == 6
    assert counts.rungs == {
        Rung.EXACT: 2,
        Rung.DEGRADED: 1,
        Rung.STALE: 1,
        Rung.GENERIC: 1,
        Rung.TILE: 1,
    }


async def test_a_picture_with_one_field_given_is_personalised(counting: Counting) -> None:
    counting.count(first_name="Ada")
    counting.count(vorname="Bob")
    counting.count()

    counts = await counting.counts()
    assert (counts.asked, counts.personalised) == (3, 2)
    assert counts.fields["first_name"].given == 2
    assert counts.fields["first_name"].absent == 1
    assert counts.fields["parts"].absent == 3


async def test_what_a_rule_sets_was_not_given(counting: Counting) -> None:
    rule = '[[rules]]\nwhen = "true"\nset = { first_name = "You" }\n'
    counting.bench.save(manifest=MANIFEST + rule)
    counting.count()

    counts = await counting.counts()
    assert (counts.personalised, counts.fields["first_name"].absent) == (0, 1)


async def test_a_field_is_given_missing_absent_or_invalid(counting: Counting) -> None:
    counting.count(parts="3")
    counting.count(parts="")
    counting.count(parts="three")
    counting.count()

    found = (await counting.counts()).fields["parts"]
    assert (found.given, found.missing, found.invalid, found.absent) == (1, 1, 1, 1)
    assert found.read == 4


async def test_a_text_that_is_too_long_is_given_and_cut(counting: Counting) -> None:
    counting.count(first_name="word " * 60)

    found = (await counting.counts()).fields["first_name"]
    assert (found.given, found.cut, found.read) == (1, 1, 1)


async def test_unfilled_tags_are_counted_by_platform_and_are_not_personal(
    counting: Counting,
) -> None:
    tag = Note("first_name", NoteCode.UNRESOLVED_TAG, "a tag", "klaviyo")
    counting.noted(tag)
    counting.noted(tag, given=frozenset({"first_name"}))  # inside a longer text that is shown
    counting.noted(replace(tag, platform=""))

    counts = await counting.counts()
    assert counts.fields["first_name"].unresolved == {"klaviyo": 2, "unknown": 1}
    assert counts.fields["first_name"].given == 0
    assert counts.personalised == 0


async def test_a_part_of_a_list_counts_as_its_field_and_once(counting: Counting) -> None:
    counting.noted(*(Note(f"parts.{n}", NoteCode.INVALID, "m") for n in range(5)))

    found = (await counting.counts()).fields["parts"]
    assert (found.invalid, found.read) == (1, 1)


async def test_a_field_that_nobody_declared_is_not_counted(counting: Counting) -> None:
    counting.count(nobody="Ada")
    counting.noted(Note("ada_lovelace", NoteCode.UNKNOWN_FIELD, "m"))

    assert list((await counting.counts()).fields) == ["first_name", "parts"]


async def test_an_address_that_lost_its_end_is_counted(counting: Counting) -> None:
    counting.noted(Note("", NoteCode.TRUNCATED, "m"))

    assert (await counting.counts()).truncated == 1


async def test_a_refused_signature_says_nothing_about_fields(counting: Counting) -> None:
    def refusals() -> float:
        labels = {"template": "card"}
        return REGISTRY.get_sample_value("mergeshot_refused_signatures_total", labels) or 0

    before = refusals()
    plan = counting.bench.plan({"first_name": "Ada"})
    counting.campaigns.count(plan, Rung.GENERIC, address="/", refused=True)

    counts = await counting.counts()
    assert (counts.asked, counts.refused, counts.read, counts.personalised) == (1, 1, 0, 0)
    assert counts.fields["first_name"].read == 0
    assert refusals() == before + 1


async def test_different_addresses_are_told_apart_across_minutes_and_restarts(
    counting: Counting,
) -> None:
    for number in range(12):
        counting.count(address=f"/i/card.png?n={number % 4}")
        counting.now += 400
        if number == 6:
            await counting.restart()

    counts = await counting.counts()
    assert (counts.asked, counts.addresses) == (12, 4)


async def test_a_thousand_kinds_of_answers_are_all_counted(counting: Counting) -> None:
    """More than are held before they are put into words."""
    for number in range(1_000):
        counting.noted(Note("parts", NoteCode.INVALID, f"message {number}"))

    assert (await counting.counts()).fields["parts"].invalid == 1_000


async def test_a_field_that_rules_set_is_nobodys_to_give(tmp_path: Path) -> None:
    ruled = '[fields.tone]\nkind = "text"\nsource = "rules"\nfallback = "calm"\n'
    bench = Workbench(tmp_path, manifest=MANIFEST + ruled)
    counting = Counting(bench, None)
    counting.count(tone="loud")

    assert list((await counting.counts()).fields) == ["first_name", "parts"]
    await counting.campaigns.close()
    await bench.close()


# Windows


async def test_each_window_forgets_what_is_before_it(counting: Counting) -> None:
    counting.count()
    seen = {}
    for name, later in (("at once", 0), ("hours", 3 * HOUR), ("days", 3 * DAY), ("long", 9 * DAY)):
        counting.now = NOON + later
        seen[name] = [(await counting.counts(window)).asked for window in Window]

    assert seen == {
        "at once": [1, 1, 1],
        "hours": [0, 1, 1],
        "days": [0, 0, 1],
        "long": [0, 0, 0],
    }


@pytest.mark.parametrize("window", list(Window))
async def test_a_window_is_never_shorter_than_its_name(counting: Counting, window: Window) -> None:
    counting.count()
    counting.now += window.seconds - 1
    assert (await counting.counts(window)).asked == 1

    counting.now += window.span + 1
    assert (await counting.counts(window)).asked == 0


async def test_what_is_older_than_eight_days_leaves_the_file(
    counting: Counting, tmp_path: Path
) -> None:
    counting.count()
    await counting.campaigns.flush()
    counting.now += 4 * DAY
    counting.count()
    await counting.campaigns.flush()
    counting.now += 4 * DAY + 1
    await counting.campaigns.sweep()

    connection = sqlite3.connect(tmp_path / "health.sqlite")
    kept = connection.execute("SELECT span, start FROM tallies").fetchall()
    connection.close()
    assert kept == [(Window.WEEK.span, NOON + 4 * DAY)]


# Keeping


async def test_counts_survive_a_restart_and_go_on(counting: Counting) -> None:
    counting.count(first_name="Ada")
    await counting.restart()
    counting.count(first_name="Bob")

    assert (await counting.counts()).fields["first_name"].given == 2


async def test_no_value_and_no_address_is_ever_in_the_file(
    counting: Counting, tmp_path: Path
) -> None:
    for _ in range(3):
        counting.count(
            first_name="Ada-Secretly", parts="4711", address="/i/card.png?first_name=Ada-Secretly"
        )
        counting.count(parts="not-a-number-of-Ada", address="/i/card.png?parts=not-a-number")
        await counting.campaigns.flush()
    before = b"".join(path.read_bytes() for path in tmp_path.glob("health.sqlite*"))
    await counting.restart()
    after = b"".join(path.read_bytes() for path in tmp_path.glob("health.sqlite*"))

    for told in (before, after):
        assert b"first_name" in told
        for secret in (b"Ada", b"Secretly", b"4711", b"number", b"/i/"):
            assert secret not in told


async def test_a_report_knows_what_is_not_yet_written(bench: Workbench) -> None:
    counting = Counting(bench, None)
    counting.count()

    report = await counting.campaigns.report(bench.catalogue.get("card"), Window.HOUR)
    assert report.counts.asked == 1
    assert not report.lasting
    await counting.campaigns.close()


async def test_a_file_that_breaks_while_serving_costs_no_count(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting.count()
    await counting.campaigns.flush()

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with capture_logs() as lines, monkeypatch.context() as patch:
        patch.setattr(campaign, "_add", full)
        for _ in range(3):
            counting.count()
            await counting.campaigns.flush()
        assert (await counting.counts()).asked == 4

    assert [line["event"] for line in lines] == ["campaign_counts_not_kept"]
    await counting.restart()
    assert (await counting.counts()).asked == 4


async def test_what_waits_for_a_broken_file_is_bounded(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(campaign, "_MOST_WAITING", 3)
    with capture_logs(), monkeypatch.context() as patch:
        patch.setattr(campaign, "_add", full)
        for _ in range(10):
            counting.count()
            await counting.campaigns.flush()
            counting.now += 300

    assert (await counting.counts(Window.HOUR)).asked == 3


async def test_a_damaged_row_costs_its_own_numbers_alone(
    counting: Counting, tmp_path: Path
) -> None:
    counting.count()
    await counting.campaigns.flush()
    counting.now += 2 * HOUR
    counting.count()
    await counting.campaigns.flush()
    connection = sqlite3.connect(tmp_path / "health.sqlite")
    connection.execute("UPDATE tallies SET addresses = 'x' WHERE start < ?", (NOON + HOUR,))
    connection.commit()
    connection.close()

    assert (await counting.counts(Window.DAY)).asked == 1
    counting.now = NOON
    counting.count()
    assert (await counting.counts(Window.DAY)).asked == 2


def _elsewhere(folder: Path, times: int) -> None:
    async def run() -> None:
        bench = Workbench(folder)
        counting = Counting(bench, folder.parent / "health.sqlite")
        for number in range(times):
            counting.count(first_name="Ada", address=f"/i/card.png?n={number}")
            await counting.campaigns.flush()
        await counting.campaigns.close()
        await bench.close()

    asyncio.run(run())


async def test_two_processes_count_into_one_file(counting: Counting, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    others = [
        context.Process(target=_elsewhere, args=(tmp_path / f"other-{number}", 30))
        for number in range(2)
    ]
    for other in others:
        other.start()
    for number in range(30):
        counting.count(first_name="Ada", address=f"/i/card.png?n={number + 10}")
        await counting.campaigns.flush()
    for other in others:
        other.join(60)

    counts = await counting.counts()
    assert [other.exitcode for other in others] == [0, 0]
    assert counts.asked == counts.fields["first_name"].given == 90
    assert counts.addresses == 40


async def test_a_former_name_keeps_its_counts(bench: Workbench, tmp_path: Path) -> None:
    counting = Counting(bench, tmp_path / "health.sqlite")
    plan = bench.plan({"first_name": "Ada"})
    old = replace(plan, template=replace(plan.template, name="old"))
    counting.campaigns.count(old, Rung.EXACT, address="/")
    counting.count(first_name="Bob")
    manifest = plan.template.manifest.model_copy(update={"former_names": ("old",)})
    renamed = replace(plan.template, manifest=manifest)

    report = await counting.campaigns.report(renamed, Window.DAY)
    assert report.counts.asked == 2
    await counting.campaigns.close()


async def test_counts_are_written_every_few_seconds_while_a_server_runs(
    counting: Counting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(campaign, "FLUSH_EVERY", 0.01)
    counting.count()
    loop = asyncio.create_task(counting.campaigns.keep())
    other = Counting(counting.bench, tmp_path / "health.sqlite")

    async with asyncio.timeout(10):
        while (await other.counts()).asked == 0:
            pass  # asking takes its time
    loop.cancel()
    await other.campaigns.close()


async def test_the_busiest_templates_of_a_week_come_first(counting: Counting) -> None:
    """Also after a restart; what was asked for before does not count."""

    def count(name: str, times: int) -> None:
        plan = counting.bench.plan()
        template = replace(plan.template, name=name)
        for _ in range(times):
            counting.campaigns.count(replace(plan, template=template), Rung.EXACT, address="/")

    for name, times in (("seldom", 1), ("often", 5), ("now and then", 3)):
        count(name, times)
    await counting.restart()
    counting.now += 3 * DAY
    count("now and then", 4)
    await counting.campaigns.flush()

    assert await counting.campaigns.busiest(2) == ["now and then", "often"]
    assert await counting.campaigns.busiest(9) == ["now and then", "often", "seldom"]
