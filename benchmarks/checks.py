"""Whether what a contestant gave is a picture of the right kind and size, and its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyvips

from service.cli.speed.asking import WrongAnswer
from service.model import Format

_LOADERS = {
    Format.PNG: "pngload_buffer",
    Format.JPEG: "jpegload_buffer",
    Format.WEBP: "webpload_buffer",
}


@dataclass
class Checks:
    """Looks at every picture of one contestant, whichever of its rows it was for."""

    name: str
    _seen: set[bytes] = field(default_factory=set)

    def check(self, bodies: Iterable[bytes], wanted: Format, size: tuple[int, int]) -> None:
        """Accept some pictures.

        Raises:
            WrongAnswer: another format or size, or a picture that was given before.
        """
        for body in bodies:
            try:
                # The header is enough here: the server decodes every picture before it answers.
                picture = pyvips.Image.new_from_buffer(body, "")
            except pyvips.Error as error:
                raise WrongAnswer(f"{self.name}: an answer is no picture") from error
            if picture.get("vips-loader") != _LOADERS[wanted]:
                raise WrongAnswer(f"{self.name}: {picture.get('vips-loader')} instead of {wanted}")
            if (picture.width, picture.height) != size:
                raise WrongAnswer(f"{self.name}: {picture.width}x{picture.height}")
            digest = hashlib.blake2b(body, digest_size=16).digest()
            if digest in self._seen:
                raise WrongAnswer(f"{self.name}: two pictures are equal, their data are not")
            self._seen.add(digest)


def differing(one: bytes, other: bytes) -> tuple[int, int]:
    """In how many pixels two pictures of one size differ: at all, and by over 8 of 255 levels."""
    a, b = _pixels(one), _pixels(other)
    apart = (a - b).abs()
    shares = [(apart > levels).bandor().avg() / 255 for levels in (0, 8)]
    at_all, visibly = (round(share * a.width * a.height) for share in shares)
    return at_all, visibly


def _pixels(body: bytes) -> pyvips.Image:
    """Red, green and blue, whatever the file has."""
    picture = pyvips.Image.new_from_buffer(body, "").colourspace("srgb")
    return picture.flatten() if picture.hasalpha() else picture[:3]


def size_of(body: bytes) -> tuple[int, int]:
    """A picture's width and height."""
    picture = pyvips.Image.new_from_buffer(body, "")
    return picture.width, picture.height
