"""What pydantic found in a manifest, in the words of somebody who writes one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from service.catalogue.fields import FieldKeys
from service.catalogue.written import Mistake, Path, reached, written_path

_SAID = {
    "missing": "is missing; it must be given here",
    "string_type": 'must be text in quotes, such as "text"',
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "tuple_type": 'must be a list, such as ["one", "two"]',
    "mapping_type": "must be a table",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "union_tag_not_found": "is missing; allowed are {kinds}",
    "union_tag_invalid": "unknown kind{close}; allowed are {kinds}",
    "literal_error": "must be one of {expected}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must hold at least {min_length}",
}
_NOT_YET = {"frames": "animations are not available yet"}


class Models:
    """Which model stands for which table of a manifest: needed to list the keys it knows."""

    def __init__(
        self,
        top: type[BaseModel],
        tables: Mapping[str, type[BaseModel]],
        kinds: Mapping[str, type[FieldKeys]],
    ) -> None:
        self.top = top
        self.tables = tables
        self.kinds = kinds

    def keys_at(self, path: Path, table: Mapping[str, Any]) -> tuple[str, ...]:
        """The keys that the table at `path` may hold."""
        if not path:
            return (*self.top.model_fields, *_NOT_YET)
        if path[0] != "fields":
            return tuple(self.tables[str(path[0])].model_fields)
        written = reached(path, table)
        kind = written.get("kind") if isinstance(written, dict) else written
        return tuple(self.kinds[str(kind)].model_fields)

    def kinds_at(self, path: Path) -> tuple[str, ...]:
        """The kinds that a field at `path` may have: inside a field, none that nests again."""
        inside = len(path) > 2
        return tuple(
            name
            for name, model in self.kinds.items()
            if name != "colour" and not (inside and model.nested)
        )


def explain(error: ErrorDetails, table: Mapping[str, Any], models: Models) -> Mistake:
    """Where a mistake is, as a path of the written keys, and what is allowed there instead."""
    path = written_path(error["loc"], table)
    kind, context = error["type"], dict(error.get("ctx", {}))
    if kind == "extra_forbidden":
        return path, _unknown(path, table, models)
    if kind.startswith("union_tag"):
        allowed = models.kinds_at(path)
        context["kinds"] = ", ".join(allowed)
        context["close"] = closest(str(context.get("tag", "")), allowed)
        path = (*path, "kind")
    said = _SAID.get(kind)
    if said is None:
        return path, error["msg"].replace("Input should", "must")
    return path, said.format(**context)


def closest(name: str, known: Collection[str]) -> str:
    """` (did you mean x?)`, or nothing when nothing is close."""
    found = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return f" (did you mean {found[0]}?)" if found else ""


def _unknown(path: Path, table: Mapping[str, Any], models: Models) -> str:
    name = str(path[-1])
    if len(path) == 1 and name in _NOT_YET:
        return _NOT_YET[name]
    known = models.keys_at(path[:-1], table)
    return f"unknown key{closest(name, known)}; allowed are {', '.join(_listed(known))}"


def _listed(keys: tuple[str, ...]) -> Iterator[str]:
    return (key for key in keys if key not in _NOT_YET)
