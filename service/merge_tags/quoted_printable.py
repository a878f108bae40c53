"""Addresses that a mail's transport encoding has got into, and nobody took it out again.

Quoted-printable writes `=` as `=3D` and breaks lines after 76 characters with a `=` at their end.
A client that reads such a mail as it is asks for `?first_name=3DAda&_end=3D1`.
"""

from __future__ import annotations

import re

_PROOF = re.compile(rb"(?:^|&)(?:amp;)*_=?e=?n=?d=?=3[Dd]=?1(?:=?&|=?$)")
"""Our sentinel with an encoded `=`: nothing else makes one, wherever a line was broken in it."""

_ENCODED = re.compile(
    rb"=3[Dd]"
    rb"|(?:=[C-F][0-9A-F](?:=[89AB][0-9A-F]){1,3})+"
    rb"|=(?:\r?\n|%0[Dd]%0[Aa]|%0[Aa])?"
)
"""An equals sign, letters beyond ASCII in UTF-8, or the end of a line.

Of one `=EB` alone nobody can tell whether it is a letter or a broken line before `EB`, and
addresses are longer than a line while letters in them are encoded as `%EB`: a broken line.
"""


def is_quoted_printable(raw: bytes) -> bool:
    """Whether it is proven that a query was not decoded."""
    return b"=3" in raw and _PROOF.search(raw) is not None


def unquoted(raw: bytes) -> bytes:
    """The query as it was before; for queries of which that is proven alone."""
    return _ENCODED.sub(_plain, raw)


def _plain(match: re.Match[bytes]) -> bytes:
    found = match[0]
    if found in (b"=3D", b"=3d"):
        return b"="
    if len(found) > 3 and b"%" not in found:
        # An encoded `&` or `%` would be told apart from a plain one only as long as it stays so.
        return found.replace(b"=", b"%")
    return b""
