"""What every engine promises, whichever kind it is: a picture is that of a fresh page.

Each document is drawn as production draws it, on a standing page that has drawn others before,
and compared pixel by pixel with a photograph of the same document on a fresh top-level page of
the same browser. Where the surface is no screenshot, a screenshot of the standing page is held to
the same. Documents that may differ are listed, each with its reason, in `tests.browser.judge`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from random import Random

import pytest

from service.catalogue.manifest import DEFAULT_SIZE
from service.catalogue.template import TYPICAL
from service.model import MAX_CSS_PIXELS, MAX_DEVICE_PIXELS, MAX_PIXELS, Document
from tests.browser.judge import Judge, Named
from tests.browser.layouts import layout
from tests.browser.nasty import BODIES, clear, nasty, with_other_heads
from tests.templates import samples

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(1200)]

NASTY_VALUES = {
    "longest": "Wolfeschlegelsteinhausenbergerdorff " * 5,
    "right to left": "محمد عبد الرحمن (3) שירה בן־דוד",
    "cjk": "株式会社メルジ東京都港区漢字骨直海角",
    "emoji": "Ada 👩🏽‍🚀🇩🇪 1️⃣ ❤️‍🔥 🦄",
    "combining marks": "Z̶̢̛a̷l̸g̵o e\u0301 A\u030a\u0323",
    "markup": 'AT&T <b>"O\'Neil"</b> &amp; “Sons”',
    "scripts": "Ελλάδα ไทย हिन्दी বাংলা ქართული አማርኛ",
    "empty": "",
}


def soak(*values: object) -> Iterator[object]:
    """Parameters that only the long run draws."""
    return (pytest.param(value, marks=pytest.mark.soak) for value in values)


def examples(name: str) -> Iterator[Named]:
    """Every example at the default size, and at another size in another theme in turn."""
    template = samples.sample(name)
    sizes = cycle([size for size in template.manifest.sizes if size != DEFAULT_SIZE] or [None])
    themes = cycle(template.manifest.themes[1:] or (None,))
    for example, values in template.examples.items():
        yield f"{name} {example}", samples.document(name, values)
        if size := next(sizes):
            other = samples.document(name, values, size=size, theme=next(themes))
            yield f"{name} {example} {size}", other


def with_nasty_values(name: str) -> Iterator[Named]:
    """The typical example with all of its texts replaced."""
    template = samples.sample(name)
    texts = [field for field, keys in template.manifest.fields.items() if keys.kind == "text"]
    for what, value in NASTY_VALUES.items():
        values = {**template.examples[TYPICAL], **dict.fromkeys(texts, value)}
        yield f"{name} {what}", samples.document(name, values)


def every_pair(names: list[str]) -> list[str]:
    """A walk in which each name follows each name once, itself included (Hierholzer)."""
    left = {name: list(names) for name in names}
    walk: list[str] = []
    trail = [names[0]]
    while trail:
        if left[trail[-1]]:
            trail.append(left[trail[-1]].pop())
        else:
            walk.append(trail.pop())
    return walk[::-1]


async def same(judge: Judge, documents: list[Named], *, pages: int = 1) -> None:
    wrong = await judge.differences(documents, pages=pages)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("share", [4, *soak(1)])
async def test_every_sample_is_drawn_as_a_fresh_page_draws_it(judge: Judge, share: int) -> None:
    """Every day a fourth of all examples in their sizes, which `make soak PART=sample` draws."""
    documents = [one for name in samples.NAMES for one in examples(name)][::share]

    assert len(documents) > len(samples.EXAMPLES) // share
    assert all(any(name in one for one, _ in documents) for name in samples.NAMES)
    await same(judge, documents, pages=2)


@pytest.mark.parametrize("share", [3, *soak(1)])
async def test_samples_with_nasty_values_are_drawn_as_a_fresh_page_draws_them(
    judge: Judge, share: int
) -> None:
    """Every day each value by a third of the samples, each sample with a third of the values."""
    documents = [one for name in samples.NAMES for one in with_nasty_values(name)][::share]

    assert len(documents) == len(samples.NAMES) * len(NASTY_VALUES) // share
    await same(judge, documents, pages=2)


@pytest.mark.parametrize("share", [5, *soak(1)])
async def test_what_was_drawn_before_never_shows(judge: Judge, share: int) -> None:
    """Ordered pairs of nasty documents: A, then B, gives B as a fresh page draws it.

    Every day it is a fifth of all pairs, which `make soak PART=before` draws.
    """
    documents = {name: nasty(name) for name in BODIES} | with_other_heads()
    every = every_pair(list(documents))
    length = len(every) // share
    start = Random(2).randrange(len(every) - length + 1)
    walk = every[start : start + length + 1]

    assert len(documents) >= 70
    assert len(walk) > len(documents) ** 2 // share
    await same(judge, [(name, documents[name]) for name in walk], pages=3)


async def test_clear_pictures_and_others_in_turn(judge: Judge) -> None:
    """What is clear behind has no ground, also in the dark; the next one has its own again."""
    names = ["plain", "dark scheme", "translucent on the dark", "glass at the edge"]
    names += ["light dark scheme", "round shapes over the edges"]
    documents = [
        pair for name in names for pair in ((f"{name}, clear", clear(name)), (name, nasty(name)))
    ]

    await same(judge, documents)


@pytest.mark.parametrize("scale", [2, *soak(1.25, 1.5, 3)])
async def test_every_scale_is_the_truth(judge: Judge, scale: float) -> None:
    documents = [(f"{name} at {scale}", nasty(name, scale=scale)) for name in BODIES]

    await same(judge, documents, pages=2)


async def test_every_size_is_the_truth(judge: Judge) -> None:
    """From one pixel to the limits, each straight after the usual size."""
    long = MAX_CSS_PIXELS
    sizes = [(1, 1), (3, 1), (1, 7), (333, 77), (1201, 631), (long, 64), (64, long)]
    names = ["fixed at four edges", "round shapes over the edges", "large gradient body"]
    documents: list[Named] = []
    for name, size in zip(cycle(names), sizes, strict=False):
        documents += [("plain", nasty("plain")), (f"{name} {size}", nasty(name, size=size))]

    await same(judge, documents)


@pytest.mark.parametrize("size", [(MAX_CSS_PIXELS, 500), *soak((MAX_CSS_PIXELS, 1953))])
async def test_the_largest_picture_is_the_truth(judge: Judge, size: tuple[int, int]) -> None:
    assert size[0] * 2 == MAX_DEVICE_PIXELS
    assert size[0] * size[1] * 4 <= MAX_PIXELS
    what = nasty("large gradient body", size=size, scale=2)

    await same(judge, [("plain", nasty("plain")), ("the largest", what)])


async def test_a_change_of_size_or_scale_just_before_does_not_show(judge: Judge) -> None:
    changes: list[Document] = [
        nasty(name, size=size, scale=scale)
        for name in ("grid", "held background", "media queries", "full height units")
        for size in ((320, 200), (201, 333))
        for scale in (1, 1.5, 3)
    ]
    Random(3).shuffle(changes)
    named = [(f"change {number}", one) for number, one in enumerate(changes)]

    await same(judge, named)


@pytest.mark.parametrize("most", [0, *soak(2_000)])
async def test_generated_layouts_are_drawn_as_a_fresh_page_draws_them(
    judge: Judge, most: int
) -> None:
    """Over 300 every day by the engine that draws most, and 2,000 by `make soak PART=layouts`."""
    count = max(most, judge.kind.layouts)
    documents = [(f"layout {number}", layout(number)) for number in range(count)]

    assert len({one.html for _, one in documents}) >= count * 0.98
    await same(judge, documents, pages=2)


def test_a_layout_is_the_same_whenever_it_is_made() -> None:
    assert layout(7).html == layout(7).html
    assert layout(7).head == layout(8).head
