"""The labelled corpus: no tag is missed, and nobody's data is taken for one."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from babel import Locale

from service.merge_tags.detection import find
from service.merge_tags.platforms import Platform
from service.merge_tags.reading import read
from service.model import Given
from tests.merge_tags.corpus import Positive, judged, negatives, positives
from tests.pages import ROOT


def entities(text: str) -> str:
    return "".join(sign if sign.isalnum() else f"&#{ord(sign)};" for sign in text)


def named_entities(text: str) -> str:
    names = {"{": "lbrace", "}": "rbrace", "[": "lsqb", "]": "rsqb", "|": "vert", "%": "percnt"}
    return "".join(f"&{names[sign]};" if sign in names else sign for sign in text)


def test_every_tag_is_found_and_nothing_else() -> None:
    result = judged()
    print(result.table())

    assert result.missed == []
    assert result.false == []
    assert (result.precision, result.recall) == (1.0, 1.0)


def test_every_tag_is_somebodys_and_has_the_default_that_it_says() -> None:
    assert judged().wrong == []


def test_the_corpus_is_large_without_repeating_itself() -> None:
    assert len({one.text for one in positives()}) == len(positives()) >= 300
    assert len(set(negatives())) >= 1000


@pytest.mark.parametrize("platform", Platform)
def test_every_platform_has_tags_in_the_corpus(platform: Platform) -> None:
    found = [one for one in positives() if platform in one.platform.split("/")]

    assert len(found) >= 8


@pytest.mark.parametrize(
    "encoded",
    [
        lambda text: quote(text, safe=""),
        lambda text: re.sub("%..", lambda code: code[0].lower(), quote(text, safe="")),
        lambda text: quote(quote(text, safe=""), safe=""),
        lambda text: quote(quote(quote(text, safe=""), safe=""), safe=""),
        entities,
        named_entities,
        lambda text: entities(entities(text)),
        lambda text: quote(entities(text), safe=""),
        lambda text: f" {text}\n",
    ],
)
def test_a_tag_is_found_however_it_is_encoded(encoded: object) -> None:
    assert callable(encoded)
    missed = [one.text for one in positives() if find(encoded(one.text)) is None]
    unlike = [
        one.text
        for one in positives()
        if encoded(one.text).lower() != encoded(one.text) and not same(one, encoded(one.text))
    ]

    assert missed == []
    assert unlike == []


def same(one: Positive, text: str) -> bool:
    found = find(text)
    return found is not None and (found.platform, found.default) == (one.platform, one.default)


@pytest.mark.parametrize("around", ["Hello {}!", "{}, welcome", "(Für {})", "a, {}; b", "{}\n{}"])
def test_a_whole_tag_is_found_inside_a_longer_value(around: str) -> None:
    whole = [
        one.text for one in positives() if one.text[-1] in "}]%*>" and one.text[0] in "{[%*$<"
    ]

    assert len(whole) > 250
    assert [text for text in whole if find(around.replace("{}", text)) is None] == []


def test_data_that_was_encoded_once_more_is_still_no_tag() -> None:
    encoded = [
        quote(text, safe="") for text in negatives() if not text.lower().startswith("data:")
    ]

    assert [text for text in encoded if read(text) != Given(text)] == []


LOCALES = (
    "ar bn cs cy da de el en es et eu fa fi fr ga gu haw he hi hu hy id is it ja ka km ko lt mi "
    "my nb ne nl pl pt ro ru si sk sl sr sv sw ta te th tr uk uz vi yo zh zu"
)


@pytest.mark.parametrize("code", LOCALES.split())
def test_what_a_language_calls_countries_languages_and_money_is_no_tag(code: str) -> None:
    locale = Locale.parse(code)
    words = {
        *locale.territories.values(),
        *locale.languages.values(),
        *locale.currencies.values(),
        *locale.currency_symbols.values(),
    }

    assert len(words) > 50
    assert [word for word in words if read(word) != Given(word)] == []


def test_the_examples_of_the_samples_are_no_tags() -> None:
    examples = sorted((ROOT / "html_templates").glob("*/examples/*.json"))
    values = [json.loads(path.read_text(encoding="utf-8")) for path in examples]

    assert len(values) > 20
    assert [value for value in values if read(value) != Given(value)] == []
    assert [value for value in values if read(json.dumps(value)).notes] == []
