"""The renderer: compose, draw, encode, keep."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import PIL.Image
import pytest
from pikepdf import Pdf

from service.cache.cache import value_digest
from service.catalogue.canonical import canonical
from service.errors import QueueFull, RenderFailed, TemplateFailed
from service.imaging.raster import Encoded, Pixels
from service.model import Format, Lane, Note, NoteCode
from tests.imaging.test_pdf import printed
from tests.pictures import PICTURES, pixels
from tests.render.workbench import (
    BODY,
    BROKEN_PICTURE,
    MANIFEST,
    SECRET,
    Workbench,
    codes,
    colour_of,
    counted,
    request,
)

SHRUNK = Note("first_name", NoteCode.SHRUNK, "the text was shrunk to 20 px")
NO_FONT = Note("", NoteCode.FONT_MISSING, "the font Inter was not ready")


@pytest.mark.parametrize("image_format", PICTURES)
async def test_a_picture_is_drawn_encoded_and_kept(bench: Workbench, image_format: Format) -> None:
    plan = bench.plan({"first_name": "Ada"}, format=image_format, scale="2")
    assert await bench.renderer.recall(plan) is None

    image = await bench.renderer.draw(plan)

    file = PIL.Image.open(io.BytesIO(image.body))
    assert (file.format or "").lower() == image_format.value
    assert file.size == (image.width, image.height) == (96, 48)
    assert image.format is image_format
    assert not image.degraded
    assert await bench.renderer.recall(plan) == image


async def test_a_pdf_is_checked_finished_and_kept(bench: Workbench) -> None:
    plan = bench.plan({"first_name": "Ada"}, format=Format.PDF)
    bench.pool.answers = [Encoded(printed((36, 18)), Format.PDF)]
    image = await bench.renderer.draw(plan)

    with Pdf.open(io.BytesIO(image.body)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Card"
        assert "/CreationDate" not in pdf.docinfo
    assert (image.format, image.width, image.height) == (Format.PDF, 48, 24)
    assert bench.pool.documents[0].sheet == plan.sheet
    assert await bench.renderer.recall(plan) == image


@pytest.mark.parametrize(
    "answer", [Encoded(printed((36, 36)), Format.PDF), Pixels(bytes(48 * 24 * 3), 48, 24, 3)]
)
async def test_a_pdf_that_is_not_the_one_wanted_is_printed_once_more(
    bench: Workbench, answer: Encoded | Pixels
) -> None:
    bench.pool.answers = [answer, Encoded(printed((36, 18)), Format.PDF)]

    assert await bench.renderer.draw(bench.plan(format=Format.PDF))
    assert len(bench.pool.documents) == 2


async def test_the_document_is_what_the_plan_says(bench: Workbench) -> None:
    plan = bench.plan({"first_name": "Ada"}, size="tall", scale="3", language="de")
    document = bench.renderer.compose(plan)

    assert "Hello Ada 12 de" in document.html
    assert (document.width, document.height, document.scale) == (24, 48, 3.0)
    assert document.width * document.scale == plan.wanted.width
    assert document.height * document.scale == plan.wanted.height
    assert (document.lane, document.version) == (Lane.SWAP, plan.template.version)
    assert set(document.assets) == {"style.css"}
    assert not document.transparent


async def test_what_is_drawn_is_this_plans_document(bench: Workbench) -> None:
    plan = bench.plan({"first_name": "Ada"})
    image = await bench.renderer.draw(plan)

    assert bytes(pixels(image.body)[0, 0]) == colour_of(bench.renderer.compose(plan))


async def test_a_transparent_template_keeps_its_alpha(tmp_path: Path) -> None:
    bench = Workbench(tmp_path, manifest="transparent = true\n" + MANIFEST)
    bench.pool.answers = [Pixels(bytes((9, 8, 7, 6)) * (48 * 24), 48, 24, 4)]
    image = await bench.renderer.draw(bench.plan())

    assert bench.pool.documents[0].transparent
    assert list(pixels(image.body)[0, 0]) == [9, 8, 7, 6]
    await bench.close()


async def test_the_entry_says_what_the_picture_shows_without_telling_it(bench: Workbench) -> None:
    plan = bench.plan({"first_name": "Ada"})
    await bench.renderer.draw(plan)
    entry = await bench.cache.get(plan.key)

    assert entry is not None
    assert (entry.key, entry.subject) == (plan.key, plan.subject)
    assert (entry.template, entry.version) == ("card", plan.template.version)
    assert entry.fingerprint == "a fake engine"
    assert (entry.format, entry.width, entry.height) == ("png", 48, 24)
    assert entry.values == {
        "first_name": value_digest(SECRET, "first_name", canonical("Ada")),
        "parts": value_digest(SECRET, "parts", canonical(1)),
    }


async def test_many_who_ask_for_one_picture_have_it_drawn_once(bench: Workbench) -> None:
    plan = bench.plan({"first_name": "Ada"})
    images = await asyncio.gather(*(bench.renderer.draw(plan) for _ in range(20)))

    assert len(bench.pool.documents) == 1
    assert len({image.body for image in images}) == 1


async def test_two_people_asked_for_at_once_get_their_own(bench: Workbench) -> None:
    plans = [bench.plan({"first_name": name}) for name in ("Ada", "Grace")]
    images = await asyncio.gather(*map(bench.renderer.draw, plans))

    for plan, image in zip(plans, images, strict=True):
        assert bytes(pixels(image.body)[0, 0]) == colour_of(bench.renderer.compose(plan))


# Notes


async def test_the_notes_of_a_drawing_are_kept_with_it(bench: Workbench) -> None:
    bench.pool.notes = (SHRUNK,)
    before = counted("mergeshot_notes_total", template="card", code="shrunk")
    plan = bench.plan()
    image = await bench.renderer.draw(plan)
    recalled = await bench.renderer.recall(plan)

    assert recalled is not None
    assert image.notes == recalled.notes == (SHRUNK,)
    assert counted("mergeshot_notes_total", template="card", code="shrunk") == before + 1


async def test_the_notes_of_a_request_do_not_come_back_with_anothers_picture(
    bench: Workbench,
) -> None:
    """Both have the same key; only one of them gave a name that nobody knows."""
    odd, plain = bench.plan({"first_name": " ", "secret_segment": "1"}), bench.plan()
    assert odd.key == plain.key

    await bench.renderer.draw(odd)
    recalled = await bench.renderer.recall(plain)

    assert recalled is not None
    assert codes(recalled.notes) == []


async def test_a_degraded_picture_is_answered_and_not_kept(bench: Workbench) -> None:
    bench.pool.notes = (NO_FONT,)
    plan = bench.plan()
    image = await bench.renderer.draw(plan)

    assert image.degraded
    assert await bench.renderer.recall(plan) is None
    assert await bench.renderer.recall_subject(plan) is None


# Trouble


async def test_a_picture_that_cannot_be_read_is_drawn_once_more(bench: Workbench) -> None:
    bench.pool.answers = [BROKEN_PICTURE]
    plan = bench.plan()
    image = await bench.renderer.draw(plan)

    assert len(bench.pool.documents) == 2
    assert bytes(pixels(image.body)[0, 0]) == colour_of(bench.renderer.compose(plan))
    assert await bench.renderer.recall(plan) is not None


@pytest.mark.parametrize(
    "answer",
    [
        BROKEN_PICTURE,
        Encoded(b"", Format.JPEG),
        Pixels(bytes(24 * 48 * 3), 24, 48, 3),  # the right pixels in another shape
        Pixels(bytes(10), 48, 24, 3),
    ],
)
async def test_two_unusable_pictures_are_a_failure_and_nothing_is_kept(
    bench: Workbench, answer: Encoded | Pixels
) -> None:
    bench.pool.answers = [answer, answer]
    plan = bench.plan()

    with pytest.raises(RenderFailed, match="no usable picture twice"):
        await bench.renderer.draw(plan)
    assert await bench.renderer.recall(plan) is None
    assert len(bench.pool.documents) == 2


async def test_a_template_that_cannot_be_filled_never_reaches_the_browser(
    bench: Workbench,
) -> None:
    with pytest.raises(TemplateFailed) as caught:
        await bench.renderer.draw(bench.plan({"parts": "0"}))

    assert (caught.value.file, caught.value.line) == ("template.html", 4)
    assert bench.pool.documents == []


async def test_what_the_pool_refuses_is_refused(bench: Workbench) -> None:
    bench.pool.broken = QueueFull("as told")
    plan = bench.plan()

    with pytest.raises(QueueFull):
        await bench.renderer.draw(plan)
    bench.pool.broken = None
    assert await bench.renderer.draw(plan)


async def test_both_tries_have_one_deadline(bench: Workbench) -> None:
    bench.pool.answers = [BROKEN_PICTURE]
    renderer = bench.make_renderer(bench.planner, timeout=7)
    before = asyncio.get_running_loop().time()
    await renderer.draw(bench.plan())

    first, second = bench.pool.deadlines
    assert first == second
    assert before + 7 <= first < before + 8


async def test_each_stage_is_timed(bench: Workbench) -> None:
    stages = ("compose", "queue", "draw", "encode", "store")

    def counts() -> list[float]:
        return [counted("mergeshot_stage_seconds_count", stage=stage) for stage in stages]

    before = counts()
    await bench.renderer.draw(bench.plan())

    assert counts() == [count + 1 for count in before]


async def test_closing_waits_for_a_drawing_and_its_keeping(bench: Workbench) -> None:
    bench.pool.hold = asyncio.Event()
    plan = bench.plan()
    waiting = asyncio.ensure_future(bench.renderer.draw(plan))
    await asyncio.sleep(0.01)
    waiting.cancel()
    closing = asyncio.ensure_future(bench.renderer.close())
    await asyncio.sleep(0.01)
    assert not closing.done()

    bench.pool.hold.set()
    await closing
    assert await bench.renderer.recall(plan) is not None


# What goes stale


async def test_the_last_picture_of_a_subject_outlives_its_version(bench: Workbench) -> None:
    image = await bench.renderer.draw(bench.plan({"first_name": "Ada"}))
    bench.save(body=BODY + "!")
    plan = bench.plan({"first_name": "Ada"})

    assert await bench.renderer.recall(plan) is None
    assert await bench.renderer.recall_subject(plan) == image
    assert await bench.renderer.recall_subject(bench.plan({"first_name": "Grace"})) is None


async def test_planning_and_the_failure_on_disk_are_the_planners(bench: Workbench) -> None:
    plan = bench.plan({"first_name": "Ada"})
    assert bench.renderer.plan(request({"first_name": "Ada"})) == plan
    assert bench.renderer.failure(plan) is None

    bench.save(body="{{ last_name }}")
    failure = bench.renderer.failure(plan)
    assert failure is not None
    assert "last_name" in failure.message
