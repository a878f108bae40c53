"""Keys: what makes two pictures the same, and nothing else."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable

SIZE = 32
"""Bytes of a key: BLAKE2b-256, keyed with the installation's secret."""


def keyed(secret: bytes, purpose: str, parts: Iterable[bytes]) -> bytes:
    """A digest over `parts`, each with its length before it, so that no two lists run together."""
    whole = b"".join([piece for part in parts for piece in (len(part).to_bytes(8, "big"), part)])
    fitting = _fitting(secret)
    return hashlib.blake2b(whole, digest_size=SIZE, key=fitting, person=purpose.encode()).digest()


def etag_of(key: bytes) -> str:
    """A strong ETag: 16 bytes of the key's digest, so that the key itself stays with us."""
    short = hashlib.blake2b(key, digest_size=16, person=b"etag").digest()
    return f'"{urlsafe_b64encode(short).decode().rstrip("=")}"'


def _fitting(secret: bytes) -> bytes:
    """BLAKE2b takes keys of at most 64 bytes."""
    return secret if len(secret) <= 64 else hashlib.blake2b(secret).digest()
