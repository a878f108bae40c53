"""Every sample template with every one of its examples.

The composed pages are kept in `snapshots/`, so that a change of one is seen for what it is: text
beside text. `make snapshots` writes them anew; read the difference before you commit it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from service.catalogue.filling import fill
from service.catalogue.lint import lint
from service.catalogue.template import TYPICAL
from service.model import Given, NoteCode
from tests.catalogue.workshop import AT
from tests.templates.samples import EXAMPLES, NAMES, SAMPLES, composed, sample

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_example_composes_to_the_page_that_was_reviewed(name: str, example: str) -> None:
    file = SNAPSHOTS / name / f"{example}.html"
    html = composed(name, sample(name).examples[example]).html
    if os.environ.get("SNAPSHOTS") == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(html, encoding="utf-8")

    assert file.exists(), "this example is new: `make snapshots` writes its page down"
    assert html == file.read_text(encoding="utf-8")


def test_no_snapshot_is_left_of_what_is_gone() -> None:
    kept = {
        path.relative_to(SNAPSHOTS).with_suffix("").as_posix()
        for path in SNAPSHOTS.rglob("*.html")
    }

    assert kept == {f"{name}/{example}" for name, example in EXAMPLES}


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_has_no_findings(name: str) -> None:
    assert lint(sample(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_has_a_typical_example_and_one_without_any_data(name: str) -> None:
    examples = sample(name).examples

    assert TYPICAL in examples
    assert {} in examples.values()


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_every_value_of_an_example_is_one_that_its_field_reads(name: str, example: str) -> None:
    template = sample(name)
    given = {field: Given(value) for field, value in template.examples[example].items()}
    language = template.manifest.language
    filled = fill(template.manifest, given, language=language, at=AT, assets=template.assets)

    refused = {NoteCode.INVALID, NoteCode.UNKNOWN_FIELD, NoteCode.AMBIGUOUS}
    assert [note for note in filled.notes if note.code in refused] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_field_of_a_sample_says_what_to_put_in(name: str) -> None:
    manifest = sample(name).manifest

    assert manifest.title
    assert manifest.description
    assert manifest.alt
    assert [field for field, keys in manifest.fields.items() if not keys.help] == []


@pytest.mark.parametrize("name", NAMES)
def test_fonts_come_with_their_licence(name: str) -> None:
    folder = SAMPLES / name / "assets"
    fonts = [
        path for path in folder.glob("*") if path.suffix in {".woff2", ".woff", ".ttf", ".otf"}
    ]
    licences = list(folder.glob("OFL*.txt"))

    assert bool(fonts) == bool(licences)
    assert all("SIL OPEN FONT LICENSE" in path.read_text().upper() for path in licences)
