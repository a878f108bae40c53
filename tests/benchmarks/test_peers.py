"""What is said to the peers: the card that we draw, filled as ours is."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

import pytest

from benchmarks import card, node_peers
from benchmarks.python_peers import Takumi, python_peers
from benchmarks.tasks import CARD, JPEG, PNG, WEBP, Task
from service.browser.locate import locate
from service.cli.speed.asking import WrongAnswer

NO_BROWSER = Path("/no/browser")
DRIVER = (node_peers.FOLDER / "peers.mjs").read_text()


def test_the_versions_of_the_peers_are_exact() -> None:
    package = json.loads((node_peers.FOLDER / "package.json").read_text())

    assert set(package["dependencies"]) == {
        *("satori", "@resvg/resvg-js", "puppeteer", "puppeteer-cluster"),
    }
    for version in package["dependencies"].values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_the_driver_knows_the_peers_that_it_is_asked_for() -> None:
    listed = DRIVER.partition("const PEERS = {")[2].partition("};")[0]

    assert set(re.findall(r"'([^']+)':", listed)) == set(node_peers.PEERS)


def test_the_driver_says_what_the_card_says() -> None:
    said = card.values(1000)

    assert f"name: `{said['name'].replace('1000', '${number}')}`" in DRIVER
    assert f"company: `{said['company'].replace('1000', '${number}')}`" in DRIVER
    assert said["seat"] == str(1000 * 3)
    assert "seat: `${number * 3}`" in DRIVER


def test_the_card_of_a_peer_is_complete_in_itself() -> None:
    page = card.Card.read().document(card.values(1000))

    assert "Ada Lovelace 1000" in page
    assert "url(assets/" not in page
    assert page.count("data:") == 2


def test_peers_take_part_only_in_what_they_draw() -> None:
    draws = {
        name: [
            (task.format, many)
            for task in (Task(CARD, PNG), Task(CARD, JPEG), Task(CARD, WEBP), Task(CARD, PNG, 2))
            for many in (1, 4, 8)
            if node_peers.NodePeer.draws(_named(name), task, many)
        ]
        for name in node_peers.PEERS
    }

    assert draws == {
        "satori + resvg": [(PNG, 1), (PNG, 4)],
        "puppeteer, warm page": [(PNG, 1), (JPEG, 1)],
        "puppeteer-cluster": [(PNG, 4), (JPEG, 4)],
    }


def _named(name: str) -> node_peers.NodePeer:
    peer = object.__new__(node_peers.NodePeer)
    peer.name = name
    return peer


async def test_a_peer_that_ends_is_a_wrong_answer() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    peer = node_peers.NodePeer("satori + resvg", process)

    with pytest.raises(WrongAnswer, match="it ended"):
        await peer.listen()
    await process.wait()


async def test_without_npm_the_run_goes_on_and_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")

    async with node_peers.node_peers(NO_BROWSER) as peers:
        assert peers == []
    assert capsys.readouterr().out == ("Without satori and puppeteer: node is not installed.\n")


def test_what_npm_could_not_do_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither a machine without a network nor a folder that is read-only ends the run."""
    for name, code in (("node", "exit 0"), ("npm", "echo it is closed >&2; exit 1")):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{code}\n")
        program.chmod(0o755)
    (tmp_path / "package.json").write_text('{"dependencies": {"satori": "1.0.0"}}')
    monkeypatch.setattr(node_peers, "FOLDER", tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    assert node_peers.missing() == "npm could not install them (it is closed)"


async def test_takumi_draws_the_card_each_with_its_own_values() -> None:
    async with python_peers(NO_BROWSER, Takumi.name) as (takumi,):
        turn = await takumi.turn(
            Task(CARD, JPEG), iter(range(1000, 2000)), concurrency=4, seconds=0
        )

    assert takumi.name == Takumi.name
    assert len(turn.latencies) == 4
    assert turn.processor
    assert turn.bodies == []


@pytest.mark.chromium
async def test_the_peers_with_a_browser_draw_the_card() -> None:
    async with python_peers(locate(None), "playwright") as peers:
        for peer in peers:
            turn = await peer.turn(
                Task(CARD, PNG), iter(range(1000, 2000)), concurrency=1, seconds=0
            )
            assert turn.sizes[0] > 100_000
            assert turn.processor
            assert peer.memory()
    assert [peer.name for peer in peers] == [
        "playwright, warm page",
        "playwright, context per picture",
    ]
