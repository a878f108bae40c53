from hypothesis import given
from hypothesis import strategies as st

from service.model import NoteCode
from service.web.query import read_query


def test_values_and_reserved_parameters_are_told_apart() -> None:
    asked = read_query("first_name=Ada&_size=square&_lang=de")

    assert asked.values == {"first_name": "Ada"}
    assert asked.reserved == {"_size": "square", "_lang": "de"}


def test_percent_is_decoded_once_and_plus_is_a_space() -> None:
    asked = read_query("a=Tom+%26+Jerry&b=1%2B1&c=%2541")

    assert asked.values == {"a": "Tom & Jerry", "b": "1+1", "c": "%41"}


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    assert read_query("name=J%F6rg").values == {"name": "J\ufffdrg"}
    assert read_query("name=J\udcf6rg").values == {"name": "J\ufffdrg"}


def test_utf8_that_was_not_encoded_is_read_all_the_same() -> None:
    assert read_query("name=Jörg").values == {"name": "Jörg"}


def test_the_first_of_two_values_wins_however_its_name_is_spelt() -> None:
    assert read_query("first_name=Ada&First-Name=Bob").values == {"first_name": "Ada"}


def test_a_doubled_reserved_parameter_is_noted_once_and_the_first_wins() -> None:
    asked = read_query("_size=a&_size=b&_SIZE=c")

    assert asked.reserved == {"_size": "a"}
    assert [(note.field, note.code) for note in asked.notes] == [("_size", NoteCode.AMBIGUOUS)]
    assert [problem.field for problem in asked.problems] == ["_size"]


def test_other_names_with_an_underscore_are_left_for_later_versions() -> None:
    asked = read_query("_sig=abc&_unheard_of=1&_sig=d")

    assert (asked.values, asked.reserved, asked.doubled) == ({}, {}, ())


def test_a_piece_without_a_value_is_an_empty_value() -> None:
    assert read_query("first_name&&=x").values == {"first_name": "", "": "x"}


def test_strict_is_asked_for_with_one_or_true() -> None:
    assert read_query("_strict=1").strict
    assert read_query("_strict=true").strict
    assert not read_query("_strict=0").strict
    assert not read_query("").strict


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_as_text(raw: bytes) -> None:
    asked = read_query(raw.decode("utf-8", "surrogateescape"))  # as aiohttp hands it over

    for text in (*asked.values, *asked.values.values(), *asked.reserved.values()):
        assert text.encode().decode() == text
