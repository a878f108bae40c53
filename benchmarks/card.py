"""The reference card as all contestants draw it: the same text, font and avatar for everybody."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

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


def address(number: int, suffix: str) -> str:
    """The path and query of picture `number` on our server."""
    return f"/i/reference-card.{suffix}?{urlencode(values(number))}"


@dataclass(frozen=True)
class Card:
    """The card for a peer: its parts of text, with font and avatar as `data:` addresses."""

    style: str
    text: jinja2.Template

    @classmethod
    def read(cls) -> Card:
        """Read it from our template's own folder, so that a change there changes it for all."""
        style = re.sub(r"url\((assets/[^)]+)\)", _inlined, (FOLDER / "style.css").read_text())
        environment = jinja2.Environment(autoescape=True)
        environment.tests["given"] = _given
        return cls(style, environment.from_string((FOLDER / "template.html").read_text()))

    @property
    def font(self) -> bytes:
        """The font's file, for a peer that wants it handed over."""
        return (FOLDER / "assets" / "inter.woff2").read_bytes()

    def document(self, number: int) -> str:
        """The whole page of picture `number`, complete in itself."""
        page = self.text.render(values(number))
        return page.replace("</head>", f"<style>{self.style}</style></head>")

    def body(self, number: int) -> str:
        """What stands between the body's tags."""
        page = self.text.render(values(number))
        return page[page.index("<body>") + 6 : page.index("</body>")]


def _given(value: object) -> bool:
    """The test that our templates know, as far as this card needs it."""
    return bool(value)


def _inlined(match: re.Match[str]) -> str:
    file = FOLDER / match[1]
    data = base64.b64encode(file.read_bytes()).decode()
    return f"url(data:{_MEDIA_TYPES[file.suffix]};base64,{data})"
