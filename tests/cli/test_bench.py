from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.cli import main
from tests.pages import ROOT


def test_an_unknown_template_is_exit_code_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "nothing"]) == 2
    assert "no template 'nothing'" in capsys.readouterr().err


def test_what_is_printed_cannot_be_measured(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "ticket", "--format", "pdf"]) == 2
    assert "PDF" in capsys.readouterr().err


def test_an_installation_without_templates_is_told_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "none").mkdir()
    monkeypatch.setenv("MERGESHOT_TEMPLATES_DIR", str(folder / "none"))

    assert main(["bench"]) == 2
    assert "no template" in capsys.readouterr().err


@pytest.mark.chromium
@pytest.mark.parametrize("template", ["ticket", "sealed"])
def test_an_installation_is_measured(
    template: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With its own settings, and without a trace in its data folder."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("MERGESHOT_ALLOW_NO_SANDBOX", "1")
    arguments = ["bench", template, "--seconds", "0.3", "--format", "webp", "--json"]

    assert main(arguments) == 0, capsys.readouterr().err

    told = json.loads(capsys.readouterr().out)
    assert (told["template"], told["format"]) == (template, "webp")
    assert [row["at_a_time"] for row in told["rows"]] == [1, 2, 4, 8]
    for row in told["rows"]:
        assert row["pictures"] >= row["at_a_time"]
        assert row["per_second"] > 0
        assert 0 < row["p50_ms"] <= row["p95_ms"] <= row["p99_ms"]
        assert row["bytes"] > 20
        assert row["processor_ms"] > 0
        assert row["memory_bytes"] > 2**26
    assert "drawn" in told["engine"]
    assert [path.name for path in folder.iterdir()] == ["html_templates"]
