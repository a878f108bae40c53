"""A lossless PNG of a sample is no larger than the one that Chromium writes by itself."""

from __future__ import annotations

import pytest

from service.browser.engine import HeadlessEngine
from service.catalogue.loader import load_template
from service.catalogue.template import TYPICAL
from service.imaging.lossless import write_png
from tests.imaging.samples import captured
from tests.pictures import differing, pixels
from tests.soak.test_file_sizes import NAMES, SAMPLES, card

pytestmark = pytest.mark.chromium


@pytest.mark.parametrize("name", NAMES)
async def test_a_png_is_no_larger_than_the_browsers_own(engine: HeadlessEngine, name: str) -> None:
    template = load_template(SAMPLES / name, name=name, shared=SAMPLES / "_shared")
    fresh = engine.fresh(card(template, template.examples[TYPICAL], "default", 1), scripts=False)
    await fresh.open()
    hasty = await fresh.photograph({"format": "png", "optimizeForSpeed": True})
    own = await fresh.photograph({"format": "png"})
    await fresh.close()

    drawn = captured(pixels(hasty))
    for effort in ("balanced", "small"):
        made = write_png(drawn, effort=effort, scale=1)
        assert differing(made, own) == 0
        assert len(made) <= len(own), effort
