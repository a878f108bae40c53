import json
from pathlib import Path

import pytest

from service.cli import main


def test_templates_are_listed_one_a_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder.is_dir()

    assert main(["templates", "list"]) == 0

    assert capsys.readouterr().out == (
        "sealed\t60\t30\tsigned\tA ticket\nticket\t60\t30\tpublic\tA ticket\n"
    )


@pytest.mark.usefixtures("folder")
def test_json_says_what_somebody_who_uses_a_template_must_know(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["templates", "list", "--json"]) == 0

    ticket = json.loads(capsys.readouterr().out)[1]
    assert ticket["name"] == "ticket"
    assert ticket["fields"] == {"first_name": "name"}
    assert ticket["sizes"] == ["default"]
    assert len(ticket["version"]) == 24


def test_a_broken_template_is_named_but_hides_no_other(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "html_templates/sealed/template.toml").write_text("title = 1")

    assert main(["templates", "list"]) == 0

    out, err = capsys.readouterr()
    assert out.startswith("ticket\t")
    assert "mergeshot check sealed" in err
