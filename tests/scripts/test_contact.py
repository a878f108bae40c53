"""scripts/contact.py: rows that fill the sheet, captions that fit, files that are small."""

from __future__ import annotations

import io
import itertools
import random

import PIL.Image
import PIL.ImageFont
import pytest

from scripts.contact import (
    LETTERS,
    MARGIN,
    WIDTHS,
    Picture,
    Place,
    contact_sheet,
    laid_out,
    shortened,
    single,
)

WIDE, TALL, SQUARE, STORY = (1200, 630), (1080, 1350), (1080, 1080), (1080, 1920)


def noise(width: int, height: int, mode: str = "RGB") -> bytes:
    """A picture that cannot be made small."""
    picture = PIL.Image.frombytes(
        mode, (width, height), random.Random(7).randbytes(width * height * len(mode))
    )
    return saved(picture)


def saved(picture: PIL.Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def opened(body: bytes) -> PIL.Image.Image:
    return PIL.Image.open(io.BytesIO(body))


def plain(width: int = 120, height: int = 63, colour: str = "#204080") -> bytes:
    return saved(PIL.Image.new("RGB", (width, height), colour))


def rows(places: list[Place]) -> list[list[Place]]:
    return [list(row) for _, row in itertools.groupby(places, key=lambda place: place.y)]


GROUPS = {
    "one": [[WIDE]],
    "wide": [[WIDE] * 12],
    "one left over": [[WIDE] * 13],
    "tall": [[TALL] * 11, [WIDE, STORY, TALL]],
    "all shapes": [[WIDE] * 5, [SQUARE, STORY, WIDE, WIDE]],
    "extreme": [[(4096, 20), (20, 4096), WIDE], [(1, 1)]],
    "an empty group": [[], [WIDE]],
}


@pytest.mark.parametrize("width", [WIDTHS[0], WIDTHS[-1]])
@pytest.mark.parametrize("groups", GROUPS.values(), ids=GROUPS)
def test_pictures_stay_on_the_sheet_and_apart(
    groups: list[list[tuple[int, int]]], width: int
) -> None:
    places, height = laid_out(groups, width)

    assert len(places) == sum(map(len, groups))
    for place in places:
        assert MARGIN <= place.x <= place.x + place.width <= width - MARGIN + 1
        assert MARGIN <= place.y <= place.y + place.height <= height - MARGIN
    for row in rows(places):
        assert len({place.height for place in row}) == 1
        for left, right in itertools.pairwise(row):
            assert right.x - (left.x + left.width) >= 10
    for upper, lower in itertools.pairwise(rows(places)):
        assert lower[0].y - (upper[0].y + upper[0].height) > LETTERS * 2


@pytest.mark.parametrize("shape", [WIDE, TALL, SQUARE, STORY])
def test_a_picture_keeps_its_shape(shape: tuple[int, int]) -> None:
    places, _ = laid_out([[shape] * 9], 1600)

    for place in places:
        assert place.width / place.height == pytest.approx(shape[0] / shape[1], rel=0.01)


def test_every_row_of_equal_pictures_is_full_and_what_is_left_over_is_no_larger() -> None:
    *full, rest = rows(laid_out([[WIDE] * 13], 1600)[0])

    assert [len(row) for row in full] == [3, 3, 3, 3]
    assert {row[-1].x + row[-1].width for row in full} == {1600 - MARGIN}
    assert [place.height for place in rest] == [full[0][0].height]


def test_a_group_begins_on_a_new_row() -> None:
    (first, second), _ = laid_out([[WIDE], [WIDE]], 1600)

    assert second.x == MARGIN
    assert second.y > first.y + first.height


def test_a_narrower_sheet_has_the_same_rows() -> None:
    wide, narrow = (rows(laid_out([[WIDE] * 9, [STORY, WIDE]], width)[0]) for width in (1600, 960))

    assert [len(row) for row in wide] == [len(row) for row in narrow]


def test_a_caption_is_cut_where_it_has_no_room() -> None:
    font = PIL.ImageFont.load_default(LETTERS)

    assert shortened("long-name", font, 500) == "long-name"
    cut = shortened("a very long caption, really", font, 100)
    assert cut.endswith("…")
    assert font.getlength(cut) <= 100
    assert shortened("anything", font, 2) == ""


def test_a_sheet_shows_its_pictures_and_their_captions() -> None:
    body = contact_sheet([[Picture("red", plain(colour="#ff0000"))]])

    sheet = opened(body).convert("RGB")
    (place,), _ = laid_out([[(120, 63)]], sheet.width)
    assert sheet.getpixel((place.x + place.width // 2, place.y + place.height // 2)) == (255, 0, 0)
    below = sheet.crop((place.x, place.y + place.height + 3, place.x + 40, sheet.height - 1))
    assert len(below.getcolors() or []) > 1


def test_the_same_pictures_give_the_same_bytes() -> None:
    groups = [[Picture(str(n), noise(400, 4)) for n in range(2)]]

    assert contact_sheet(groups) == contact_sheet(groups)
    assert opened(contact_sheet(groups)).mode == "P"


def test_a_sheet_that_is_too_large_gets_narrower() -> None:
    groups = [[Picture("noise", noise(400, 8))]]

    whole = contact_sheet(groups, limit=10**9)
    smaller = contact_sheet(groups, limit=len(whole) // 2)

    assert opened(whole).width == WIDTHS[0]
    assert opened(smaller).width < WIDTHS[0]
    assert len(smaller) <= len(whole) // 2


def test_a_single_picture_keeps_its_size_unless_it_is_too_large() -> None:
    assert opened(single(plain(1200, 630))).size == (1200, 630)
    assert opened(single(plain(2400, 1260))).size == (1600, 840)
    assert opened(single(noise(1000, 20), limit=17_000)).width == 800


def test_what_is_transparent_stays_so() -> None:
    clear = saved(PIL.Image.new("RGBA", (60, 40), (255, 0, 0, 0)))

    assert opened(single(clear)).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]
    sheet = opened(contact_sheet([[Picture("clear", clear)]])).convert("RGB")
    assert sheet.getpixel((MARGIN + 20, MARGIN + 20)) == (255, 255, 255)
