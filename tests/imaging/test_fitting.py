"""A file within its budget: the best that fits, and the truth about what it took."""

from __future__ import annotations

import io
from dataclasses import replace

import PIL.Image
import pytest

from service.imaging import fitting
from service.imaging.encode import QUALITY, PictureInvalid, Wanted, decode, finish
from service.imaging.fitting import (
    GOOD_QUALITY,
    LOWEST_QUALITY,
    Finished,
    convert_within,
    finish_within,
    weighed,
)
from service.imaging.raster import Captured, Encoded, Pixels
from service.imaging.reduced import write_reduced
from service.model import Format, NoteCode
from tests.imaging.samples import HEIGHT, SAMPLES, WIDTH
from tests.pictures import differing

LOSSY = [Format.JPEG, Format.WEBP, Format.AVIF]


def capture(name: str = "photograph") -> Pixels:
    raster = SAMPLES[name]()
    return Pixels(raster.tobytes(), WIDTH, HEIGHT, raster.shape[2])


def wanted(image_format: Format = Format.PNG, **more: object) -> Wanted:
    plain = Wanted(image_format, WIDTH, HEIGHT, QUALITY[image_format])
    return replace(plain, **more)  # type: ignore[arg-type]


def size_of(asked: Wanted, name: str = "photograph") -> int:
    """How large the file is of which nobody limits the size."""
    return len(finish(capture(name), replace(asked, budget=None)))


def made(asked: Wanted, name: str = "photograph") -> Finished:
    return finish_within(capture(name), asked)


def codes(finished: Finished) -> list[NoteCode]:
    return [note.code for note in finished.notes]


def mode_of(finished: Finished) -> str:
    return PIL.Image.open(io.BytesIO(finished.body)).mode


@pytest.mark.parametrize("image_format", [Format.PNG, *LOSSY])
def test_without_a_budget_nothing_is_done(image_format: Format) -> None:
    plain = made(wanted(image_format))

    assert plain == Finished(finish(capture(), wanted(image_format)), image_format)


@pytest.mark.parametrize("image_format", [Format.PNG, *LOSSY])
@pytest.mark.parametrize("free", [True, False])
def test_what_fits_is_left_as_it_is(image_format: Format, free: bool) -> None:
    plain = finish(capture(), wanted(image_format))
    fitting_budget = wanted(image_format, budget=len(plain), free=free)

    assert made(fitting_budget) == Finished(plain, image_format)


@pytest.mark.parametrize("image_format", LOSSY)
@pytest.mark.parametrize("share", [0.9, 0.6])
def test_the_quality_is_the_highest_that_fits(image_format: Format, share: float) -> None:
    low = size_of(wanted(image_format, quality=LOWEST_QUALITY))
    high = size_of(wanted(image_format))
    budget = int(low + (high - low) * share)

    finished = made(wanted(image_format, budget=budget))

    assert codes(finished) == [NoteCode.REDUCED]
    quality = int(finished.notes[0].message.split()[5].rstrip(","))
    assert LOWEST_QUALITY < quality < QUALITY[image_format]
    assert str(budget) in finished.notes[0].message
    assert finished.body == finish(capture(), wanted(image_format, quality=quality))
    assert len(finished.body) <= budget < size_of(wanted(image_format, quality=quality + 1))


@pytest.mark.parametrize("image_format", LOSSY)
def test_below_the_lowest_quality_the_picture_comes_all_the_same(image_format: Format) -> None:
    finished = made(wanted(image_format, budget=10))

    assert codes(finished) == [NoteCode.REDUCED, NoteCode.OVER_BUDGET]
    assert finished.body == finish(capture(), wanted(image_format, quality=LOWEST_QUALITY))
    assert str(len(finished.body)) in finished.notes[1].message


def test_who_asks_for_less_than_the_lowest_quality_gets_it_and_nothing_less() -> None:
    finished = made(wanted(Format.JPEG, quality=5, budget=10))

    assert finished.body == finish(capture(), wanted(Format.JPEG, quality=5))
    assert NoteCode.OVER_BUDGET in codes(finished)


def size_of_palette() -> int:
    return len(write_reduced(capture(), effort="small", scale=1, alpha=False))


def test_a_png_tries_harder_before_it_loses_anything() -> None:
    balanced, small = size_of(wanted(), "words"), size_of(wanted(effort="small"), "words")
    assert small < balanced

    finished = made(wanted(budget=balanced - 1), "words")

    assert finished.notes == ()
    assert differing(finished.body, finish(capture("words"), wanted())) == 0


