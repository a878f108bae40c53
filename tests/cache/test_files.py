from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.cache import files as module
from service.cache.files import BLOCK, Files, entry_name, subject_name
from service.cache.trouble import Trouble
from tests.cache.entries import digest

A, B, C, D = (entry_name(digest(letter)) for letter in "ABCD")


def files(folder: Path, limit: int = 100 * BLOCK) -> Files:
    return Files(folder, limit, Trouble("disk"))


def kept(shelf: Files, *names: bytes) -> list[bool]:
    return [shelf.read(name, 1) is not None for name in names]


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    shelf = files(tmp_path)
    shelf.write(A, b"first")
    shelf.write(A, b"second")

    assert shelf.read(A, 100) == b"second"
    assert shelf.read(A, 3) == b"sec"
    assert shelf.read(B, 100) is None
    assert shelf.held == BLOCK


def test_an_entry_and_a_pointer_of_one_digest_are_two_files(tmp_path: Path) -> None:
    shelf = files(tmp_path)
    shelf.write(entry_name(digest("x")), b"entry")
    shelf.write(subject_name(digest("x")), b"pointer")

    assert shelf.read(entry_name(digest("x")), 100) == b"entry"
    assert list(shelf.names(b"s")) == [subject_name(digest("x"))]


def test_removing_tells_how_many_there_were(tmp_path: Path) -> None:
    shelf = files(tmp_path)
    shelf.write(A, b"a")

    assert shelf.remove([A, B]) == 1
    assert (shelf.held, kept(shelf, A)) == (0, [False])


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    shelf = files(tmp_path, 3 * BLOCK)
    for name in (A, B, C):
        shelf.write(name, b"x")
    shelf.touch(A)
    shelf.write(D, b"x")

    assert kept(shelf, A, B, C, D) == [True, False, True, True]


def test_whole_blocks_are_counted(tmp_path: Path) -> None:
    shelf = files(tmp_path, 3 * BLOCK)

    assert shelf.fits(1, BLOCK, 1)
    assert not shelf.fits(1, BLOCK + 1, 1)


def test_what_an_earlier_process_left_is_found_in_the_order_of_its_use(tmp_path: Path) -> None:
    first = files(tmp_path)
    for name in (A, B, C):
        first.write(name, b"x")
    first.touch(A)
    shelf = files(tmp_path, 3 * BLOCK)

    assert shelf.stale
    shelf.scan()
    assert (shelf.stale, shelf.held) == (False, 3 * BLOCK)
    shelf.write(D, b"x")
    assert kept(shelf, A, B, C, D) == [True, False, True, True]


def test_what_happens_during_a_scan_is_not_undone_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = files(tmp_path, 3 * BLOCK)
    for name in (A, B, C):
        shelf.write(name, b"x")
    reached, go_on = threading.Event(), threading.Event()
    real = shelf._listing

    def slow(kind: bytes) -> Iterator[tuple[bytes, os.stat_result]]:
        found = list(real(kind))
        reached.set()
        assert go_on.wait(5)
        return iter(found)

    monkeypatch.setattr(shelf, "_listing", slow)
    scan = threading.Thread(target=shelf.scan)
    scan.start()
    assert reached.wait(5)
    shelf.scan()  # one at a time: this one returns at once
    shelf.touch(A)
    shelf.remove([B])
    shelf.write(D, b"x")
    go_on.set()
    scan.join(5)

    assert shelf.held == 3 * BLOCK
    shelf.write(B, b"x")
    assert kept(shelf, A, B, C, D) == [True, True, False, True]


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/etc")])
def test_what_is_no_plain_file_is_an_error_and_nothing_to_wait_for(
    tmp_path: Path, make: object
) -> None:
    assert callable(make)
    shelf = files(tmp_path)
    shelf.write(A, b"x")
    path = shelf._path(A)
    path.unlink()
    make(path)
    free = os.open("/dev/null", os.O_RDONLY)
    os.close(free)

    for _ in range(3):
        with pytest.raises(OSError, match=r"plain file|symbolic links"):
            shelf.open(A)

    # The lowest free number is given out first: had one leaked, this would be another.
    again = os.open("/dev/null", os.O_RDONLY)
    os.close(again)
    assert again == free


class SmallDisk:
    """A disk of `size` bytes: writing beyond it fails half-way, as it does in truth."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size = folder, size
        self.real = module._write_all

    def __call__(self, file: object, data: bytes) -> None:
        used = sum(p.stat().st_size for p in self.folder.rglob("*") if p.is_file())
        room = self.size - used
        self.real(file, data[: max(0, room)])  # type: ignore[arg-type]  # passed on as it came
        if len(data) > room:
            raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_smaller_than_the_budget_gives_up_the_oldest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = files(tmp_path)
    monkeypatch.setattr(module, "_write_all", SmallDisk(tmp_path, 3 * BLOCK))
    with capture_logs() as logs:
        for name in (A, B, C, D):
            shelf.write(name, bytes(BLOCK))

    assert kept(shelf, A, B, C, D) == [False, True, True, True]
    assert [line["event"] for line in logs] == ["cache_disk_full"]
    assert not list((tmp_path / "tmp").iterdir())


def test_a_full_disk_gives_up_what_an_earlier_process_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = files(tmp_path)
    for name in (A, B, C):
        first.write(name, bytes(BLOCK))
    monkeypatch.setattr(module, "_write_all", SmallDisk(tmp_path, 3 * BLOCK))
    shelf = files(tmp_path)
    shelf.write(D, bytes(BLOCK))

    assert kept(shelf, A, B, C, D) == [False, True, True, True]


def test_a_disk_that_others_filled_is_an_error_that_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = files(tmp_path)
    monkeypatch.setattr(module, "_write_all", SmallDisk(tmp_path, 100))

    with pytest.raises(OSError, match="No space left"):
        shelf.write(A, bytes(BLOCK))
    assert kept(shelf, A) == [False]
    assert not list((tmp_path / "tmp").iterdir())


def test_a_file_larger_than_a_full_disk_costs_no_other_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = files(tmp_path)
    monkeypatch.setattr(module, "_write_all", SmallDisk(tmp_path, 3 * BLOCK))
    shelf.write(A, bytes(BLOCK))

    with pytest.raises(OSError, match="No space left"):
        shelf.write(B, bytes(5 * BLOCK))
    assert kept(shelf, A, B) == [True, False]


def test_a_mark_is_seen_by_all(tmp_path: Path) -> None:
    here, there = files(tmp_path / "cache"), files(tmp_path / "cache")
    here.set_mark()
    assert there.mark() == b""

    here.write(A, b"x")
    here.set_mark()
    first = there.mark()
    here.set_mark()

    assert len({b"", first, there.mark()}) == 3
