"""The lock files against pyproject.toml, without a look at any index."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
LOCKS = {
    "requirements.txt": PROJECT["project"]["dependencies"],
    "requirements-dev.txt": [
        *PROJECT["project"]["dependencies"],
        *GROUPS["dev"],
        *GROUPS["bench"],
    ],
    "requirements-build.txt": GROUPS["build"],
}


def pins(name: str) -> dict[str, list[Requirement]]:
    """What a lock file pins, by normalised name; some names are pinned once per Python."""
    found: dict[str, list[Requirement]] = {}
    for line in (ROOT / name).read_text().splitlines():
        if re.match(r"\w", line):
            pin = Requirement(line.removesuffix("\\").strip())
            found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


def versions(locked: Iterable[Requirement]) -> list[str]:
    return [str(pin.specifier).removeprefix("==") for pin in locked]


@pytest.mark.parametrize("name", LOCKS)
def test_every_dependency_is_locked_at_a_version_that_it_allows(name: str) -> None:
    locked = pins(name)
    for text in LOCKS[name]:
        wanted = Requirement(text)
        found = versions(locked.get(canonicalize_name(wanted.name), []))
        assert found, f"{wanted.name} is not in {name}: run `make lock`"
        assert all(wanted.specifier.contains(version) for version in found), (name, text, found)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes(name: str) -> None:
    blocks = re.split(r"\n(?=\w)", (ROOT / name).read_text())[1:]

    assert blocks
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_no_index_and_no_machine(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()

    assert [line for line in lines if "://" in line or line.startswith("-")] == []


def test_developers_have_the_servers_packages_in_the_same_versions() -> None:
    development = pins("requirements-dev.txt")

    for name, locked in pins("requirements.txt").items():
        assert versions(development[name]) == versions(locked), name
