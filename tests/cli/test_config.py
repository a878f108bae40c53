import json

import pytest

from service.cli import main
from service.cli.config import effective, markdown
from service.config import Settings


def test_every_setting_is_shown_as_one_would_write_it() -> None:
    settings = Settings.read({"MERGESHOT_IMAGE_WAIT": "1500ms", "MERGESHOT_CACHE_DISK": "1000"})

    shown = effective(settings)

    assert shown["image_wait"] == "1500ms"
    assert shown["cache_disk"] == "1000"
    assert shown["cache_memory"] == "256MiB"
    assert shown["keep_versions"] == "400d"
    assert shown["timeout"] == "15s"
    assert shown["engines"] == "auto"
    assert shown["allow_no_sandbox"] == "false"
    assert shown["chromium"] == ""


def test_what_is_shown_can_be_set_again() -> None:
    shown = effective(Settings.read({}))

    again = Settings.read({f"MERGESHOT_{name.upper()}": value for name, value in shown.items()})

    assert again.model_dump() == Settings.read({}).model_dump()


def test_hosts_are_shown_as_one_would_write_them() -> None:
    hosts = "cdn.example.com,*.example.org"

    assert effective(Settings.read({"MERGESHOT_IMAGE_HOSTS": hosts}))["image_hosts"] == hosts


def test_secrets_are_masked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MERGESHOT_SECRET", "sixteen-and-more-characters")

    for arguments in (["config"], ["config", "--json"]):
        assert main(arguments) == 0
        text = capsys.readouterr().out
        assert "********" in text
        assert "sixteen" not in text


def test_json_holds_every_setting_by_its_variable(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--json"]) == 0

    shown = json.loads(capsys.readouterr().out)
    assert set(shown) == {f"MERGESHOT_{name.upper()}" for name in Settings.model_fields}


def test_the_documentations_table_has_a_row_for_each_setting() -> None:
    lines = markdown().splitlines()

    assert len(lines) == 2 + len(Settings.model_fields)
    assert all(line.count("|") == 4 for line in lines)
    assert "| `MERGESHOT_IMAGE_WAIT` | `5s` |" in markdown()
    assert "`MERGESHOT_SECRET_FILE`" in markdown()


def test_a_setting_that_cannot_be_used_is_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MERGESHOT_PROT", "8080")

    assert main(["config"]) == 2
    assert "MERGESHOT_PORT" in capsys.readouterr().err
