"""The reference card as all contestants draw it: the same text, font and avatar for everybody."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path

import jinja2

WIDTH, HEIGHT = 1200, 630
QUALITY = 85
"""Of every JPEG, ours and the peers'."""

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = REPOSITORY / "html_templates" / "reference-card"

_MEDIA_TYPES = {".woff2": "font/woff2", ".jpg": "image/jpeg"}


def values(number: int) -> dict[str, str]:
    """What picture `number` says; no two numbers say the same."""
    return {
        "name": f"Ada Lovelace {number}",
        "company": f"Analytical Engines {number} GmbH",
        "row": str(number),
        "seat": str(number * 3),
    }


@dataclass(frozen=True)
class Card:
    """The card for a peer: its parts of text, with font and avatar as `data:` addresses."""

    style: str
    text: jinja2.Template

    @classmethod
    def read(cls) -> Card:
        """Read it from our template's own folder, so that a change there changes it for all."""
        style = re.sub(r"url\((assets/[^)]+)\)", _linked, (FOLDER / "style.css").read_text())
        environment = jinja2.Environment(autoescape=True)
        environment.tests["given"] = _given
        return cls(style, environment.from_string((FOLDER / "template.html").read_text()))

    @property
    def font(self) -> Path:
        """The font's file, for a peer that wants it handed over."""
        return FOLDER / "assets" / "inter.woff2"

    @property
    def avatar(self) -> str:
        """The avatar as an address, for a peer that wants it handed over."""
        return inlined(FOLDER / "assets" / "avatar.jpg")

    def document(self, said: dict[str, str]) -> str:
        """The whole page that says this, complete in itself."""
        page = self.text.render(said)
        return page.replace("</head>", f"<style>{self.style}</style></head>")

    def body(self, said: dict[str, str]) -> str:
        """What stands between the body's tags."""
        page = self.text.render(said)
        return page[page.index("<body>") + 6 : page.index("</body>")]


def inlined(file: Path) -> str:
    """A file as a `data:` address."""
    data = base64.b64encode(file.read_bytes()).decode()
    return f"data:{_MEDIA_TYPES[file.suffix]};base64,{data}"


def _given(value: object) -> bool:
    """The test that our templates know, as far as this card needs it."""
    return bool(value)


def _linked(match: re.Match[str]) -> str:
    return f"url({inlined(FOLDER / match[1])})"
