"""Reading raw values: tags and junk are no values, everything else stays as it was."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.merge_tags.detection import may_hold_a_tag
from service.merge_tags.reading import JUNK, read
from service.model import Given, NoteCode


def told(given: Given) -> list[tuple[str, str, str]]:
    return [(note.field, note.code.value, note.platform) for note in given.notes]


def test_a_tag_is_no_value_and_its_default_is_kept() -> None:
    read_value = read("Hello {{ first_name|default:'friend' }}!")

    assert (read_value.value, read_value.default) == (None, "Hello friend!")
    assert told(read_value) == [("", "unresolved_tag", "klaviyo")]


def test_the_note_names_the_platforms_and_never_the_value() -> None:
    (note,) = read("Dear Mrs Lovelace {{ secret_name }}").notes

    assert "klaviyo or sendgrid or smartlead" in note.message
    assert "Lovelace" not in note.message
    assert "secret" not in note.message


@pytest.mark.parametrize("word", [*sorted(JUNK), " null ", "NaN\n", "%23N/A", "%28blank%29"])
def test_what_databases_send_for_nothing_is_missing(word: str) -> None:
    assert read(word).value is None
    assert [note.code for note in read(word).notes] == [NoteCode.MISSING]


@pytest.mark.parametrize("word", ["-", "N/A", "None", "Null", "test", "nan", "Undefined", "blank"])
def test_what_may_be_a_name_or_a_word_is_left_to_the_field(word: str) -> None:
    assert read(word) == Given(word)


@pytest.mark.parametrize("value", [None, 0, 1.5, True, [], {}, [1, None], {"a": {"b": 2}}])
def test_values_that_are_no_text_stay_as_they_are(value: object) -> None:
    assert read(value) == Given(value)


def test_lists_and_mappings_are_read_member_by_member() -> None:
    rows = [{"title": "{{ item.title|default:'Tea' }}", "cost": 5}, {"title": "*|T|*"}, "null"]
    result = read(rows)

    assert result.value == [{"title": "Tea", "cost": 5}, {"title": None}, None]
    assert told(result) == [
        (".0.title", "unresolved_tag", ""),
        (".1.title", "unresolved_tag", "mailchimp/mandrill"),
        (".2", "missing", ""),
    ]


def test_json_text_is_read_through_and_stays_text() -> None:
    result = read('[{"title": "{{ title }}", "cost": 5}, {"title": "Ä"}]')

    assert isinstance(result.value, str)
    assert json.loads(result.value) == [{"title": None, "cost": 5}, {"title": "Ä"}]
    assert [note.field for note in result.notes] == [".0.title"]


@pytest.mark.parametrize(
    "text", ['["a","b"]', '{ "a" : [1, 2] }', '[["x"]]', "[]", "{}", '[{"a": "100%"}]', "[1, 2]"]
)
def test_json_text_without_tags_stays_letter_by_letter(text: str) -> None:
    assert read(text) == Given(text)


def test_a_tag_is_no_json() -> None:
    assert read('[{"title": {{ title }}}]').value is None
    assert read("[[FIRSTNAME]]").value is None


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 50_000, "[" * 900 + "]" * 900])
def test_deep_json_is_no_trouble(text: str) -> None:
    begun = time.thread_time()
    read(text)

    assert time.thread_time() - begun < 0.5


def test_pictures_as_data_are_not_searched() -> None:
    picture = "data:image/svg+xml,%7B%7Bfirst_name%7D%7D"
    base64 = "iVBORw0KGgo+AAAA/" * 50_000

    assert read(picture) == Given(picture)
    assert read(base64) == Given(base64)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(_JSON)
def test_no_json_value_is_too_strange(value: object) -> None:
    result = read(value)

    assert result.notes or result == Given(value)


@given(st.text(st.characters()).filter(lambda text: text.strip() not in JUNK))
def test_a_value_without_the_signs_of_a_tag_comes_back_as_it_is(text: str) -> None:
    if not may_hold_a_tag(text):
        assert read(text) == Given(text)


def test_an_ordinary_value_takes_microseconds() -> None:
    values = [
        "Ada",
        "O'Brien & Söhne",
        "First-Class",
        "2031-09-30",
        "https://example.com/a?b=c&d=e",
    ]
    best = 1.0
    for _ in range(20):
        begun = time.thread_time()
        for value in values * 20:
            read(value)
        best = min(best, (time.thread_time() - begun) / 100)

    assert best < 50e-6
