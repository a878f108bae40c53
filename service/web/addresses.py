"""Addresses of pictures, as `/i/` reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote, urlencode


def picture_path(
    template: str, extension: str, values: Mapping[str, object], **chosen: str
) -> str:
    """The path and query of a picture: reserved parameters first, then the values."""
    pairs = [(name, value) for name, value in chosen.items() if value]
    pairs += [(name, _written(value)) for name, value in values.items() if value is not None]
    query = urlencode(pairs, quote_via=quote, safe="")
    return f"/i/{template}.{extension}" + (f"?{query}" if query else "")


def _written(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
