"""How many bytes a file may have: a number, a size such as `200 kB`, or where it has to get to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

NAMED: Mapping[str, int] = MappingProxyType({"whatsapp": 300_000, "email": 200_000})
"""WhatsApp shows no picture at all of a page whose picture is larger; mail is slow to load it."""

ALLOWED = f'a size such as "200 kB", a number of bytes, or one of {", ".join(NAMED)}'

_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*(|k|K|M|ki|Ki|Mi)B", re.ASCII)
_UNITS = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "ki": 2**10, "Ki": 2**10, "Mi": 2**20}


def read_budget(written: object) -> int | None:
    """The bytes that are meant; None where it is no budget."""
    if isinstance(written, int) and not isinstance(written, bool):
        return written if written > 0 else None
    if not isinstance(written, str):
        return None
    named = NAMED.get(written.strip().lower())
    match = _SIZE.fullmatch(written.strip())
    if named is not None or match is None:
        return named
    return int(float(match[1]) * _UNITS[match[2]]) or None