def test_a_png_that_does_not_fit_keeps_256_colours() -> None:
    palette = size_of_palette()
    finished = made(wanted(budget=palette))

    assert codes(finished) == [NoteCode.REDUCED]
    assert "256 colours" in finished.notes[0].message
    assert (finished.format, mode_of(finished), len(finished.body)) == (Format.PNG, "P", palette)


def test_a_png_that_fits_in_no_way_is_the_smallest_there_is() -> None:
    finished = made(wanted(budget=100))

    assert codes(finished) == [NoteCode.REDUCED, NoteCode.OVER_BUDGET]
    assert len(finished.body) == size_of_palette()


def test_a_palette_that_was_too_far_off_is_better_than_too_large_a_file() -> None:
    """A template may allow a palette: this picture kept every pixel, but does not fit."""
    finished = made(wanted(budget=size_of_palette(), palette=True))

    assert codes(finished) == [NoteCode.REDUCED]
    assert mode_of(finished) == "P"


def test_where_nobody_asked_for_a_format_it_becomes_a_jpeg() -> None:
    full = size_of(wanted(Format.JPEG))
    finished = made(wanted(budget=full, free=True))

    assert finished.format is Format.JPEG
    assert finished.body == finish(capture(), wanted(Format.JPEG))
    assert codes(finished) == [NoteCode.REDUCED]
    assert "a JPEG of quality 85" in finished.notes[0].message


def test_a_jpeg_that_would_look_bad_gives_way_to_a_palette() -> None:
    palette = size_of(wanted(palette=True, effort="small"), "words")
    good = size_of(wanted(Format.JPEG, quality=GOOD_QUALITY), "words")
    assert palette < good

    finished = made(wanted(budget=palette, free=True), "words")

    assert (finished.format, mode_of(finished)) == (Format.PNG, "P")


def test_the_worst_jpeg_is_better_than_too_many_bytes() -> None:
    lowest = size_of(wanted(Format.JPEG, quality=LOWEST_QUALITY))
    finished = made(wanted(budget=lowest, free=True))

    assert size_of(wanted(palette=True, effort="small")) > lowest
    assert (finished.format, len(finished.body)) == (Format.JPEG, lowest)
    assert codes(finished) == [NoteCode.REDUCED]


@pytest.mark.parametrize("budget", [100, 10_000, 40_000])
def test_what_one_can_see_through_never_becomes_a_jpeg(budget: int) -> None:
    finished = made(wanted(budget=budget, free=True, transparent=True), "half_clear")

    assert finished.format is Format.PNG
    assert PIL.Image.open(io.BytesIO(finished.body)).convert("RGBA").getpixel((0, 5))[3] < 8  # type: ignore[index]


@pytest.mark.parametrize("budget", [50, 3_000, 12_000, 60_000, 300_000])
@pytest.mark.parametrize("name", ["flat", "words", "photograph", "noise"])
def test_mail_never_gets_a_format_that_it_may_not_show(name: str, budget: int) -> None:
    assert made(wanted(budget=budget, free=True), name).format in {Format.PNG, Format.JPEG}


def test_what_was_captured_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    times = []

    def counted(captured: Captured, asked: Wanted) -> object:
        times.append(captured)
        return real(captured, asked)

    real = decode
    monkeypatch.setattr(fitting, "decode", counted)
    made(wanted(budget=100, free=True))

    assert len(times) == 1


@pytest.mark.parametrize("budget", [None, 100])
def test_a_broken_picture_is_refused_with_a_budget_as_without(budget: int | None) -> None:
    with pytest.raises(PictureInvalid):
        finish_within(Encoded(b"nothing", Format.PNG), wanted(budget=budget))
    with pytest.raises(PictureInvalid):
        convert_within(b"nothing", wanted(budget=budget))


def test_a_kept_picture_keeps_the_budget_in_another_format() -> None:
    kept = finish(capture(), wanted())
    full = size_of(wanted(Format.JPEG))

    assert len(convert_within(kept, wanted(Format.JPEG, budget=full * 2 // 3)).body) < full


def test_what_cannot_be_made_smaller_is_weighed() -> None:
    assert weighed(b"12345", wanted(Format.PDF, budget=5)).notes == ()
    assert codes(weighed(b"12345", wanted(Format.PDF, budget=4))) == [NoteCode.OVER_BUDGET]
    assert weighed(b"12345", wanted(Format.PDF)).notes == ()
