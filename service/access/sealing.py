"""Sealed addresses: all that an address says, in one piece of its path that nobody else can read.

A token is base64url without padding of

    1 byte    length of the key's id; the upper two bits are 0 in this version
    n bytes   the key's id
    16 bytes  the synthetic IV of AES-SIV, which is the proof as well
    m bytes   the content

AES-SIV takes no nonce: equal content under one key is an equal token, so that a picture has one
address. The format stands in the path behind the token and is proven with it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from service.access.address import Address, Reason, encoded, word_of
from service.access.keyring import Keyring, SigningKey

_PURPOSE = b"mergeshot: sealed address 1"
_SIV = 16
_KEY = 64
"""Bytes of a key: two for AES-256, one of which makes the proof."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a token says.

    `reason` is None for one that is believed. `address` is also known for a token that was genuine
    and is not believed any more, so that its generic picture can be shown.
    """

    reason: Reason | None
    address: Address | None = None
    kid: str = ""


def seal(key: SigningKey, address: Address) -> str:
    """The token for an address; the same for the same content."""
    head = _head(key.kid)
    content = b"".join(map(_delimited, _parts(address)))
    return _text(head + _cipher(key.secret).encrypt(content, [head, encoded(address.format)]))


def unseal(keyring: Keyring, token: str, extension: str, *, now: float) -> Opened:
    """Open a token that stood in a path before this extension, at `now`, seconds since 1970.

    Never fails. A token has one spelling: another that decodes to the same bytes is refused.
    """
    data = _bytes(token)
    kid = data[1 : 1 + data[0]].decode("latin-1") if data else ""
    if not kid or len(data) <= 1 + data[0] + _SIV:
        return Opened(Reason.MALFORMED)
    key = keyring.find(kid)
    if key is None:
        return Opened(Reason.UNKNOWN_KEY)
    head, sealed = data[: 1 + data[0]], data[1 + data[0] :]
    word = word_of(extension)
    try:
        content = _cipher(key.secret).decrypt(sealed, [head, encoded(word)])
    except InvalidTag:
        return Opened(Reason.FORGED, kid=kid)
    try:
        address = _address(list(_split(content)), word)
    except ValueError:  # sealed by another release, which had more to say
        return Opened(Reason.MALFORMED, kid=kid)
    if not key.is_for(address.template):
        return Opened(Reason.OUT_OF_SCOPE, address, kid)
    if address.expires is not None and now >= address.expires:
        return Opened(Reason.EXPIRED, address, kid)
    return Opened(None, address, kid)


def _head(kid: str) -> bytes:
    return bytes([len(kid)]) + kid.encode()


@lru_cache(maxsize=64)
def _cipher(secret: bytes) -> AESSIV:
    return AESSIV(HKDF(SHA256(), _KEY, salt=None, info=_PURPOSE).derive(secret))


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(token: str) -> bytes:
    """The bytes of a token; none for one that is not spelled as we spell it."""
    try:
        data = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError:
        return b""
    return data if _text(data) == token else b""


def _parts(address: Address) -> Iterator[bytes]:
    """The content: template, expiry, names left open, then pairs in the order of their names."""
    yield encoded(address.template)
    expires = address.expires
    yield b"" if expires is None else expires.to_bytes((expires.bit_length() + 7) // 8 or 1, "big")
    yield ",".join(address.open).encode()
    for name, value in sorted({**address.ours, **address.values}.items()):
        yield name.encode()
        yield encoded(value)


def _address(parts: list[bytes], word: str) -> Address:
    """What the parts of a content say.

    Raises:
        ValueError: they are not what this release writes.
    """
    template, expires, opened, *rest = (part.decode("latin-1") for part in parts)
    names, values = rest[::2], [_decoded(part) for part in parts[4::2]]
    pairs = dict(zip(names, values, strict=True))
    return Address(
        template=template,
        format=word,
        values={name: value for name, value in pairs.items() if not name.startswith("_")},
        ours={name: value for name, value in pairs.items() if name.startswith("_")},
        open=tuple(opened.split(",")) if opened else (),
        expires=int.from_bytes(expires.encode("latin-1"), "big") if expires else None,
    )


def _decoded(part: bytes) -> str:
    return part.decode("utf-8", "surrogatepass")


def _delimited(part: bytes) -> bytes:
    """A part after its length: seven bits a byte, the lowest first, the last without its top."""
    length, head = len(part), bytearray()
    while length > 0x7F:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + part


def _split(content: bytes) -> Iterator[bytes]:
    """The parts again.

    Raises:
        ValueError: it is cut short.
    """
    at = 0
    while at < len(content):
        length = shift = 0
        while True:
            if at == len(content):
                raise ValueError("cut short")
            byte = content[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte <= 0x7F:
                break
        if at + length > len(content):
            raise ValueError("cut short")
        yield content[at : at + length]
        at += length
