import json
from pathlib import Path

import pytest

from service.cli import main

SOUND = """
title = "A badge"
description = "Says who somebody is."
alt = "A badge"
width = 60
height = 30
access = "public"
[fields.first_name]
kind = "name"
help = "Who it is."
example = "Ada"
fallback = "friend"
"""

PAGE = (
    "<!doctype html><html><head><title>Badge</title></head>"
    '<body style="background: #fff">Hello {{ first_name }}</body></html>'
)


@pytest.fixture
def badge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of templates with one in it, and nothing wrong with that one."""
    place = tmp_path / "html_templates" / "badge"
    place.mkdir(parents=True)
    (place / "template.toml").write_text(SOUND)
    (place / "template.html").write_text(PAGE)
    (place / "style.css").write_text("html, body { margin: 0; background: #fff }")
    monkeypatch.chdir(tmp_path)
    return place


@pytest.mark.usefixtures("badge")
def test_sound_templates_are_exit_code_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr() == ("", "1 checked: 0 errors, 0 warnings\n")


def test_a_mistake_in_a_page_is_told_where_an_editor_finds_it(
    badge: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (badge / "template.html").write_text(PAGE.replace("Hello", "\n{{ frist_name }}"))

    assert main(["check", "badge"]) == 1

    assert "html_templates/badge/template.html:2: error:" in capsys.readouterr().out


def test_every_mistake_of_a_manifest_is_told_with_its_key(
    badge: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (badge / "template.toml").write_text(SOUND.replace("60", "0").replace("alt", "altt"))

    assert main(["check"]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("html_templates/badge/template.toml: error: ") for line in lines)
    assert "width" in lines[0] + lines[1]
    assert "alt" in lines[0] + lines[1]


def test_json_says_the_same_to_a_script(badge: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (badge / "template.toml").write_text(SOUND.replace("60", "0"))

    assert main(["check", "--json"]) == 1

    (finding,) = json.loads(capsys.readouterr().out)
    assert (finding["template"], finding["severity"]) == ("badge", "error")
    assert finding["file"] == "html_templates/badge/template.toml"


@pytest.mark.usefixtures("badge")
def test_an_unknown_template_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "bagde"]) == 2
    assert "badge" in capsys.readouterr().err


def test_no_folder_of_templates_is_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["check"]) == 2
    assert "MERGESHOT_TEMPLATES_DIR" in capsys.readouterr().err
