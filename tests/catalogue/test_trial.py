"""Trying a template out."""

from __future__ import annotations

import pytest

from service.catalogue.trial import setting_of, try_out
from service.errors import TemplateFailed
from tests.catalogue.workshop import AT, Workshop, field, page


def test_a_template_must_make_a_page_of_its_fallbacks(workshop: Workshop) -> None:
    template = workshop.make("{{ name[2] }}", manifest=field("name"))

    try_out(template, AT)


def test_a_page_without_its_end_was_saved_half_way(workshop: Workshop) -> None:
    template = workshop.make(page("x\ny")[: -len("</html>\n")])

    with pytest.raises(TemplateFailed, match="</html>") as caught:
        try_out(template, AT)

    assert caught.value.line == 7


def test_a_setting_is_the_templates_own_but_for_what_is_asked(workshop: Workshop) -> None:
    template = workshop.make(
        manifest='width = 10\nlanguages = ["de"]\n[sizes.story]\nwidth = 30\nheight = 40\n'
    )

    setting = setting_of(template, AT, size="story", language="de")

    assert (setting.size, setting.width, setting.height) == ("story", 30, 40)
    assert (setting.language, setting.theme) == ("de", None)
    assert setting_of(template, AT).width == 10
