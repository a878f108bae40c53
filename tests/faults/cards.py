"""Templates whose pictures say by their pixels whose they are, and the addresses to ask for.

What an address says is a colour in the picture. So an answer can be held against its own address
on every rung: its own colours, or those of nobody, but never those of somebody else.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image

from service.access.address import Address
from service.access.keyring import SigningKey
from service.access.sealing import seal
from service.access.signing import signed_pairs
from service.model import Format

ROOT = Path(__file__).parents[2]
FONT = ROOT / "html_templates" / "event-ticket" / "assets" / "inter-display-700.woff2"

KEY = SigningKey("k1", b"a-key-for-tests-and-nothing-else")

Colour = tuple[int, int, int]

NOBODY: tuple[Colour, Colour] = (16, 32, 48), (200, 120, 40)
"""Ground and mark of the picture without any values."""

TILE: Colour = (112, 128, 144)
STAND_IN: Colour = (0, 160, 60)
"""Of the picture that is shown for one that cannot be had."""

SIZES = {"default": (240, 126), "story": (126, 240)}
FACES = 1_200
"""Faces that a page waits for, where fonts hang: they take it some ten seconds."""

MANIFEST = """
width = 240
height = 126
colour = "#708090"
access = "public"

[sizes.story]
width = 126
height = 240

[fields.first_name]
kind = "name"
fallback = "friend"

[fields.ground]
kind = "color"
fallback = "#102030"

[fields.mark]
kind = "color"
fallback = "#c87828"
"""

PHOTO = """
[fields.photo]
kind = "image"
hosts = ["*.example.com"]
fallback = "green.png"
"""

PAGE = """<!doctype html>
<html><head><title>Card</title></head>
<body style="background: {{ ground | css_colour }}">
<p>{{ first_name }}</p>
<div style="background: {{ mark | css_colour }}"></div>
</body></html>
"""

STYLE = """
html, body { height: 100% }
body { margin: 0; position: relative; overflow: hidden; font: 16px/1.2 sans-serif; color: #fff }
p { position: absolute; left: 40%; top: 10%; margin: 0 }
div { position: absolute; left: 0; right: 0; bottom: 0; height: 25% }
img { position: absolute; left: 35%; width: 30%; top: 40%; height: 30% }
"""


@dataclass(frozen=True, slots=True)
class Card:
    """One recipient's picture: what it must look like, and what is asked for."""

    template: str
    number: int
    format: Format = Format.PNG
    size: str = "default"
    scale: int = 1
    photo: str = ""
    """The address of a picture on the web, `https://…-rrggbb.png`."""

    @property
    def pixels(self) -> tuple[int, int]:
        """Device pixels."""
        width, height = SIZES[self.size]
        return width * self.scale, height * self.scale

    @property
    def colours(self) -> tuple[Colour, Colour]:
        """Ground and mark, which no other card has."""
        digest = blake2b(f"{self.template} {self.number}".encode(), digest_size=6).digest()
        return (digest[0], digest[1], digest[2]), (digest[3], digest[4], digest[5])

    @property
    def photo_colour(self) -> Colour:
        """Of the picture at `photo`, which says it in its name."""
        name = self.photo.rpartition("-")[2].removesuffix(".png")
        return int(name[:2], 16), int(name[2:4], 16), int(name[4:6], 16)

    @property
    def values(self) -> dict[str, str]:
        """What the picture is made of, besides the name."""
        ground, mark = self.colours
        own = {"ground": f"#{digits(ground)}", "mark": f"#{digits(mark)}"}
        return own | ({"photo": self.photo} if self.photo else {})

    @property
    def name(self) -> tuple[str, str]:
        """The recipient's name, which no key vouches for."""
        return "first_name", f"Ada-{self.number % 1000}"

    @property
    def shape(self) -> dict[str, str]:
        """Of our own parameters, those that choose the size."""
        return {"_size": self.size, "_scale": str(self.scale)}


def plain(card: Card) -> str:
    """Open to anybody, every value readable."""
    query = urlencode([card.name, *card.values.items(), *card.shape.items()])
    return f"/i/{card.template}.{card.format.extension}?{query}"


def signed(card: Card) -> str:
    """Readable, and nothing but the name can be changed."""
    query = urlencode([*signed_pairs(KEY, _vouched(card)), card.name, ("_end", "1")])
    return f"/i/{card.template}.{card.format.extension}?{query}"


def sealed(card: Card) -> str:
    """Nothing but the name can be read or changed."""
    query = urlencode([card.name, ("_end", "1")])
    return f"/p/{seal(KEY, _vouched(card))}.{card.format.extension}?{query}"


def _vouched(card: Card) -> Address:
    return Address(
        card.template, card.format.extension, card.values, card.shape, open=("first_name",)
    )


def address(card: Card) -> str:
    """The path and query of a card's picture: the one place that knows how it is asked for."""
    if card.template != "guarded":
        return plain(card)
    return (signed, sealed)[card.number // 4 % 2](card)


_FORMATS = (Format.PNG, Format.JPEG, Format.PNG, Format.WEBP)


def card(template: str, number: int, photo: str = "") -> Card:
    """The card of a number, in one of all formats, sizes and scales."""
    image_format = Format.AVIF if number % 29 == 7 else _FORMATS[number % 4]
    size = "story" if number % 5 == 3 else "default"
    return Card(template, number, image_format, size, 2 if number % 7 == 2 else 1, photo)


def digits(colour: Colour) -> str:
    """`rrggbb`."""
    return "".join(f"{band:02x}" for band in colour)


def flat(colour: Colour) -> bytes:
    """A picture's file, of one colour."""
    out = BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "PNG")
    return out.getvalue()


def write_templates(folder: Path) -> Path:
    """Two templates: `card`, open to anybody, and `guarded`, which wants a key; the folder."""
    _write(folder / "card", MANIFEST, PAGE, STYLE)
    guarded = MANIFEST.replace('access = "public"', 'access = "signed"')
    _write(folder / "guarded", guarded, PAGE, STYLE)
    return folder


def write_photo(folder: Path) -> None:
    """One template more: `photo`, with a picture of the web."""
    img = '<img src="{{ asset(photo, default="green.png") }}" alt="">\n</body>'
    photo = _write(folder / "photo", MANIFEST + PHOTO, PAGE.replace("</body>", img), STYLE)
    (photo / "assets" / "green.png").write_bytes(flat(STAND_IN))


def write_hanging_fonts(folder: Path) -> None:
    """One template more: `typeset`, whose page never settles in the time that a drawing has."""
    faces = "".join(
        f'@font-face {{ font-family: "F{face}"; src: url("assets/f.woff2?{face}") }}\n'
        for face in range(FACES)
    )
    fonts = _write(folder / "typeset", MANIFEST, PAGE, faces + STYLE)
    shutil.copy(FONT, fonts / "assets" / "f.woff2")


def _write(folder: Path, manifest: str, page: str, style: str) -> Path:
    (folder / "assets").mkdir(parents=True)
    (folder / "template.toml").write_text(manifest)
    (folder / "template.html").write_text(page)
    (folder / "style.css").write_text(style)
    return folder
