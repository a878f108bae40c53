"""Entries to store, and what the metrics say about it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping

from hypothesis import strategies as st
from prometheus_client import REGISTRY

from service.cache.entry import Entry
from service.model import Note, NoteCode

SECRET = b"a secret for tests and nothing else"
DAY = 86400.0


def digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=32).digest()


def picture(
    key: str,
    *,
    subject: str = "",
    body: bytes = b"pixels",
    template: str = "ticket",
    values: Mapping[str, bytes] | None = None,
    age: float = 0.0,
) -> Entry:
    """A picture called `key` (its own subject, unless told), drawn `age` seconds ago."""
    return Entry(
        body=body,
        key=digest(key),
        subject=digest(f"subject {subject or key}"),
        template=template,
        version="0123456789abcdef01234567",
        fingerprint="headless 140 fonts 1a2b",
        format="png",
        width=1200,
        height=630,
        notes=(Note("first_name", NoteCode.CUT, "cut to 20 characters"),),
        drawn_at=time.time() - age,
        values=values if values is not None else {"first_name": b"8 bytes."},
    )


def counted(name: str, **labels: str) -> float:
    """What a metric says now; 0 before it was first counted."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def refused() -> float:
    """Entries that were found and not believed, whatever the reason."""
    reasons = ("format", "mac", "key", "digest")
    return sum(counted("mergeshot_cache_entries_refused_total", reason=r) for r in reasons)


def failures(tier: str) -> float:
    """Operations that this tier failed at."""
    return counted("mergeshot_cache_failures_total", tier=tier)


_text = st.text(max_size=40)
_digest = st.binary(min_size=32, max_size=32)

entries = st.builds(
    Entry,
    body=st.binary(max_size=3000),
    key=_digest,
    subject=_digest,
    template=_text,
    version=_text,
    fingerprint=_text,
    format=st.sampled_from(["png", "jpeg", "webp", "avif", "pdf"]),
    width=st.integers(1, 8192),
    height=st.integers(1, 8192),
    notes=st.lists(st.builds(Note, _text, st.sampled_from(NoteCode), _text), max_size=4).map(
        tuple
    ),
    drawn_at=st.floats(0, 1e11),
    values=st.dictionaries(_text, st.binary(min_size=8, max_size=8), max_size=5),
)
