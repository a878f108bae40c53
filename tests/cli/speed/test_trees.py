"""Processor time and memory of real little trees of processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.cli.speed.trees import ProcessTree, children_of, memory_of

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")

BURN = """
import os, sys, time
def burn(seconds):
    while time.process_time() < seconds:
        pass
"""
MEGABYTE = 2**20


@contextmanager
def running(code: str) -> Iterator[tuple[subprocess.Popen[str], ProcessTree]]:
    """A Python process, which says a line when it is where it should be; each line in goes on."""
    process = subprocess.Popen(
        [sys.executable, "-S", "-E", "-c", BURN + code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    tree = ProcessTree(process.pid)
    try:
        yield process, tree
    finally:
        for pid in tree.pids():
            os.kill(pid, 9)
        process.communicate()


def told(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def test_children_that_ended_and_children_that_run_count_once() -> None:
    """0.2 s here, 0.3 s in a child that was waited for, 0.2 s in one that still runs."""
    with running(
        """
if os.fork() == 0:
    burn(0.3)
    os._exit(0)
os.wait()
if os.fork() == 0:
    burn(0.2)
    print("ready", flush=True)
    time.sleep(60)
burn(0.2)
sys.stdin.readline()
"""
    ) as (process, tree):
        assert told(process) == "ready"
        while (used := tree.processor_seconds() or 0) < 0.65:
            pass

        assert used == pytest.approx(0.7, abs=0.2)
        assert len(tree.pids()) == 2


def test_a_child_that_ends_between_two_looks_is_not_counted_twice() -> None:
    with running(
        """
if os.fork() == 0:
    burn(0.3)
    print("burnt", flush=True)
    sys.stdin.readline()
    os._exit(0)
os.wait()
print("waited", flush=True)
time.sleep(60)
"""
    ) as (process, tree):
        assert told(process) == "burnt"
        before = tree.processor_seconds()
        go_on(process)
        assert told(process) == "waited"

        assert before is not None
        assert tree.processor_seconds() == pytest.approx(before, abs=0.06)
        assert before > 0.25


def test_who_was_seen_stays_in_the_tree_without_a_parent_and_in_a_session_of_its_own() -> None:
    """As a browser does that goes on in the background; what it used counts when it has ended."""
    with running(
        """
if os.fork() == 0:
    os.setsid()
    burn(0.3)
    print("alone", flush=True)
    sys.stdin.readline()
    sys.stdin.readline()
    os._exit(0)
sys.stdin.readline()
"""
    ) as (process, tree):
        assert told(process) == "alone"
        seen = tree.pids()
        assert len(seen) == 2
        process.kill()
        process.wait()
        (left,) = tree.pids()
        assert left in seen - {process.pid}
        used = tree.processor_seconds()
        os.kill(left, 9)
        while Path(f"/proc/{left}/stat").exists() and tree.pids():
            pass

        assert used is not None
        assert used > 0.25
        assert tree.processor_seconds() == pytest.approx(used, abs=0.06)


def test_a_process_that_is_nothing_of_ours_is_not_in_the_tree() -> None:
    with running("print('ready', flush=True); sys.stdin.readline()") as (process, tree):
        assert told(process) == "ready"

        assert tree.pids() == {process.pid}
        assert tree.names() == {Path(f"/proc/{process.pid}/comm").read_text().strip()}
        assert process.pid in children_of(os.getpid())


def test_what_two_processes_share_is_counted_once() -> None:
    with running(
        f"""
held = bytearray(os.urandom({64 * MEGABYTE}))
if os.fork() == 0:
    print("ready", flush=True)
    time.sleep(60)
sys.stdin.readline()
"""
    ) as (process, tree):
        assert told(process) == "ready"
        held = tree.memory()

        assert held is not None
        assert 64 * MEGABYTE < held < 120 * MEGABYTE
        assert len(tree.pids()) == 2


def test_a_tree_that_is_gone_holds_nothing_and_keeps_what_it_used() -> None:
    with running("burn(0.2); print('ready', flush=True); sys.stdin.readline()") as (process, tree):
        assert told(process) == "ready"
        used = tree.processor_seconds()
        process.kill()
        process.wait()

        assert tree.memory() is None
        assert tree.processor_seconds() == pytest.approx(used, abs=0.03)
        assert memory_of(process.pid) == 0
