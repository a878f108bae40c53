"""Generic pictures: the template with nobody's data, kept as pixels on disk."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from service.errors import BrowserDown
from service.model import Document, Format, Image, Note, NoteCode
from service.render.generic import MOST
from tests.pictures import PICTURES, pixels
from tests.render.workbench import BODY, MANIFEST, Workbench, colour_of, counted, request

THEMED = 'themes = ["night", "paper"]\n' + MANIFEST
THEMES = {"themes/night.toml": 'ink = "#fff"', "themes/paper.toml": 'ink = "#000"'}
NO_FONT = Note("", NoteCode.FONT_MISSING, "the font Inter was not ready")


@pytest.fixture
def themed(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path, manifest=THEMED, body=BODY + "{{ theme.ink }}", shared=THEMES)


def colour(image: Image | None) -> bytes:
    assert image is not None
    return bytes(pixels(image.body)[0, 0, :3])


def nobodys(bench: Workbench, **asked: Any) -> Document:
    """The page without data, as it is composed for what is asked."""
    return bench.renderer.compose(bench.plan(**asked))


async def test_there_is_a_picture_for_each_size_language_and_theme(themed: Workbench) -> None:
    assert await themed.keep_generics() == 2 * 2 * 2

    found = set()
    for size in ("default", "tall"):
        for language in ("en", "de"):
            for theme in ("night", "paper"):
                asked = {"size": size, "language": language, "theme": theme}
                image = await themed.generics.find(themed.plan({"first_name": "Ada"}, **asked))
                assert colour(image) == colour_of(nobodys(themed, **asked))
                found.add(colour(image))
    assert len(found) == 8


async def test_it_shows_none_of_the_values_that_were_asked_with(bench: Workbench) -> None:
    await bench.keep_generics()
    image = await bench.generics.find(bench.plan({"first_name": "Ada", "parts": "3"}))

    assert colour(image) == colour_of(nobodys(bench))
    assert colour(image) != colour_of(bench.renderer.compose(bench.plan({"first_name": "Ada"})))


@pytest.mark.parametrize("image_format", PICTURES)
@pytest.mark.parametrize("scale", ["1", "3"])
async def test_it_comes_in_the_format_and_scale_that_is_asked_for(
    bench: Workbench, image_format: Format, scale: str
) -> None:
    await bench.keep_generics()
    plan = bench.plan({"first_name": "Ada"}, format=image_format, scale=scale)
    image = await bench.generics.find(plan)

    assert image is not None
    file = PIL.Image.open(io.BytesIO(image.body))
    assert (file.format or "").lower() == image_format.value == image.format.value
    assert file.size == (image.width, image.height) == (plan.wanted.width, plan.wanted.height)


async def test_what_is_kept_is_not_drawn_again(bench: Workbench) -> None:
    assert await bench.keep_generics() == 4
    assert await bench.keep_generics() == 0
    assert len(bench.pool.documents) == 4


async def test_another_version_has_its_own(bench: Workbench) -> None:
    await bench.keep_generics()
    bench.save(body=BODY + "!")

    assert await bench.generics.find(bench.plan()) is None
    assert await bench.keep_generics() == 4
    assert colour(await bench.generics.find(bench.plan())) == colour_of(nobodys(bench))


async def test_nothing_kept_is_nothing_found(bench: Workbench) -> None:
    assert await bench.generics.find(bench.plan()) is None


@pytest.mark.parametrize(
    ("lost", "instead"),
    [(["de paper"], "de night"), (["de paper", "de night"], "en night")],
)
async def test_another_theme_and_then_another_language_is_better_than_none(
    themed: Workbench, lost: list[str], instead: str
) -> None:
    await themed.keep_generics()
    for name in lost:
        language, theme = name.split()
        themed.generics._path(themed.plan(language=language, theme=theme)).unlink()
    image = await themed.generics.find(themed.plan(language="de", theme="paper"))

    language, theme = instead.split()
    assert colour(image) == colour_of(nobodys(themed, language=language, theme=theme))


async def test_another_size_is_not(bench: Workbench) -> None:
    await bench.keep_generics()
    for language in ("en", "de"):
        bench.generics._path(bench.plan(size="tall", language=language)).unlink()

    assert await bench.generics.find(bench.plan(size="tall")) is None
    assert await bench.generics.find(bench.plan()) is not None


@pytest.mark.parametrize("left", [0, 20, 0.5, 0.8])
async def test_a_file_cut_short_is_not_shown(bench: Workbench, left: float) -> None:
    await bench.keep_generics()
    for file in bench.folder.rglob("*.png"):
        body = file.read_bytes()
        file.write_bytes(body[: int(left if left > 1 else len(body) * left)])

    assert await bench.generics.find(bench.plan()) is None


async def test_a_damaged_file_gives_way_to_the_next_best(bench: Workbench) -> None:
    await bench.keep_generics()
    bench.generics._path(bench.plan(language="de")).write_bytes(b"not a picture")

    image = await bench.generics.find(bench.plan(language="de"))
    assert colour(image) == colour_of(nobodys(bench, language="en"))


async def test_a_degraded_picture_is_not_kept_and_is_tried_again(bench: Workbench) -> None:
    bench.pool.notes = (NO_FONT,)
    assert await bench.keep_generics() == 0
    assert list(bench.folder.rglob("*.*")) == []

    bench.pool.notes = ()
    assert await bench.keep_generics() == 4


async def test_no_browser_is_no_error_and_what_was_kept_stays(bench: Workbench) -> None:
    """One picture that fails stops no other, and is made at the next try."""
    bench.pool.answers = [BrowserDown("as told")]
    assert await bench.keep_generics() == 3
    assert await bench.keep_generics() == 1


async def test_pictures_of_long_ago_are_swept(bench: Workbench) -> None:
    await bench.keep_generics()
    bench.generics.sweep(timedelta(days=1))
    kept = list(bench.folder.glob("*"))
    for folder in kept:
        os.utime(folder, (0, 0))
    bench.generics.sweep(timedelta(days=1))

    assert kept
    assert list(bench.folder.glob("*")) == []


async def test_a_folder_that_cannot_be_written_is_no_error(bench: Workbench) -> None:
    bench.folder.write_text("a file where a folder should be")

    assert await bench.keep_generics() == 0
    assert await bench.generics.find(bench.plan()) is None


async def test_a_disk_that_fills_up_leaves_nothing_behind(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)

    assert await bench.keep_generics() == 0
    assert [path for path in bench.folder.rglob("*") if path.is_file()] == []


async def test_a_template_of_many_shapes_keeps_so_many_and_every_size(tmp_path: Path) -> None:
    sizes = "".join(f"[sizes.s{n}]\nwidth = {n}\nheight = 2\n" for n in range(1, 30))
    manifest = f'width = 4\nheight = 2\nlanguages = ["en", "de", "fr"]\n{sizes}'
    bench = Workbench(tmp_path, manifest=manifest, body="Hello")

    assert await bench.keep_generics() == MOST
    assert await bench.generics.find(bench.plan(size="s29")) is not None
    await bench.close()


async def test_the_ladder_answers_with_it_without_asking_the_pool(bench: Workbench) -> None:
    await bench.keep_generics()
    bench.pool.documents.clear()
    before = counted("mergeshot_answers_total", template="card", rung="generic")
    answer = await bench.ladder().generic(bench.planner.plan(request({"first_name": "Ada"})))

    assert colour(answer.image) == colour_of(nobodys(bench))
    assert bench.pool.documents == []
    assert counted("mergeshot_answers_total", template="card", rung="generic") == before + 1
