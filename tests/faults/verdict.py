"""Whether answers are what was promised: a picture of the right size, in time, of nobody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pyvips
from numpy.typing import NDArray

from service.imaging.sniff import look_at
from service.model import Rung
from tests.faults.cards import NOBODY, STAND_IN, TILE, Card, Colour
from tests.faults.load import Got

GRACE = 0.25
"""Seconds for which an answer may be late."""

NEAR = 12
"""How far a colour may be from itself after a format that loses something."""

OWN = {Rung.EXACT.value, Rung.DEGRADED.value, Rung.STALE.value}


LATE = " after "


@dataclass
class Report:
    """What came of one fault."""

    fault: str
    wait: float
    rungs: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    late: int = 0
    slowest: float = 0.0

    @property
    def answers(self) -> int:
        """How many there were."""
        return sum(self.rungs.values())

    @property
    def only_late(self) -> bool:
        """Whether all that is wrong is that some answers were late."""
        return 0 < len(self.wrong) == self.late

    def __str__(self) -> str:
        rungs = ", ".join(f"{name or 'none'} {count}" for name, count in self.rungs.most_common())
        found = "".join(f"\n    {one}" for one in self.wrong[:10])
        return (
            f"{self.fault}: {len(self.wrong)} of {self.answers} answers wrong ({rungs}; slowest "
            f"{self.slowest * 1000:.0f} ms of {self.wait * 1000:.0f}){found}"
        )


def judged(fault: str, got: Iterable[Got], wait: float) -> Report:
    """Look at every answer. `wait` is `MERGESHOT_IMAGE_WAIT` in seconds."""
    report = Report(fault, wait)
    for one in got:
        report.rungs[one.rung] += 1
        report.slowest = max(report.slowest, one.took - one.lag)
        faults = list(_faults(one, wait))
        if faults:
            report.wrong.append(f"{one.method} {one.card}: {'; '.join(faults)}")
            report.late += len(faults) == 1 and LATE in faults[0]
    return report


def _faults(one: Got, wait: float) -> Iterator[str]:
    if one.broken:
        yield f"no answer ({one.broken})"
        return
    if one.status != 200:
        yield f"status {one.status}"
        return
    if one.took - one.lag > wait + GRACE:
        yield f"{one.rung}{LATE}{one.took:.3f} s (ourselves late by {one.lag:.3f} s)"
    yield from _header_faults(one)
    if one.method == "HEAD":
        if one.body:
            yield "a body for HEAD"
        return
    yield from _picture_faults(one)


def _header_faults(one: Got) -> Iterator[str]:
    headers = one.headers
    if one.rung not in {rung.value for rung in Rung}:
        yield "no Mergeshot-Status"
    if headers.get("Content-Type") != one.card.format.media_type:
        yield f"Content-Type {headers.get('Content-Type')}"
    if not headers.get("Content-Length", "").isdecimal() or headers["Content-Length"] == "0":
        yield f"Content-Length {headers.get('Content-Length')}"
    exact = one.rung == Rung.EXACT.value
    if exact and "ETag" not in headers:
        yield "exact without an ETag"
    if not exact and "ETag" in headers:
        yield f"{one.rung} with an ETag"
    if not exact and headers.get("Cache-Control") != "public, max-age=60":
        yield f"{one.rung} with Cache-Control {headers.get('Cache-Control')}"


def _picture_faults(one: Got) -> Iterator[str]:
    card = one.card
    raster = look_at(one.body)
    if raster is None or raster.type != card.format.value:
        yield f"not a picture in {card.format.value}"
        return
    try:
        pixels = decoded(one.body)
    except pyvips.Error:
        yield "not to be decoded"
        return
    height, width, bands = pixels.shape
    if (width, height) != card.pixels or bands != 3:
        yield f"{width} by {height} pixels, {bands} bands"
        return
    yield from _strange_colours(one, pixels)


def _strange_colours(one: Got, pixels: NDArray[np.uint8]) -> Iterator[str]:
    """On every rung it is known what a picture may show."""
    ground, mark, photo = _expected(one.card, one.rung)
    for name, (x, y), colours in (
        ("ground, top left", (0.03, 0.04), {ground}),
        ("ground, right", (0.95, 0.5), {ground}),
        ("mark, left", (0.05, 0.92), {mark}),
        ("mark, right", (0.95, 0.85), {mark}),
        ("photo", (0.5, 0.55), photo),
    ):
        height, width, _ = pixels.shape
        seen = pixels[int(height * y), int(width * x)].astype(int)
        if colours and not any(np.abs(seen - colour).max() <= NEAR for colour in colours):
            yield f"{one.rung} with {seen.tolist()} for {colours} ({name})"


def _expected(card: Card, rung: str) -> tuple[Colour, Colour, set[Colour]]:
    """Ground, mark, and what may be in the photo's place."""
    if rung == Rung.TILE.value:
        return TILE, TILE, {TILE}
    ground, mark = card.colours if rung in OWN else NOBODY
    if card.template != "photo":
        return ground, mark, {ground}
    if rung == Rung.EXACT.value and card.photo:
        return ground, mark, {card.photo_colour}
    return ground, mark, {STAND_IN} | ({card.photo_colour} if rung in OWN else set())


@lru_cache(maxsize=4096)
def decoded(body: bytes) -> NDArray[np.uint8]:
    """Every pixel; half a file is an error."""
    image = pyvips.Image.new_from_buffer(body, "", fail_on="truncated")
    return np.asarray(image.numpy(), dtype=np.uint8)
