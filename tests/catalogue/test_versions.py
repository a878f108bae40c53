"""TemplateStore: every version that was served is there, whatever happens to the disk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.catalogue.template import Template
from service.catalogue.versions import TemplateStore
from tests.catalogue.workshop import Workshop, age

FOREVER = timedelta(days=400)


@pytest.fixture
def store(tmp_path: Path) -> TemplateStore:
    return TemplateStore(tmp_path / "store")


@pytest.fixture
def template(workshop: Workshop) -> Template:
    return workshop.make("Hello", files={"assets/a.png": b"\x00\xff"})


def blobs(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "store/blobs").rglob("*") if path.is_file()]


def record(tmp_path: Path, template: Template) -> Path:
    return tmp_path / f"store/versions/{template.name}/{template.version}.json"


def test_what_was_kept_comes_back_the_same(store: TemplateStore, template: Template) -> None:
    store.keep(template)

    again = store.load("card", template.version)

    assert again is not None
    assert (again.name, again.version) == ("card", template.version)
    assert again.files == template.files
    assert again.manifest == template.manifest


def test_a_kept_version_outlives_the_process(
    store: TemplateStore, template: Template, tmp_path: Path
) -> None:
    store.keep(template)

    assert TemplateStore(tmp_path / "store").load("card", template.version) is not None


def test_templates_with_a_folder_above_are_kept(store: TemplateStore, workshop: Workshop) -> None:
    template = workshop.make(name="acme/ticket")
    store.keep(template)

    assert store.load("acme/ticket", template.version) is not None
    assert [kept.version for kept in store.versions("acme/ticket")] == [template.version]
    assert store.versions("acme") == []


def test_versions_come_with_their_times_the_latest_first(
    store: TemplateStore, workshop: Workshop, tmp_path: Path
) -> None:
    old, new = workshop.make("old"), workshop.make("new")
    store.keep(old)
    store.keep(new)
    age(record(tmp_path, old), days=3)

    newest, oldest = store.versions("card")

    assert (newest.version, oldest.version) == (new.version, old.version)
    now = datetime.now(UTC)
    assert now - oldest.first_served < timedelta(minutes=1)
    assert timedelta(days=2.9) < now - oldest.last_served < timedelta(days=3.1)


def test_versions_share_the_files_that_they_have_in_common(
    store: TemplateStore, workshop: Workshop, tmp_path: Path
) -> None:
    for body in ("one", "two", "three"):
        store.keep(workshop.make(body, files={"assets/a.png": b"the same"}))

    assert len(blobs(tmp_path)) == 3 + 3


@pytest.mark.parametrize(
    ("name", "version"),
    [("../card", "a" * 24), ("card", "../" + "a" * 21), ("card", "a" * 24), ("card", "")],
)
def test_a_version_that_was_never_kept_is_none(
    store: TemplateStore, template: Template, name: str, version: str
) -> None:
    store.keep(template)

    assert store.load(name, version) is None


def test_a_flipped_bit_is_noticed(
    store: TemplateStore, template: Template, tmp_path: Path
) -> None:
    store.keep(template)
    for path in blobs(tmp_path):
        if path.read_bytes() == b"\x00\xff":
            path.write_bytes(b"\x01\xff")

    with capture_logs() as logs:
        assert store.load("card", template.version) is None

    assert [line["event"] for line in logs] == ["kept_version_damaged"]


def test_a_lost_file_or_a_torn_record_is_as_if_it_were_never_kept(
    store: TemplateStore, template: Template, tmp_path: Path
) -> None:
    store.keep(template)
    blobs(tmp_path)[0].unlink()
    with capture_logs() as logs:
        assert store.load("card", template.version) is None
        record(tmp_path, template).write_text('{"na')
        assert store.load("card", template.version) is None
        assert store.versions("card") == []

    assert {line["event"] for line in logs} == {
        "kept_version_unusable",
        "kept_version_unreadable",
    }


def test_a_write_that_fails_leaves_no_half_version(
    store: TemplateStore, template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.keep(template)
    monkeypatch.undo()

    assert not [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    store.keep(template)
    assert store.load("card", template.version) is not None


def test_sweeping_forgets_old_versions_and_what_only_they_needed(
    store: TemplateStore, workshop: Workshop, tmp_path: Path
) -> None:
    old = workshop.make("old", files={"assets/both.png": b"both"})
    new = workshop.make("new", files={"assets/both.png": b"both"})
    store.keep(old)
    store.keep(new)
    for path in [*blobs(tmp_path), record(tmp_path, old)]:
        age(path, days=401)

    assert store.sweep(FOREVER) == 1
    assert store.load("card", old.version) is None
    assert store.load("card", new.version) is not None
    assert len(blobs(tmp_path)) == len(new.files)


def test_being_served_again_keeps_a_version(
    store: TemplateStore, template: Template, tmp_path: Path
) -> None:
    store.keep(template)
    age(record(tmp_path, template), days=401)
    store.keep(template)

    assert store.sweep(FOREVER) == 0
    assert store.load("card", template.version) is not None


def test_sweeping_leaves_the_files_of_a_version_that_is_just_being_written(
    store: TemplateStore, template: Template, tmp_path: Path
) -> None:
    store.keep(template)
    record(tmp_path, template).unlink()

    store.sweep(FOREVER)

    assert len(blobs(tmp_path)) == len(template.files)


def test_sweeping_an_empty_store_is_nothing(store: TemplateStore) -> None:
    assert store.sweep(FOREVER) == 0
