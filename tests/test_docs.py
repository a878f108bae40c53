"""Nothing that a user can see is undocumented: computed from the code, so that it stays so.

Templates have a file of their own, `test_docs_templates.py`.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.metrics import MetricWrapperBase

from service import metrics
from service.access.address import RESERVED
from service.app import create_app
from service.catalogue.catalogue import Catalogue
from service.catalogue.versions import TemplateStore
from service.cli import FAILED, INTERRUPTED, MISUSED, app
from service.cli.config import markdown
from service.config import SECRETS, Settings
from service.errors import ServiceError, StartupError
from service.fetch.reasons import Reason
from service.model import NoteCode, Rung
from service.web import ROUTES
from service.web.html import HtmlBody
from service.web.problems import _CODES
from tests.fakes import FakeParts, write_template
from tests.pages import PAGES, ROOT, first_cells, read, rows, section

MARKER = "<!-- The rest of this page is written by `make docs`. -->\n\n"


HTTP = read("docs/http-api.md")
OPERATIONS = read("docs/operations.md")


# Settings, routes, parameters


def test_the_page_of_settings_is_what_make_docs_writes() -> None:
    head, marker, generated = read("docs/configuration.md").partition(MARKER)

    assert marker
    assert head.startswith("# Configuration\n")
    assert generated.rstrip("\n") == markdown()


def test_every_setting_has_a_row() -> None:
    documented = re.findall(r"^\| `(MERGESHOT_\w+)`", read("docs/configuration.md"), re.M)

    assert documented == [f"MERGESHOT_{name.upper()}" for name in Settings.model_fields]


def test_no_page_names_a_setting_that_there_is_not() -> None:
    known = {f"MERGESHOT_{name.upper()}" for name in Settings.model_fields}
    known |= {f"MERGESHOT_{name.upper()}_FILE" for name in SECRETS}
    named = {
        (path.name, name)
        for path in PAGES
        for name in re.findall(r"MERGESHOT_\w+", path.read_text())
    }

    assert {(file, name) for file, name in named if name not in known} == set()


def test_every_route_is_documented_with_who_may_call_it() -> None:
    def plain(path: str) -> str:
        return re.sub(r"\{(\w+):[^}]*\}", r"{\1}", path)

    verbs = ("`GET ", "`POST ", "`PUT ", "`DELETE ")
    documented = {(row[0].strip("`"), row[1]) for row in rows(HTTP) if row[0].startswith(verbs)}
    routes = {
        (f"{route.method} {plain(route.path)}", str(getattr(route.handler, "__mergeshot_guard__")))  # noqa: B009 - the name is not one that Python would let us write
        for route in ROUTES
    }

    assert documented == routes


def test_every_reserved_parameter_is_documented() -> None:
    documented = first_cells(section(HTTP, "## A picture"))

    assert {name for name in documented if name.startswith("_")} == RESERVED


def test_every_key_of_a_page_that_a_request_brings_is_documented_with_its_default() -> None:
    table = {row[0].strip("`"): row[1] for row in rows(section(HTTP, "## HTML of your own"))}
    defaults = {}
    for name, one in HtmlBody.model_fields.items():
        written = "" if one.is_required() or one.default in {None, ""} else one.default
        text = json.dumps(written).replace("1.0", "1") if written != "" else ""
        defaults[name] = f"`{text}`" if text else ""

    assert table == defaults


def test_every_rung_of_the_ladder_is_documented() -> None:
    assert first_cells(section(HTTP, "### Always a picture")) == [rung.value for rung in Rung]


async def test_every_header_of_a_picture_is_documented(tmp_path: Path) -> None:
    write_template(tmp_path, "ticket")
    server = create_app(FakeParts(tmp_path).open, Settings.read({}), development=True)
    async with TestClient(TestServer(server)) as client:
        response = await client.get("/i/ticket.png?first_name=Ada&colour=blue")
    sent = {str(name).lower() for name in response.headers}

    documented = {name.lower() for name in first_cells(section(HTTP, "### Headers of the answer"))}
    assert sent - {"content-type", "content-length", "date"} == documented


# Codes and numbers


def kinds_of(error: type[ServiceError]) -> Iterator[type[ServiceError]]:
    yield error
    for kind in error.__subclasses__():
        if kind.__module__ == error.__module__:
            yield from kinds_of(kind)


def test_every_error_code_is_documented_with_its_status() -> None:
    codes = {
        kind.code: "none" if issubclass(kind, StartupError) else str(kind.status)
        for kind in kinds_of(ServiceError)
    }
    codes |= {code: str(status) for status, code in _CODES.items()}
    documented = {row[0].strip("`"): row[1] for row in rows(section(HTTP, "## Errors"))}

    assert documented == codes


def test_every_note_code_is_documented() -> None:
    assert first_cells(section(HTTP, "## Notes")) == [code.value for code in NoteCode]


def test_every_metric_is_documented_with_its_labels() -> None:
    found: dict[str, tuple[str, str]] = {}
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            described = next(iter(metric.describe()))
            suffix = "_total" if described.type == "counter" else ""
            labels = " ".join(f"`{label}`" for label in metric._labelnames)
            found[described.name + suffix] = (described.type, labels)
    documented = {row[0].strip("`"): (row[1], row[2]) for row in rows(section(HTTP, "## Metrics"))}

    assert documented == found


def test_every_reason_why_a_fetch_failed_is_documented() -> None:
    assert first_cells(section(OPERATIONS, "## Pictures from the web")) == list(Reason)


# Commands


class Leaf(NamedTuple):
    name: str
    options: set[str]


def leaves(command: Any, name: str = "mergeshot") -> Iterator[Leaf]:
    commands = getattr(command, "commands", None)
    if commands:
        for word, inner in commands.items():
            yield from leaves(inner, f"{name} {word}")
    else:
        options = {option for one in command.params for option in one.opts if option[0] == "-"}
        yield Leaf(name, options)


def test_every_command_and_option_is_documented() -> None:
    documented = {}
    for command, told in rows(section(OPERATIONS, "## Commands")):
        if command.startswith("`mergeshot"):
            name = re.sub(r" \[?[A-Z]+\]?$", "", command.strip("`"))
            codes = " ".join(re.findall(r"`([^`]+)`", told))
            documented[name] = set(re.findall(r"(?<!\w)--?[a-z]+", codes))

    assert documented == {leaf.name: leaf.options for leaf in leaves(typer.main.get_command(app))}


def test_every_exit_code_is_documented() -> None:
    documented = {
        int(row[0]) for row in rows(section(OPERATIONS, "## Commands")) if row[0].isdigit()
    }

    assert documented == {0, FAILED, MISUSED, INTERRUPTED}


def test_commands_in_the_docs_exist() -> None:
    known = {leaf.name.split()[1] for leaf in leaves(typer.main.get_command(app))}
    text = "\n".join(path.read_text() for path in PAGES)
    named = set(re.findall(r"(?:`|^ {4}|-m )(?:\.venv/bin/)?mergeshot ([a-z]+)", text, re.M))

    assert {"serve", "check"} <= named
    assert named <= known


def test_make_targets_in_the_docs_exist() -> None:
    targets = set(re.findall(r"^(\w+):", read("Makefile"), re.M))
    named = {
        target
        for path in PAGES
        for target in re.findall(r"(?:`|^ {4})make (\w+)", path.read_text(), re.M)
    }

    assert {"serve", "test"} <= set(re.findall(r"^ {4}make (\w+)", read("README.md"), re.M))
    assert named <= targets


# Pages among themselves


def test_the_samples_that_the_docs_name_exist_and_load(tmp_path: Path) -> None:
    catalogue = Catalogue(ROOT / "html_templates", TemplateStore(tmp_path))
    assert catalogue.load_all() == []

    text = "\n".join(path.read_text() for path in PAGES)
    asked = re.findall(r"127\.0\.0\.1:8080/i/([a-z-]+)\.", text)
    drawn = re.findall(r"mergeshot render ([a-z-]+)", text)
    made = re.findall(r"mergeshot templates new ([a-z-]+)", text)
    assert asked
    assert drawn
    assert {*asked, *drawn} - {*made} <= set(catalogue.names())


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {
        re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_internal_links_resolve(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        linked = (path.parent / file).resolve() if file else path
        assert linked.exists(), f"{target} does not exist"
        if anchor:
            known = anchors(linked.read_text(encoding="utf-8"))
            assert anchor in known, f"{target} has no such part"


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        reached.add(path)
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
            linked = (path.parent / target).resolve()
            found = sorted(linked.glob("*.md")) if linked.is_dir() else [linked]
            waiting += [one for one in found if one.suffix == ".md" and one not in reached]

    assert reached >= {path for path in PAGES if path.is_relative_to(ROOT / "docs")}


def test_pages_that_the_code_names_exist() -> None:
    sources = [*(ROOT / "service").rglob("*.py"), *(ROOT / "service").rglob("*.js")]
    named = {
        name for path in sources for name in re.findall(r"docs/[\w/.-]+\.md", path.read_text())
    }

    assert named
    assert {name for name in named if not (ROOT / name).exists()} == set()


def defined(path: Path) -> set[str]:
    """Functions, classes and methods, as `Class.method`."""
    if path.suffix != ".py":
        return set()
    names = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {
                f"{node.name}.{inner.name}"
                for inner in node.body
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)
            }
    return names


def test_the_journeys_go_through_files_and_names_that_exist() -> None:
    text = read("docs/architecture.md")
    steps = re.findall(r"`(service/[\w/]+\.\w+)`(?::\s+`([\w.]+)`(?:, then `([\w.]+)`)?)?", text)

    assert len(steps) > 30
    for file, *names in steps:
        assert (ROOT / file).is_file(), f"{file} does not exist"
        missing = {name for name in names if name} - defined(ROOT / file)
        assert not missing, f"{file} has no {missing}"


def test_paths_of_tests_in_the_docs_exist() -> None:
    named = set(re.findall(r"`(tests/[\w/.]+)`", read("docs/architecture.md")))

    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_the_layers_are_those_that_are_enforced() -> None:
    drawn = re.search(r"```\n(.*?)```", section(read("docs/architecture.md"), "## Layers"), re.S)
    contract = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"][0]

    assert drawn is not None
    assert drawn[1].splitlines() == contract["layers"]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs/decisions").glob("*.md")), ids=lambda p: p.name
)
def test_a_decision_is_one_page_with_its_price(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()

    assert len(lines) <= 40
    assert lines[0].startswith(f"# {path.name[:4]} ")
    headings = [line for line in lines if line.startswith("## ")]
    assert headings == ["## Context", "## Choice", "## What we gave up"]


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/decisions").glob("*.md"))

    assert numbers == list(range(1, len(numbers) + 1))
