"""Reading colours."""

from __future__ import annotations

import pytest

from service.catalogue.kinds.reading import Unusable
from tests.catalogue.kinds.asking import ask


@pytest.mark.parametrize(
    ("value", "colour"),
    [
        ("#1E90FF", "#1e90ff"),
        ("1e90ff", "#1e90ff"),
        ("#fa0", "#ffaa00"),
        ("#fa08", "#ffaa0088"),
        ("#1e90ffff", "#1e90ff"),
        ("#1e90ff80", "#1e90ff80"),
        ("DodgerBlue", "#1e90ff"),
        ("rebeccapurple", "#663399"),
        ("transparent", "#00000000"),
        ("rgb(30, 144, 255)", "#1e90ff"),
        ("rgb(30 144 255 / 50%)", "#1e90ff80"),
        ("rgba(30,144,255,.5)", "#1e90ff80"),
        ("rgb(100%, 0%, 0%)", "#ff0000"),
        ("rgb(300, 0, 0)", "#ff0000"),
        ("hsl(120, 100%, 50%)", "#00ff00"),
        ("hsl(240deg 100% 50% / 1)", "#0000ff"),
    ],
)
@pytest.mark.parametrize("kind", ["color", "colour"])
def test_every_spelling_becomes_one(kind: str, value: str, colour: str) -> None:
    assert ask(kind, value) == colour


@pytest.mark.parametrize(
    "value",
    [
        *("#12345", "#ggg", "blurple", "rgb(1,2)", "rgb(1.2.3,0,0)", "url(x)", "red;x:y", 255),
        *("#fff}", "var(--x)", "rgb(" + "1" * 100 + ",2,3)", "#٣٣٣"),
    ],
)
def test_what_is_no_colour_is_refused(value: object) -> None:
    with pytest.raises(Unusable, match="must be a colour"):
        ask("color", value)
