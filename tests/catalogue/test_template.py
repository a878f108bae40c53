"""Template: names, versions, assets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.template import assemble, digest, is_name, is_version
from tests.catalogue.workshop import Workshop, field


@pytest.mark.parametrize("name", ["ticket", "acme/ticket", "a", "0-1", "a" * 64])
def test_a_name_has_at_most_one_folder_above(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", "_shared", ".x", "A", "a/b/c", "a/", "/a", "../a", "a" * 65, "-a", "a\n", "ä"]
)
def test_a_name_that_could_leave_its_folder_is_none(name: str) -> None:
    assert not is_name(name)


def test_a_version_is_24_hexadecimal_digits() -> None:
    assert is_version(digest({"a": b"b"}))
    assert not is_version("x" * 24)


_FILES = st.dictionaries(st.text("ab/", min_size=1, max_size=4), st.binary(max_size=4), max_size=4)


@given(_FILES, _FILES)
def test_files_differ_exactly_when_their_versions_do(
    one: dict[str, bytes], other: dict[str, bytes]
) -> None:
    assert (digest(one) == digest(other)) == (one == other)


def test_a_page_may_ask_for_styles_and_assets_but_not_for_pages_or_texts(
    workshop: Workshop,
) -> None:
    template = workshop.make(
        "{% include 'part.html' %}",
        files={"part.html": "x", "assets/a.png": b"1", "strings/en.toml": 'a = "b"'},
    )

    assert set(template.assets) == {"style.css", "assets/a.png"}


def test_its_own_asset_wins_over_a_shared_one(workshop: Workshop) -> None:
    workshop.write("_shared/assets/a.png", b"shared")
    workshop.write("_shared/assets/b.png", b"shared")
    template = workshop.make(
        "{{ asset('a.png') }}{{ asset('b.png') }}", files={"assets/a.png": b"own"}
    )

    assert template.find_asset("a.png") == "assets/a.png"
    assert template.find_asset("assets/a.png") == "assets/a.png"
    assert template.find_asset("b.png") == "_shared/assets/b.png"
    assert template.find_asset("_shared/assets/a.png") is None
    assert template.find_asset("c.png") is None
    assert template.find_asset("../card/assets/a.png") is None


def test_a_template_assembled_from_its_files_is_the_same_version(workshop: Workshop) -> None:
    template = workshop.make(manifest=field("name"))

    again = assemble("card", template.files)

    assert again.version == template.version
    assert again.manifest == template.manifest


def test_windows_line_ends_and_byte_order_marks_do_not_show(workshop: Workshop) -> None:
    template = workshop.make(files={"part.html": "\ufeffa\r\nb".encode()})

    assert template.text("part.html") == "a\nb"
