"""The shape of the sources: small files, small functions, imports that the table allows."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer

from service.cli import app
from service.web import ROUTES

ROOT = Path(__file__).parents[1]
SERVICE = ROOT / "service"
SOURCES = sorted(SERVICE.rglob("*.py"))

MOST_LINES = 400
MOST_FUNCTION_LINES = 50
MOST_ARGUMENTS = 7
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "core", "misc", "base", "manager"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def arguments(function: Function) -> int:
    """How many a caller has to think of: `self` and `cls` are not among them."""
    every = function.args
    names = [one.arg for one in (*every.posonlyargs, *every.args, *every.kwonlyargs)]
    bound = names[:1] in (["self"], ["cls"])
    return len(names) + bool(every.vararg) + bool(every.kwarg) - bound


def commands() -> set[str]:
    """The functions that are commands: their arguments are options."""
    found, waiting = set(), [app]
    while waiting:
        group: typer.Typer = waiting.pop()
        found |= {one.callback.__name__ for one in group.registered_commands if one.callback}
        waiting += [one.typer_instance for one in group.registered_groups if one.typer_instance]
    return found


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_file_has_one_thing_in_it(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())

    assert lines <= MOST_LINES, (
        f"{lines} lines; {MOST_LINES} are allowed: there are two things in it"
    )


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_functions_are_short(path: Path) -> None:
    long = {
        function.name: length
        for function in functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > MOST_FUNCTION_LINES
    }

    assert long == {}


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_functions_take_few_arguments(path: Path) -> None:
    exempt = commands() if path.parent == SERVICE / "cli" else set()
    many = {
        function.name: count
        for function in functions(path)
        if function.name not in exempt and (count := arguments(function)) > MOST_ARGUMENTS
    }

    assert many == {}


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(tree(path))


def test_no_module_has_a_name_that_says_nothing() -> None:
    places = [*SOURCES, *(path for path in SERVICE.rglob("*") if path.is_dir())]
    nothing = [named(path) for path in places if path.stem in FORBIDDEN]

    assert nothing == []


def test_every_route_says_who_may_call_it() -> None:
    assert ROUTES
    silent = [route.path for route in ROUTES if not hasattr(route.handler, "__mergeshot_guard__")]

    assert silent == []


# Which folder may import which library


def vendors(path: Path) -> Iterator[str]:
    """The libraries that a file imports, by the name that it imports; typing counts too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            library = name.partition(".")[0]
            if library != "service" and library not in sys.stdlib_module_names:
                yield library


def part(path: Path) -> str:
    """The folder, or for a module that lies beside the folders its own name."""
    return path.relative_to(SERVICE).parts[0].removesuffix(".py")


def allowed() -> dict[str, set[str]]:
    """The table of docs/architecture.md."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    found = text.partition("## Which folder may import which library")[2].partition("\n## ")[0]
    return {
        match[1]: set(match[2].split())
        for match in re.finditer(r"^\| `(\w+)` \|([^|]*)\|$", found, re.M)
    }


def test_each_folder_imports_the_libraries_that_the_architecture_names_and_no_others() -> None:
    imported: dict[str, set[str]] = defaultdict(set)
    for path in SOURCES:
        imported[part(path)] |= set(vendors(path))
    del imported["__init__"], imported["__main__"]

    assert allowed() == imported


@pytest.mark.parametrize(
    ("library", "folders"),
    [
        ("playwright", {"browser"}),
        ("aiocache", {"cache"}),
        ("jinja2", {"catalogue", "web"}),
        ("pyvips", {"imaging"}),
        ("PIL", {"imaging"}),
        ("pikepdf", {"imaging"}),
        ("typer", {"cli"}),
        ("rich", {"cli"}),
        ("aiohttp", {"web", "app", "cli", "fetch"}),
    ],
)
def test_a_library_that_may_be_replaced_is_known_in_one_place(
    library: str, folders: set[str]
) -> None:
    assert {folder for folder, libraries in allowed().items() if library in libraries} == folders
