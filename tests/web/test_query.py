from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.merge_tags.query import split
from service.model import NoteCode
from service.web.query import Asked, read_query
from tests.merge_tags.honest import HONEST


def told(asked: Asked) -> list[tuple[str, NoteCode]]:
    return [(note.field, note.code) for note in asked.notes]


def test_values_and_reserved_parameters_are_told_apart() -> None:
    asked = read_query("first_name=Ada&_size=square&_lang=de")

    assert asked.values == {"first_name": "Ada"}
    assert asked.reserved == {"_size": "square", "_lang": "de"}
    assert asked.notes == ()


def test_percent_is_decoded_once_and_plus_is_a_space() -> None:
    asked = read_query("a=Tom+%26+Jerry&b=1%2B1&c=%2541")

    assert asked.values == {"a": "Tom & Jerry", "b": "1+1", "c": "%41"}
    assert asked.notes == ()


def test_utf8_that_was_not_encoded_is_read_all_the_same() -> None:
    assert read_query("name=Jörg").values == {"name": "Jörg"}


def test_a_query_is_read_as_text_and_as_bytes_alike() -> None:
    assert read_query("name=J\udcf6rg") == read_query(b"name=J\xf6rg")


@pytest.mark.parametrize(
    ("raw", "values", "repaired"),
    [
        ("company=AT&T&name=Zo%EB", {"company": "AT&T", "name": "Zoë"}, ["company", "name"]),
        ("a=1&amp;name=Ada", {"a": "1", "name": "Ada"}, ["name"]),
        ("company=AT&amp;T&name=Ada", {"company": "AT&T", "name": "Ada"}, ["company"]),
        ("name=Anna+Maria&b=Anna%20Maria", {"name": "Anna Maria", "b": "Anna Maria"}, []),
        ("name=Zo%25C3%25AB", {"name": "Zoë"}, ["name"]),
        ("name=Anna%2520Maria", {"name": "Anna Maria"}, ["name"]),
        ("name=O%92Brien", {"name": "O’Brien"}, ["name"]),
        ("name=Zo%C3%83%C2%AB", {"name": "Zoë"}, ["name"]),
        ("name=O%26%2339%3BBrien", {"name": "O'Brien"}, ["name"]),
        (
            "first_name=3DAda&company=3DAT&amp;T&_end=3D1",
            {"first_name": "Ada", "company": "AT&T"},
            ["first_name", "company"],
        ),
        ("first_name=3DAda&_end=1", {"first_name": "3DAda"}, []),
        ("First-Name=Ada", {"first_name": "Ada"}, []),
        ("a=100%25&b=50%25+off&c=100%2525", {"a": "100%", "b": "50% off", "c": "100%25"}, []),
        ("a=100%&b=50%+off", {"a": "100%", "b": "50% off"}, []),
        (
            "first_name=*|FNAME|*&company=AT&T",
            {"first_name": "*|FNAME|*", "company": "AT&T"},
            ["company"],
        ),
        ("start=1767225600000", {"start": "1767225600000"}, []),
    ],
)
def test_values_are_read_as_they_were_meant(
    raw: str, values: dict[str, str], repaired: list[str]
) -> None:
    asked = read_query(raw)

    assert asked.values == values
    assert told(asked) == [(name, NoteCode.REPAIRED) for name in repaired]
    assert asked.problems == ()


def test_a_note_never_holds_the_value() -> None:
    for note in read_query("company=PII&4711&name=PII%EB4711&x=%CF%CB%C8&x=PII&x=4711").notes:
        assert "PII" not in note.message
        assert "4711" not in note.message


def test_what_cannot_be_read_is_missing_and_refuses_a_strict_request() -> None:
    asked = read_query("name=%C8%E2%E0%ED&city=Rome")

    assert asked.values == {"city": "Rome"}
    assert told(asked) == [("name", NoteCode.INVALID)]
    assert [problem.field for problem in asked.problems] == ["name"]


def test_a_doubled_value_that_cannot_be_read_gives_way() -> None:
    assert read_query("name=%C8%E2%E0%ED&name=Ivan").values == {"name": "Ivan"}


# Doubled


def test_the_first_of_two_values_wins_however_its_name_is_spelt_and_it_is_noted() -> None:
    asked = read_query("first_name=Ada&First-Name=Bob&FIRST_NAME=Cy")

    assert asked.values == {"first_name": "Ada"}
    assert told(asked) == [("first_name", NoteCode.AMBIGUOUS)]
    assert [problem.field for problem in asked.problems] == ["first_name"]


