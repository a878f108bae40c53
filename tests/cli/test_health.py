from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.app import open_campaigns, open_catalogue, open_store
from service.cli import main
from service.config import Settings, installation_secret
from service.model import RenderRequest, Rung
from service.render.campaign import Campaigns
from service.render.plan import Planner

Mailing = Callable[..., None]


@pytest.fixture
def mailing(folder: Path) -> Mailing:
    """Counts as a server does that has ended since: so many pictures, all with one name."""
    assert folder.is_dir()
    settings = Settings.read(os.environ)
    secret = installation_secret(settings)
    planner = Planner(
        open_catalogue(settings, open_store(settings)), secret=secret, fingerprint="a fake"
    )

    def mail(name: str, number: int, first_name: str = "Ada") -> None:
        values = {"first_name": first_name}
        plan = planner.plan(RenderRequest(name, values, datetime.now(UTC)))

        async def run() -> None:
            campaigns = open_campaigns(settings, secret)
            for one in range(number):
                campaigns.count(plan, Rung.EXACT, address=f"/i/{name}.png?{first_name}{one}")
            await campaigns.close()

        asyncio.run(run())

    return mail


def test_all_is_well_and_the_exit_code_says_so(
    mailing: Mailing, capsys: pytest.CaptureFixture[str]
) -> None:
    mailing("ticket", 30)

    assert main(["health"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "ticket\tasked\t30" in lines
    assert "ticket\tfirst_name.given\t30" in lines
    assert not any(line.startswith("sealed") for line in lines)


def test_something_red_is_exit_code_1_with_its_way_out(
    mailing: Mailing, capsys: pytest.CaptureFixture[str]
) -> None:
    mailing("ticket", 30, "")
    mailing("sealed", 30)

    assert main(["health", "ticket"]) == 1
    out = capsys.readouterr().out
    assert "ticket\tred\tmostly_missing\t100 % of first_name came empty" in out
    assert main(["health", "sealed", "--window", "hour"]) == 0
    assert main(["health"]) == 1


def test_json_is_what_the_address_answers(
    mailing: Mailing, capsys: pytest.CaptureFixture[str]
) -> None:
    mailing("ticket", 25, "")

    assert main(["health", "ticket", "--window", "week", "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["template"], told["window"], told["asked"]) == ("ticket", "week", 25)
    assert told["findings"][0]["code"] == "mostly_missing"


@pytest.mark.usefixtures("folder")
def test_nothing_counted_is_said_and_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["health", "--window", "hour"]) == 0
    assert capsys.readouterr().err == "No picture was asked for in the last hour.\n"


@pytest.mark.usefixtures("folder")
def test_an_unknown_template_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["health", "tikcet"]) == 2
    assert "ticket" in capsys.readouterr().err


def test_counts_that_cannot_be_read_are_not_told_as_none(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "data").mkdir()
    (folder / "data/health.sqlite").write_bytes(b"damaged" * 1_000)

    assert main(["health", "ticket"]) == 2
    assert "what was counted cannot be read" in capsys.readouterr().err


def test_a_terminal_gets_bars_and_what_is_red_in_words(
    mailing: Mailing, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    mailing("ticket", 90, "")
    mailing("ticket", 30)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    assert main(["health", "ticket"]) == 1
    out = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
    assert "● ticket" in out
    assert "first_name  ━━━━━━━━━━━━━━━━━━━━━━━━" in out
    assert "25 %" in out
    assert "✗ 75 % of first_name came empty" in out
    assert "→ Look at the column of first_name" in out
    assert max(len(line) for line in out.splitlines()) <= 100


async def test_it_reads_beside_a_server_that_counts(
    mailing: Mailing, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server's file is open and just being written to."""
    await asyncio.to_thread(mailing, "ticket", 5)
    settings = Settings.read(os.environ)
    server: Campaigns = open_campaigns(settings, installation_secret(settings))
    keeping = asyncio.create_task(server.keep())
    assert await asyncio.to_thread(main, ["health", "ticket"]) == 0
    keeping.cancel()
    await server.close()

    assert "ticket\tasked\t5" in capsys.readouterr().out
