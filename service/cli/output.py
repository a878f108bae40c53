"""What commands say: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence


def complain(message: str, hint: str = "", details: Iterable[str] = ()) -> None:
    """Say on stderr what went wrong, in red, and how to get out of it."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, soft_wrap=True)
    console.print(Text(message, style="red"))
    for detail in details:
        console.print(Text(f"  {detail}"))
    if hint:
        console.print(Text(hint))


def remark(line: str) -> None:
    """Say one line on stderr."""
    sys.stderr.write(f"{line}\n")


def say(line: str) -> None:
    """Say one line on stdout, at once: into a pipe or a file too."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say_json(value: object) -> None:
    """Print `value` for a script."""
    say(json.dumps(value, indent=2, ensure_ascii=False))


def say_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table: with borders on a terminal, tab-separated lines into a pipe."""
    if not sys.stdout.isatty():
        for row in rows:
            say("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
