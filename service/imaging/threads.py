"""Threads that encode step back behind the one that answers requests."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

NICENESS = 5
"""How far: an answer that is ready is sent before the next picture is encoded."""


def encoder_threads(count: int, name: str) -> ThreadPoolExecutor:
    """Threads for encoding; on Linux they give way to the event loop's, and to all others."""
    return ThreadPoolExecutor(count, thread_name_prefix=name, initializer=step_back)


def step_back() -> None:
    """Make the thread that calls it nicer by NICENESS; where that cannot be, nothing happens.

    Linux alone gives each thread a niceness of its own.
    """
    if sys.platform != "linux":
        return
    thread = threading.get_native_id()
    with suppress(OSError):
        nice = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, min(19, nice + NICENESS))
