"""Signatures of addresses that survive what e-mail platforms do to them.

A signature covers what an address means, not how it is spelled: the template, the format, our
parameters that change the picture, the fixed values as bytes, and the names of what was left open
for the platform to fill. Order, percent-encoding and what somebody else appended play no part.
docs/signing.md describes it for whoever signs elsewhere; `ms1` never changes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from service.access.address import (
    OPENABLE,
    PICTURE,
    RESERVED,
    Address,
    Reason,
    encoded,
    named_in,
    word_of,
)
from service.access.keyring import Keyring, SigningKey
from service.model import fold

VERSION = b"ms1"

_SIGNED = PICTURE | {"_exp", "_kid"}
_SECONDS = re.compile(rb"[0-9]{1,12}")


class Pair(Protocol):
    """One `name=value` of a query.

    `name` is folded; `value` is percent-decoded once and not repaired, without the pieces after
    it that had no `=` of their own and were counted to it.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 - described above

    @property
    def value(self) -> bytes: ...  # noqa: D102 - described above


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an address is believed, and which of its values may be used.

    `reason` is None for one that is. `pinned` are the names whose values the signature covers,
    `opened` what it left open, our own parameters among both. `expires` is in seconds since 1970,
    None for never.
    """

    reason: Reason | None
    kid: str = ""
    pinned: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    expires: int | None = None

    @property
    def ok(self) -> bool:
        """Whether it is believed."""
        return self.reason is None

    def is_open(self, name: str) -> bool:
        """Whether this name was left to whoever asks: its first value counts, and is repaired."""
        return named_in(name, self.opened)

    def may_use(self, name: str) -> bool:
        """Whether the value of this name may be used: fixed by the signature, or left open."""
        return name in self.pinned or self.is_open(name)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What an address says about itself, before anybody believes it."""

    signature: bytes
    kid: str
    ours: Mapping[str, bytes]
    opened: frozenset[str]
    expires: int | None


def sign(key: SigningKey, address: Address) -> str:
    """The value of `_sig`: base64url without padding of an HMAC-SHA256."""
    pairs = {name: encoded(value) for name, value in {**address.ours, **address.values}.items()}
    pairs["_kid"] = key.kid.encode()
    if address.expires is not None:
        pairs["_exp"] = str(address.expires).encode()
    message = _message(address.template, address.format, pairs, address.open)
    return _signature(key, message).decode()


def signed_pairs(key: SigningKey, address: Address) -> list[tuple[str, str]]:
    """What a signed address has in its query before the open fields, in the order to print it.

    The values of the open fields follow, and `_end=1` last: what a stray `#` cuts off then costs
    open values alone.
    """
    pairs = {**address.ours, "_kid": key.kid, **address.values}
    if address.expires is not None:
        pairs["_exp"] = str(address.expires)
    opened = [("_merge", ",".join(address.open))] if address.open else []
    return [*sorted(pairs.items()), *opened, ("_sig", sign(key, address))]


def verify(
    keyring: Keyring,
    template: str,
    extension: str,
    pairs: Sequence[Pair],
    *,
    declared: Container[str],
    closed: Container[str] = (),
    now: float,
) -> Verdict:
    """Judge the address of a picture. Never fails.

    Args:
        keyring: the keys that are believed.
        template: its name as it stands in the path, be it a former one.
        extension: the format as it stands in the path.
        pairs: the query, in its order.
        declared: names of the template's fields and their aliases. Other names are somebody
            else's, and ignored.
        closed: those of them that the template does not let stay open, whoever signed it.
        now: seconds since 1970.
    """
    claim = _claim(pairs)
    if isinstance(claim, Reason):
        return Verdict(claim)
    key = keyring.find(claim.kid)
    if key is None:
        return Verdict(Reason.UNKNOWN_KEY)
    reason = Reason.FORGED
    for values in _readings(pairs, claim.opened, declared):
        if values is None:
            return Verdict(Reason.DOUBLED)
        pinned = {**claim.ours, **values}
        message = _message(template, word_of(extension), pinned, claim.opened)
        if not hmac.compare_digest(_signature(key, message), claim.signature):
            continue
        if not key.is_for(template):
            reason = Reason.OUT_OF_SCOPE
        elif claim.expires is not None and now >= claim.expires:
            reason = Reason.EXPIRED
        else:
            opened = frozenset(one for one in claim.opened if not named_in(one, closed))
            return Verdict(None, key.kid, frozenset(pinned), opened, claim.expires)
        break
    return Verdict(reason, key.kid)


def _claim(pairs: Iterable[Pair]) -> _Claim | Reason:
    ours: dict[str, bytes] = {}
    twice = set()
    for pair in pairs:
        if pair.name not in RESERVED:
            continue
        if pair.name in ours:
            twice.add(pair.name)
        else:
            ours[pair.name] = pair.value
    if "_sig" not in ours:
        return Reason.MISSING
    opened = _opened(ours.get("_merge", b""))
    if opened is None:
        return Reason.MALFORMED
    if twice - opened:
        return Reason.DOUBLED
    expiry = ours.get("_exp")
    if "_kid" not in ours or (expiry is not None and _SECONDS.fullmatch(expiry) is None):
        return Reason.MALFORMED
    return _Claim(
        signature=ours["_sig"],
        kid=ours["_kid"].decode("utf-8", "replace"),
        ours={name: ours[name] for name in _SIGNED & ours.keys() - opened},
        opened=opened,
        expires=None if expiry is None else int(expiry),
    )


def _opened(written: bytes) -> frozenset[str] | None:
    """The names in `_merge`; None where it names one of ours that cannot be left open."""
    text = written.decode("utf-8", "surrogateescape")
    names = frozenset(name for one in text.split(",") if (name := fold(one)))
    return None if any(one[0] == "_" and one not in OPENABLE for one in names) else names


def _readings(
    pairs: Iterable[Pair], opened: frozenset[str], declared: Container[str]
) -> Iterable[dict[str, bytes] | None]:
    """The fixed values that an address may mean; None where a name was given twice.

    Names that nobody declared were appended on the way. Those before the signature may also be
    fields that the template had when the address was made; that is tried second, so that an
    address outlives a field.
    """
    fixed: dict[str, bytes] = {}
    older: dict[str, bytes] = {}
    signed = False
    for pair in pairs:
        name = pair.name
        signed = signed or name == "_sig"
        if name.startswith("_") or named_in(name, opened):
            continue
        if named_in(name, declared):
            if name in fixed:
                yield None
                return
            fixed[name] = pair.value
        elif not signed:
            older.setdefault(name, pair.value)
    yield fixed
    if older:
        yield {**older, **fixed}


def _message(template: str, word: str, pairs: Mapping[str, bytes], opened: Iterable[str]) -> bytes:
    """What is signed: parts, each after its length, so that no two addresses run together.

    The first three and the last are always there, and pairs lie between them. The names of ours
    start with `_`, which sorts before all letters; the names that are open hold no comma.
    """
    parts = [VERSION, encoded(template), encoded(word)]
    for name, value in sorted((encoded(name), value) for name, value in pairs.items()):
        parts += (name, value)
    parts.append(b",".join(sorted(map(encoded, opened))))
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _signature(key: SigningKey, message: bytes) -> bytes:
    return urlsafe_b64encode(hmac.digest(key.secret, message, hashlib.sha256)).rstrip(b"=")
