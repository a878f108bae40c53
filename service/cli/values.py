"""What several commands take: a template's name, and values for its fields."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from service.errors import BadRequest


def template_names(incomplete: str) -> list[str]:
    """The templates whose names begin so, for a shell's completion: quick, so only by folders."""
    root = Path(os.environ.get("MERGESHOT_TEMPLATES_DIR") or "html_templates")
    manifests = [*root.glob("[!._]*/template.toml"), *root.glob("[!._]*/[!._]*/template.toml")]
    names = sorted(manifest.parent.relative_to(root).as_posix() for manifest in manifests)
    return [name for name in names if name.startswith(incomplete)]


TemplateName = Annotated[
    str, typer.Argument(help="The template's name.", autocompletion=template_names)
]
Data = Annotated[Path | None, typer.Option("--data", help="A JSON file with the fields' values.")]
Pairs = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="One field's value; may be repeated."),
]


def read_values(data: Path | None, pairs: Sequence[str] | None) -> dict[str, object]:
    """The values of the file, with those of `pairs` in their place where both name a field.

    Raises:
        BadRequest: when the file is no JSON object, or a pair has no `=`.
    """
    values = {} if data is None else _from_file(data)
    return values | pairs_of(pairs, "--set", "first_name=Ada")


def pairs_of(pairs: Sequence[str] | None, option: str, example: str) -> dict[str, str]:
    """What stands on both sides of each pair's `=`; of a name that comes twice, the last.

    Raises:
        BadRequest: when a pair has no name or no `=`.
    """
    told = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise BadRequest(
                f"{option} needs a name and a value.", hint=f"For example: {option} {example}"
            )
        told[name.strip()] = value
    return told


def _from_file(path: Path) -> dict[str, object]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadRequest(f"--data: {path} cannot be read ({error.strerror})") from error
    except ValueError as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise BadRequest(f"--data: {path}{line}: this is not JSON") from error
    if not isinstance(values, dict):
        raise BadRequest(
            f"--data: {path} must hold one JSON object", hint='For example: {"first_name": "Ada"}'
        )
    return values
