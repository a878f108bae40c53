"""scripts/pictures.py: which pictures it draws, what it calls them, what it says about them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import PIL.Image
import pytest
import structlog

from scripts.pictures import Shot, main, shots, stem, telling
from service.catalogue.catalogue import Catalogue
from service.catalogue.manifest import Manifest
from service.catalogue.versions import TemplateStore
from service.errors import RenderFailed
from service.model import Note, NoteCode
from tests.fakes import FakeParts, write_template

TEMPLATES = Path(__file__).parents[2] / "html_templates"


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    templates = tmp_path / "templates"
    write_template(templates, "acme/ticket", more='languages = ["de"]')
    examples = templates / "acme/ticket/examples"
    examples.mkdir()
    for name in ("ada", "grace"):
        (examples / f"{name}.json").write_text(json.dumps({"first_name": name}))
    return templates


@pytest.fixture
def parts(folder: Path) -> FakeParts:
    return FakeParts(folder)


def draw(parts: FakeParts, into: Path, *names: str) -> int:
    return main([*names, "--into", str(into)], open_parts=parts.open)


def manifest(**keys: object) -> Manifest:
    return Manifest.model_validate(keys)


@pytest.mark.parametrize(
    ("examples", "best"),
    [
        (["another", "docs", "typical"], "docs"),
        (["another", "speaker", "typical"], "typical"),
        (["arabic", "nobody", "speaker"], "arabic"),
        (["nobody"], "nobody"),
        ([], "nobody"),
    ],
)
def test_the_most_telling_example(examples: list[str], best: str) -> None:
    assert telling(dict.fromkeys(examples)) == best


def test_the_picture_of_the_readme_is_made_out_to_ada() -> None:
    examples = TEMPLATES / "event-ticket/examples"
    names = {file.stem: None for file in examples.glob("*.json")}

    assert json.loads((examples / f"{telling(names)}.json").read_text()) == {"first_name": "Ada"}


def test_a_nested_template_has_a_flat_name() -> None:
    assert stem("acme/ticket") == "acme-ticket"


def test_every_example_is_drawn_once_the_most_telling_first() -> None:
    first, others = shots(manifest(), dict.fromkeys(["arabic", "ada", "nobody"]))

    assert [shot.example for shot in first] == ["ada", "arabic", "nobody"]
    assert others == []


def test_the_picture_without_data_is_drawn_even_without_an_example_of_it() -> None:
    assert shots(manifest(), {})[0] == [Shot("nobody")]


def test_every_size_theme_and_language_is_drawn() -> None:
    declared = manifest(
        sizes={"story": {"width": 9, "height": 16}},
        themes=["night", "paper"],
        languages=["en", "de", "fr", "pt-BR"],
    )

    first, others = shots(declared, dict.fromkeys(["ada", "soleil-fr", "pt-br", "nobody"]))

    assert [(shot.example, shot.language) for shot in first] == [
        ("ada", None),
        ("nobody", None),
        ("pt-br", "pt-BR"),
        ("soleil-fr", "fr"),
    ]
    assert [shot.caption for shot in first] == ["ada", "nobody", "pt-br", "soleil-fr"]
    assert [str(shot) for shot in others] == ["ada, story", "ada, paper", "ada, de"]
    assert [shot.caption for shot in others] == ["story", "paper", "de"]


def test_each_template_gets_three_files(parts: FakeParts, tmp_path: Path) -> None:
    assert draw(parts, tmp_path / "out") == 0

    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "acme-ticket-nobody.png",
        "acme-ticket-sheet.png",
        "acme-ticket.png",
    ]
    picture = PIL.Image.open(io.BytesIO((tmp_path / "out/acme-ticket.png").read_bytes()))
    assert picture.size == (60, 30)
    asked = [(plan.filled.values["first_name"], plan.language) for plan in parts.renderer.drawn]
    assert asked == [("Ada", "en"), ("Grace", "en"), ("Friend", "en"), ("Ada", "de")]


def test_a_second_run_writes_nothing(
    parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw(parts, tmp_path)
    assert "acme-ticket-sheet.png (" in capsys.readouterr().err

    draw(parts, tmp_path)

    assert capsys.readouterr().err.strip() == "acme/ticket: nothing new"


def test_what_overflows_is_named_and_is_no_failure(
    parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts.renderer.notes = (
        Note("first_name", NoteCode.OVERFLOW, "the text is too long"),
        Note("", NoteCode.SHRUNK, "the text was shrunk"),
    )

    assert draw(parts, tmp_path) == 0

    said = capsys.readouterr().err
    assert "  ada: overflow: first_name: the text is too long\n" in said
    assert "  ada, de: overflow" in said
    assert "shrunk" not in said


def test_a_degraded_picture_is_a_failure(
    parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts.renderer.degraded = True

    assert draw(parts, tmp_path) == 1

    assert "  nobody: degraded\n" in capsys.readouterr().err


def test_a_picture_that_cannot_be_drawn_is_named_and_its_file_left_as_it_was(
    parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "acme-ticket.png").write_bytes(b"as it was")
    parts.renderer.error = RenderFailed("The page went away")

    assert draw(parts, tmp_path) == 1

    assert "  grace: The page went away\n" in capsys.readouterr().err
    assert (tmp_path / "acme-ticket.png").read_bytes() == b"as it was"


def test_a_broken_template_is_named_and_the_others_are_drawn(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken").mkdir()
    (folder / "broken/template.toml").write_text("title = 1")

    assert draw(FakeParts(folder), tmp_path / "out") == 1

    assert "broken: failed\n" in capsys.readouterr().err
    assert (tmp_path / "out/acme-ticket-sheet.png").is_file()


def test_only_the_named_templates_are_drawn(folder: Path, tmp_path: Path) -> None:
    write_template(folder, "badge")

    draw(FakeParts(folder), tmp_path / "out", "badge")

    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        "badge.png",
        "badge-nobody.png",
        "badge-sheet.png",
    }


def test_an_unknown_name_is_a_line_not_a_traceback(
    parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert draw(parts, tmp_path, "acme/tickets") == 1

    assert "There is no template 'acme/tickets'" in capsys.readouterr().err


def test_every_sample_shows_all_that_it_declares(tmp_path: Path) -> None:
    catalogue = Catalogue(TEMPLATES, TemplateStore(tmp_path))
    catalogue.load_all()

    for name in catalogue.names():
        template = catalogue.get(name)
        first, others = shots(template.manifest, template.examples)
        every = [*first, *others]
        assert set(template.examples) <= {shot.example for shot in every}
        assert {shot.size or "default" for shot in every} == set(template.manifest.sizes)
        shown = {shot.language or template.manifest.language for shot in every}
        assert shown == set(template.manifest.languages)
        assert {shot.theme or template.manifest.theme for shot in every} - {None} == set(
            template.manifest.themes
        )
