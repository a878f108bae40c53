from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.filling import fill
from service.catalogue.wording import Wording, named, wording
from service.errors import ManifestError
from service.model import Given
from tests.catalogue.workshop import AT, Workshop, field

MANIFEST = f"""
title = "A ticket"
languages = ["en", "de"]
alt = "{{first_name}}, your seat {{seat}} costs {{price}} on {{day}}."
link = "https://example.com/{{seat}}?n={{first_name}}"
filename = "ticket {{first_name}}"
{field("first_name", fallback='"friend"')}
{field("seat", fallback=None)}
[fields.price]
kind = "money"
currency = "EUR"
optional = true
[fields.day]
kind = "date"
fallback = "2026-09-17"
"""


def words(tmp_path: Path, language: str = "en", **values: object) -> Wording:
    template = Workshop(tmp_path).make(manifest=MANIFEST.replace('title = "A ticket"\n', ""))
    raw = {name: Given(value) for name, value in values.items()}
    assets = template.assets.keys()
    filled = fill(template.manifest, raw, language=language, at=AT, assets=assets)
    return wording(template, filled, language)


def test_places_show_values_as_the_page_shows_them(tmp_path: Path) -> None:
    said = words(tmp_path, "de", first_name="Zoë", seat="7/8 &", price="12,5")

    assert said.alt == "Zoë, your seat 7/8 & costs 12,50\xa0€ on 17.09.2026."
    assert said.link == "https://example.com/7%2F8%20%26?n=Zo%C3%AB"
    assert said.filename == "ticket Zoë"


def test_around_a_place_that_has_nothing_spaces_close_up(tmp_path: Path) -> None:
    said = words(tmp_path)

    assert said.alt == "friend, your seat costs on Sep 17, 2026."
    assert said.link == "https://example.com/?n=friend"


def test_without_words_of_its_own_the_title_and_the_name_stand_in(tmp_path: Path) -> None:
    template = Workshop(tmp_path).make(name="acme/card")
    filled = fill(template.manifest, {}, language="en", at=AT, assets=())

    assert wording(template, filled, "en") == Wording("Card", "", "acme-card")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hi {frist_name}", "did you mean first_name?"),
        ("Hi {first_name", "braces are for places"),
        ("Hi {First Name}", "braces are for places"),
        ("Hi {tags}", "cannot be put into words"),
        ("Hi {face}", "cannot be put into words"),
    ],
)
@pytest.mark.parametrize("key", ["alt", "filename"])
def test_a_place_that_cannot_be_filled_is_a_mistake_of_the_manifest(
    tmp_path: Path, key: str, text: str, told: str
) -> None:
    more = field("tags", "list", "[]") + field("face", "image", None)
    manifest = f"{key} = {text!r}\n{field('first_name')}{more}"

    with pytest.raises(ManifestError, match=key) as caught:
        Workshop(tmp_path).make(manifest=manifest)
    assert told in caught.value.message


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("ticket", "ticket.png"),
        ("ticket.PNG", "ticket.png"),
        ("../../etc/passwd", "-..-etc-passwd.png"),
        ("a\tb\r\nc", "a b c.png"),
        ("con", "_con.png"),
        ("LPT1.txt", "_LPT1.txt.png"),
        ("...", "picture.png"),
        ("\u202egnp", "gnp.png"),
        ("Grüße", "Grüße.png"),
        ("", "picture.png"),
    ],
)
def test_a_name_becomes_one_that_every_system_takes(name: str, file: str) -> None:
    assert named(name, "png") == file


@given(st.text(max_size=400))
def test_no_name_leads_out_of_its_folder_or_is_too_long(name: str) -> None:
    file = named(name, "jpg")

    assert file.endswith(".jpg")
    assert not set(file) & set('/\\<>:"|?*\0\n\r')
    assert 5 <= len(file.encode("utf-8", "surrogatepass")) <= 204
    assert not file.startswith((" ", "."))


def test_what_stands_instead_of_a_value_stands_as_it_is(tmp_path: Path) -> None:
    template = Workshop(tmp_path).make(manifest=MANIFEST.replace('title = "A ticket"\n', ""))
    filled = fill(template.manifest, {}, language="en", at=AT, assets=())
    said = wording(template, filled, "en", {"first_name": "*|F|*", "seat": "{{ seat }}"})

    assert said.alt == "*|F|*, your seat {{ seat }} costs on Sep 17, 2026."
    assert said.link == "https://example.com/{{ seat }}?n=*|F|*"
