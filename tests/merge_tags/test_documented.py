"""What the page for marketers promises is tried out."""

from __future__ import annotations

import re

import pytest

from service.merge_tags.detection import find
from service.merge_tags.platforms import Platform
from service.merge_tags.reading import JUNK, read
from service.model import Given
from tests.pages import read as page
from tests.pages import section

PAGE = page("docs/merge-tags.md")
CODE = re.compile(r"`([^`]+)`")


def cells(part: str) -> list[list[str]]:
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in lines[1:]
    ]


RECOGNISED = cells(section(PAGE, "## What is recognised"))


@pytest.mark.parametrize("row", RECOGNISED, ids=[row[0] for row in RECOGNISED])
def test_every_tag_in_the_table_is_found_and_every_default_read(row: list[str]) -> None:
    _, tags, defaults = row

    assert CODE.findall(tags)
    assert [tag for tag in CODE.findall(tags) if find(tag) is None] == []
    for tag in CODE.findall(defaults):
        found = find(tag)
        assert found is not None
        assert found.default == "friend"


def test_every_platform_has_its_line() -> None:
    text = re.sub(r"[^a-z]", "", section(PAGE, "## What is recognised").lower())

    assert [one for one in Platform if one not in text] == []


def test_the_names_of_forms_that_several_write_are_as_told() -> None:
    rows = cells(section(PAGE, "## Whose tag it was"))[:-1]

    for written, platform in rows:
        for tag in CODE.findall(written):
            found = find(tag.replace("…", "x"))
            assert found is not None
            assert found.platform == platform.strip("`")


def test_what_is_left_alone_is_left_alone() -> None:
    first = section(PAGE, "## What is left alone").split("The price of that")[0]
    values = [value for value in CODE.findall(first) if value != "data:"]

    assert len(values) > 12
    assert [value for value in values if read(value) != Given(value)] == []


def test_the_words_for_nothing_are_those_of_the_code() -> None:
    part = section(PAGE, "## Words for nothing")
    words = CODE.findall(part.split("are missing")[0])
    kept = CODE.findall(part.split("`-`")[1].split("are not")[0])

    assert set(words) == JUNK
    assert [word for word in kept if read(word) != Given(word)] == []
