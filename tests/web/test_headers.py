import pytest

from service.model import Note, NoteCode
from service.web.headers import notes_header, still_fresh


def test_no_name_of_a_field_can_break_the_header() -> None:
    notes = [Note("a\r\nSet-Cookie: b;c,d", NoteCode.UNKNOWN_FIELD, "")]

    assert notes_header(notes) == "a%0D%0ASet-Cookie%3A%20b%3Bc%2Cd;unknown_field"


@pytest.mark.parametrize("held", ['"abc"', 'W/"abc"', '"x", "abc"', '"x",W/"abc" , "y"'])
def test_a_tag_that_is_held_is_recognised(held: str) -> None:
    assert still_fresh(held, '"abc"')


@pytest.mark.parametrize("held", ["", "*", '"abcd"', '"ab"', "abc", '"xabc"'])
def test_no_other_tag_is_taken_for_it(held: str) -> None:
    assert not still_fresh(held, '"abc"')
