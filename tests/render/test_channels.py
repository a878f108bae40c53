from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from service.errors import BadRequest
from service.merge_tags.platforms import Platform
from service.merge_tags.recipes import Recipe
from service.model import Format, RenderRequest
from service.render.channels import CHANNELS, Wish, may_open, plain_prefix, platform_of, recipe
from service.render.plan import Plan
from tests.merge_tags.reading import Read
from tests.render.workbench import AT, Workbench

MANIFEST = """
width = 600
height = 300
scales = [1, 2]
languages = ["en", "de"]
alt = "For {first_name} {tier} on {day}"
link = "https://example.com/{first_name}?t={tier}"
[fields.first_name]
kind = "text"
fallback = { en = "my friend", de = "du & ich" }
aliases = ["name"]
[fields.tier]
kind = "text"
optional = true
[fields.day]
kind = "date"
fallback = "2026-09-17"
[fields.seats]
kind = "integer"
fallback = 1
[fields.site]
kind = "url"
optional = true
[fields.badge]
kind = "text"
source = "rules"
fallback = ""
"""
BASE = "https://img.example.com"


class Desk:
    """Makes recipes of one template."""

    def __init__(self, root: Path, manifest: str = MANIFEST) -> None:
        self.bench = Workbench(root, manifest=manifest, body="Hello {{ first_name }}")

    def plan(self, values: Mapping[str, object], **chosen: object) -> tuple[Plan, RenderRequest]:
        request = replace(RenderRequest("card", values, AT), **chosen)  # type: ignore[arg-type]
        return self.bench.planner.plan(request), request

    def make(
        self, wish: Wish, values: Mapping[str, object] | None = None, **chosen: object
    ) -> Recipe:
        return recipe(*self.plan(values or {}, **chosen), wish, plain_prefix(BASE))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def source(made: Recipe) -> str:
    return next(str(told["src"]) for tag, told in Read(made.html).tags if tag == "img")


def test_pinned_values_come_first_then_what_the_platform_fills_in_then_the_end(desk: Desk) -> None:
    made = desk.make(Wish("klaviyo"), {"tier": "V & P"}, language="de")
    ((_, to), (_, told)) = Read(made.html).tags

    assert told["src"] == (
        f"{BASE}/i/card.png?_lang=de&tier=V%20%26%20P&first_name={{{{ first_name|urlencode }}}}"
        "&day={{ person.day|default:'2026-09-17'|urlencode }}"
        "&seats={{ person.seats|urlencode }}&_end=1"
    )
    assert to["href"] == "https://example.com/{{ first_name|urlencode }}?t=V%20%26%20P"


def test_words_that_stand_in_are_those_of_the_language_and_as_people_read_them(desk: Desk) -> None:
    made = desk.make(Wish("brevo", {"first_name", "day"}))
    ((_, _), (_, told)) = Read(made.html).tags

    assert told["alt"] == (
        "For {{ contact.FIRSTNAME|default:'my friend' }} on "
        "{{ contact.DAY|default:'Sep 17, 2026' }}"
    )
    assert "{{ contact.FIRSTNAME|default:'my%20friend' }}" in source(made)
    assert "{{ contact.DAY|default:'2026-09-17' }}" in source(made)


def test_only_fields_that_may_stay_open_do(desk: Desk) -> None:
    template = desk.bench.catalogue.get("card")

    assert may_open(template) == ("first_name", "tier", "day", "seats")
    assert may_open(template, {"Name": 1, "tier": 2}) == ("day", "seats")


def test_open_fields_can_be_chosen_and_a_name_that_is_told_opens_its_field(desk: Desk) -> None:
    made = desk.make(Wish("hubspot", {"tier"}, {"name": "nickname"}))

    assert source(made) == (
        f"{BASE}/i/card.png?first_name={{{{ contact.nickname }}}}"
        "&tier={{ contact.tier }}&_end=1"
    )


