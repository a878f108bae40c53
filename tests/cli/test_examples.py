from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from service.cli import app, main
from service.cli.examples import EXAMPLES

LINES = [(command, line) for command, lines in EXAMPLES.items() for line, _ in lines]


def commands(group: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    for word, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{above}{word} ")
        else:
            yield f"{above}{word}", command


def test_every_command_teaches_by_example() -> None:
    assert {name for name, _ in commands(typer.main.get_command(app))} == set(EXAMPLES)


@pytest.mark.parametrize(("command", "line"), LINES)
def test_every_example_is_one_of_its_command_and_parses(command: str, line: str) -> None:
    words = shlex.split(line.partition(" > ")[0].partition(" | ")[0])
    words = words[words.index("mergeshot") + 1 :]
    known = dict(commands(typer.main.get_command(app)))
    depth = len(command.split())

    assert " ".join(words[:depth]) == command
    known[command].make_context(command, words[depth:])


@pytest.mark.parametrize("command", EXAMPLES)
def test_help_shows_the_examples_as_they_are_typed(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command.split(), "--help"]) == 0

    out = capsys.readouterr().out
    assert all(line in out.splitlines() for line in (f"    {one}" for one, _ in EXAMPLES[command]))


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("mergeshot rend", {"render"}),
        ("mergeshot render se", {"sealed"}),
        ("mergeshot templates n", {"new"}),
        ("mergeshot url sealed --platform ma", {"mailchimp", "mautic"}),
    ],
)
def test_a_shell_completes_commands_and_templates(
    folder: Path, typed: str, offered: set[str]
) -> None:
    environ = os.environ | {
        "_MERGESHOT_COMPLETE": "complete_zsh",
        "_TYPER_COMPLETE_ARGS": typed,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    asked = [sys.executable, "-c", "from service.cli import main; main()"]
    done = subprocess.run(
        asked, env=environ, cwd=folder, capture_output=True, text=True, check=False
    )

    assert {word for word in offered if f'"{word}"' in done.stdout} == offered, done.stdout
    assert '"ticket"' not in done.stdout
