"""What the guides tell to type exists: addresses, fields, commands, code, manifests.

Guides make templates of their own, `mergeshot templates new NAME --from SAMPLE`; here such a name
stands for its sample. That the steps work is tried by hand, on a fresh clone.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import typer

from service.access.address import RESERVED
from service.catalogue.catalogue import Catalogue
from service.catalogue.manifest import Manifest, parse_manifest
from service.catalogue.versions import TemplateStore
from service.cli import app
from service.merge_tags.pasting import TITLES
from service.merge_tags.platforms import Platform
from service.merge_tags.writing import WAYS, encodes, example_of
from service.model import Format
from service.web.orders import Order
from service.web.query import read_query
from tests.pages import ROOT, read, rows, section

GUIDES = sorted((ROOT / "docs/guides").glob("*.md"))
NAMES = {"email-campaign", "certificates", "og-images", "website", "cdn"}
COMMANDS: Any = typer.main.get_command(app)

ADDRESS = re.compile(r"(?:https?://[\w.:-]+)?/i/[\w-]+\.[a-z]+(?:\?[^\s'\"`|<>]*)?")


@pytest.fixture(scope="module")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Manifest]:
    """The samples' manifests by name."""
    store = TemplateStore(tmp_path_factory.mktemp("store"))
    catalogue = Catalogue(ROOT / "html_templates", store)
    assert catalogue.load_all() == []
    return {name: catalogue.get(name).manifest for name in catalogue.names()}


class Guide(NamedTuple):
    """A page, and which sample each name on it stands for."""

    name: str
    text: str
    made: Mapping[str, str]

    def blocks(self, language: str) -> list[str]:
        """The fenced code in one language."""
        return re.findall(rf"^```{language}\n(.*?)^```", self.text, re.M | re.S)


def guide(path: Path) -> Guide:
    text = path.read_text(encoding="utf-8")
    return Guide(
        path.stem, text, dict(re.findall(r"templates new ([\w-]+) --from ([\w-]+)", text))
    )


PAGES = [guide(path) for path in GUIDES]
every_guide = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def known_fields(page: Guide, template: str, manifests: Mapping[str, Manifest]) -> set[str]:
    """Every name by which a value of `template` can be given."""
    name = page.made.get(template, template)
    assert name in manifests, f"there is no template {template}"
    fields = manifests[name].fields
    return set(fields) | {alias for field in fields.values() for alias in field.aliases}


def test_every_job_has_its_guide() -> None:
    assert {path.stem for path in GUIDES} == NAMES


@every_guide
def test_a_guide_is_one_page_that_shows_first_what_comes_out(page: Guide) -> None:
    lines = page.text.splitlines()

    assert len(lines) <= 180
    assert lines[0].startswith("# ")
    assert lines[2].startswith("At the end ")
    assert any(re.match(r"!\[.{20,}\]\(\.\./pictures/[\w-]+\.png\)$", line) for line in lines[:8])
    assert "\n## What can go wrong\n" in page.text
    assert lines[-1].startswith(("Further: ", "["))


@every_guide
def test_every_address_asks_a_template_for_what_it_knows(
    page: Guide, manifests: Mapping[str, Manifest]
) -> None:
    for found in map(unescape, ADDRESS.findall(page.text)):
        parts = urlsplit(found.rstrip(".,;"))
        template, _, ending = parts.path.removeprefix("/i/").rpartition(".")
        known = known_fields(page, template, manifests)

        assert Format.from_extension(ending), found
        assert set(read_query(parts.query).values) <= known, found
        ours = {pair.partition("=")[0] for pair in parts.query.split("&") if pair[:1] == "_"}
        assert ours <= RESERVED, found


@every_guide
def test_every_parameter_of_ours_that_a_guide_names_exists(page: Guide) -> None:
    assert set(re.findall(r"(?:`&?|\W)(_[a-z]+)=", page.text)) <= RESERVED
    assert set(re.findall(r"`(_[a-z]+)`", page.text)) <= RESERVED


def command_lines(text: str) -> Iterator[list[str]]:
    """The words after `mergeshot`, of every command in indented code or between backticks."""
    shell = re.sub(r" \\\n +", " ", text)
    typed = re.findall(r"^ {4,}(?:\S*=\S* )*(?:\.venv/bin/)?mergeshot (.+)$", shell, re.M)
    for line in [*typed, *re.findall(r"`mergeshot ([^`]+)`", text)]:
        yield shlex.split(re.split(r" [|>] ", line)[0])


