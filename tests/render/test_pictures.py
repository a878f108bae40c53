"""Pictures on the web are brought before composing, and their failure costs nothing but them."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.fetch.fetcher import Fetched
from service.model import Rung
from service.render import pictures as module
from service.render.plan import Plan
from tests.render.workbench import Workbench, codes, counted

MANIFEST = """
width = 48
height = 24
[fields.portrait]
kind = "image"
hosts = ["*.example.com"]
fallback = "nobody.png"
[fields.badge]
kind = "image"
hosts = ["*.example.com"]
optional = true
[fields.logos]
kind = "list"
of = { kind = "image", hosts = ["*.example.com"] }
fallback = []
"""

BODY = """
<img src="{{ portrait }}"><img src="{{ asset(portrait) }}">
<i style="background: {{ badge | css_url }}"></i>{{ portrait is given }} {{ badge is none }}
{% for logo in logos %}<img src="{{ logo }}">{% endfor %}
"""

PORTRAIT, BADGE = "https://img.example.com/p.png", "https://img.example.com/b.jpg"
ASKED = {"portrait": PORTRAIT, "badge": BADGE}


def fetched(body: bytes, *, media_type: str = "image/png", old: bool = False) -> Fetched:
    return Fetched(body, media_type, old)


def uri(body: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{b64encode(body).decode()}"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Workbench]:
    workbench = Workbench(tmp_path, manifest=MANIFEST, body=BODY)
    workbench.workshop.write("card/assets/nobody.png", b"\x89PNG")
    workbench.catalogue.load_all()
    workbench.web.there = {
        PORTRAIT: fetched(b"?>?portrait"),
        BADGE: fetched(b"badge", media_type="image/jpeg"),
    }
    yield workbench
    await workbench.close()


def html(bench: Workbench) -> str:
    return bench.pool.documents[-1].html


async def test_the_page_holds_the_pictures_themselves(bench: Workbench) -> None:
    image = await bench.renderer.draw(bench.plan(ASKED))

    assert html(bench).count(f'src="{uri(b"?>?portrait")}"') == 2
    assert f"background: url({uri(b'badge', 'image/jpeg')})" in html(bench)
    assert "True False" in html(bench)
    assert "https://" not in html(bench)
    assert (image.notes, image.degraded) == ((), False)


async def test_a_plan_without_any_asks_nobody(bench: Workbench) -> None:
    await bench.renderer.draw(bench.plan({"portrait": "nobody.png"}))

    assert bench.web.asked == []


async def test_one_that_cannot_be_had_gives_way_and_the_picture_is_not_kept(
    bench: Workbench,
) -> None:
    del bench.web.there[PORTRAIT], bench.web.there[BADGE]
    before = counted("mergeshot_notes_total", template="card", code="image_unreachable")
    plan = bench.plan(ASKED)
    image = await bench.renderer.draw(plan)

    assert html(bench).count('src="assets/nobody.png"') == 2
    assert "background: none" in html(bench)
    assert "False True" in html(bench)
    assert codes(image.notes) == [
        ("portrait", "image_unreachable"),
        ("badge", "image_unreachable"),
    ]
    assert image.degraded
    assert await bench.renderer.recall(plan) is None
    assert await bench.renderer.recall_subject(plan) is None
    after = counted("mergeshot_notes_total", template="card", code="image_unreachable")
    assert after == before + 2


async def test_as_soon_as_it_can_be_had_again_the_picture_is_exact(bench: Workbench) -> None:
    there, bench.web.there = bench.web.there, {}
    plan, ladder = bench.plan(ASKED), bench.ladder()
    assert (await ladder.answer(plan)).rung is Rung.DEGRADED
    bench.web.there = there

    assert (await ladder.answer(plan)).rung is Rung.EXACT
    assert (await ladder.answer(plan)).cached


async def test_an_old_copy_is_exact_with_a_note(bench: Workbench) -> None:
    bench.web.there[PORTRAIT] = fetched(b"old", old=True)
    plan = bench.plan(ASKED)
    answer = await bench.ladder().answer(plan)
    again = await bench.ladder().answer(plan)

    assert uri(b"old") in html(bench)
    assert (answer.rung, again.rung, again.cached) == (Rung.EXACT, Rung.EXACT, True)
    assert codes(answer.image.notes) == codes(again.image.notes) == [("portrait", "image_old")]


async def test_pictures_in_a_list_are_brought_too(bench: Workbench) -> None:
    bench.web.there["https://a.example.com/1.png"] = fetched(b"one")
    logos = [f"https://a.example.com/{number}.png" for number in range(3)]
    image = await bench.renderer.draw(bench.plan({"logos": logos}))

    assert html(bench).count("data:") == 1
    assert codes(image.notes) == [
        ("logos.0", "image_unreachable"),
        ("logos.2", "image_unreachable"),
    ]


async def test_all_are_asked_for_at_once(bench: Workbench) -> None:
    bench.web.hold = asyncio.Event()
    drawing = asyncio.ensure_future(bench.renderer.draw(bench.plan(ASKED)))
    for _ in range(10):
        await asyncio.sleep(0)

    assert bench.web.asked == [PORTRAIT, BADGE]
    bench.web.hold.set()
    assert not (await drawing).degraded


@pytest.mark.alone
async def test_whoever_is_slow_leaves_time_to_draw(bench: Workbench) -> None:
    """Half of the deadline, then the stand-in; the drawing's own deadline stays where it was."""
    renderer = bench.make_renderer(bench.planner, timeout=0.4)
    bench.web.hold = asyncio.Event()
    loop = asyncio.get_running_loop()
    began = loop.time()
    image = await renderer.draw(bench.plan(ASKED))

    assert image.degraded
    assert 0.2 <= loop.time() - began < 0.35
    assert bench.pool.deadlines[0] == pytest.approx(began + 0.4, abs=0.05)


async def test_what_is_too_much_for_one_document_is_left_out(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 14)
    image = await bench.renderer.draw(bench.plan(ASKED))

    assert codes(image.notes) == [("badge", "image_unreachable")]


async def test_large_pictures_fit_into_a_document_several_times(bench: Workbench) -> None:
    bench.web.there[PORTRAIT] = fetched(bytes(3_000_000))
    image = await bench.renderer.draw(bench.plan(ASKED))

    assert not image.degraded
    assert len(html(bench)) > 8_000_000


async def test_a_mistake_of_ours_costs_the_one_picture(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> Fetched:
        raise ZeroDivisionError("canary")

    monkeypatch.setattr(bench.web, "picture", broken)
    with capture_logs() as lines:
        image = await bench.renderer.draw(bench.plan(ASKED))

    assert image.degraded
    assert [line["event"] for line in lines] == ["fetch_broke", "fetch_broke"]


async def test_the_cache_knows_the_address_and_not_what_was_behind_it(bench: Workbench) -> None:
    """So `mergeshot forget` finds pictures by the address that was given."""
    plan: Plan = bench.plan(ASKED)
    await bench.renderer.draw(plan)
    entry = await bench.cache.get(plan.key)

    assert entry is not None
    same = bench.plan({"portrait": PORTRAIT})
    await bench.renderer.draw(same)
    other = await bench.cache.get(same.key)
    assert other is not None
    assert entry.values["portrait"] == other.values["portrait"]
    assert entry.values["badge"] != other.values["badge"]
