import asyncio
import json
from pathlib import Path

import pytest

from service.cli import main
from tests.fetch.site import HOST, open_site


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


def test_a_new_template_is_there_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", "new", "acme/spring-sale"]) == 0
    assert main(["templates", "new", "copy", "--from", "ticket"]) == 0
    assert main(["check"]) == 0

    out, err = capsys.readouterr()
    assert (folder / "html_templates/acme/spring-sale/template.html").is_file()
    assert out.splitlines()[:2] == ["html_templates/acme/spring-sale", "html_templates/copy"]
    assert "/studio/templates/acme/spring-sale" in err
    assert "4 checked: 0 errors" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ticket"], "exists already"),
        (["Spring Sale"], "a-z, 0-9 and -"),
        (["sale", "--from", "tikcet"], "ticket"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_template_that_cannot_be_made_is_told(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["templates", "new", *arguments]) == 2
    assert told in capsys.readouterr().err


async def test_vendoring_brings_what_is_elsewhere_over_the_wire(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A font service's style sheet, its font, and one picture that is not there."""
    style = folder / "html_templates/ticket/style.css"
    style.write_text(
        '@import "https://img.example.com/css2?family=A";'
        "body{background:#fff url(https://img.example.com/gone.png)}"
    )
    async with open_site(HOST) as site:
        site.serves("/css2", b"@font-face{font-family:A;src:url(/a.woff2)}", "text/css")
        site.serves("/a.woff2", b"wOF2 a font", "font/woff2")
        monkeypatch.setattr("service.app.Web", site.web)
        code = await asyncio.to_thread(main, ["templates", "vendor", "ticket", "--json"])

    out, err = capsys.readouterr()
    assert code == 1
    assert set(json.loads(out)["brought"].values()) == {"assets/a.woff2", "assets/css2.css"}
    assert "gone.png: it could not be fetched" in err
    assert style.read_text().startswith('@import "assets/css2.css";body')
    assert (style.parent / "assets/a.woff2").read_bytes() == b"wOF2 a font"
    assert (style.parent / "assets/css2.css").read_text().endswith("url(a.woff2)}")


def test_a_template_that_names_nothing_elsewhere_needs_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.is_dir()

    assert main(["templates", "vendor", "ticket"]) == 0
    assert capsys.readouterr() == ("", "ticket names nothing elsewhere\n")
