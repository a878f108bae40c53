"""The ladder: always a picture of the right size, and never somebody else's."""

from __future__ import annotations

import asyncio
import io

import PIL.Image
import pytest
from structlog.testing import capture_logs

from service.errors import (
    BrowserDown,
    QueueFull,
    RenderFailed,
    RenderTimeout,
    ServiceError,
    TemplateFailed,
)
from service.imaging.tile import tile
from service.model import Format, Image, Note, NoteCode, Rung
from service.render.plan import Plan
from tests.pictures import PICTURES, pixels
from tests.render.workbench import BODY, BROKEN_PICTURE, Workbench, colour_of, counted

NO_FONT = Note("", NoteCode.FONT_MISSING, "the font Inter was not ready")
ADA = {"first_name": "Ada"}
TROUBLES = [QueueFull("full"), BrowserDown("down"), RenderTimeout("late"), RenderFailed("broke")]


def colour(image: Image) -> bytes:
    return bytes(pixels(image.body)[0, 0, :3])


def painted(bench: Workbench, plan: Plan) -> bytes:
    """The colour that a plan's own picture has."""
    return colour_of(bench.renderer.compose(plan))


def plain_tile(plan: Plan) -> bytes:
    return tile(plan.template.manifest.colour, plan.wanted)


async def test_a_picture_is_exact_then_from_the_cache(bench: Workbench) -> None:
    plan = bench.plan(ADA)
    first, second = await bench.ladder().answer(plan), await bench.ladder().answer(plan)

    assert (first.rung, first.cached, first.error) == (Rung.EXACT, False, None)
    assert (second.rung, second.cached) == (Rung.EXACT, True)
    assert first.image == second.image
    assert colour(first.image) == painted(bench, plan)
    assert len(bench.pool.documents) == 1


