import subprocess
import sys
import time

import pytest

from service import __version__
from service.cli import main
from service.errors import (
    BadRequest,
    FieldProblem,
    InvalidData,
    RenderTimeout,
    ServiceError,
    StartupError,
    TemplateNotFound,
)


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"mergeshot {__version__}\n"


def test_help_lists_every_command_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0

    text = capsys.readouterr().out
    for word in ("serve", "render", "templates", "check", "config", "forget", "130"):
        assert word in text


@pytest.mark.parametrize("arguments", [["no-such-command"], ["render"], ["serve", "--no-such"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    assert main(arguments) == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StartupError("No browser.", hint="Install one."), 2),
        (TemplateNotFound("There is no template 'x'", hint="Did you mean y?"), 2),
        (BadRequest("--set needs a name.", hint="Say one."), 2),
        (RenderTimeout("Late.", hint="Try again."), 1),
    ],
)
def test_an_error_is_one_line_and_a_hint(
    error: ServiceError,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    raising(monkeypatch, error)

    assert main(["render", "x"]) == code
    assert capsys.readouterr() == ("", f"{error.message}\n{error.hint}\n")


def test_every_field_at_fault_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fields = [
        FieldProblem("row", "invalid", "a number"),
        FieldProblem("seat", "invalid", "a word"),
    ]
    raising(monkeypatch, InvalidData("Some fields cannot be used.", fields=fields))

    assert main(["render", "x"]) == 2
    assert "row: a number" in (text := capsys.readouterr().err)
    assert "seat: a word" in text


def test_what_nobody_foresaw_is_one_line_without_its_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raising(monkeypatch, ValueError("PII-4711"))

    assert main(["render", "x"]) == 1
    text = capsys.readouterr().err
    assert "ValueError" in text
    assert "Traceback" not in text
    assert "PII-4711" not in text


def test_an_interrupted_command_is_exit_code_130(monkeypatch: pytest.MonkeyPatch) -> None:
    raising(monkeypatch, KeyboardInterrupt())

    assert main(["render", "x"]) == 130


def test_help_answers_before_anything_large_is_loaded() -> None:
    code = (
        "import sys; from service.cli import main; main(['--help']); "
        "large = {'aiohttp', 'playwright', 'pydantic', 'structlog', 'jinja2', 'rich'}; "
        "print(large & set(sys.modules))"
    )

    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.endswith("set()\n")
    assert time.perf_counter() - began < 5  # about 0.3 s; a busy machine may take longer


def raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let every `render` fail with `error`."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("service.cli.render.read_values", fail)
