"""Finding tags: whose they are, what they offer, and how long that takes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.merge_tags.detection import find, may_hold_a_tag
from service.merge_tags.platforms import Platform


def default(text: str) -> str | None:
    found = find(text)
    assert found is not None
    return found.default


def test_a_form_that_one_platform_writes_is_its_own() -> None:
    found = find("*|FNAME|*")

    assert found is not None
    assert found.platforms == (Platform.MAILCHIMP,)
    assert found.platform == "mailchimp"


def test_a_form_that_several_write_names_them_all_in_a_fixed_order() -> None:
    found = find("{{ first_name }}")

    assert found is not None
    assert found.platforms == (Platform.KLAVIYO, Platform.SENDGRID, Platform.SMARTLEAD)
    assert found.platform == "klaviyo/sendgrid/smartlead"


def test_the_first_of_several_tags_says_whose_they_are() -> None:
    found = find("*|FNAME|* and {{ person.first_name }}")

    assert found is not None
    assert found.platform == "mailchimp"


def test_every_tag_needs_a_default_for_the_text_to_have_one() -> None:
    both = "{{ a|default:'Ada' }} & {{ b|default:'Ben' }}"

    assert default(both) == "Ada & Ben"
    assert default("{{ a|default:'Ada' }} & {{ b }}") is None
    assert default("{{ a|default:'Ada' }} & {{ b|default:'Be") is None


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("{{ first_name|default:'Zoë & Co.' }}", "Zoë & Co."),
        ("{{ first_name|default:“friend” }}", "friend"),
        (r"{{ first_name|default:\"friend\" }}", "friend"),
        ("{{ first_name | default: friend }}", "friend"),
        ("{{ first_name|default_if_none:'friend' }}", "friend"),
        ("{{ first_name|default:%27friend%27 }}", "friend"),
        ("*|FNAME:dear%20friend|*", "dear friend"),
        ("{{ first_name|default:' ' }}", None),
        ("{{ first_name|upper }}", None),
        ("{{ first_name|title|trim }}", None),
        ("*|IF:FNAME|*friend*|END:IF|*", None),
        ("{% if first_name %}{{ first_name|default:'x' }}{% endif %}", None),
        ("*|FNAME:%7B%7Bx%7D%7D|*", None),
    ],
)
def test_a_default_is_text_that_can_be_shown(tag: str, expected: str | None) -> None:
    assert default(tag) == expected


@pytest.mark.parametrize("hidden", ["\u200b", "\u00ad", "\ufeff", "\u2060"])
def test_what_nobody_sees_does_not_hide_a_tag(hidden: str) -> None:
    assert find(f"{{{hidden}{{{hidden} first{hidden}_name }}{hidden}}}") is not None


@given(st.text(st.characters(), max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    find(text)


SIGNS = st.text("{}[]%*$~#<>|&;=-:'\"+ aZ_.0%7B25x\u200b", max_size=300)


@given(SIGNS)
def test_no_heap_of_signs_is_too_strange(text: str) -> None:
    found = find(text)

    if found is not None and found.default is not None:
        assert found.default.strip()
        assert find(found.default) is None


@given(st.text(st.characters(exclude_characters="{}[%*$~#<|&-"), max_size=200))
def test_text_without_the_signs_of_a_tag_holds_none(text: str) -> None:
    assert not may_hold_a_tag(text)
    assert find(text) is None


@pytest.mark.parametrize(
    "piece",
    [
        "{", "}", "[", "{{ ", "{{{", "%", "%7B", "%25", "*|", "|*", "&#", "&amp;", "&#123;", "${",
        "<%", "-a", "-name-", "~A.", "%%", "$[", "{{ a|default:'b' }}", "[[a ", "{%", "a|*", "{$a",
        "*|A:b|*", "[A", "{x", "#{a", "##A", "{{a|", "\u200b{", "a}", "{!a ", "[a,fallback=",
        "{a_", "%recipient.", "{{ " + "a" * 499, "&#" + "9" * 5000 + ";", "\n", "%%=IIF(EMPTY(",
    ],
)  # fmt: skip
def test_a_megabyte_of_signs_is_read_at_once(piece: str) -> None:
    text = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]

    begun = time.thread_time()
    find(text)

    assert time.thread_time() - begun < 0.5
