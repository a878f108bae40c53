"""Texts by language, their places and plural forms."""

from __future__ import annotations

from decimal import Decimal

import pytest

from service.catalogue.strings import MissingText, Strings, read_strings
from service.errors import ManifestError
from tests.catalogue.workshop import Workshop, body_of, field, filled


def text(strings: Strings, key: str, *languages: str, **values: object) -> str:
    return strings.text(key, values, languages=languages, show=str)


def strings(**toml: str) -> Strings:
    return read_strings({f"strings/{name}.toml": body.encode() for name, body in toml.items()})


def test_a_text_comes_in_the_language_asked_for_else_in_the_main_one() -> None:
    texts = strings(en='a = "A"\nb = "B"', de='a = "Ä"')

    assert text(texts, "a", "de", "en") == "Ä"
    assert text(texts, "b", "de", "en") == "B"


def test_tables_are_dotted_keys() -> None:
    assert text(strings(en='[card.head]\ntitle = "T"'), "card.head.title", "en") == "T"


def test_a_table_with_other_holds_plural_forms() -> None:
    texts = strings(
        en='[days]\none = "{count} day"\nother = "{count} days"',
        pl='[days]\none = "{count} dzień"\nfew = "{count} dni"\nother = "{count} dnia"',
    )

    assert text(texts, "days", "en", count=1) == "1 day"
    assert text(texts, "days", "en", count=5) == "5 days"
    assert text(texts, "days", "pl", count=3) == "3 dni"


def test_a_place_is_a_name_and_never_an_expression() -> None:
    texts = strings(en='a = "{x} {x.__class__} {0} {} {{x}}"')

    assert text(texts, "a", "en", x="1") == "1 {x.__class__} {0} {} {1}"


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("hallo", "did you mean 'hello'"),
        ("hello", "{name}"),
        ("days", "count="),
    ],
)
def test_what_is_missing_is_named(key: str, told: str) -> None:
    texts = strings(en='hello = "Hello {name}"\n[days]\nother = "{count}"')

    with pytest.raises(MissingText, match=told.replace("{", r"\{")):
        text(texts, key, "en")


def test_a_text_that_is_none_is_refused() -> None:
    with pytest.raises(ManifestError) as caught:
        strings(en="a = 3\nb = [1]\n[c]\nother = 4")

    assert [problem.key for problem in caught.value.problems] == ["a", "b", "c"]


def test_t_escapes_what_it_is_given_and_writes_numbers_by_language(workshop: Workshop) -> None:
    template = workshop.make(
        "{{ t('hello', name=name, n=n) }}",
        manifest='languages = ["en", "de"]\n' + field("name") + field("n", "number", "1"),
        files={
            "strings/en.toml": 'hello = "<Hello> {name} {n}"',
            "strings/de.toml": 'hello = "Hallo {name} {n}"',
        },
    )
    values = {"name": "<b>", "n": Decimal("1.5")}

    assert body_of(filled(template, values)) == "&lt;Hello&gt; &lt;b&gt; 1.5"
    assert body_of(filled(template, values, language="de")) == "Hallo &lt;b&gt; 1,5"
