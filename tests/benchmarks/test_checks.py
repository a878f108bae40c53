from __future__ import annotations

import pytest

from benchmarks.checks import Checks, differing, size_of
from service.cli.speed.asking import WrongAnswer
from service.model import Format
from tests.fakes import flat


def test_a_picture_of_the_right_kind_and_size_is_accepted() -> None:
    Checks("peer").check([flat("PNG", 40, 30)], Format.PNG, (40, 30))


@pytest.mark.parametrize(
    ("body", "wanted", "complaint"),
    [
        (b"<html>no</html>", Format.PNG, "no picture"),
        (flat("JPEG", 40, 30), Format.PNG, "jpegload_buffer instead of png"),
        (flat("PNG", 40, 31), Format.PNG, "40x31"),
    ],
)
def test_anything_else_is_a_wrong_answer(body: bytes, wanted: Format, complaint: str) -> None:
    with pytest.raises(WrongAnswer, match=complaint):
        Checks("peer").check([body], wanted, (40, 30))


def test_a_picture_that_was_given_before_is_a_wrong_answer() -> None:
    checks = Checks("peer")
    checks.check([flat("PNG", 40, 30)], Format.PNG, (40, 30))

    with pytest.raises(WrongAnswer, match="two pictures are equal"):
        checks.check([flat("PNG", 40, 30)], Format.PNG, (40, 30))


def test_pictures_are_compared_as_colours_whatever_their_files_are() -> None:
    assert differing(flat("PNG", 40, 30), flat("WEBP", 40, 30))[1] == 0
    assert size_of(flat("WEBP", 40, 30)) == (40, 30)
