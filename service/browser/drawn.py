"""What one drawing gives, whichever lane it took."""

from __future__ import annotations

from dataclasses import dataclass

from service.imaging.raster import Captured
from service.model import Note


@dataclass(frozen=True, slots=True)
class Drawn:
    """The capture, the notes that only drawing could tell, and its times.

    `size` is how large the picture has to be, in device pixels, where only the page could tell.
    `waited` is the seconds before a page was free, `drawing` those on the page.
    """

    captured: Captured
    notes: tuple[Note, ...]
    size: tuple[int, int] | None = None
    waited: float = 0.0
    drawing: float = 0.0
