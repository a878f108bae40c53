"""The judge of the fault suite finds what it is there to find."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from service.imaging.encode import QUALITY, Wanted, encode
from service.imaging.raster import Pixels
from service.model import Format, Rung
from tests.faults.cards import NOBODY, Card, Colour
from tests.faults.load import Got
from tests.faults.verdict import judged

WAIT = 1.0


def drawn(card: Card, ground: Colour, mark: Colour) -> bytes:
    width, height = card.pixels
    pixels = np.full((height, width, 3), ground, dtype=np.uint8)
    pixels[height * 3 // 4 :] = mark
    wanted = Wanted(card.format, width, height, QUALITY[card.format])
    return encode(Pixels(pixels.tobytes(), width, height, 3), wanted)


def got(card: Card, rung: Rung = Rung.EXACT, body: bytes | None = None) -> Got:
    own = drawn(card, *(card.colours if rung is Rung.EXACT else NOBODY))
    headers = {
        "Mergeshot-Status": rung.value,
        "Content-Type": card.format.media_type,
        "Content-Length": str(len(body or own)),
        "Cache-Control": "public, max-age=60",
    }
    if rung is Rung.EXACT:
        headers["ETag"] = '"a"'
    return Got(card, "GET", 0.0, 0.5, 0.0, 200, headers, own if body is None else body)


ADA, GRACE = Card("card", 1), Card("card", 2)
RIGHT = got(ADA)


@pytest.mark.parametrize("image_format", [Format.PNG, Format.JPEG, Format.WEBP, Format.AVIF])
@pytest.mark.parametrize("rung", [Rung.EXACT, Rung.GENERIC])
def test_the_right_picture_is_right(image_format: Format, rung: Rung) -> None:
    one = got(replace(ADA, format=image_format, size="story", scale=2), rung)

    assert judged("", [one], WAIT).wrong == []


@pytest.mark.parametrize(
    "wrong",
    [
        got(ADA, body=got(GRACE).body),
        got(ADA, body=drawn(ADA, ADA.colours[0], GRACE.colours[1])),
        got(ADA, Rung.GENERIC, RIGHT.body),
        got(ADA, Rung.STALE, got(GRACE).body),
        got(ADA, body=got(replace(ADA, scale=2)).body),
        got(ADA, body=got(replace(ADA, format=Format.WEBP)).body),
        got(ADA, body=RIGHT.body[:-30]),
        got(ADA, body=b""),
        replace(RIGHT, status=503),
        replace(RIGHT, took=WAIT + 0.26),
        replace(RIGHT, broken="ServerDisconnectedError"),
        replace(RIGHT, method="HEAD"),
        replace(RIGHT, headers={**RIGHT.headers, "Mergeshot-Status": "tile"}),
        replace(RIGHT, headers={**RIGHT.headers, "Content-Type": "text/html"}),
        replace(got(ADA, Rung.GENERIC), headers=RIGHT.headers),
        replace(
            got(ADA, Rung.GENERIC),
            headers={**got(ADA, Rung.GENERIC).headers, "Cache-Control": "public, max-age=86400"},
        ),
    ],
    ids=[
        "somebody else's", "half somebody else's", "generic with values", "stale of another",
        "another size", "another format", "cut off", "empty", "an error", "late", "no answer",
        "a body for HEAD", "another rung", "another type", "generic as exact", "kept too long",
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(wrong: Got) -> None:
    report = judged("a fault", [RIGHT, wrong], WAIT)

    assert len(report.wrong) == 1
    assert str(report).startswith("a fault: 1 of 2 answers wrong")


def test_what_we_read_late_was_not_answered_late() -> None:
    assert judged("", [replace(RIGHT, took=WAIT + 0.3, lag=0.2)], WAIT).wrong == []
