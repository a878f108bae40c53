from __future__ import annotations

from pathlib import Path

import pytest

from service.web.studio.cards import NO_DATA, card, examples_of, rows
from tests.catalogue.workshop import Workshop, field

MANIFEST = f"""
tags = ["events"]
themes = ["night", "paper"]
[sizes.story]
width = 1080
height = 1920
{field("first_name", fallback="'friend'")}aliases = ["fname"]
{field("seat", fallback=None)}
[fields.items]
kind = "list"
fallback = []
[fields.items.fields.price]
kind = "money"
currency = "EUR"
optional = true
"""


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path)
    for theme in ("night", "paper"):
        made.write(f"_shared/themes/{theme}.toml", 'ink = "#000"')
    return made


def test_the_typical_example_comes_first_and_the_one_without_values_last(
    workshop: Workshop,
) -> None:
    examples = {"ada": '{"a": 1}', "nobody": "{}", "typical": '{"a": 2}', "zoe": '{"a": 3}'}
    files = {f"examples/{name}.json": body for name, body in examples.items()}
    template = workshop.make(files=files)

    assert list(examples_of(template)) == ["typical", "ada", "zoe", "nobody"]


def test_a_template_without_examples_is_shown_without_data(workshop: Workshop) -> None:
    assert examples_of(workshop.make()) == {NO_DATA: {}}


def test_a_card_shows_examples_themes_and_sizes(workshop: Workshop) -> None:
    files = {"examples/ada.json": '{"first_name": "Ada", "seat": "7 & 8"}'}
    made = card(workshop.make(manifest=MANIFEST, files=files))

    assert [picture.caption for picture in made.pictures] == ["ada", NO_DATA, "paper", "story"]
    assert made.pictures[0].path == "/i/card.png?first_name=Ada&seat=7%20%26%208"
    assert made.pictures[-1].path.startswith("/i/card.png?_size=story&")
    assert (made.pictures[-1].width, made.pictures[-1].height) == (1080, 1920)


def test_a_card_is_found_by_its_names_words_tags_and_fields(workshop: Workshop) -> None:
    words = card(workshop.make(manifest=MANIFEST)).words

    assert all(word in words for word in ("card", "events", "first_name"))


def test_every_field_has_a_row_and_parts_stand_below_their_whole(workshop: Workshop) -> None:
    found = {row.name: row for row in rows(workshop.make(manifest=MANIFEST))}

    assert list(found) == ["first_name", "seat", "items", "items.0.price"]
    assert found["first_name"].stand_in == "friend"
    assert found["first_name"].aliases == ("fname",)
    assert found["seat"].stand_in == "left out"
    assert (found["items"].kind, found["items"].stand_in) == ("list of groups", "nothing")
    assert found["items.0.price"].nested
