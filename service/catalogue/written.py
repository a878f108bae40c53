"""A manifest as it was written: the plain table, and paths into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Path = tuple[str | int, ...]
Mistake = tuple[Path, str]
"""Where, and what is allowed there."""

_PARTED = ("fields", "sizes", "rules")
"""Tables of which one entry can be dropped without the others."""


class Written:
    """The table of a manifest, from which misshapen parts can be dropped one by one.

    `whole` stays as it was read; `table` is what is left.
    """

    def __init__(self, whole: Mapping[str, Any]) -> None:
        self.whole = whole
        self.table = {key: _copy(value) for key, value in whole.items()}
        rules = whole.get("rules")
        self._rules = list(range(len(rules))) if isinstance(rules, list) else []

    def original(self, path: Path) -> Path:
        """A path into `table` as a path into `whole`: dropping a rule moves those behind it."""
        if len(path) > 1 and path[0] == "rules" and isinstance(path[1], int):
            return ("rules", self._rules[path[1]], *path[2:])
        return path

    def drop(self, paths: Iterable[Path]) -> None:
        """Take out the smallest parts that hold these paths: a field, a size, a rule or a key."""
        before = _count(self.table)
        rules = {path[1] for path in paths if self._drop_one(path)}
        if rules:
            kept = [index for index in range(len(self._rules)) if index not in rules]
            self.table["rules"] = [self.table["rules"][index] for index in kept]
            self._rules = [self._rules[index] for index in kept]
        if _count(self.table) == before:
            self.table.clear()

    def declared(self, table: str) -> tuple[str, ...]:
        """The names of the entries of a table, sound or not."""
        entries = self.whole.get(table)
        return tuple(entries) if isinstance(entries, dict) else ()

    def _drop_one(self, path: Path) -> bool:
        """Drop what is not a rule; whether it is one, to be dropped with the others."""
        entries = self.table.get(str(path[0])) if path else None
        if len(path) < 2 or path[0] not in _PARTED:
            self.table.pop(str(path[0]) if path else "", None)
        elif isinstance(entries, list):
            return True
        elif isinstance(entries, dict):
            entries.pop(path[1], None)
        return False


def written_path(location: Sequence[str | int], table: object) -> Path:
    """Pydantic's location without what nobody wrote: the kind of a field, and `[key]`."""
    path: list[str | int] = []
    at: object = table
    told = False
    for step in location:
        kind = at.get("kind") if isinstance(at, dict) else at
        if step == "[key]" or (not told and isinstance(kind, str) and step == kind):
            told = True
            continue
        path.append(step)
        at, told = _enter(at, step), False
    return tuple(path)


def reached(path: Path, table: object) -> object:
    """What stands at a path of a table; None when nothing does."""
    at = table
    for step in path:
        at = _enter(at, step)
    return at


def dotted(path: Path) -> str:
    """A path as people write it: `fields.name.max_length`."""
    return ".".join(str(step) for step in path)


def _enter(at: object, step: str | int) -> object:
    if isinstance(at, dict):
        return at.get(step)
    if isinstance(at, list) and isinstance(step, int) and step < len(at):
        return at[step]
    return None


def _copy(value: Any) -> Any:
    return value.copy() if isinstance(value, dict | list) else value


def _count(table: Mapping[str, Any]) -> int:
    return len(table) + sum(len(part) for part in table.values() if isinstance(part, dict | list))
