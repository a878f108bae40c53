"""How large a lossless PNG of ours is beside the one that Chromium writes by itself.

Over every sample template in every size, and over pages that a filter, a palette or a deflate
finds hard. What is drawn every day is held to more in `tests/browser/test_file_sizes.py`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

import numpy as np
import PIL.Image
import pytest

from service.browser.engine import HeadlessEngine
from service.catalogue.compose import compose
from service.catalogue.filling import fill
from service.catalogue.loader import load_template
from service.catalogue.template import Template
from service.catalogue.trial import setting_of
from service.imaging.lossless import write_png
from service.model import Document, Given, Lane
from tests.imaging.samples import captured
from tests.pages import ROOT
from tests.pictures import differing, pixels

pytestmark = [pytest.mark.chromium, pytest.mark.soak, pytest.mark.timeout(400)]

MOST = 1.0
"""Times Chromium's bytes, by the worst of these pages."""

AT = datetime(2026, 5, 17, 12, 34, 56, tzinfo=UTC)
SAMPLES = ROOT / "html_templates"
NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/template.toml"))
CARD = "width:1200px;height:630px;overflow:hidden;"
LINE = "the quick brown fox jumps over the lazy dog and goes home for tea, reading the paper"
WORDS = "".join(
    f'<p style="margin:6px 20px;font:16px/1.4 sans-serif">Line {n}: {LINE} {n * n}</p>'
    for n in range(20)
)
BUTTON = (
    '<b style="display:inline-block;margin:9px;padding:16px 40px;color:#fff;border-radius:9px;'
    'background:linear-gradient(90deg,#f59e0b,#ef4444)">Click here</b>'
)


def noise(kind: str, frequency: float, octaves: int) -> str:
    return (
        '<svg width="1200" height="630" style="display:block"><filter id="n">'
        f'<feTurbulence type="{kind}" baseFrequency="{frequency}" numOctaves="{octaves}"/>'
        '<feColorMatrix values="1 0 0 0 0 0 1 0 0 0 0 0 1 0 0 0 0 0 0 1"/></filter>'
        '<rect width="1200" height="630" filter="url(#n)"/></svg>'
    )


def box(style: str, content: str = "") -> str:
    return f'<div style="{CARD}{style}">{content}</div>'


PAGES = {
    "one colour": box("background:#2563eb"),
    "letters on white": box("background:#fff", WORDS),
    "letters and a button": box("background:#fff", BUTTON + WORDS),
    "letters in the dark": box("background:#0f172a;color:#e2e8f0", BUTTON + WORDS),
    "letters and a photograph": box(
        "background:#fff", f'<img src="photo.jpg" style="width:1200px;height:250px">{WORDS}'
    ),
    "letters beside a photograph": box(
        "background:#fff;display:flex",
        f'<img src="photo.jpg" style="width:600px;height:630px"><div>{WORDS}</div>',
    ),
    "a photograph": f'<img src="photo.jpg" style="{CARD}display:block">',
    "a blurred photograph": f'<img src="photo.jpg" style="{CARD}display:block;filter:blur(20px)">',
    "a soft photograph": f'<img src="small.jpg" style="{CARD}display:block">',
    "letters beside a soft photograph": box(
        "background:#fff;display:flex",
        f'<img src="small.jpg" style="width:600px;height:630px"><div>{WORDS}</div>',
    ),
    "a gradient down": box("background:linear-gradient(#0f172a,#7c3aed)"),
    "a gradient across": box("background:linear-gradient(90deg,#0f172a,#7c3aed)"),
    "a slanting gradient": box("background:linear-gradient(135deg,#f97316,#7c3aed 50%,#06b6d4)"),
    "a round gradient": box("background:radial-gradient(circle at 30% 40%,#fde68a,#be123c,#000)"),
    "a turning gradient": box("background:conic-gradient(#f97316,#7c3aed,#06b6d4,#f97316)"),
    "a mesh and letters": box(
        "color:#fff;background:radial-gradient(at 20% 30%,#f97316,transparent 60%),"
        "radial-gradient(at 80% 20%,#7c3aed,transparent 55%),#111827",
        WORDS,
    ),
    "a shadow": box(
        "background:#f1f5f9;padding:80px;box-sizing:border-box",
        '<div style="height:470px;width:900px;background:#fff;border-radius:32px;'
        f'box-shadow:0 40px 120px #0f172a66">{BUTTON}</div>',
    ),
    "stripes": box("background:repeating-linear-gradient(45deg,#0ea5e9 0 10px,#fff 10px 20px)"),
    "crooked stripes": box(
        "background:repeating-linear-gradient(33deg,#0ea5e9 0 13px,#fff 17px 29px)"
    ),
    "fine noise": noise("turbulence", 0.9, 1),
    "clouds": noise("fractalNoise", 0.005, 2),
    "coarse noise": noise("fractalNoise", 0.01, 5),
}
CLEAR = {
    "a clear gradient": box("background:linear-gradient(90deg,#ff0000,#0000ff00)"),
    "a clear badge": box("", f'<div style="border-radius:50%;padding:99px">{BUTTON}</div>'),
    "clear letters": box("", WORDS),
}


