from __future__ import annotations

import pytest

from service.merge_tags.field_names import name_on
from service.merge_tags.pasting import TITLES
from service.merge_tags.platforms import Platform
from service.merge_tags.recipes import LONGEST, Address, Opened, Shown, mail, og, place, web
from service.merge_tags.writing import encodes, in_address, in_text
from tests.merge_tags.reading import Read

every_platform = pytest.mark.parametrize("platform", Platform)
SHOWN = Shown(
    600, 200, f"Hi {place('first_name')} & co", f"https://x/?a=1&n={place('first_name')}"
)
SIGNED = "https://img.example.com/i/a.png?tier=a%27b%22&_sig=abc"


def opened(platform: Platform, fallback: str = "it's") -> dict[str, Opened]:
    return {
        field: Opened(name_on(platform, field), fallback, fallback)
        for field in ("first_name", "company")
    }


@every_platform
def test_the_tag_is_one_picture_in_one_link_with_its_attributes_whole(platform: Platform) -> None:
    fields = opened(platform)
    made = mail(platform, Address(SIGNED, tuple(fields)), SHOWN, fields)
    (link, to), (image, told) = Read(made.html).tags
    first, company = (in_address(platform, one.name, "it's").text for one in fields.values())

    assert (link, image) == ("a", "img")
    assert told["src"] == f"{SIGNED}&first_name={first}&company={company}&_end=1"
    assert (
        told["alt"]
        == f"Hi {in_text(platform, fields['first_name'].name, 'it' + chr(39) + 's').text} & co"
    )
    assert to["href"] == f"https://x/?a=1&n={first}"
    assert (told["width"], told["height"]) == ("600", "200")
    assert Read(made.html).text == ""


@every_platform
def test_tags_stand_in_the_html_letter_for_letter(platform: Platform) -> None:
    fields = opened(platform)
    made = mail(platform, Address(SIGNED, tuple(fields)), SHOWN, fields)

    assert all(in_address(platform, one.name, "it's").text in made.html for one in fields.values())
    assert in_text(platform, fields["first_name"].name, "it's").text in made.html


@every_platform
def test_it_says_where_to_paste_and_whether_values_are_safe(platform: Platform) -> None:
    fields = opened(platform)
    made = mail(platform, Address(SIGNED, tuple(fields)), SHOWN, fields)
    warned = [one for one in made.warnings if one.startswith(f"{TITLES[platform]} has no way")]

    assert "not as an uploaded image" in made.paste
    assert bool(warned) is not encodes(platform)
    assert made.names.startswith(f"first_name = {fields['first_name'].name}, company = ")


def test_an_address_with_nothing_pinned_begins_its_query_with_the_open_fields() -> None:
    fields = {"first_name": Opened("FNAME")}
    made = mail(
        Platform.MAILCHIMP,
        Address("https://x/i/a.png", ("first_name",)),
        Shown(10, 10, ""),
        fields,
    )

    assert 'src="https://x/i/a.png?first_name=*|URL:FNAME|*&amp;_end=1"' in made.html


def test_nothing_open_is_an_address_as_it_is() -> None:
    made = mail(Platform.HUBSPOT, Address(SIGNED), Shown(10, 10, "Hi"), {})
    ((_, told),) = Read(made.html).tags

    assert told["src"] == SIGNED
    assert made.warnings == ()


def test_a_long_address_is_said_to_be_long_and_a_short_one_is_not() -> None:
    for length in (LONGEST, LONGEST + 1):
        made = mail(Platform.BRAZE, Address("h" * length), Shown(1, 1, ""), {})

        assert any("characters" in one for one in made.warnings) is (length > LONGEST)


def test_an_alt_text_that_would_say_nothing_is_said_to() -> None:
    fields = {"first_name": Opened("FNAME", "friend", "friend")}
    address = Address(SIGNED, ("first_name",))
    made = mail(Platform.MAILCHIMP, address, Shown(1, 1, place("first_name")), fields)
    without = mail(Platform.MAILCHIMP, address, Shown(1, 1, "Hi"), fields)

    assert any("in place of first_name" in one for one in made.warnings)
    assert not any("in place of" in one for one in without.warnings)


def test_a_web_page_gets_both_densities_and_loads_late() -> None:
    made = web(
        {1.0: "https://x/i/a.png?_scale=1", 2.0: "https://x/i/a.png"}, Shown(60, 30, 'A "b"')
    )
    ((tag, told),) = Read(made.html).tags

    assert tag == "img"
    assert told["src"] == "https://x/i/a.png?_scale=1"
    assert told["srcset"] == "https://x/i/a.png?_scale=1 1x, https://x/i/a.png 2x"
    assert (told["loading"], told["alt"], told["width"]) == ("lazy", 'A "b"', "60")


def test_a_web_page_gets_no_choice_where_there_is_one_density() -> None:
    made = web({1.0: "https://x/i/a.png"}, Shown(60, 30, "", "https://y/"))
    (link, to), (_, told) = Read(made.html).tags

    assert (link, to["href"]) == ("a", "https://y/")
    assert "srcset" not in told


@pytest.mark.parametrize(
    ("shown", "card"),
    [(Shown(1200, 630, "A & b"), "summary_large_image"), (Shown(800, 800, "A & b"), "summary")],
)
def test_shared_links_get_all_that_networks_ask_for(shown: Shown, card: str) -> None:
    made = og("https://x/i/a.png?a=1&b=2", shown, width=1200, height=630)
    tags = Read(made.html).tags

    assert {tag for tag, _ in tags} == {"meta"}
    assert {told.get("property") or told.get("name"): told["content"] for _, told in tags} == {
        "og:image": "https://x/i/a.png?a=1&b=2",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "A & b",
        "twitter:card": card,
    }