@pytest.mark.parametrize("raw", ["a=&a=%20&a=Ada", "a=Ada&a=&a=+", "a=Ada&a=Ada", "a=+&a=Ada&a="])
def test_only_a_value_that_says_something_else_makes_it_ambiguous(raw: str) -> None:
    asked = read_query(raw)

    assert asked.values == {"a": "Ada"}
    assert asked.notes == ()


def test_a_doubled_reserved_parameter_is_noted_once_and_the_first_wins() -> None:
    asked = read_query("_size=a&_size=b&_SIZE=c")

    assert asked.reserved == {"_size": "a"}
    assert asked.doubled == ("_size",)
    assert told(asked) == [("_size", NoteCode.AMBIGUOUS)]
    assert [problem.field for problem in asked.problems] == ["_size"]


# Ours


def test_other_names_with_an_underscore_are_left_for_later_versions() -> None:
    asked = read_query("_hsenc=abc&_unheard_of=1&_hsenc=d&__s=x")

    assert (asked.values, asked.reserved, asked.notes) == ({}, {}, ())


@pytest.mark.parametrize("sign", ["_sig=abc", "_merge=first_name"])
@pytest.mark.parametrize("end", ["", "&_end=", "&_en=1"])
def test_an_address_of_ours_without_its_end_was_cut_off(sign: str, end: str) -> None:
    asked = read_query(f"{sign}&first_name=Ada{end}")

    assert told(asked) == [("_end", NoteCode.TRUNCATED)]
    assert [problem.field for problem in asked.problems] == ["_end"]


@pytest.mark.parametrize(
    "end", ["&_end=1", "&_end=1&_kx=abc&utm_source=x", "&amp;_end=1", "&_end=1>"]
)
def test_an_address_that_has_its_end_was_not_cut_off(end: str) -> None:
    assert NoteCode.TRUNCATED not in dict(told(read_query(f"_sig=abc&_merge=a&a=b{end}"))).values()


def test_nobody_promised_an_end_of_another_address() -> None:
    assert read_query("first_name=Ada&_size=square").notes == ()


def test_only_open_values_are_repaired_where_an_address_says_which_are() -> None:
    asked = read_query(
        "_merge=First-Name, city&a=AT%26amp%3BT&b=x&T&first_name=A&T&city=Zo%EB&_end=1"
    )

    assert asked.values == {"a": "AT&amp;T", "b": "x", "first_name": "A&T", "city": "Zoë"}
    assert told(asked) == [("first_name", NoteCode.REPAIRED), ("city", NoteCode.REPAIRED)]


def test_pinned_bytes_that_are_no_utf8_are_replaced() -> None:
    assert read_query("_sig=x&name=J%F6rg&_end=1").values == {"name": "J\ufffdrg"}


def test_the_pairs_are_there_as_they_were_cut() -> None:
    raw = "_v=1&company=AT&T&company=x&_sig=abc&name=Zo%EB&_end=1"

    assert read_query(raw).pairs == split(raw)


def test_the_pairs_are_without_the_mails_encoding() -> None:
    assert read_query("_sig=3Dab=c&a=3D1&_end=3D1").pairs == split("_sig=abc&a=1&_end=1")


def test_pieces_without_a_value_or_a_name_mean_nothing_at_the_start() -> None:
    assert read_query("first_name&&=x").values == {}


def test_strict_is_asked_for_with_one_or_true() -> None:
    assert read_query("_strict=1").strict
    assert read_query("_strict=true").strict
    assert not read_query("_strict=0").strict
    assert not read_query("").strict


# Whatever comes


def test_honest_values_come_back_without_a_note() -> None:
    values = {f"f{index}": value for index, value in enumerate(HONEST)}
    for encode in (quote, quote_plus):
        asked = read_query("&".join(f"{name}={encode(value)}" for name, value in values.items()))

        assert asked.values == values
        assert asked.notes == ()


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_as_text(raw: bytes) -> None:
    asked = read_query(raw.decode("utf-8", "surrogateescape"))  # as aiohttp hands it over

    for text in (*asked.values, *asked.values.values(), *asked.reserved.values()):
        assert text.encode().decode() == text


@given(st.text(alphabet="a_=&%+;mpsigendr13DEB9C\udcc3", max_size=120))
def test_damage_of_all_kinds_is_read_as_text(raw: str) -> None:
    asked = read_query(raw)

    for text in (*asked.values, *asked.values.values(), *asked.reserved.values()):
        assert text.encode().decode() == text