@every_guide
def test_every_command_parses(page: Guide, manifests: Mapping[str, Manifest]) -> None:
    for words in command_lines(page.text):
        command, depth = COMMANDS, 0
        while hasattr(command, "commands"):
            command, depth = command.commands[words[depth]], depth + 1
        asked = command.make_context(words[depth - 1], words[depth:]).params
        if isinstance(template := asked.get("template"), str):
            names = {pair.partition("=")[0] for pair in asked.get("pairs") or ()}
            assert names <= known_fields(page, template, manifests), words
        if asked.get("sample"):
            assert asked["sample"] in manifests


def objects(page: Guide) -> Iterator[dict[str, Any]]:
    """Every JSON object: fenced, or the body of a curl command."""
    for text in [*page.blocks("json"), *re.findall(r"-d '(\{.*?\})'", page.text, re.S)]:
        yield json.loads(text)


@every_guide
def test_every_json_names_a_template_and_its_fields(
    page: Guide, manifests: Mapping[str, Manifest]
) -> None:
    for found in objects(page):
        if "template" in found:
            template, data = found["template"], found["data"]
            assert Order.model_validate(found).template == template
        else:  # a file of values for the template that the page makes
            template, data = next(iter(page.made)), found

        assert set(data) <= known_fields(page, template, manifests), found


@every_guide
def test_every_manifest_can_be_used(page: Guide) -> None:
    for text in page.blocks("toml"):
        parse_manifest(text, file=f"docs/guides/{page.name}.md")


@every_guide
def test_every_python_compiles(page: Guide) -> None:
    for text in page.blocks("python"):
        ast.parse(text)


def filled(page: Guide) -> Iterator[tuple[str, set[str]]]:
    """Templates and fields that the code of web pages and backends names."""
    for name, values in re.findall(r"\{% card \"([\w-]+)\" (.*?) as ", page.text):
        yield name, set(re.findall(r"(\w+)=", values))
    for name, values in re.findall(r"\bcard\(\"([\w-]+)\", \{(.*?)\}\)", page.text, re.S):
        yield name, set(re.findall(r"^ +(\w+):", values, re.M))
    # A body in JavaScript or Python.
    body = r"\"?template\"?: \"([\w-]+)\",\s+\"?data\"?: \{(.*?)\},?\n"
    for name, values in re.findall(body, page.text):
        yield name, set(re.findall(r"(?:^|, ) ?\"?(\w+)\"?: ", values))


@every_guide
def test_code_fills_fields_that_exist(page: Guide, manifests: Mapping[str, Manifest]) -> None:
    for template, names in filled(page):
        assert names, template
        ours = {name for name in names if name.startswith("_")}
        assert ours <= RESERVED
        assert names - ours <= known_fields(page, template, manifests), template


def test_the_code_of_the_guides_is_found() -> None:
    """The patterns above read something; else the tests on them could not fail."""
    assert sum(len(ADDRESS.findall(page.text)) for page in PAGES) >= 15
    assert sum(len(list(command_lines(page.text))) for page in PAGES) >= 12
    assert sum(len(list(filled(page))) for page in PAGES) >= 6
    assert sum(len(list(objects(page))) for page in PAGES) >= 3
    assert {len(page.blocks("python")) > 0 for page in PAGES} == {True, False}


def test_every_platform_is_in_the_guide_with_the_tag_that_we_write() -> None:
    table = section(read("docs/guides/email-campaign.md"), "## 5. Platforms")
    told = [tuple(cell.strip("`") for cell in row) for row in rows(table.replace(r"\|", "¦"))]

    assert told == [
        (
            TITLES[one],
            one.value,
            example_of(one).replace("|", "¦"),
            "no" if not encodes(one) else "yes" if WAYS[one].proven else "should be",
        )
        for one in Platform
    ]


def test_the_table_of_addresses_leads_to_every_guide() -> None:
    table = section(read("docs/http-api.md"), "## Which URL do I want?")

    assert set(re.findall(r"\(guides/([\w-]+)\.md", table)) == NAMES
    assert len(rows(table)) >= 10


def test_the_table_of_addresses_names_what_there_is() -> None:
    table = section(read("docs/http-api.md"), "## Which URL do I want?")
    named = set(re.findall(r"`(?:GET|POST) (/[^`?]*)", table))
    documented = set(re.findall(r"^\| `(?:GET|POST) (/[^`]*)`", read("docs/http-api.md"), re.M))

    assert named <= documented
    assert set(re.findall(r"\b(_[a-z]+)=", table)) <= RESERVED
