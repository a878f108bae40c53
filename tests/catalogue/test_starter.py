from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from service.catalogue.lint import lint
from service.catalogue.loader import load_template
from service.catalogue.starter import NotMade, make, title_of
from tests.catalogue.workshop import Workshop, field
from tests.pages import ROOT

SAMPLES = sorted(
    path.parent.relative_to(ROOT / "html_templates").as_posix()
    for path in (ROOT / "html_templates").rglob("template.toml")
)


@pytest.mark.parametrize("name", ["spring-sale", "acme/spring-sale"])
def test_a_new_template_loads_and_has_no_findings(tmp_path: Path, name: str) -> None:
    folder = make(tmp_path, name)

    template = load_template(folder, name=name, shared=tmp_path / "_shared")
    assert lint(template) == []
    assert template.manifest.title == "Spring sale"
    assert "NAME" not in template.text("template.toml")
    assert len(template.examples) == 3


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_copy_of_every_sample_loads_and_has_no_findings(tmp_path: Path, sample: str) -> None:
    for part in (sample, "_shared"):
        shutil.copytree(ROOT / "html_templates" / part, tmp_path / part)

    folder = make(tmp_path, "a-copy-for-a-test", sample=sample)

    shared = tmp_path / "_shared"
    copy = load_template(folder, name="a-copy-for-a-test", shared=shared)
    original = load_template(tmp_path / sample, name=sample, shared=shared)
    assert copy.manifest.title == "A copy for a test"
    assert copy.manifest.fields == original.manifest.fields
    assert copy.examples == original.examples
    assert [one for one in lint(copy) if one not in lint(original)] == []


def test_a_copy_does_not_answer_to_the_samples_former_names(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    manifest = f'former_names = [\n  "pass",\n]\n{field("first_name")}'
    workshop.template("{{ first_name }}", manifest=manifest)

    folder = make(tmp_path, "copy", sample="card")

    template = load_template(folder, name="copy", shared=tmp_path / "_shared")
    assert template.manifest.former_names == ()
    assert list(template.manifest.fields) == ["first_name"]


@pytest.mark.parametrize("name", ["Ticket", "a/b/c", "../up", "", "a b", "_shared", "a/"])
def test_a_name_that_no_template_can_have_makes_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotMade, match="cannot be a name"):
        make(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    workshop.write("card/notes.txt", "mine")

    with pytest.raises(NotMade, match="exists already"):
        make(tmp_path, "card")
    assert [path.name for path in (tmp_path / "card").iterdir()] == ["notes.txt"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    root = tmp_path / "file"
    root.write_text("no folder")

    with pytest.raises(NotMade, match="cannot be written"):
        make(root, "card")


def test_a_title_is_the_last_part_of_a_name_in_words() -> None:
    assert title_of("acme/spring-sale-2027") == "Spring sale 2027"
