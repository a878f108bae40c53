import io
import json
from pathlib import Path

import PIL.Image
import pytest

from service.cli import main
from service.cli.render import default_output
from service.errors import RenderFailed
from service.model import Format
from tests.fakes import FakeParts


def picture(file: Path) -> PIL.Image.Image:
    return PIL.Image.open(io.BytesIO(file.read_bytes()))


@pytest.mark.usefixtures("parts")
def test_the_picture_is_written_under_the_templates_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", "ticket", "--set", "first_name=Ada"]) == 0

    assert picture(folder / "ticket.png").size == (60, 30)
    assert capsys.readouterr().out == ""  # no terminal: a script wants the file alone


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-o", "a.webp"], "WEBP"),
        (["-o", "a.jpg"], "JPEG"),
        (["-o", "a", "--format", "jpeg"], "JPEG"),
        (["-o", "a"], "PNG"),
    ],
)
@pytest.mark.usefixtures("parts")
def test_the_format_is_what_is_asked_for_else_what_the_ending_means(
    folder: Path, arguments: list[str], expected: str
) -> None:
    assert main(["render", "ticket", *arguments]) == 0

    assert picture(folder / arguments[1]).format == expected


@pytest.mark.usefixtures("parts")
def test_a_hyphen_writes_the_picture_to_standard_output(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    assert main(["render", "ticket", "-o", "-"]) == 0

    assert PIL.Image.open(io.BytesIO(capfdbinary.readouterr().out)).format == "PNG"


@pytest.mark.usefixtures("parts", "folder")
def test_json_says_what_was_written_and_what_was_repaired(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["render", "ticket", "--set", "frist_name=Ada", "--json"]) == 0

    out, err = capsys.readouterr()
    said = json.loads(out)
    assert (said["file"], said["format"], said["width"], said["height"]) == (
        "ticket.png",
        "png",
        60,
        30,
    )
    assert [(note["field"], note["code"]) for note in said["notes"]] == [
        ("frist_name", "unknown_field")
    ]
    assert "frist_name: unknown_field" in err


def test_access_is_for_urls_whoever_runs_commands_may_draw_everything(parts: FakeParts) -> None:
    assert main(["render", "sealed", "--set", "first_name=Ada"]) == 0

    assert parts.renderer.drawn[0].filled.values["first_name"] == "Ada"
    assert (parts.opened, parts.closed) == (1, 1)


@pytest.mark.usefixtures("parts")
def test_an_unknown_template_is_exit_code_2_with_the_closest_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["render", "tiket"]) == 2
    assert "ticket" in capsys.readouterr().err


@pytest.mark.usefixtures("parts")
def test_an_unknown_format_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "ticket", "--format", "bmp"]) == 2
    assert "avif" in capsys.readouterr().err


@pytest.mark.usefixtures("parts")
def test_a_folder_that_is_not_there_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "ticket", "-o", "no/such/folder/a.png"]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_a_drawing_that_fails_is_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(*_: object) -> None:
        raise RenderFailed("The browser failed at this picture twice.")

    monkeypatch.setattr("service.cli.render.draw", fail)

    assert main(["render", "ticket"]) == 1
    assert capsys.readouterr().err == "The browser failed at this picture twice.\n"


def test_json_and_the_picture_cannot_both_be_standard_output() -> None:
    assert main(["render", "ticket", "-o", "-", "--json"]) == 2


def test_a_file_is_named_after_its_template() -> None:
    assert default_output("acme/ticket", Format.JPEG) == Path("acme-ticket.jpg")


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("arguments", [["--format", "pdf"], ["-o", "ticket.pdf"]])
def test_a_pdf_is_asked_for_by_format_or_ending(folder: Path, arguments: list[str]) -> None:
    assert main(["render", "ticket", *arguments]) == 0

    assert (folder / "ticket.pdf").read_bytes().startswith(b"%PDF")
