"""Reading the documentation: sections, tables, the code in their cells."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next of the same or a higher level."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{level}}} |\Z)", text, re.M | re.S)
    assert found is not None, f"there is no heading {heading!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The rows of every table in a text, without heads; `\\|` is a bar inside a cell."""
    found: list[list[str]] = []
    for block in re.findall(r"(?:^\|.*\n?)+", text, re.M):
        lines = block.splitlines()
        cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines[2:]]
        found += [[cell.strip().replace("\\|", "|") for cell in row] for row in cells]
    return found


def first_cells(text: str) -> list[str]:
    """The code in the first cell of every row."""
    return [match[1] for row in rows(text) if (match := re.match(r"`([^`]+)`", row[0]))]
