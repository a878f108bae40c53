"""Themes: `_shared/themes/<name>.toml`, seen as `theme.*` and as CSS custom properties."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from service.catalogue.file_text import read_toml
from service.errors import ManifestError, ManifestProblem

Value: TypeAlias = "str | int | float | bool | Theme"
Theme: TypeAlias = Mapping[str, Value]

FOLDER = "_shared/themes/"
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_BREAKS_OUT = re.compile(r"[;{}<>\\\n]|/\*")


def theme_file(name: str) -> str:
    """Where the theme of this name is kept."""
    return f"{FOLDER}{name}.toml"


def read_themes(names: Iterable[str], files: Mapping[str, bytes]) -> Mapping[str, Theme]:
    """The themes of these names, in this order.

    Raises:
        ManifestError: a theme that does not exist or cannot be used, all problems at once.
    """
    problems: list[ManifestProblem] = []
    themes: dict[str, Theme] = {}
    for name in names:
        file = theme_file(name)
        if file not in files:
            problems.append(
                ManifestProblem("template.toml", "themes", f"there is no {file} for {name!r}")
            )
            continue
        try:
            table = read_toml(files[file], file)
        except ManifestError as error:
            problems += error.problems
            continue
        problems += _problems(table, file)
        themes[name] = _frozen(table)
    if problems:
        raise ManifestError(problems)
    return MappingProxyType(themes)


def themes_css(themes: Mapping[str, Theme]) -> bytes:
    """One style sheet for all themes, so that the head is the same whatever the theme."""
    blocks = []
    for name, theme in themes.items():
        lines = "".join(f"--{key}:{value};" for key, value in _properties(theme))
        blocks.append(f':root[data-theme="{name}"]{{{lines}}}\n')
    return "".join(blocks).encode()


def _properties(theme: Theme, prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in theme.items():
        name = prefix + key.replace("_", "-")
        if isinstance(value, Mapping):
            yield from _properties(value, f"{name}-")
        else:
            yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _problems(table: Mapping[str, object], file: str, above: str = "") -> list[ManifestProblem]:
    problems = []
    for key, value in table.items():
        path = f"{above}{key}"
        if not _KEY.fullmatch(key):
            allowed = "a name of letters, digits, - and _ that begins with a letter is allowed"
            problems.append(ManifestProblem(file, path, allowed))
        if isinstance(value, Mapping):
            problems += _problems(value, file, f"{path}.")
        elif not isinstance(value, str | int | float | bool):
            problems.append(ManifestProblem(file, path, "a text, a number or a table is allowed"))
        elif isinstance(value, str) and _BREAKS_OUT.search(value):
            allowed = "a CSS value without ; { } < > \\ and comments is allowed"
            problems.append(ManifestProblem(file, path, allowed))
    return problems


def _frozen(table: Mapping[str, object]) -> Theme:
    return MappingProxyType(
        {
            key: _frozen(value) if isinstance(value, Mapping) else value  # type: ignore[misc]  # _problems has refused all other types
            for key, value in table.items()
        }
    )
