from __future__ import annotations

import pytest

from service.render.sketch import Sketch

SECRET = b"of a test"


def seen(numbers: range) -> Sketch:
    sketch = Sketch()
    for number in numbers:
        sketch.add(b"/i/ticket.png?code=%d" % number, SECRET)
    return sketch


def test_nothing_is_none() -> None:
    assert Sketch().count() == 0


@pytest.mark.parametrize("number", [1, 2, 3, 10, 20])
def test_few_are_counted_exactly(number: int) -> None:
    assert seen(range(number)).count() == number


@pytest.mark.parametrize("number", [100, 1_000, 5_000, 12_000, 50_000])
def test_many_are_counted_within_five_per_cent(number: int) -> None:
    """Three standard errors; the digests are the same in every run."""
    assert seen(range(number)).count() == pytest.approx(number, rel=0.05)


def test_the_same_address_again_is_no_other_one() -> None:
    sketch = seen(range(1))
    for _ in range(2_000):
        sketch.add(b"/i/ticket.png?code=0", SECRET)

    assert sketch.count() == 1


def test_together_they_count_what_either_saw() -> None:
    sketch = seen(range(600))
    sketch.merge(seen(range(300, 900)))

    assert sketch.count() == seen(range(900)).count()


def test_a_packed_one_goes_on_as_it_was_and_is_small() -> None:
    sketch = seen(range(1_000))
    packed = sketch.packed()

    assert Sketch(packed).count() == sketch.count()
    assert len(packed) < 2_000
    assert len(seen(range(100_000)).packed()) < 4_096


@pytest.mark.parametrize(
    "packed", [b"text", Sketch().packed()[:-3], b"x\x9c\x03\x00\x00\x00\x00\x01"]
)
def test_other_bytes_are_no_sketch(packed: bytes) -> None:
    with pytest.raises(ValueError, match="no sketch"):
        Sketch(packed)
