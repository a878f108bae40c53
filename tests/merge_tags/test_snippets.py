from __future__ import annotations

from service.merge_tags.snippets import picture_html
from tests.merge_tags.reading import Read


def test_width_and_height_are_numbers_of_css_pixels() -> None:
    ((tag, told),) = Read(picture_html("https://x/i/a.png", width=600, height=200, alt="Hi")).tags

    assert tag == "img"
    assert (told["width"], told["height"]) == ("600", "200")
    assert "max-width:100%" in (told["style"] or "")


def test_nothing_of_a_value_leaves_its_attribute() -> None:
    nasty = "\"><script>alert('1')</script>&amp;"
    html = picture_html(
        f"https://x/?n={nasty}", width=1, height=1, alt=nasty, link=f"https://y/{nasty}"
    )
    (link, to), (image, told) = Read(html).tags

    assert (link, image) == ("a", "img")
    assert told["alt"] == nasty
    assert told["src"] == f"https://x/?n={nasty}"
    assert to["href"] == f"https://y/{nasty}"


def test_a_picture_without_words_says_that_it_has_none() -> None:
    assert 'alt=""' in picture_html("https://x", width=1, height=1, alt="")
