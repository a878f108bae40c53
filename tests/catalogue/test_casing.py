"""The case of names."""

from __future__ import annotations

import pytest

from service.catalogue.casing import lower, name_case, upper


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("JEAN-PIERRE", "Jean-Pierre"),
        ("ada lovelace", "Ada Lovelace"),
        ("O'BRIEN", "O'Brien"),
        ("o’brien", "O’Brien"),
        ("MCDONALD", "McDonald"),
        ("JAN VAN DER BERG", "Jan van der Berg"),
        ("VAN DER BERG", "Van der Berg"),
        ("MÜLLER", "Müller"),
        ("J.R.R. TOLKIEN", "J.R.R. Tolkien"),
        ("JOHN SMITH III", "John Smith III"),
        ("JP", "JP"),
        ("ALİ", "Ali"),
        ("ΓΙΑΝΝΗΣ", "Γιαννης"),
        ("ИВАН", "Иван"),
        ("e\u0301va", "E\u0301va"),
        ("MARIA'S", "Maria's"),
        ("x", "X"),
    ],
)
def test_a_name_all_in_one_case_is_put_in_mixed_case(written: str, name: str) -> None:
    assert name_case(written, "en") == name


@pytest.mark.parametrize(
    "name",
    [
        "McDonald",
        "van der Berg",
        "O'Brien",
        "MacLeod",
        "DeShawn",
        "Ludwig van Beethoven",
        "张伟",
        "محمد",
        "Jean-Luc PICARD",
        "ნინო",
        "",
    ],
)
def test_a_name_in_mixed_case_or_without_case_is_as_its_owner_writes_it(name: str) -> None:
    assert name_case(name, "en") == name


@pytest.mark.parametrize(
    ("language", "written", "name"),
    [
        ("tr", "IŞIK", "Işık"),
        ("tr-TR", "İPEK", "İpek"),
        ("tr", "ipek", "İpek"),
        ("nl", "IJSBRAND", "IJsbrand"),
        ("vi", "NGUYEN VAN AN", "Nguyen Van An"),
    ],
)
def test_the_language_decides_where_letters_differ(language: str, written: str, name: str) -> None:
    assert name_case(written, language) == name


def test_dots_on_the_i_survive_in_turkish() -> None:
    assert upper("istanbul", "tr") == "İSTANBUL"
    assert lower("ISPARTA", "tr") == "ısparta"
    assert lower("İSTANBUL", "en") == "istanbul"