@pytest.mark.parametrize(
    ("wish", "values", "said"),
    [
        (Wish("klaviyo", {"tire"}), {}, "did you mean tier"),
        (Wish("klaviyo", None, {"tire": "x"}), {}, "did you mean tier"),
        (Wish("klaviyo", {"site"}), {}, "site cannot be filled in"),
        (Wish("klaviyo", {"badge"}), {}, "badge cannot be filled in"),
        (Wish("klaviyo", {"tier"}, {}), {"tier": "VIP"}, "tier cannot be filled in"),
        (Wish("klaviyo", None, {"tier": "a}}b"}), {}, "cannot be the name of a field"),
        (Wish("klavyio"), {}, "did you mean klaviyo"),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(
    desk: Desk, wish: Wish, values: dict[str, object], said: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        desk.make(wish, values)

    assert said in caught.value.message
    assert caught.value.hint
    assert "a}}b" not in caught.value.message + caught.value.hint
    assert "VIP" not in caught.value.message + caught.value.hint


def test_a_pdf_is_no_picture(desk: Desk) -> None:
    with pytest.raises(BadRequest, match="PDF"):
        desk.make(Wish("klaviyo"), format=Format.PDF)


def test_every_platform_is_a_channel_and_makes_one_picture(desk: Desk) -> None:
    assert set(CHANNELS) == {*Platform, "web", "og"}
    for platform in Platform:
        made = desk.make(Wish(platform.value))

        assert [tag for tag, _ in Read(made.html).tags] == ["a", "img"]
        assert source(made).startswith(f"{BASE}/i/card.png?first_name=")
        assert source(made).endswith("&_end=1")
        assert platform_of(platform.value.upper()) is platform


def test_a_web_page_gets_the_densities_that_the_template_has(desk: Desk, tmp_path: Path) -> None:
    made = desk.make(Wish("web"), {"first_name": "Ada"})
    ((_, _), (_, told)) = Read(made.html).tags
    single = Desk(tmp_path / "single", MANIFEST.replace("[1, 2]", "[1]")).make(Wish("web"))

    assert told["srcset"] == (
        f"{BASE}/i/card.png?first_name=Ada 1x, {BASE}/i/card.png?_scale=2&first_name=Ada 2x"
    )
    assert told["alt"] == "For Ada on Sep 17, 2026"
    assert "srcset" not in single.html


def test_shared_links_tell_the_pixels_of_the_file(desk: Desk) -> None:
    made = desk.make(Wish("og"), scale="2")
    told = {one.get("property"): one["content"] for _, one in Read(made.html).tags}

    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "600")
    assert told["og:image"] == f"{BASE}/i/card.png?_scale=2"


def test_what_mails_do_not_show_and_what_is_not_public_is_said(desk: Desk) -> None:
    fine = desk.make(Wish("braze"))
    webp = desk.make(Wish("braze"), format=Format.WEBP)
    near = recipe(*desk.plan({}), Wish("braze"), plain_prefix("http://127.0.0.1:8080"))

    assert fine.warnings == ()
    assert len(webp.warnings) == len(near.warnings) == 1
    assert "webp" in webp.warnings[0]
    assert "MERGESHOT_PUBLIC_URL" in near.warnings[0]


def test_whoever_makes_the_prefix_is_told_which_fields_stay_open(desk: Desk) -> None:
    asked: list[tuple[str, ...]] = []

    def signed(_plan: Plan, _request: RenderRequest, fields: tuple[str, ...]) -> str:
        asked.append(fields)
        return f"{BASE}/i/card.png?_merge={','.join(fields)}&_sig=x"

    made = recipe(*desk.plan({}), Wish("mailchimp", {"tier"}), signed)

    assert asked[0] == ("tier",)
    assert source(made) == f"{BASE}/i/card.png?_merge=tier&_sig=x&tier=*|URL:TIER|*&_end=1"
