"""Pictures on the web among filled values, and what comes in their place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from service.catalogue.filling import fill
from service.catalogue.pictures import RemotePicture, remote_pictures, with_pictures
from service.catalogue.template import Template
from service.errors import ManifestError
from service.model import Filled, Given
from tests.catalogue.workshop import AT, Workshop

MANIFEST = """
languages = ["de"]
[fields.name]
kind = "text"
fallback = "https://text.example.com/is-no-picture.png"
[fields.portrait]
kind = "image"
hosts = ["*.example.com"]
max_bytes = 5000
fallback = { en = "nobody.png", de = "niemand.png" }
[fields.badge]
kind = "image"
hosts = ["*"]
optional = true
[fields.logos]
kind = "list"
of = { kind = "image", hosts = ["logos.example.com"] }
fallback = ["nobody.png"]
[fields.talks]
kind = "list"
fallback = []
[fields.talks.fields.title]
kind = "text"
fallback = "To be announced"
[fields.talks.fields.face]
kind = "image"
hosts = ["*"]
fallback = { en = "nobody.png", de = "niemand.png" }
[fields.sponsor]
kind = "group"
[fields.sponsor.fields.logo]
kind = "image"
hosts = ["*"]
optional = true
[fields.sponsor.fields.name]
kind = "text"
fallback = "us"
"""

WEB = "https://www.example.com"
HERE = "data:image/png;base64,AAAA"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    files = {f"assets/{name}.png": b"\x89PNG" for name in ("nobody", "niemand")}
    return Workshop(tmp_path_factory.mktemp("t")).make(manifest=MANIFEST, files=files)


def filled(template: Template, values: Mapping[str, object], language: str = "en") -> Filled:
    given = {name: Given(value) for name, value in values.items()}
    assets = template.assets.keys()
    return fill(template.manifest, given, language=language, at=AT, assets=assets)


EVERYWHERE: dict[str, Any] = {
    "name": f"{WEB}/name.png",
    "portrait": f"{WEB}/portrait.png",
    "badge": f"{WEB}/badge.png",
    "logos": [
        "https://logos.example.com/1.png",
        f"{WEB}/no.png",
        "https://logos.example.com/2.png",
    ],
    "talks": [{"title": "One", "face": f"{WEB}/1.png"}, {"title": "Two", "face": "nobody.png"}],
    "sponsor": {"logo": f"{WEB}/sponsor.png", "name": f"{WEB}/x.png"},
}


def test_every_picture_on_the_web_is_found_with_the_terms_of_its_field(template: Template) -> None:
    found = remote_pictures(template, filled(template, EVERYWHERE))

    assert found == (
        RemotePicture(("portrait",), f"{WEB}/portrait.png", ("*.example.com",), 5_000),
        RemotePicture(("badge",), f"{WEB}/badge.png", ("*",), 2_000_000),
        *(
            RemotePicture(
                ("logos", index),
                f"https://logos.example.com/{index + 1}.png",
                ("logos.example.com",),
                2_000_000,
            )
            for index in (0, 1)
        ),
        RemotePicture(("talks", 0, "face"), f"{WEB}/1.png", ("*",), 2_000_000),
        RemotePicture(("sponsor", "logo"), f"{WEB}/sponsor.png", ("*",), 2_000_000),
    )
    assert [picture.field for picture in found][-2:] == ["talks.0.face", "sponsor.logo"]


def test_without_any_value_there_is_none(template: Template) -> None:
    assert remote_pictures(template, filled(template, {})) == ()


def test_what_came_stands_where_the_address_stood(template: Template) -> None:
    before = filled(template, EVERYWHERE)
    came: dict[Any, str | None] = {
        one.path: f"{HERE}{number}" for number, one in enumerate(remote_pictures(template, before))
    }
    after = with_pictures(template, before, came, "en")

    assert dict(after.values) == {
        "name": f"{WEB}/name.png",
        "portrait": f"{HERE}0",
        "badge": f"{HERE}1",
        "logos": (f"{HERE}2", f"{HERE}3"),
        "talks": (
            {"title": "One", "face": f"{HERE}4"},
            {"title": "Two", "face": "assets/nobody.png"},
        ),
        "sponsor": {"logo": f"{HERE}5", "name": f"{WEB}/x.png"},
    }
    assert after.given == before.given
    assert remote_pictures(template, after) == ()
    assert before.values["portrait"] == f"{WEB}/portrait.png"  # the plan's own stay as they are


@pytest.mark.parametrize(("language", "asset"), [("en", "nobody"), ("de", "niemand")])
def test_what_did_not_come_gives_way_to_its_stand_in(
    template: Template, language: str, asset: str
) -> None:
    before = filled(template, EVERYWHERE, language)
    lost = dict.fromkeys(one.path for one in remote_pictures(template, before))
    after = with_pictures(template, before, lost, language)

    assert dict(after.values) == {
        "name": f"{WEB}/name.png",
        "portrait": f"assets/{asset}.png",
        "badge": None,
        "logos": ("assets/nobody.png",),
        "talks": (
            {"title": "One", "face": f"assets/{asset}.png"},
            {"title": "Two", "face": "assets/nobody.png"},
        ),
        "sponsor": {"logo": None, "name": f"{WEB}/x.png"},
    }
    assert after.given == {"name", "talks", "sponsor"}


def test_of_a_list_of_pictures_only_those_that_came_are_left(template: Template) -> None:
    before = filled(template, {"logos": EVERYWHERE["logos"]})
    after = with_pictures(template, before, {("logos", 0): None, ("logos", 1): HERE}, "en")

    assert after.values["logos"] == (HERE,)
    assert after.given == {"logos"}


def test_an_asset_beside_a_picture_that_did_not_come_stays(template: Template) -> None:
    before = filled(template, {"logos": ["niemand.png", "https://logos.example.com/1.png"]})
    after = with_pictures(template, before, {("logos", 1): None}, "en")

    assert after.values["logos"] == ("assets/niemand.png",)


@pytest.mark.parametrize(
    "field",
    [
        'kind = "image"\nhosts = ["*"]\nfallback = "https://www.example.com/a.png"',
        'kind = "list"\nof = { kind = "image", hosts = ["*"] }\n'
        'fallback = ["https://www.example.com/a.png"]',
        'kind = "group"\nfallback = { logo = "https://www.example.com/a.png" }\n'
        'fields = { logo = { kind = "image", hosts = ["*"], optional = true } }',
    ],
)
def test_what_stands_in_is_never_on_the_web(tmp_path: Path, field: str) -> None:
    with pytest.raises(ManifestError, match=r"it\.fallback: (is on the web|has no item)"):
        Workshop(tmp_path).make(manifest=f"[fields.it]\n{field}")


def test_an_example_may_be_on_the_web(tmp_path: Path) -> None:
    manifest = (
        '[fields.it]\nkind = "list"\noptional = true\nof = { kind = "image", hosts = ["*"] }\n'
        'example = ["https://www.example.com/a.png"]'
    )

    assert Workshop(tmp_path).make(manifest=manifest).manifest.fields["it"].example
