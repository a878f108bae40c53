"""What a key vouches for: the values of a request, unless they were left open or make no sense."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from service.access.address import Address
from service.catalogue.catalogue import Catalogue
from service.catalogue.versions import TemplateStore
from service.errors import InvalidData
from service.model import Format, RenderRequest
from service.render.plan import Planner
from service.render.vouching import vouched
from tests.fakes import SECRET, write_template

MORE = """
languages = ["en", "de"]
"""

FIELDS = """
required = true
aliases = ["fname"]
[fields.seats]
kind = "integer"
fallback = 1
[fields.band]
kind = "text"
source = "rules"
optional = true
[fields.items]
kind = "list"
of = { kind = "text" }
fallback = []
[fields.note]
kind = "text"
merge = false
optional = true
"""

Vouch = Callable[..., Address]


@pytest.fixture
def vouch(tmp_path: Path) -> Vouch:
    write_template(tmp_path, "ticket", more=MORE)
    manifest = tmp_path / "ticket/template.toml"
    manifest.write_text(manifest.read_text() + FIELDS)
    catalogue = Catalogue(tmp_path, TemplateStore(tmp_path / "kept"))
    assert catalogue.load_all() == []
    planner = Planner(catalogue, secret=SECRET, fingerprint="")

    def vouch(values: dict[str, object], *opened: str, **chosen: Any) -> Address:
        expires = chosen.pop("expires", None)
        request = RenderRequest("ticket", values, datetime.now(UTC), **chosen)
        return vouched(planner.plan(request), request, opened, expires=expires)

    return vouch


def test_values_and_choices_are_fixed_and_the_rest_is_left_to_the_template(vouch: Vouch) -> None:
    values = {"first_name": "Ada", "seats": 2, "items": ["a", "b"]}
    said = vouch(values, "_theme", language="de", format=Format.WEBP, expires=9)

    assert said == Address(
        "ticket",
        "webp",
        {"first_name": "Ada", "seats": "2", "items": '["a","b"]'},
        {"_lang": "de"},
        ("_theme",),
        9,
    )


def test_an_open_field_may_be_one_that_is_required(vouch: Vouch) -> None:
    assert vouch({}, "First-Name", "seats").open == ("first_name", "seats")
    assert vouch({}, "fname").open == ("fname",)


@pytest.mark.parametrize(
    ("values", "opened", "field"),
    [
        ({}, (), "first_name"),
        ({"first_name": "{{ name }}"}, (), "first_name"),
        ({"first_name": "Ada", "seats": "many"}, (), "seats"),
        ({"first_name": "Ada", "sets": "1"}, (), "sets"),
        ({"first_name": "Ada"}, ("first_name",), "first_name"),
        ({"first_name": "Ada"}, ("fname",), "fname"),
        ({"fname": "Ada"}, ("first_name",), "first_name"),
        ({"first_name": "Ada"}, ("band",), "band"),
        ({"first_name": "Ada"}, ("items",), "items"),
        ({"first_name": "Ada"}, ("items.0",), "items.0"),
        ({"first_name": "Ada"}, ("note",), "note"),
        ({"first_name": "Ada"}, ("_strict",), "_strict"),
        ({"first_name": "Ada"}, ("a,b",), "a,b"),
    ],
)
def test_what_would_not_be_shown_as_it_was_meant_is_refused(
    vouch: Vouch, values: dict[str, object], opened: tuple[str, ...], field: str
) -> None:
    with pytest.raises(InvalidData) as caught:
        vouch(values, *opened)

    assert [problem.field for problem in caught.value.fields] == [field]


def test_all_that_is_wrong_is_told_at_once(vouch: Vouch) -> None:
    with pytest.raises(InvalidData) as caught:
        vouch({"seats": "many"}, "_lang", "band", "nobody", language="de")

    fields = [problem.field for problem in caught.value.fields]
    assert sorted(fields) == ["_lang", "band", "first_name", "nobody", "seats"]


def test_a_time_that_no_address_can_name_is_refused(vouch: Vouch) -> None:
    with pytest.raises(InvalidData, match="1970"):
        vouch({"first_name": "Ada"}, expires=-1)
