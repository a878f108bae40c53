"""Whether what a contestant gave is a picture of the right kind and size, and its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import pyvips

from benchmarks.card import HEIGHT, WIDTH

_LOADERS = {"png": "pngload_buffer", "jpeg": "jpegload_buffer"}


class WrongAnswer(Exception):
    """A contestant gave something else than was asked for: its figures mean nothing."""


@dataclass
class Checks:
    """Looks at every picture of one contestant, whichever of its rows it was for."""

    name: str
    _seen: set[bytes] = field(default_factory=set)

    def check(self, body: bytes, format_: str) -> None:
        """Accept one picture.

        Raises:
            WrongAnswer: another format or size, or a picture that was given before.
        """
        try:
            # The header is enough here: the server decodes every picture whole before it answers.
            picture = pyvips.Image.new_from_buffer(body, "")
        except pyvips.Error as error:
            raise WrongAnswer(f"{self.name}: an answer is no picture") from error
        if picture.get("vips-loader") != _LOADERS[format_]:
            raise WrongAnswer(f"{self.name}: {picture.get('vips-loader')} instead of {format_}")
        if (picture.width, picture.height) != (WIDTH, HEIGHT):
            raise WrongAnswer(f"{self.name}: {picture.width}x{picture.height}")
        digest = hashlib.blake2b(body, digest_size=16).digest()
        if digest in self._seen:
            raise WrongAnswer(f"{self.name}: two pictures are equal, their data are not")
        self._seen.add(digest)


def differing(one: bytes, other: bytes) -> tuple[int, int]:
    """In how many pixels two pictures differ: at all, and by more than 8 of 255 levels."""
    a, b = (pyvips.Image.new_from_buffer(body, "").flatten() for body in (one, other))
    apart = (a - b).abs()
    shares = [(apart > levels).bandor().avg() / 255 for levels in (0, 8)]
    at_all, visibly = (round(share * WIDTH * HEIGHT) for share in shares)
    return at_all, visibly
