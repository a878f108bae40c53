"""Threads that encode give way to the others of their process."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from service.imaging.threads import NICENESS, encoder_threads, step_back

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="others have no nicer threads")


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_encoders_step_back_and_who_waits_for_them_does_not() -> None:
    before = niceness()
    with encoder_threads(2, "encoder") as threads:
        found = {threads.submit(niceness).result() for _ in range(4)}
        name = threads.submit(lambda: threading.current_thread().name).result()

    assert found == {min(19, before + NICENESS)}
    assert niceness() == before
    assert name.startswith("encoder")


def test_where_it_is_not_allowed_threads_encode_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refused)
    with encoder_threads(1, "encoder") as threads:
        assert threads.submit(lambda: 7).result() == 7


def test_elsewhere_than_on_linux_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """There it would be the whole process."""
    before = niceness()
    monkeypatch.setattr(sys, "platform", "darwin")
    step_back()

    assert niceness() == before
