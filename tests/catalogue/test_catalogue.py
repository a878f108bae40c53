"""Catalogue: names, versions, and what goes on being served while a designer works."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from service.catalogue.catalogue import Catalogue
from service.catalogue.versions import TemplateStore
from service.errors import ManifestError, TemplateFailed, TemplateNotFound
from service.metrics import TEMPLATE_LOADS
from tests.catalogue.workshop import Workshop, age, body_of, field, filled, page


@pytest.fixture
def store(tmp_path: Path) -> TemplateStore:
    return TemplateStore(tmp_path / "store")


@pytest.fixture
def catalogue(workshop: Workshop, store: TemplateStore) -> Catalogue:
    return Catalogue(workshop.root, store)


def shown(catalogue: Catalogue, name: str = "card") -> str:
    return body_of(filled(catalogue.get(name), {}))


@asynccontextmanager
async def watching(catalogue: Catalogue) -> AsyncIterator[None]:
    task = asyncio.create_task(catalogue.watch())
    await asyncio.sleep(0.2)  # the watcher has no sign of being ready
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(250):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to be within five seconds")


def test_every_folder_with_a_template_is_one(workshop: Workshop, catalogue: Catalogue) -> None:
    for name in ("card", "acme/ticket", "acme/pass"):
        workshop.template(name=name)
    for other in ("_shared/base.html", ".git/template.toml", "_draft/template.toml", "empty/x"):
        workshop.write(other, "")

    assert catalogue.load_all() == []
    assert catalogue.names() == ["acme/pass", "acme/ticket", "card"]


def test_a_folder_of_a_name_that_cannot_be_asked_for_is_told(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    workshop.template(name="My Card")

    (problem,) = catalogue.load_all()

    assert problem.file == "My Card"
    assert catalogue.names() == []


def test_a_folder_of_templates_must_exist(tmp_path: Path, store: TemplateStore) -> None:
    (problem,) = Catalogue(tmp_path / "nowhere", store).load_all()

    assert "no such folder" in problem.message


def test_an_unknown_template_is_answered_with_the_closest_names(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    workshop.template(name="event-ticket")
    catalogue.load_all()

    with pytest.raises(TemplateNotFound) as caught:
        catalogue.get("evnt-ticket")

    assert "event-ticket" in caught.value.hint


def test_a_former_name_is_answered_by_its_successor(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    workshop.template(manifest='former_names = ["old-card"]')
    catalogue.load_all()

    assert catalogue.get("old-card").name == "card"


def test_a_former_name_in_use_stays_its_owners(workshop: Workshop, catalogue: Catalogue) -> None:
    workshop.template(name="a", manifest='former_names = ["b", "c"]')
    workshop.template(name="b")
    workshop.template(name="d", manifest='former_names = ["c"]')

    problems = catalogue.load_all()

    assert [problem.file for problem in problems] == ["a/template.toml", "d/template.toml"]
    assert catalogue.get("b").name == "b"
    assert catalogue.get("c").name == "a"


def test_ten_mistakes_are_ten_lines_and_the_last_good_version_serves(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    workshop.template("good")
    catalogue.load_all()
    mistakes = "".join(f"unknown_{number} = 1\n" for number in range(10))
    workshop.template("bad", manifest=mistakes)

    problems = catalogue.load_all()

    assert len(problems) == 10
    assert {problem.file for problem in problems} == {"card/template.toml"}
    assert isinstance(catalogue.broken["card"], ManifestError)
    assert shown(catalogue) == "good"


@pytest.mark.parametrize(
    "half",
    ["", page("half")[:60], page("half")[:-20], page("{% if x %}"), page("{{ undeclared }}")],
)
def test_half_a_page_does_not_replace_a_whole_one(
    workshop: Workshop, catalogue: Catalogue, half: str
) -> None:
    workshop.template("good")
    catalogue.load_all()
    workshop.write("card/template.html", half)

    (problem,) = catalogue.load_all()

    assert problem.file.startswith("card/template.html:")
    assert isinstance(catalogue.broken["card"], TemplateFailed)
    assert shown(catalogue) == "good"

    workshop.template("better")

    assert catalogue.load_all() == []
    assert not catalogue.broken
    assert shown(catalogue) == "better"


def test_the_last_good_version_of_an_earlier_process_serves(
    workshop: Workshop, store: TemplateStore
) -> None:
    workshop.template("good")
    Catalogue(workshop.root, store).load_all()
    workshop.write("card/template.toml", "nonsense")

    catalogue = Catalogue(workshop.root, store)
    catalogue.load_all()

    assert shown(catalogue) == "good"
    assert "card" in catalogue.broken


def test_a_page_that_never_worked_says_where_it_fails(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    workshop.template("{{ undeclared }}")
    catalogue.load_all()

    with pytest.raises(TemplateFailed) as caught:
        shown(catalogue)

    assert (caught.value.file, caught.value.line) == ("template.html", 4)


def test_a_page_that_never_worked_says_where_it_fails_now(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    workshop.template("{{ undeclared }}")
    catalogue.load_all()
    workshop.template("\n{{ undeclared }}")
    catalogue.load_all()

    with pytest.raises(TemplateFailed) as caught:
        shown(catalogue)

    assert caught.value.line == 5


@pytest.mark.parametrize(
    "files",
    [
        {"template.html": page("{{ " + "(" * 5000 + ")" * 5000 + " }}")},
        {"style.css": "a{b:" + "f(" * 5000},
        {"template.toml": "a = " + "[" * 5000},
    ],
)
def test_a_folder_that_breaks_its_reader_breaks_no_other(
    workshop: Workshop, catalogue: Catalogue, files: dict[str, str]
) -> None:
    workshop.template(name="good")
    workshop.template(name="deep", files=files)

    assert catalogue.load_all()
    assert "deep" in catalogue.broken
    assert shown(catalogue, "good") == "Hello"


def test_a_manifest_that_never_worked_is_not_a_template_that_is_unknown(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    workshop.template(manifest="widthh = 1")
    catalogue.load_all()

    with pytest.raises(TemplateFailed) as caught:
        catalogue.get("card")

    assert caught.value.file == "template.toml"


def test_every_version_that_was_served_can_be_had(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    versions = {}
    for body in ("one", "two", "three"):
        workshop.template(body)
        catalogue.load_all()
        versions[body] = catalogue.get("card").version

    for body, version in versions.items():
        kept = catalogue.version("card", version)
        assert kept is not None
        assert body_of(filled(kept, {})) == body
    assert catalogue.version("card", versions["three"]) is catalogue.get("card")
    assert catalogue.version("card", "0" * 24) is None
    assert catalogue.version("card", "../../etc") is None


def test_a_version_from_before_a_renaming_can_be_had_under_both_names(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    workshop.template("old", name="old-card")
    catalogue.load_all()
    version = catalogue.get("old-card").version
    (workshop.root / "old-card").rename(workshop.root / "card")
    workshop.template("new", manifest='former_names = ["old-card"]')
    catalogue.load_all()

    assert catalogue.names() == ["card"]
    for name in ("old-card", "card"):
        kept = catalogue.version(name, version)
        assert kept is not None
        assert body_of(filled(kept, {})) == "old"


def test_a_version_of_a_template_that_is_gone_can_be_had(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    folder = workshop.template()
    catalogue.load_all()
    version = catalogue.get("card").version
    folder.rename(workshop.root / ".gone")
    catalogue.load_all()

    with pytest.raises(TemplateNotFound):
        catalogue.get("card")
    assert catalogue.version("card", version) is not None


def test_only_a_change_is_told(workshop: Workshop, catalogue: Catalogue) -> None:
    told: list[str] = []
    catalogue.on_change.append(told.append)
    workshop.template(name="a")
    workshop.template(name="b")
    catalogue.load_all()
    catalogue.load_all()
    workshop.write("b/examples/x.json", "{}")
    catalogue.load_all()

    assert sorted(told) == ["a", "b"]
    assert catalogue.get("b").examples == {"x": {}}

    (workshop.root / "a").rename(workshop.root / ".a")
    workshop.template("else", name="b")
    catalogue.load_all()

    assert sorted(told) == ["a", "a", "b", "b"]


def test_a_folder_that_did_not_change_is_not_read_again(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    workshop.template()
    catalogue.load_all()
    before = TEMPLATE_LOADS.labels(result="ok")._value.get()
    catalogue.load_all()

    assert TEMPLATE_LOADS.labels(result="ok")._value.get() == before


def test_a_shared_file_that_changes_changes_those_who_reach_it(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    workshop.write("_shared/foot.html", "foot")
    workshop.template("{% include '_shared/foot.html' %}", name="a")
    workshop.template(name="b")
    catalogue.load_all()
    told: list[str] = []
    catalogue.on_change.append(told.append)

    workshop.write("_shared/foot.html", "hand")
    catalogue.load_all()

    assert told == ["a"]
    assert shown(catalogue, "a") == "hand"


def test_a_store_that_cannot_be_written_breaks_nothing(workshop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    workshop.template()
    catalogue = Catalogue(workshop.root, TemplateStore(tmp_path / "store"))

    assert catalogue.load_all() == []
    assert shown(catalogue) == "Hello"


def test_sweeping_spares_what_is_served(
    workshop: Workshop, catalogue: Catalogue, tmp_path: Path
) -> None:
    versions = []
    for body in ("one", "two", "three"):
        workshop.template(body)
        catalogue.load_all()
        versions.append(catalogue.get("card").version)
    for record in (tmp_path / "store/versions/card").iterdir():
        age(record, days=500)
    catalogue.version("card", versions[0])

    assert catalogue.sweep(timedelta(days=400)) == 1
    assert [catalogue.version("card", version) is None for version in versions] == [
        False,
        True,
        False,
    ]


async def test_a_saved_file_is_seen_without_a_restart(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    workshop.template("before")
    catalogue.load_all()
    async with watching(catalogue):
        workshop.template("after")

        await until(lambda: shown(catalogue) == "after")

        workshop.template("x", manifest="widthh = 1")
        await until(lambda: "card" in catalogue.broken)
        assert shown(catalogue) == "after"

        workshop.template("{{ name }}", manifest=field("name"))
        await until(lambda: "card" not in catalogue.broken)


async def test_a_change_that_nobody_tells_of_is_seen_too(
    workshop: Workshop, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def deaf(*_paths: Path, **_options: object) -> AsyncIterator[set[object]]:
        while True:
            await asyncio.sleep(0.01)
            yield set()

    monkeypatch.setattr("service.catalogue.catalogue.awatch", deaf)
    workshop.template("before")
    catalogue.load_all()
    async with watching(catalogue):
        workshop.template("after")

        await until(lambda: shown(catalogue) == "after")


async def test_a_folder_that_is_written_slowly_is_read_when_it_is_whole(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    workshop.template("before")
    catalogue.load_all()
    seen: set[str] = set()
    catalogue.on_change.append(lambda _name: seen.add(shown(catalogue)))
    async with watching(catalogue):
        for number in range(15):
            workshop.template(f"{number}")
            await asyncio.sleep(0.01)
        workshop.template("after")
        await until(lambda: shown(catalogue) == "after")

    assert len(seen) <= 4


async def test_a_new_and_a_removed_template_are_seen(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    workshop.template(name="a")
    catalogue.load_all()
    async with watching(catalogue):
        workshop.template(name="acme/b")
        await until(lambda: catalogue.names() == ["a", "acme/b"])

        (workshop.root / "a").rename(workshop.root.parent / "a")
        await until(lambda: catalogue.names() == ["acme/b"])


# What is told about versions


def test_versions_are_told_under_every_name_that_a_template_had(
    workshop: Workshop, catalogue: Catalogue, store: TemplateStore
) -> None:
    workshop.template("one", name="old-card")
    catalogue.load_all()
    old = catalogue.get("old-card").version
    (workshop.root / "old-card").rename(workshop.root / "card")
    workshop.template("two", manifest='former_names = ["old-card"]')
    catalogue.load_all()
    card = catalogue.get("card")

    told = catalogue.versions(card)

    assert {kept.version for kept in told} == {old, card.version}
    assert told == sorted(told, key=lambda kept: kept.last_served, reverse=True)
    found = catalogue.look_up(card, old)
    assert found is not None
    assert found.name == "old-card"
    assert catalogue.look_up(card, card.version) is card
    assert catalogue.look_up(card, "0" * 24) is None


def test_a_template_is_sound_while_a_good_version_of_it_is_served(
    workshop: Workshop, catalogue: Catalogue
) -> None:
    workshop.template("good")
    workshop.template("{{ undeclared }}", name="never")
    catalogue.load_all()
    workshop.template("{{ undeclared }}")
    catalogue.load_all()

    assert set(catalogue.broken) == {"card", "never"}
    assert catalogue.is_sound("card")
    assert not catalogue.is_sound("never")
    assert not catalogue.is_sound("nobody")
