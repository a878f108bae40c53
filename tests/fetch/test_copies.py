"""Copies on disk: whole or not at all, ours or not at all, and never more than the budget."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from service.fetch.copies import FRESH, KEPT, Copies, Copy
from tests.fetch.conftest import SECRET, Clock

URL = "https://img.example.com/logo.png"


def a_copy(clock: Clock, body: bytes = b"a picture", **facts: object) -> Copy:
    usual: dict[str, object] = {"hosts": ("img.example.com",), "size": 7, "fetched_at": clock.now}
    return Copy(body, "image/png", **(usual | facts))  # type: ignore[arg-type]


@pytest.fixture
def copies(tmp_path: Path, clock: Clock) -> Copies:
    return Copies(tmp_path / "remote", SECRET, clock=clock)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_what_was_kept_is_found_whole(copies: Copies, clock: Clock) -> None:
    kept = a_copy(clock, bytes(range(256)) * 40, hosts=("a.example.com", "b.example.com"))
    copies.keep(URL, kept)

    assert copies.find(URL) == kept
    assert copies.find(f"{URL}?") is None


def test_a_later_copy_takes_its_place(copies: Copies, clock: Clock, tmp_path: Path) -> None:
    for body in (b"one", b"two"):
        copies.keep(URL, a_copy(clock, body))

    found = copies.find(URL)
    assert found is not None
    assert found.body == b"two"
    assert len(files(tmp_path)) == 1


def test_a_copy_is_fresh_for_an_hour_and_kept_for_thirty_days(
    copies: Copies, clock: Clock, tmp_path: Path
) -> None:
    kept = a_copy(clock)
    copies.keep(URL, kept)
    for age, fresh in ((0, True), (FRESH - 1, True), (FRESH, False), (KEPT - 1, False)):
        clock.now = kept.fetched_at + age
        assert copies.find(URL) == kept
        assert copies.is_fresh(kept) is fresh

    clock.now = kept.fetched_at + KEPT
    assert copies.find(URL) is None
    assert files(tmp_path) == []


def test_a_clock_that_was_put_back_makes_nothing_fresh(copies: Copies, clock: Clock) -> None:
    kept = a_copy(clock)
    copies.keep(URL, kept)
    clock.now -= 10

    assert copies.find(URL) == kept
    assert not copies.is_fresh(kept)


def test_no_address_and_no_host_can_be_read_from_a_files_name(
    copies: Copies, clock: Clock, tmp_path: Path
) -> None:
    copies.keep(URL, a_copy(clock))
    others = Copies(tmp_path / "others", b"another secret, of another place", clock=clock)
    others.keep(URL, a_copy(clock))
    one, other = files(tmp_path)

    assert one.name != other.name
    assert "example" not in one.name


@pytest.mark.parametrize("at", [0, 5, 12, 40, 80, -1])
def test_a_file_that_was_changed_is_thrown_away(
    copies: Copies, clock: Clock, tmp_path: Path, at: int
) -> None:
    copies.keep(URL, a_copy(clock))
    [path] = files(tmp_path)
    frame = bytearray(path.read_bytes())
    frame[at] ^= 1
    path.write_bytes(frame)

    assert copies.find(URL) is None
    assert files(tmp_path) == []


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_a_file_that_was_cut_short_is_thrown_away(
    copies: Copies, clock: Clock, tmp_path: Path, share: float
) -> None:
    copies.keep(URL, a_copy(clock))
    [path] = files(tmp_path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    assert copies.find(URL) is None


def test_a_copy_under_another_ones_name_is_thrown_away(
    copies: Copies, clock: Clock, tmp_path: Path
) -> None:
    copies.keep(URL, a_copy(clock, b"mine"))
    [mine] = files(tmp_path)
    copies.keep(f"{URL}?2", a_copy(clock, b"yours"))
    [yours] = [path for path in files(tmp_path) if path != mine]
    yours.replace(mine)

    assert copies.find(URL) is None


def test_a_copy_of_another_installation_is_thrown_away(
    copies: Copies, clock: Clock, tmp_path: Path
) -> None:
    copies.keep(URL, a_copy(clock))
    [mine] = files(tmp_path)
    others = Copies(tmp_path / "others", b"another secret, of another place", clock=clock)
    others.keep(URL, a_copy(clock, b"theirs"))
    [theirs] = files(tmp_path / "others")
    theirs.replace(mine)

    assert copies.find(URL) is None


def test_the_least_recently_used_leave_first(tmp_path: Path, clock: Clock) -> None:
    copies = Copies(tmp_path / "remote", SECRET, limit=40 * 4096, clock=clock)
    for number in range(30):
        clock.now += 1
        copies.keep(f"{URL}?{number}", a_copy(clock, bytes(3_000)))
    clock.now += 1
    assert copies.find(f"{URL}?0")
    for number in range(30, 50):
        clock.now += 1
        copies.keep(f"{URL}?{number}", a_copy(clock, bytes(3_000)))

    there = {number for number in range(50) if copies.find(f"{URL}?{number}")}
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 40 * 4096
    assert len(there) >= 30
    assert 0 in there
    assert {1, 2, 3} & there == set()
    assert set(range(30, 50)) <= there


def test_what_is_there_at_the_start_counts(tmp_path: Path, clock: Clock) -> None:
    """The budget is that of the folder, not of the process."""
    for number in range(30):
        copies = Copies(tmp_path / "remote", SECRET, limit=10 * 4096, clock=clock)
        clock.now += 1
        copies.keep(f"{URL}?{number}", a_copy(clock, bytes(3_000)))

    assert len(files(tmp_path)) <= 10


def test_what_is_larger_than_the_budget_is_not_kept(tmp_path: Path, clock: Clock) -> None:
    copies = Copies(tmp_path / "remote", SECRET, limit=8_192, clock=clock)
    copies.keep(URL, a_copy(clock))
    copies.keep(f"{URL}?2", a_copy(clock, bytes(9_000)))

    assert copies.find(URL)
    assert copies.find(f"{URL}?2") is None


def test_a_sweep_takes_what_is_too_old_and_what_was_left_half_written(
    copies: Copies, clock: Clock, tmp_path: Path
) -> None:
    copies.keep(URL, a_copy(clock))
    clock.now += KEPT - 10
    copies.keep(f"{URL}?2", a_copy(clock))
    half, new = (tmp_path / "remote/tmp" / name for name in ("ms-half", "ms-new"))
    other = tmp_path / "remote/README"
    for path, age in ((half, 4_000), (new, 10), (other, KEPT * 2)):
        path.write_bytes(b"")
        os.utime(path, (clock.now - age, clock.now - age))
    clock.now += 10
    copies.sweep()

    assert copies.find(f"{URL}?2")
    assert len(files(tmp_path)) == 3
    assert {new, other} <= set(files(tmp_path))


def test_nothing_is_left_of_what_is_forgotten(
    copies: Copies, clock: Clock, tmp_path: Path
) -> None:
    for number in range(5):
        copies.keep(f"{URL}?{number}", a_copy(clock))
    copies.forget()

    assert files(tmp_path) == []
    copies.keep(URL, a_copy(clock))
    assert copies.find(URL)


def test_to_forget_where_nothing_was_kept_is_nothing(copies: Copies, tmp_path: Path) -> None:
    copies.forget()
    copies.sweep()

    assert files(tmp_path) == []


def test_a_disk_that_fails_has_no_copies(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "remote").write_text("a file where a folder should be")
    copies = Copies(tmp_path / "remote", SECRET, clock=clock)
    copies.keep(URL, a_copy(clock))
    copies.sweep()

    assert copies.find(URL) is None


def test_copies_are_for_their_owner_alone(copies: Copies, clock: Clock, tmp_path: Path) -> None:
    copies.keep(URL, a_copy(clock))

    for path in (tmp_path / "remote").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
