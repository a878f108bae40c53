"""Keys and addresses to try, and what stands between whoever signs and whoever verifies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from hypothesis import strategies as st

from service.access.address import OPENABLE, PICTURE, Address
from service.access.keyring import Keyring, SigningKey
from service.access.signing import Verdict, signed_pairs, verify
from service.model import fold

NOW = 1_790_000_000
KEY = SigningKey("k1", b"a secret of the first key")
OLD = SigningKey("2025", b"the secret of an older key")
ACME = SigningKey("acme", b"the secret of one customer", ("acme/*",))
KEYRING = Keyring((KEY, OLD, ACME))

DECLARED = frozenset({"first_name", "company", "seats", "items", "fname"})


class Piece(NamedTuple):
    name: str
    value: bytes


def read(query: str) -> list[Piece]:
    """A query as it is read: split at `&`, decoded once, names folded."""
    pieces = []
    for one in query.split("&"):
        name, equals, value = one.partition("=")
        if equals:
            folded = fold(_decoded(name).decode("utf-8", "replace")).removeprefix("amp;")
            pieces.append(Piece(folded, _decoded(value)))
    return pieces


def _decoded(text: str) -> bytes:
    return unquote_to_bytes(text.replace("+", " "))


def query_of(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)


def signed(address: Address, *more: tuple[str, str], key: SigningKey = KEY) -> str:
    """The query of a signed address, with what the platform fills in."""
    return query_of((*signed_pairs(key, address), *more, ("_end", "1")))


def judged(
    query: str, template: str = "ticket", extension: str = "png", *, now: float = NOW
) -> Verdict:
    return verify(KEYRING, template, extension, read(query), declared=DECLARED, now=now)


TEXTS = st.text(max_size=40)
FIELDS = st.from_regex(r"[a-z][a-z0-9_]{0,8}(\.[a-z0-9_]{1,4}){0,2}", fullmatch=True)


@st.composite
def addresses(draw: st.DrawFn) -> Address:
    """Any address that there can be."""
    opened = draw(st.frozensets(FIELDS | st.sampled_from(sorted(OPENABLE)), max_size=4))
    bases = {*opened, *(name.partition(".")[0] for name in opened)}

    def fixed(name: str) -> bool:
        return name not in bases and name.partition(".")[0] not in bases

    return Address(
        template=draw(st.sampled_from(["ticket", "acme/ticket", "t"])),
        format=draw(st.sampled_from(["png", "jpg", "jpeg", "webp", "pdf"])),
        values=draw(st.dictionaries(FIELDS.filter(fixed), TEXTS, max_size=4)),
        ours=draw(st.dictionaries(st.sampled_from(sorted(PICTURE)).filter(fixed), TEXTS)),
        open=tuple(opened),
        expires=draw(st.none() | st.integers(0, 2**37)),
    )
