from urllib.parse import quote, quote_plus, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.merge_tags.query import split
from service.merge_tags.repairs import (
    CUT_LETTER,
    ENTITIES,
    NOT_UTF8,
    SCRAMBLED,
    TWICE,
    Repaired,
    repaired,
)
from tests.merge_tags.honest import HONEST, TAGS


def scrambled(text: str) -> str:
    """UTF-8 read as CP1252, as browsers do: the five bytes that it leaves out as Latin-1."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


# Honest values


def test_there_are_honest_values_enough() -> None:
    assert len(HONEST) >= 400


@pytest.mark.parametrize("value", HONEST)
def test_an_honest_value_comes_back_without_a_word(value: str) -> None:
    for encode in (quote, quote_plus):
        (pair,) = split(f"name={encode(value)}")

        assert repaired(pair.read()) == Repaired(value)


@pytest.mark.parametrize("value", TAGS)
def test_a_merge_tag_stays_one(value: str) -> None:
    assert repaired(value.encode()).text == value


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("*%7CFNAME%7C*", "*|FNAME|*"),
        ("%7B%7Bfirst_name%7D%7D", "{{first_name}}"),
        ("{{ x|default:&#39;y&#39; }}", "{{ x|default:'y' }}"),
    ],
)
def test_an_encoded_merge_tag_becomes_plainer(raw: str, text: str) -> None:
    assert repaired(raw.encode()).text == text


@pytest.mark.parametrize("tag", ["%DATE%", "%%ADdress%%", "Hi %%DEal%%", "%FACEBOOK_URL%"])
def test_a_merge_tag_that_was_taken_for_an_encoded_byte_is_one_again(tag: str) -> None:
    assert repaired(unquote_to_bytes(tag)).text == tag


# Bytes


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"Zo\xeb", "Zoë"),
        (b"S\xc3O PAULO", "SÃO PAULO"),
        (b"MA\xc7\xc3", "MAÇÃ"),
        (b"IRM\xc3", "IRMÃ"),
        (b"12 \x80", "12 €"),
        (b"O\x92Brien", "O’Brien"),
        (b"\x93Sch\xf6n\x94", "“Schön”"),
        ("caf\udce9 Zoë".encode("utf-8", "surrogateescape"), "café Zoë"),
        (b"\xa1Hola!", "¡Hola!"),
        (b"\xbfQu\xe9?", "¿Qué?"),
        (b"20\xb0C", "20°C"),
        (b"j\xe4\xe4\xe4\xe4\xe4r", "jääääär"),
        (b"\xc9", "É"),
    ],
)
def test_western_bytes_are_read(value: bytes, text: str) -> None:
    assert repaired(value) == Repaired(text, (NOT_UTF8,))


@pytest.mark.parametrize(
    "value",
    [
        "Иван".encode("cp1251"),
        "Ян".encode("cp1251"),
        "Michał".encode("cp1250"),
        "Łódź".encode("cp1250"),
        "Żaneta".encode("cp1250"),
        "Αθήνα".encode("cp1253"),
        "北京".encode("gb18030"),
        "東京".encode("shift_jis"),
        b"Zo\xef\xbf\xbd",
        b"\xff\xfe\xfd",
    ],
)
def test_what_cannot_be_read_is_missing(value: bytes) -> None:
    assert repaired(value) == Repaired(None)


def test_half_a_letter_at_the_end_goes() -> None:
    assert repaired("Zoë Renée".encode()[:-2]) == Repaired("Zoë Ren", (CUT_LETTER,))


# Mojibake


@pytest.mark.parametrize(
    "text",
    [
        *(
            "é",
            "Zoë",
            "José",
            "André Müller",
            "JOSÉ",
            "SÃO PAULO",
            "Åsa",
            "Özil",
            "Łukasz",
            "Ärger",
        ),
        *("Wiśniewski", "O’Brien", "12 €", "20°C", "£50", "« déjà »", "Иван", "Αθήνα", "北京"),
        *("Nguyễn", "Ștefan", "Ada 🎉", "Acme™", "Straße", "“Café”", "¿Qué?", "Jose\u0301"),
    ],
)
def test_scrambled_text_is_put_right_also_when_it_was_scrambled_twice(text: str) -> None:
    once, twice = scrambled(text), scrambled(scrambled(text))

    assert repaired(once.encode()) == Repaired(text, (SCRAMBLED,))
    assert repaired(twice.encode()) == Repaired(text, (SCRAMBLED,))


@pytest.mark.parametrize("text", ["BJÃ–RN", "MANHÃ…", "ß…", "JosÃ© – Иван", "Ã¿é", "Æ’s", "Ë†"])
def test_what_may_be_meant_so_stays(text: str) -> None:
    assert repaired(text.encode()) == Repaired(text)


# Encoded twice


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Zo%C3%AB", "Zoë"),
        ("Anna%20Maria", "Anna Maria"),
        ("Anna%20", "Anna "),
        ("5%20Main%20Street", "5 Main Street"),
        ("O%27Brien", "O'Brien"),
        ("AT%26T", "AT&T"),
        ("Zo%C3%AB+Smith", "Zoë Smith"),
        ("%E5%8C%97%E4%BA%AC", "北京"),
        ("Zo%25C3%25AB", "Zoë"),
        ("Anna%2520Maria", "Anna Maria"),
        ("AC%2FDC", "AC/DC"),
        ("50%25off", "50%off"),
    ],
)
def test_a_second_encoding_is_undone(value: str, text: str) -> None:
    assert repaired(value.encode()) == Repaired(text, (TWICE,))


@pytest.mark.parametrize(
    "value", ["Zo%EB", "a%00b", "a%41b", "Zo%C3%AB Smith", "a%C2%85b", "x%C3"]
)
def test_what_may_be_no_encoding_stays(value: str) -> None:
    assert repaired(value.encode()) == Repaired(value)


# HTML


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("O&#39;Brien", "O'Brien"),
        ("O&#x27;Brien", "O'Brien"),
        ("O&apos;Brien", "O'Brien"),
        ("&quot;Ada&quot;", '"Ada"'),
        ("Ren&eacute;e", "Renée"),
        ("a&nbsp;b", "a\u00a0b"),
        ("&lt;b&gt;", "<b>"),
        ("&#128512;", "😀"),
    ],
)
def test_entities_are_read(value: str, text: str) -> None:
    assert repaired(value.encode()) == Repaired(text, (ENTITIES,))


@pytest.mark.parametrize("value", ["&#0;", "&#xD800;", "&#9999999;", "&#1;", "&nonsense;", "&amp"])
def test_what_is_no_entity_stays(value: str) -> None:
    assert repaired(value.encode()) == Repaired(value)


def test_damage_upon_damage_is_undone_and_each_told_once() -> None:
    assert repaired(b"AT%26amp%3BT") == Repaired("AT&T", (TWICE, ENTITIES))
    assert repaired(quote(scrambled("Zoë")).encode()) == Repaired("Zoë", (TWICE, SCRAMBLED))


@given(st.binary(max_size=200))
def test_no_bytes_make_an_exception(value: bytes) -> None:
    text, causes = repaired(value)

    assert text is None or text.encode().decode() == text
    assert len(set(causes)) == len(causes)


@given(
    st.text(alphabet="aZ0%25C3&#x;amp39ÃÂ©«…ë€™\udc80", max_size=40),
)
def test_damage_of_all_kinds_makes_no_exception(text: str) -> None:
    repaired(text.encode("utf-8", "surrogateescape"))


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="%&ÃÂ\ufffd")))
def test_text_that_shows_no_damage_is_not_touched(text: str) -> None:
    found = repaired(text.encode())

    assert found == Repaired(text) or SCRAMBLED in found.causes