@pytest.mark.alone
async def test_what_stands_in_is_made_while_the_drawing_is_still_waited_for(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A next best that takes as long as the rest of the wait makes no answer late."""
    bench.pool.hold = asyncio.Event()
    plan, loop = bench.plan(ADA), asyncio.get_running_loop()

    async def slow(_: Plan) -> None:
        await asyncio.sleep(0.3)

    monkeypatch.setattr(bench.generics, "find", slow)
    began = loop.time()
    answer = await bench.ladder(wait=1).answer(plan)
    took = loop.time() - began
    bench.pool.hold.set()

    assert answer.rung is Rung.TILE
    assert 1 <= took < 1.25


@pytest.mark.alone
async def test_looking_into_the_cache_is_part_of_the_wait(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.pool.hold = asyncio.Event()
    plan, loop = bench.plan(ADA), asyncio.get_running_loop()

    async def slow(_: Plan) -> None:
        await asyncio.sleep(0.5)

    monkeypatch.setattr(bench.renderer, "recall", slow)
    began = loop.time()
    await bench.ladder(wait=1).answer(plan)
    took = loop.time() - began
    bench.pool.hold.set()

    assert 1 <= took < 1.25


async def test_a_font_that_was_late_is_degraded_and_the_next_one_is_drawn_anew(
    bench: Workbench,
) -> None:
    bench.pool.notes = (NO_FONT,)
    plan = bench.plan(ADA)
    first = await bench.ladder().answer(plan)
    bench.pool.notes = ()
    second = await bench.ladder().answer(plan)

    assert (first.rung, second.rung, second.cached) == (Rung.DEGRADED, Rung.EXACT, False)
    assert colour(first.image) == painted(bench, plan)


@pytest.mark.parametrize("error", TROUBLES)
async def test_when_drawing_fails_the_last_picture_of_the_same_subject_comes(
    bench: Workbench, error: ServiceError
) -> None:
    old = bench.plan(ADA)
    await bench.ladder().answer(old)
    before = painted(bench, old)
    bench.save(body=BODY + "!")
    bench.pool.broken = error
    plan = bench.plan(ADA)
    answer = await bench.ladder().answer(plan)

    assert (answer.rung, answer.cached, answer.error) == (Rung.STALE, False, error)
    assert colour(answer.image) == before != painted(bench, plan)


@pytest.mark.parametrize(
    "asked", [{}, {"size": "tall"}, {"scale": "2"}, {"language": "de"}, {"format": Format.WEBP}]
)
async def test_stale_is_never_another_subjects(
    bench: Workbench, asked: dict[str, str | Format]
) -> None:
    """Grace's picture, or Ada's own in another shape, stands in for nothing of this plan."""
    await bench.ladder().answer(bench.plan(ADA))
    await bench.ladder().answer(bench.plan({"first_name": "Grace"}, **asked))
    bench.save(body=BODY + "!")
    bench.pool.broken = BrowserDown("as told")
    values = ADA if asked else {"first_name": "Edith"}

    answer = await bench.ladder().answer(bench.plan(values, **asked))

    assert answer.rung is Rung.TILE


async def test_without_a_stale_one_the_generic_picture_comes(bench: Workbench) -> None:
    await bench.keep_generics()
    bench.pool.broken = BrowserDown("as told")
    plan = bench.plan(ADA, language="de", size="tall", format=Format.JPEG, scale="2")
    answer = await bench.ladder().answer(plan)

    file = PIL.Image.open(io.BytesIO(answer.image.body))
    assert (answer.rung, answer.error) == (Rung.GENERIC, bench.pool.broken)
    assert (file.format, file.size) == ("JPEG", (48, 96))
    expected = painted(bench, bench.plan(language="de", size="tall"))
    assert all(abs(a - b) < 8 for a, b in zip(colour(answer.image), expected, strict=True))


async def test_stale_comes_before_generic(bench: Workbench) -> None:
    await bench.keep_generics()
    await bench.ladder().answer(bench.plan(ADA))
    bench.save(body=BODY + "!")
    await bench.keep_generics()
    bench.pool.broken = BrowserDown("as told")

    assert (await bench.ladder().answer(bench.plan(ADA))).rung is Rung.STALE
    assert (await bench.ladder().answer(bench.plan({"parts": "3"}))).rung is Rung.GENERIC


@pytest.mark.parametrize("image_format", PICTURES)
async def test_with_nothing_at_all_the_tile_comes(bench: Workbench, image_format: Format) -> None:
    bench.pool.broken = BrowserDown("as told")
    plan = bench.plan(ADA, format=image_format, size="tall", scale="2")
    answer = await bench.ladder().answer(plan)

    file = PIL.Image.open(io.BytesIO(answer.image.body))
    assert answer.rung is Rung.TILE
    assert (file.format or "").lower() == image_format.value
    assert file.size == (48, 96) == (answer.image.width, answer.image.height)
    assert answer.image.body == plain_tile(plan)


async def test_nothing_below_exact_is_stored(bench: Workbench) -> None:
    """Tile, generic and stale one after the other: the next good moment draws."""
    plan, ladder = bench.plan(ADA), bench.ladder()
    bench.pool.broken = BrowserDown("as told")
    assert (await ladder.answer(plan)).rung is Rung.TILE
    bench.pool.broken = None
    await bench.keep_generics()
    bench.pool.broken = BrowserDown("as told")
    assert (await ladder.answer(plan)).rung is Rung.GENERIC
    assert (await ladder.generic(plan)).rung is Rung.GENERIC
    bench.pool.broken, bench.pool.notes = None, (NO_FONT,)
    assert (await ladder.answer(plan)).rung is Rung.DEGRADED
    bench.pool.notes = ()

    assert await bench.cache.get(plan.key) is None
    assert await bench.cache.latest(plan.subject) is None
    answer = await ladder.answer(plan)
    assert (answer.rung, answer.cached) == (Rung.EXACT, False)


async def test_a_stale_answer_is_not_stored_under_the_new_key(bench: Workbench) -> None:
    await bench.ladder().answer(bench.plan(ADA))
    bench.save(body=BODY + "!")
    plan = bench.plan(ADA)
    bench.pool.answers = [BROKEN_PICTURE, BROKEN_PICTURE]

    assert (await bench.ladder().answer(plan)).rung is Rung.STALE
    assert await bench.cache.get(plan.key) is None


# Late


async def test_a_late_drawing_goes_on_and_fills_the_cache(bench: Workbench) -> None:
    bench.pool.hold = asyncio.Event()
    plan, ladder = bench.plan(ADA), bench.ladder(wait=0.02)
    late = await ladder.answer(plan)
    assert (late.rung, late.error) == (Rung.TILE, None)

    bench.pool.hold.set()
    await bench.renderer.close()
    answer = await ladder.answer(plan)

    assert (answer.rung, answer.cached) == (Rung.EXACT, True)
    assert colour(answer.image) == painted(bench, plan)
    assert len(bench.pool.documents) == 1


async def test_whoever_asks_meanwhile_joins_the_late_drawing(bench: Workbench) -> None:
    bench.pool.hold = asyncio.Event()
    plan = bench.plan(ADA)
    assert (await bench.ladder(wait=0.02).answer(plan)).rung is Rung.TILE
    patient = asyncio.ensure_future(bench.ladder().answer(plan))
    await asyncio.sleep(0.01)
    bench.pool.hold.set()

    assert (await patient).rung is Rung.EXACT
    assert len(bench.pool.documents) == 1


async def test_a_client_that_leaves_does_not_end_the_drawing(bench: Workbench) -> None:
    bench.pool.hold = asyncio.Event()
    plan = bench.plan(ADA)
    asking = asyncio.ensure_future(bench.ladder().answer(plan))
    await asyncio.sleep(0.01)
    asking.cancel()
    bench.pool.hold.set()
    await asyncio.sleep(0)
    await bench.renderer.close()

    assert await bench.renderer.recall(plan) is not None


# Mistakes in templates

WRONG = {"parts": "0"}
"""The template divides by it."""


async def test_in_production_a_mistake_is_answered_from_the_ladder(bench: Workbench) -> None:
    plan = bench.plan(WRONG)
    bare = await bench.ladder().answer(plan)
    await bench.keep_generics()
    answer = await bench.ladder().answer(plan)

    assert isinstance(answer.error, TemplateFailed)
    assert (bare.rung, bare.image.body) == (Rung.TILE, plain_tile(plan))
    assert (answer.rung, colour(answer.image)) == (Rung.GENERIC, painted(bench, bench.plan()))


async def test_in_development_a_mistake_is_written_on_the_tile(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.keep_generics()
    written = _listen(monkeypatch)
    plan = bench.plan(WRONG, scale="3")
    answer = await bench.ladder(development=True).answer(plan)

    assert isinstance(answer.error, TemplateFailed)
    assert answer.rung is Rung.TILE
    assert answer.image.body != plain_tile(plan)
    assert "The template could not be filled" in written[0]
    assert "template.html, line 4" in written[0]
    assert "ZeroDivisionError" in written[0]


async def test_in_development_a_broken_save_is_its_mistake_even_where_a_picture_is_cached(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = bench.plan(ADA)
    await bench.ladder().answer(plan)
    bench.save(body="{{ last_name }}")
    written = _listen(monkeypatch)

    development = await bench.ladder(development=True).answer(plan)
    production = await bench.ladder().answer(plan)

    assert development.rung is Rung.TILE
    assert "line 4" in written[0]
    assert "last_name" in written[0]
    assert (production.rung, production.cached) == (Rung.EXACT, True)


async def test_in_development_trouble_with_the_browser_is_said_on_the_tile(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = _listen(monkeypatch)
    bench.pool.broken = BrowserDown("No browser is running.", hint="Wait a little.")
    plan = bench.plan(ADA)

    await bench.ladder().answer(plan)
    await bench.ladder(development=True).answer(plan)

    told = "The browser is being restarted\nNo browser is running.\nWait a little."
    assert written == ["", told]


def _listen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are written on tiles from now on."""
    written: list[str] = []

    def listening(colour: str, wanted: object, text: str = "") -> bytes:
        written.append(text)
        return tile(colour, wanted, text)  # type: ignore[arg-type]

    monkeypatch.setattr("service.render.ladder.tile", listening)
    return written


# Addresses that prove nothing


async def test_generic_uses_none_of_the_plans_values(bench: Workbench) -> None:
    """Not even where the picture with them is in the cache."""
    await bench.keep_generics()
    plan = bench.plan(ADA)
    await bench.ladder().answer(plan)
    answer = await bench.ladder().generic(plan)

    assert (answer.rung, answer.cached, answer.error) == (Rung.GENERIC, False, None)
    assert colour(answer.image) == painted(bench, bench.plan()) != painted(bench, plan)


async def test_generic_without_a_kept_picture_is_the_tile(bench: Workbench) -> None:
    plan = bench.plan(ADA)
    await bench.ladder().answer(plan)
    answer = await bench.ladder(development=True).generic(plan)

    assert (answer.rung, answer.image.body) == (Rung.TILE, plain_tile(plan))


# What is told


async def test_every_answer_is_counted_by_its_rung(bench: Workbench) -> None:
    def counts() -> list[float]:
        rungs = ("exact", "tile")
        return [counted("mergeshot_answers_total", template="card", rung=rung) for rung in rungs]

    exact, tiles = counts()
    await bench.ladder().answer(bench.plan(ADA))
    await bench.ladder().answer(bench.plan(ADA))
    bench.pool.broken = QueueFull("as told")
    await bench.ladder().answer(bench.plan())

    assert counts() == [exact + 2, tiles + 1]


async def test_the_log_says_why_and_not_whose(bench: Workbench) -> None:
    bench.pool.broken = QueueFull("as told")
    with capture_logs() as logs:
        await bench.ladder().answer(bench.plan(ADA))

    assert logs == [
        {
            "event": "answer_below_exact",
            "template": "card",
            "code": "queue_full",
            "log_level": "warning",
        }
    ]
