"""Everything that breaks, for longer than in `tests/faults`, with figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import faults
from tests.faults.cards import write_hanging_fonts, write_templates
from tests.faults.faults import Fault, tried
from tests.faults.load import Source
from tests.faults.server import producing
from tests.faults.verdict import Report

pytestmark = [pytest.mark.soak, pytest.mark.chromium, pytest.mark.timeout(1800)]

ROUNDS = 10

HEALING: tuple[tuple[Fault, Source], ...] = (
    (faults.nothing, faults.cards),
    (faults.cache_corrupt, faults.cards),
    (faults.disk_full, faults.cards),
    (faults.image_slow, faults.photos),
    (faults.browser_killed, faults.cards),
    (faults.page_stopped, faults.cards),
    (faults.browser_pauses, faults.cards),
    (faults.browser_stopped, faults.cards),
    (faults.template_broken, faults.cards),
)


async def test_faults_cost_nobody_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 answers that are not a picture of the right size in time, 0 of somebody else's."""
    reports: list[Report] = []

    def told(report: Report) -> None:
        reports.append(report)
        with capsys.disabled():
            print(f"\n{report}", end="")

    async with faults.shared(_folder(tmp_path, "shared")) as server:
        for fault, source in HEALING:
            told(await tried(server, fault, source, rounds=ROUNDS))

    folder = _folder(tmp_path, "queue")
    templates = write_templates(folder / "templates")
    async with producing(folder, templates, pages="1", queue_max="1") as server:
        told(await tried(server, faults.queue_full, rounds=ROUNDS))

    folder = _folder(tmp_path, "fonts")
    templates = write_templates(folder / "templates")
    write_hanging_fonts(templates)
    async with producing(folder, templates, pages="1") as server:
        told(await tried(server, faults.fonts_hanging, faults.with_fonts, rounds=ROUNDS))

    folder = _folder(tmp_path, "secret")
    templates = write_templates(folder / "templates")
    async with producing(folder, templates, secret="the first secret of all") as server:
        stopped, asked = await faults.stopped(server)
        told(stopped)
    for number in range(ROUNDS // 2):
        async with producing(folder, templates, secret=f"the secret of turn {number}") as server:
            told(await faults.asked_again(server, asked))
            told((await faults.stopped(server))[0])

    assert [str(report) for report in reports if report.wrong] == []


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder
