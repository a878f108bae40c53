from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.merge_tags.query import Pair, split


def read(raw: bytes | str) -> list[tuple[str, bytes]]:
    return [(pair.name, pair.read()) for pair in split(raw)]


def test_pairs_are_cut_at_ampersands_and_decoded_once() -> None:
    assert split("a=Tom+%26+Jerry&b=1%2B1&c=%2541&d=") == (
        Pair("a", b"Tom & Jerry"),
        Pair("b", b"1+1"),
        Pair("c", b"%41"),
        Pair("d", b""),
    )


def test_order_and_doubled_names_are_kept() -> None:
    assert [pair.name for pair in split("b=1&a=2&b=3")] == ["b", "a", "b"]


@pytest.mark.parametrize("name", ["first_name", "First-Name", "FIRST_NAME", "+first%5Fname%20"])
def test_names_are_folded(name: str) -> None:
    assert read(f"{name}=Ada") == [("first_name", b"Ada")]


@pytest.mark.parametrize("name", ["items.0.title", "_sig", "_kx", "__s", "utm_source", "a1"])
def test_what_can_be_a_name_begins_a_pair(name: str) -> None:
    assert read(f"company=Ada&{name}=x") == [("company", b"Ada"), (name, b"x")]


@pytest.mark.parametrize("piece", ["T", "1=2", "=x", "Z%C3%BC=1", "a.b.c.d=1", "a" * 65 + "=1"])
def test_a_piece_that_is_no_pair_belongs_to_the_value_before_it(piece: str) -> None:
    (pair, last) = split(f"company=AT&{piece}&name=Ada")

    assert pair.value == b"AT"
    assert len(pair.tail) == 1
    assert pair.read() == b"AT&" + pair.tail[0]
    assert last == Pair("name", b"Ada")


def test_several_pieces_are_put_back_in_their_order() -> None:
    assert read("company=Smith+&%20Sons+%26+Co&&+Partners&name=Zo%EB") == [
        ("company", b"Smith & Sons & Co&& Partners"),
        ("name", b"Zo\xeb"),
    ]


def test_only_who_may_take_a_piece_takes_it() -> None:
    (pair,) = split("company=AT&T")

    assert pair.read(lambda name: name == "company") == b"AT&T"
    assert pair.read(lambda name: name != "company") == b"AT"


def test_a_parameter_of_ours_takes_no_piece() -> None:
    assert read("company=AT&_sig=x&T&_end=1&mc_eid") == [
        ("company", b"AT"),
        ("_sig", b"x"),
        ("_end", b"1"),
    ]


def test_pieces_with_nothing_before_them_mean_nothing() -> None:
    assert read("T&=x&1=2&name=Ada") == [("name", b"Ada")]
    assert read("T") == read("") == read("&&") == []


def test_empty_pieces_between_pairs_and_at_the_end_mean_nothing() -> None:
    assert split("a=1&&b=2&") == (Pair("a", b"1"), Pair("b", b"2"))


def test_a_possible_name_begins_a_pair_also_where_it_was_a_value() -> None:
    assert read("company=Smith+&+Co=Partners") == [("company", b"Smith "), ("co", b"Partners")]


@pytest.mark.parametrize("damage", ["&amp;", "&AMP;", "&amp;amp;", "&amp%3B"])
def test_separators_that_were_escaped_for_html_separate(damage: str) -> None:
    assert split(f"_v=1{damage}name=Ada") == (
        Pair("_v", b"1"),
        Pair("name", b"Ada", mended=True),
    )


def test_an_escaped_ampersand_inside_a_value_is_left_for_repairs() -> None:
    assert read("company=AT&amp;T") == [("company", b"AT&amp;T")]


def test_percent_signs_that_encode_nothing_stay() -> None:
    assert read("a=100%&b=50%+off&c=%zz&d=%") == [
        ("a", b"100%"),
        ("b", b"50% off"),
        ("c", b"%zz"),
        ("d", b"%"),
    ]


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True), st.binary()))
def test_any_bytes_come_back(values: dict[str, bytes]) -> None:
    for encode in (quote, quote_plus):
        raw = "&".join(f"{name}={encode(value)}" for name, value in values.items())

        assert dict(read(raw)) == values


@given(st.binary(max_size=300) | st.text(st.characters(), max_size=100))
def test_whatever_comes_is_cut(raw: bytes | str) -> None:
    for pair in split(raw):
        assert pair.read().startswith(pair.value)


@given(st.text(alphabet="a=&%+;mpT1_", max_size=60))
def test_bytes_and_their_text_are_read_alike(raw: str) -> None:
    assert split(raw) == split(raw.encode())
