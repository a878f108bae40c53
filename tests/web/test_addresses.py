from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from service.merge_tags.repairs import Repaired, repaired
from service.web.addresses import picture_path
from service.web.query import read_query


def test_reserved_parameters_stand_before_the_values() -> None:
    path = picture_path("acme/ticket", "png", {"first_name": "Ada"}, _size="story", _theme="")

    assert path == "/i/acme/ticket.png?_size=story&first_name=Ada"


def test_lists_are_json_and_nothing_is_left_out() -> None:
    path = picture_path("offer", "jpg", {"items": [{"title": "é"}], "gone": None, "sold": True})

    assert read_query(path.partition("?")[2]).values == {
        "items": '[{"title":"é"}]',
        "sold": "true",
    }


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_as_it_was_unless_it_looks_damaged(text: str) -> None:
    assume(repaired(text.encode()) == Repaired(text))
    query = picture_path("card", "png", {"first_name": text}).partition("?")[2]

    assert read_query(query).values == {"first_name": text}
