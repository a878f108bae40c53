"""docs/templates.md names every key, kind, filter and code, and its examples do what they say."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from jinja2.filters import FILTERS as DEFAULT_FILTERS
from jinja2.tests import TESTS as DEFAULT_TESTS

from service.catalogue.compose import NAMES_OF_OURS, compose
from service.catalogue.conditions import Scope
from service.catalogue.environment import TemplateEnvironment
from service.catalogue.fields import KINDS, FieldKeys
from service.catalogue.filling import fill
from service.catalogue.lint import lint
from service.catalogue.manifest import Lookup, Manifest, Size, parse_manifest
from service.catalogue.rules import Rule
from service.catalogue.trial import setting_of
from service.model import Given
from tests.catalogue.workshop import AT, Workshop, page
from tests.pages import ROOT, first_cells, read, rows, section

TEMPLATES = read("docs/templates.md")


def written_default(value: object) -> str:
    """A default as the tables write it; empty where there is nothing."""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, StrEnum):
        return f'`"{value.value}"`'
    if isinstance(value, timedelta):
        return f'`"{value.days}d"`'
    if isinstance(value, str):
        return f'`"{value}"`'
    return f"`{value}`" if isinstance(value, int | float) else ""


def defaults(model: type[Any], keys: set[str]) -> dict[str, str]:
    return {
        name: "" if one.is_required() or one.default_factory else written_default(one.default)
        for name, one in model.model_fields.items()
        if name in keys
    }


def table(text: str) -> dict[str, str]:
    """Keys and defaults of a table of keys."""
    return {row[0].split("`")[1]: row[1] for row in rows(text) if row[0].startswith("`")}


def test_every_manifest_key_is_documented_with_its_default() -> None:
    top = section(TEMPLATES, "## The manifest").partition("### ")[0]

    assert table(top) == defaults(Manifest, set(Manifest.model_fields))


def test_every_key_of_a_table_in_the_manifest_is_documented() -> None:
    text = section(TEMPLATES, "### Rules and look-ups").partition("| key |")[2]
    documented = set(first_cells("| key |" + text))
    models: Mapping[str, type[Any]] = {"rules": Rule, "lookup": Lookup, "sizes": Size}

    assert documented == {
        f"{name}.{key}" for name, model in models.items() for key in model.model_fields
    }


CONDITIONS = first_cells(
    "| condition |"
    + section(TEMPLATES, "### Rules and look-ups")
    .partition("| condition |")[2]
    .partition("| key |")[0]
)
HOLDS = Scope(
    {
        **{"tier": "gold", "company": "Engines GmbH", "points": 120, "starts": date(2026, 12, 1)},
        **{"ends": date(2026, 12, 3), "today": date(2026, 12, 1), "price": Decimal(12)},
        **{"discount": Decimal(3), "city": "Rome", "vip": True, "sold_out": False},
    },
    {"city"},
)


def test_the_conditions_of_the_docs_are_a_table() -> None:
    assert len(CONDITIONS) == 9


@pytest.mark.parametrize("when", CONDITIONS)
def test_every_condition_of_the_docs_can_hold_and_can_fail(when: str) -> None:
    condition = Rule(when=when, set={"x": 1}).holds

    assert condition(HOLDS) is True
    assert condition(Scope({}, ())) is False


def test_every_common_key_of_fields_is_documented_with_its_default() -> None:
    common = section(TEMPLATES, "## Fields").partition("### ")[0]

    assert table(common) == defaults(FieldKeys, set(FieldKeys.model_fields))


def test_every_field_kind_has_a_section() -> None:
    sections = re.findall(r"^### (\w+)$", section(TEMPLATES, "## Fields"), re.M)

    assert sections == [kind for kind in KINDS if kind != "colour"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "colour"])
def test_every_key_of_a_kind_is_documented_with_its_default(kind: str) -> None:
    text = section(section(TEMPLATES, "## Fields"), f"### {kind}")
    own = set(KINDS[kind].model_fields) - set(FieldKeys.model_fields)

    assert table(text) == defaults(KINDS[kind], own)
    example = "\n".join(re.findall(r"```toml\n(.*?)```", text, re.S))
    assert f'kind = "{kind}"' in example.replace("colour", "color")
    used = set(re.findall(r"\b([a-z_]+) =", example)) | set(re.findall(r"\.(fields)\.", example))
    assert own - {"currency_field"} - used - {"fields"} == set()


BLOCKS = re.findall(r"```toml\n(.*?)```", TEMPLATES, re.S)
TOP_EXAMPLES = [
    row[3].strip("`")
    for row in rows(section(TEMPLATES, "## The manifest").partition("### ")[0])
    if row[0].strip("`* ") not in {"lookup"}  # its field would have to stand beside it
]
FIELD_EXAMPLES = [
    row[3].strip("`") for row in rows(section(TEMPLATES, "## Fields").partition("### ")[0])
]


@pytest.mark.parametrize("text", [*BLOCKS, *TOP_EXAMPLES])
def test_every_example_of_a_manifest_can_be_used(text: str) -> None:
    parse_manifest(text, file="docs/templates.md")


@pytest.mark.parametrize("text", FIELD_EXAMPLES)
def test_every_example_of_a_field_key_can_be_used(text: str) -> None:
    need = "" if re.match("fallback|optional", text) else 'fallback = "x"\n'
    kind = "" if text.startswith("kind") else 'kind = "text"\n'

    parse_manifest(
        f'languages = ["de"]\n[fields.one]\n{kind}{need}{text}', file="docs/templates.md"
    )


def test_the_smallest_template_works_and_has_no_findings(tmp_path: Path) -> None:
    html = re.search(r"```html\n(.*?)```", TEMPLATES, re.S)
    style = re.search(r"`style\.css`: `([^`]+)`", TEMPLATES)
    assert html is not None
    assert style is not None
    workshop = Workshop(tmp_path)
    workshop.write("ticket/template.toml", BLOCKS[0])
    workshop.write("ticket/template.html", html[1])
    workshop.write("ticket/style.css", style[1])

    assert lint(workshop.load("ticket")) == []


def test_every_filter_of_ours_is_documented() -> None:
    known = TemplateEnvironment({}, frozenset())
    ours = {name for name, one in known.filters.items() if DEFAULT_FILTERS.get(name) is not one}
    shown = [row for row in rows(section(TEMPLATES, "## The page")) if len(row) == 4]

    assert {row[0].strip("`") for row in shown} == ours
    assert set(DEFAULT_FILTERS) - set(known.filters) == {"random"}


def test_every_name_and_test_of_ours_is_documented() -> None:
    known = TemplateEnvironment({}, frozenset())
    tests = {name for name, one in known.tests.items() if DEFAULT_TESTS.get(name) is not one}
    documented = {
        row[0].strip("`") for row in rows(section(TEMPLATES, "## The page")) if len(row) == 3
    }

    assert documented - {"each field"} == set(known.globals) | NAMES_OF_OURS | tests


EXAMPLE_FIELDS = """
refresh = "1m"
themes = ["night"]
[fields.first_name]
kind = "name"
fallback = "friend"
[fields.price]
kind = "money"
currency = "EUR"
fallback = "1234.5"
[fields.distance]
kind = "number"
fallback = "12345.678"
[fields.day]
kind = "date"
fallback = "2026-09-17"
[fields.accent]
kind = "color"
fallback = "#1e90ff"
[fields.tier]
kind = "choice"
choices = ["gold"]
fallback = "gold"
[fields.points]
kind = "integer"
fallback = 3
[fields.portrait]
kind = "image"
optional = true
"""


def shown(workshop: Workshop, expression: str, **values: object) -> str:
    """What the page shows in place of an example of the docs."""
    strings = "\n".join(
        line.strip()
        for line in section(TEMPLATES, "### Texts by language").splitlines()
        if line.startswith("    ")
    )
    workshop.write("_shared/themes/night.toml", 'ink = "#f6f3ea"')
    workshop.template(
        page(f"[[{expression}]]"),
        manifest=EXAMPLE_FIELDS,
        files={
            "strings/en.toml": strings,
            "assets/my logo.png": b"",
            "assets/nobody.png": b"",
        },
    )
    template = workshop.load()
    given = {name: Given(value) for name, value in values.items()}
    filled = fill(template.manifest, given, language="en", at=AT, assets=template.assets)
    html = compose(template, filled, setting_of(template, AT)).html
    return html.partition("[[")[2].rpartition("]]")[0]


FILTERS = [row for row in rows(section(TEMPLATES, "## The page")) if len(row) == 4]
NAMES = [row for row in rows(section(TEMPLATES, "## The page")) if len(row) == 3]


@pytest.mark.parametrize(("example", "gives"), [row[2:] for row in FILTERS])
def test_every_filter_gives_what_the_docs_say(tmp_path: Path, example: str, gives: str) -> None:
    result = unescape(shown(Workshop(tmp_path), example.strip("`")))

    if gives.endswith("…`"):
        assert result.startswith(gives.strip("`").rstrip("…"))
    else:
        assert result == gives.strip("`")


@pytest.mark.parametrize("example", [row[2] for row in NAMES])
def test_every_example_of_a_name_can_be_filled(tmp_path: Path, example: str) -> None:
    assert "{{" not in shown(Workshop(tmp_path), example.strip("`"), first_name="Ada")


@pytest.mark.parametrize(("count", "text"), [(1, "one seat"), (3, "3 seats")])
def test_texts_have_plural_forms_as_the_docs_say(tmp_path: Path, count: int, text: str) -> None:
    example = re.search(r"`(\{\{ t\(\"seats\".*?\}\})`", TEMPLATES)
    assert example is not None

    assert shown(Workshop(tmp_path), example[1], points=count) == text


def lint_codes() -> set[str]:
    """The third argument of every finding, and the codes of what cannot even be read."""
    codes = {"manifest_invalid"}
    for path in (ROOT / "service/catalogue/lint").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in {"error", "warning"} and len(node.args) == 4:
                code = node.args[2]
                if isinstance(code, ast.Constant):
                    codes.add(str(code.value))
                else:
                    assert ast.unparse(code) == "f'example_{note.code.value}'"
                    codes |= {"example_invalid", "example_unknown_field", "example_ambiguous"}
    return codes


def test_every_code_of_lint_is_documented() -> None:
    documented = first_cells(section(TEMPLATES, "## What `mergeshot check` finds"))

    assert set(documented) == lint_codes()
