"""The labelled corpus: no tag is missed, and nobody's data is taken for one."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from service.merge_tags.detection import find
from service.merge_tags.platforms import Platform
from service.merge_tags.reading import read
from service.model import Given
from tests.merge_tags.corpus import Positive, judged, negatives, positives


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
    json = [text for text in negatives() if text[:1] in "[{"]

    assert [text for text in encoded if read(text) != Given(text)] == []
    assert json
