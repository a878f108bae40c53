"""Reading web addresses."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from service.catalogue.fields import UrlField
from service.catalogue.kinds.reading import Reading, Unusable
from service.model import NoteCode

_LONGEST = 2_048
_REFUSED = re.compile(r"[\s\"<>\\^`{|}]")
_HOST = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)*\.?|[0-9a-f:.]+")
_ALLOWED = "must be an address such as https://example.com/page"


def read_url(field: UrlField, value: object, reading: Reading) -> str:
    """An `http` or `https` address without a password; `www.` may stand for `https://www.`."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise Unusable(_ALLOWED)
    if value.lower().startswith("www."):
        value = f"https://{value}"
        reading.note(NoteCode.REPAIRED, "has no scheme: https:// was put before it")
    if _REFUSED.search(value):
        raise Unusable(f"{_ALLOWED}, with spaces and the like written as %20")
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Unusable(_ALLOWED) from error
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host):
        raise Unusable(_ALLOWED)
    return f"{parts.scheme}{value[len(parts.scheme) :]}"
