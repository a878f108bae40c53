"""load_template: what counts, what is refused, all problems at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from service.catalogue import folder
from service.errors import ManifestError
from tests.catalogue.workshop import Workshop, field


def problems(workshop: Workshop, name: str = "card") -> list[str]:
    with pytest.raises(ManifestError) as caught:
        workshop.load(name)
    return [str(problem) for problem in caught.value.problems]


def test_a_change_of_any_file_that_matters_is_another_version(workshop: Workshop) -> None:
    versions = {workshop.make(files={"assets/a.png": b"1"}).version}
    for path, content in [
        ("card/template.html", "<!doctype html><html><head></head><body></body></html>"),
        ("card/style.css", "body{}"),
        ("card/assets/a.png", "2"),
        ("card/strings/en.toml", 'a = "b"'),
        ("card/template.toml", 'title = "Other"'),
    ]:
        workshop.write(path, content)
        versions.add(workshop.load().version)

    assert len(versions) == 6


@pytest.mark.parametrize(
    "path",
    [
        "examples/a.json",
        ".DS_Store",
        "style.css~",
        ".style.css.swp",
        "#style.css#",
        "4913",
        "style.css.bak",
        "README.md",
        ".git/config",
        "assets/.hidden/x.png",
        "template.html.tmp",
    ],
)
def test_examples_dot_files_and_editor_backups_change_no_version(
    workshop: Workshop, path: str
) -> None:
    before = workshop.make()
    workshop.write(f"card/{path}", "{}")

    after = workshop.load()

    assert after.version == before.version
    assert after.files.keys() == before.files.keys()


def test_examples_are_read_beside_the_template(workshop: Workshop) -> None:
    template = workshop.make(files={"examples/ada.json": '{"name": "Ada"}'})

    assert template.examples == {"ada": {"name": "Ada"}}


def test_a_broken_example_is_told_but_breaks_nothing(workshop: Workshop) -> None:
    template = workshop.make(files={"examples/a.json": '{"name"', "examples/b.json": "[1]"})

    assert [problem.file for problem in template.example_problems] == [
        "card/examples/a.json",
        "card/examples/b.json",
    ]


def test_only_reached_shared_files_count_and_reach_on(workshop: Workshop) -> None:
    workshop.write("_shared/base.html", "{% include '_shared/foot.html' %}")
    workshop.write("_shared/foot.html", "{{ asset('logo.png') }}")
    workshop.write("_shared/assets/logo.png", b"logo")
    workshop.write("_shared/type.css", "@import 'more.css';")
    workshop.write("_shared/more.css", "@font-face{src:url(assets/f.woff2?x#y)}")
    workshop.write("_shared/assets/f.woff2", b"font")
    workshop.write("_shared/assets/unused.png", b"unused")
    workshop.write("_shared/unused.html", "")
    template = workshop.make(
        "{% extends '_shared/base.html' %}",
        files={"style.css": "@import url('_shared/type.css');"},
    )

    assert {path for path in template.files if path.startswith("_shared/")} == {
        "_shared/base.html",
        "_shared/foot.html",
        "_shared/assets/logo.png",
        "_shared/type.css",
        "_shared/more.css",
        "_shared/assets/f.woff2",
    }


def test_an_asset_that_is_chosen_by_data_makes_all_shared_assets_count(workshop: Workshop) -> None:
    workshop.write("_shared/assets/a.png", b"a")
    workshop.write("_shared/assets/deep/b.png", b"b")
    workshop.write("_shared/base.css", b"")
    template = workshop.make("{{ asset(name ~ '.png') }}", manifest=field("name"))

    shared = {path for path in template.files if path.startswith("_shared/")}

    assert shared == {"_shared/assets/a.png", "_shared/assets/deep/b.png"}


def test_a_shared_file_that_is_written_out_in_html_counts(workshop: Workshop) -> None:
    workshop.write("_shared/base.css", b"")
    template = workshop.make('<link rel="stylesheet" href="_shared/base.css">')

    assert "_shared/base.css" in template.assets


def test_shared_files_that_reach_each_other_come_to_an_end(workshop: Workshop) -> None:
    workshop.write("_shared/a.css", "@import 'b.css'")
    workshop.write("_shared/b.css", "@import 'a.css'")
    template = workshop.make(files={"style.css": "@import '_shared/a.css'"})

    assert {"_shared/a.css", "_shared/b.css"} < set(template.files)


def test_every_problem_of_every_file_is_told_at_once(workshop: Workshop) -> None:
    workshop.template(
        manifest='widthh = 3\nthemes = ["dark"]\n',
        files={"style.css": b"a\nb\xff", "strings/en.toml": "a = ", "strings/de.toml": "a = 3"},
    )
    (workshop.root / "card/template.html").unlink()

    told = problems(workshop)

    assert any("widthh" in line and "width" in line for line in told)
    assert "card/style.css: line 2 is not UTF-8; save the file as UTF-8" in told
    assert any(line.startswith("card/strings/en.toml: not valid TOML") for line in told)
    assert any(line.startswith("card/strings/de.toml: a:") for line in told)
    assert "card/template.html: there is no such file" in told


def test_a_theme_must_exist(workshop: Workshop) -> None:
    workshop.template(manifest='themes = ["dark"]')

    assert problems(workshop) == [
        "card/template.toml: themes: there is no _shared/themes/dark.toml for 'dark'"
    ]


def test_a_folder_without_manifest_is_refused(workshop: Workshop) -> None:
    workshop.write("card/template.html", "x")

    assert problems(workshop) == ["card/template.toml: there is no such file"]


def test_a_link_out_of_the_folder_is_refused_wherever_it_points(
    workshop: Workshop, tmp_path: Path
) -> None:
    workshop.template(files={"assets/a.png": b"a"})
    (tmp_path / "secret").write_text("s")
    (workshop.root / "card/assets/b.png").symlink_to(tmp_path / "secret")
    (workshop.root / "card/assets/all").symlink_to(tmp_path)
    (workshop.root / "card/assets/gone.png").symlink_to(tmp_path / "nowhere")

    assert problems(workshop) == [
        f"card/assets/{name}: a link out of the folder is not followed"
        for name in ("all", "b.png", "gone.png")
    ]


def test_a_link_inside_the_folder_is_the_file_that_it_points_to(workshop: Workshop) -> None:
    workshop.template(files={"assets/a.png": b"a"})
    (workshop.root / "card/assets/b.png").symlink_to("a.png")

    assert workshop.load().files["assets/b.png"] == b"a"


def test_a_bad_link_among_the_shared_files_harms_only_those_who_reach_it(
    workshop: Workshop, tmp_path: Path
) -> None:
    workshop.template()
    (workshop.root / "_shared").mkdir()
    (workshop.root / "_shared/x.html").symlink_to(tmp_path / "nowhere")

    assert workshop.load().name == "card"

    workshop.template("{% include '_shared/x.html' %}")

    assert problems(workshop) == ["_shared/x.html: a link out of the folder is not followed"]


def test_a_file_that_never_ends_is_not_read(workshop: Workshop) -> None:
    workshop.template(files={"assets/a.png": b"a"})
    os.mkfifo(workshop.root / "card/assets/pipe")

    assert problems(workshop) == ["card/assets/pipe: only ordinary files are allowed"]


def test_a_huge_file_is_refused_by_name_without_being_read(workshop: Workshop) -> None:
    workshop.template(files={"assets/a.png": b"a"})
    with (workshop.root / "card/assets/a.png").open("wb") as file:
        file.truncate(folder.MAX_FILE + 1)

    assert problems(workshop) == ["card/assets/a.png: at most 16 MiB are allowed"]


def test_all_files_together_are_bounded(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MAX_TOTAL", 3 * 2**20)
    workshop.template(files={"assets/a": bytes(2 * 2**20), "assets/b": bytes(2 * 2**20)})

    assert "card/assets/b: all files together: at most 3 MiB are allowed" in problems(workshop)


def test_too_many_files_are_refused(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MAX_FILES", 5)
    workshop.template(files={f"assets/{number}": b"" for number in range(6)})

    assert "card: at most 5 files are allowed" in problems(workshop)


def test_the_style_sheet_of_the_themes_cannot_be_overwritten(workshop: Workshop) -> None:
    workshop.write("_shared/themes/dark.toml", 'ink = "#000"')
    workshop.template(manifest='themes = ["dark"]', files={"themes.css": ""})

    assert problems(workshop) == [
        "card/themes.css: this name is taken by the style sheet that the themes become"
    ]
