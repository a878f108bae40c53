"""The pointer from a subject to the newest picture of it, for when that has to do for now."""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass

from service.cache.entry import EntryRefused

KEEP = 7 * 86400.0
"""Seconds for which the last picture of a subject may stand in for a new one."""

_MAC_SIZE = 16


@dataclass(frozen=True, slots=True)
class Pointer:
    """The key of a subject's newest picture, and when that was drawn (seconds since 1970)."""

    key: bytes
    drawn_at: float


def fresh(drawn_at: float, now: float) -> bool:
    """Whether a picture drawn then may still stand in for a new one."""
    return now - drawn_at <= KEEP


def outranks(held: float, offered: float, now: float) -> bool:
    """Whether the picture pointed to stays the newest when another is stored.

    A time in the future was taken from a clock that has been put right since: it would
    otherwise outrank every true one until then.
    """
    return offered < held <= now


def pack_pointer(pointer: Pointer, subject: bytes, secret: bytes) -> bytes:
    """The pointer of `subject` as bytes for a store that we do not trust."""
    content = struct.pack(">d", pointer.drawn_at) + pointer.key
    return _mac(content, subject, secret) + content


def unpack_pointer(data: bytes, subject: bytes, secret: bytes) -> Pointer:
    """Read the pointer of `subject`.

    Raises:
        EntryRefused: when it was not written by us for this subject.
    """
    mac, content = data[:_MAC_SIZE], data[_MAC_SIZE:]
    if len(content) < 8:
        raise EntryRefused("format")
    if not hmac.compare_digest(_mac(content, subject, secret), mac):
        raise EntryRefused("mac")
    return Pointer(content[8:], struct.unpack(">d", content[:8])[0])


def _mac(content: bytes, subject: bytes, secret: bytes) -> bytes:
    key = hashlib.blake2b(secret, digest_size=32, person=b"ms-cache-pointer").digest()
    sized = len(subject).to_bytes(4, "big") + subject + content
    return hashlib.blake2b(sized, digest_size=_MAC_SIZE, key=key).digest()
