"""The trusted document that every standing page is, and how a template's document is framed.

A page is a shell of ours on a random host; the template's document lives in its one frame, of the
same origin and exactly as large as the card. Nothing of ours is in the framed document, so none
of its rules can reach us; nothing it says can leave it: it runs no script and its policy allows
no address but its own. `docs/decisions/0003-the-shell.md` has the reasons.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
import secrets
from importlib import resources
from urllib.parse import unquote

from service.imaging.still import still
from service.model import Document

SHELL_HTML = resources.files(__package__).joinpath("shell.html").read_bytes()
SHELL_JS = resources.files(__package__).joinpath("shell.js").read_text()

SHELL_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-src 'self'; style-src 'unsafe-inline'",
}
_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; base-uri 'none'; form-action 'none'"
)

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".avif": "image/avif",
    ".webp": "image/webp",
}
MOVING = (".gif", ".webp", ".png", ".apng")
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg")


def card_headers(*, scripts: bool) -> dict[str, str]:
    """The headers of a template's document. The sandbox makes Blink refuse a meta refresh."""
    sandbox, allowed = "sandbox allow-same-origin", ""
    if scripts:
        sandbox += " allow-scripts"
        allowed = "; script-src 'self' 'unsafe-inline'; connect-src 'self'"
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": f"{sandbox}; {_POLICY}{allowed}",
    }


def asset_headers(path: str) -> dict[str, str]:
    """The headers of an asset. It may be kept for ever: its address holds its version."""
    suffix = path[path.rfind(".") :].lower()
    media_type = _TYPES.get(suffix) or mimetypes.guess_type(path)[0]
    return {
        "Content-Type": media_type or "application/octet-stream",
        "Cache-Control": "public, max-age=31536000, immutable",
        "Access-Control-Allow-Origin": "*",
    }


def random_origin() -> str:
    """An origin that exists nowhere, so that nothing a page could guess is reached by it."""
    return f"https://{secrets.token_hex(8)}.invalid"


def card_path(document: Document) -> str:
    """Where a document stands: the same for all that may share one standing frame."""
    head = hashlib.blake2b(document.head.encode(), digest_size=12).hexdigest()
    return f"{folder_of(document)}/{head}.html"


def folder_of(document: Document) -> str:
    """Where a document's files are: by themselves for each size and scale.

    Chromium draws a picture from a larger copy that it has decoded before, if there is one, and
    the pixels differ by a level or two from those of the file itself. So no two sizes share one.
    """
    return f"/{document.version}-{document.width}x{document.height}@{document.scale:g}"


def asset_name(document: Document, origin: str, url: str) -> str | None:
    """The name in the document's `assets` of what is asked for at `url`; None when it is not."""
    folder = f"{origin}{folder_of(document)}/"
    if not url.startswith(folder):
        return None
    name = unquote(re.split(r"[?#]", url.removeprefix(folder), maxsplit=1)[0])
    return name if name in document.assets else None


def asset_body(document: Document, name: str) -> bytes:
    """What an asset is answered with: animations stand still, or pictures would not repeat."""
    body = document.assets[name]
    return still(body) if name.lower().endswith(MOVING) else body