@cache
def photograph(width: int, height: int) -> bytes:
    """Shapes of all sizes with the spectrum of a photograph, and grain, as JPEG."""
    random = np.random.default_rng(11)
    rows, columns = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    fall = np.maximum(np.hypot(rows, columns), 1 / width) ** 1.4
    bands = []
    for _ in range(3):
        spectrum = np.fft.rfft2(random.normal(size=(height, width))) / fall
        band = np.fft.irfft2(spectrum, (height, width))
        bands.append(125 + 45 * band / band.std() + random.normal(size=band.shape) * 2)
    file = io.BytesIO()
    raster = np.clip(np.stack(bands, -1), 0, 255).astype(np.uint8)
    PIL.Image.fromarray(raster).save(file, "jpeg", quality=88)
    return file.getvalue()


def page(body: str, scale: float, *, transparent: bool = False) -> Document:
    head = "<!doctype html><html><head><style>body{margin:0}</style></head>"
    return Document(
        html=f"{head}<body>{body}</body></html>",
        head=head,
        width=1200,
        height=630,
        scale=scale,
        lane=Lane.FRESH,
        version="0" * 24,
        assets={"photo.jpg": photograph(1600, 900), "small.jpg": photograph(120, 63)},
        transparent=transparent,
    )


def card(template: Template, values: Mapping[str, object], size: str, scale: float) -> Document:
    manifest = template.manifest
    given = {name: Given(value) for name, value in values.items()}
    filled = fill(
        manifest, given, language=manifest.language, at=AT, assets=template.assets.keys()
    )
    setting = setting_of(template, AT, size=size)
    composed = compose(template, filled, setting)
    return Document(
        html=composed.html,
        head=composed.head,
        width=setting.width,
        height=setting.height,
        scale=scale,
        lane=Lane.FRESH,
        version=template.version,
        assets=template.assets,
        transparent=manifest.transparent,
    )


async def held(engine: HeadlessEngine, document: Document, scale: float) -> None:
    """Ours against Chromium's own of the very same page."""
    fresh = engine.fresh(document, scripts=False)
    await fresh.open()
    hasty = await fresh.photograph({"format": "png", "optimizeForSpeed": True})
    own = await fresh.photograph({"format": "png"})
    await fresh.close()
    assert differing(hasty, own) == 0, "the page does not stand still"
    drawn = captured(pixels(hasty))
    sizes = {}
    for effort in ("balanced", "small"):
        made = write_png(drawn, effort=effort, scale=scale)
        assert differing(made, own) == 0
        sizes[effort] = len(made)
    assert max(sizes.values()) <= MOST * len(own), f"{sizes}, Chromium's own has {len(own)} bytes"


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("name", PAGES)
async def test_a_page_of_any_kind(engine: HeadlessEngine, name: str, scale: float) -> None:
    await held(engine, page(PAGES[name], scale), scale)


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("name", CLEAR)
async def test_a_page_to_see_through(engine: HeadlessEngine, name: str, scale: float) -> None:
    await held(engine, page(CLEAR[name], scale, transparent=True), scale)


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("name", NAMES)
async def test_every_sample_template_in_every_size(
    engine: HeadlessEngine, name: str, scale: float
) -> None:
    """With the first example and without data."""
    template = load_template(SAMPLES / name, name=name, shared=SAMPLES / "_shared")
    example = next(iter(template.examples.values()), {})
    for size in template.manifest.sizes:
        for values in (example, {}):
            await held(engine, card(template, values, size, scale), scale)
