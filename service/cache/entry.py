"""One cached picture, and the frame that it is stored in.

    magic (4) · header's length (4) · header (JSON) · MAC over all of these (32) · body

The MAC is keyed with the installation's secret and the header holds a digest of the body, so a
frame is either exactly what we wrote for this key or it is refused: a cache that somebody else
can write to can lose pictures, but it cannot show one person's picture to another.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

from service.model import Note, NoteCode

MAGIC = b"MSC1"
MAX_HEADER = 2**20
"""Bytes that a header may have: what is read before the MAC can tell whether to believe it."""

_MAC_SIZE = 32

Reason = Literal["format", "mac", "key", "digest"]


class EntryRefused(Exception):
    """Stored data that is not believed.

    `reason` is `format` (not a frame of ours, or cut short), `mac` (not written with our secret),
    `key` (a true entry, but not the one that was asked for) or `digest` (another body).
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What is known about a stored picture besides its pixels.

    `width` and `height` are device pixels, `drawn_at` is in seconds since 1970, `values` holds
    the `value_digest` of every filled value by the name of its field.
    """

    key: bytes
    subject: bytes
    template: str
    version: str
    fingerprint: str
    format: str
    width: int
    height: int
    notes: tuple[Note, ...] = ()
    drawn_at: float
    values: Mapping[str, bytes]

    def concerns(self, template: str, digests: Mapping[str, bytes]) -> bool:
        """Whether this is a picture of `template` that shows all of these values."""
        return self.template == template and all(
            self.values.get(name) == digest for name, digest in digests.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Label):
    """A picture as the cache holds it: the file's bytes and its label."""

    body: bytes = field(repr=False)

    @property
    def weight(self) -> int:
        """Bytes of memory that holding this entry takes, bookkeeping included."""
        text = sum(len(note.message) + len(note.field) for note in self.notes)
        names = sum(len(name) for name in self.values)
        return (
            len(self.body)
            + _OBJECTS
            + text
            + names
            + _PER_NOTE * len(self.notes)
            + _PER_VALUE * len(self.values)
        )


# Measured with tracemalloc over thousands of entries read from disk, rounded up;
# tests/cache/test_memory.py holds them to it.
_OBJECTS = 1400
_PER_NOTE = 260
_PER_VALUE = 170


@dataclass(frozen=True, slots=True, kw_only=True)
class Header(Label):
    """The label as it stands in a frame, with the length and digest of the body behind it."""

    length: int
    digest: bytes


def value_digest(secret: bytes, name: str, canonical: bytes) -> bytes:
    """Eight bytes that find a field's value again without telling what it is.

    `canonical` is the value's typed encoding. The digest is keyed, so that whoever reads the
    cache cannot try out first names.
    """
    key = hashlib.blake2b(secret, digest_size=32, person=b"ms-cache-value").digest()
    sized = len(name.encode()).to_bytes(4, "big") + name.encode() + canonical
    return hashlib.blake2b(sized, digest_size=8, key=key).digest()


def pack(entry: Entry, secret: bytes) -> bytes:
    """Frame `entry` for a store that we do not trust.

    Raises:
        ValueError: when its label is larger than any that we would read again.
    """
    header = json.dumps(
        {
            "key": entry.key.hex(),
            "subject": entry.subject.hex(),
            "template": entry.template,
            "version": entry.version,
            "fingerprint": entry.fingerprint,
            "format": entry.format,
            "width": entry.width,
            "height": entry.height,
            "notes": [[note.field, note.code, note.message] for note in entry.notes],
            "drawn_at": entry.drawn_at,
            "values": {name: digest.hex() for name, digest in entry.values.items()},
            "length": len(entry.body),
            "digest": _digest(entry.body).hex(),
        },
        separators=(",", ":"),
    ).encode()
    if len(header) > MAX_HEADER:
        raise ValueError(f"a label of {len(header)} bytes is too large to store")
    front = MAGIC + len(header).to_bytes(4, "big") + header
    return b"".join((front, _mac(front, secret), entry.body))


def unpack(data: bytes | BinaryIO, key: bytes, secret: bytes) -> Entry:
    """Read the entry of `key` from its frame, or from a file that stands at its start.

    Raises:
        EntryRefused: unless it is, to the last bit, what `pack` made for this key.
    """
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    header = read_header(file, secret)
    if not hmac.compare_digest(header.key, key):
        raise EntryRefused("key")
    # One byte more than there may be, so that something appended is noticed.
    body = file.read(header.length + 1)
    if not hmac.compare_digest(_digest(body), header.digest):
        raise EntryRefused("digest")
    return Entry(
        key=header.key,
        subject=header.subject,
        template=header.template,
        version=header.version,
        fingerprint=header.fingerprint,
        format=header.format,
        width=header.width,
        height=header.height,
        notes=header.notes,
        drawn_at=header.drawn_at,
        values=header.values,
        body=body,
    )


def read_header(data: bytes | BinaryIO, secret: bytes) -> Header:
    """Read and verify what stands before the body; a file is left standing at the body.

    Raises:
        EntryRefused: when it is not a header of ours (`format`, `mac`).
    """
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    start = file.read(len(MAGIC) + 4)
    length = int.from_bytes(start[len(MAGIC) :], "big")
    if len(start) < len(MAGIC) + 4 or not start.startswith(MAGIC) or length > MAX_HEADER:
        raise EntryRefused("format")
    rest = file.read(length + _MAC_SIZE)
    if len(rest) < length + _MAC_SIZE:
        raise EntryRefused("format")
    header, mac = rest[:length], rest[length:]
    if not hmac.compare_digest(_mac(start + header, secret), mac):
        raise EntryRefused("mac")
    try:
        return _header(json.loads(header))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # Ours by its MAC, so written by a release with other fields or other note codes.
        raise EntryRefused("format") from error


def _header(stored: Any) -> Header:
    return Header(
        key=bytes.fromhex(stored["key"]),
        subject=bytes.fromhex(stored["subject"]),
        template=stored["template"],
        version=stored["version"],
        fingerprint=stored["fingerprint"],
        format=stored["format"],
        width=stored["width"],
        height=stored["height"],
        notes=tuple(Note(name, NoteCode(code), text) for name, code, text in stored["notes"]),
        drawn_at=stored["drawn_at"],
        values={name: bytes.fromhex(digest) for name, digest in stored["values"].items()},
        length=stored["length"],
        digest=bytes.fromhex(stored["digest"]),
    )


def _mac(front: bytes, secret: bytes) -> bytes:
    # A key of its own for each use, so that no MAC can stand in for another kind's.
    key = hashlib.blake2b(secret, digest_size=32, person=b"ms-cache-entry").digest()
    return hashlib.blake2b(front, digest_size=_MAC_SIZE, key=key).digest()


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=32).digest()
