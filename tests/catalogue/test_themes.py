"""Themes: values for pages, custom properties for style sheets."""

from __future__ import annotations

import pytest

from service.catalogue.themes import read_themes
from service.errors import ManifestError
from tests.catalogue.workshop import Workshop, body_of, filled

DARK = 'ink = "#eee"\nradius_px = 4\n[colour]\npaper = "#111"\n'
LIGHT = 'ink = "#111"\nradius_px = 8\n[colour]\npaper = "#fff"\n'


def test_a_theme_is_seen_as_values_and_as_custom_properties(workshop: Workshop) -> None:
    workshop.write("_shared/themes/dark.toml", DARK)
    workshop.write("_shared/themes/light.toml", LIGHT)
    template = workshop.make(
        "{{ theme.ink }} {{ theme.colour.paper }}",
        manifest='theme = "light"\nthemes = ["light", "dark"]',
    )

    assert template.assets["themes.css"].decode() == (
        ':root[data-theme="light"]{--ink:#111;--radius-px:8;--colour-paper:#fff;}\n'
        ':root[data-theme="dark"]{--ink:#eee;--radius-px:4;--colour-paper:#111;}\n'
    )
    assert body_of(filled(template, {}, theme="dark")) == "#eee #111"


def test_all_themes_have_the_same_head(workshop: Workshop) -> None:
    workshop.write("_shared/themes/dark.toml", DARK)
    workshop.write("_shared/themes/light.toml", LIGHT)
    template = workshop.make(manifest='themes = ["light", "dark"]')

    dark, light = (filled(template, {}, theme=theme) for theme in ("dark", "light"))

    assert dark.head == light.head
    assert '<html lang="en" dir="ltr" data-size="default" data-theme="dark">' in dark.html


@pytest.mark.parametrize(
    ("toml", "key"),
    [
        ('ink = "red;} body{display:none"', "ink"),
        ('ink = "a/*"', "ink"),
        ('"a b" = "x"', "a b"),
        ("ink = [1]", "ink"),
        ('[a]\nb = "</style>"', "a.b"),
    ],
)
def test_a_value_that_could_end_its_declaration_is_refused(toml: str, key: str) -> None:
    with pytest.raises(ManifestError) as caught:
        read_themes(["x"], {"_shared/themes/x.toml": toml.encode()})

    assert [problem.key for problem in caught.value.problems] == [key]
