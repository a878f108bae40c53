"""Which fonts this host has: another set may draw other pixels, so it is part of every key."""

from __future__ import annotations

import hashlib
import subprocess

import structlog

log = structlog.get_logger(__name__)


def font_set() -> str:
    """A digest over the host's fonts and their versions; empty where fontconfig is not at hand."""
    try:
        listing = subprocess.run(
            ["fc-list", ":", "file", "fontversion"],  # noqa: S607 - whichever the host has
            capture_output=True,
            timeout=30,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        # macOS: no fontconfig. Pictures are keyed by the browser's build alone there.
        log.info("fonts_unknown", error=type(error).__name__)
        return ""
    lines = sorted(listing.splitlines())
    return hashlib.blake2b(b"\n".join(lines), digest_size=12).hexdigest()
