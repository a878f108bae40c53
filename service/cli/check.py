"""`mergeshot check`: what is wrong in the templates, as an editor can jump to it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.output import remark, say, say_json
from service.cli.settings import begin
from service.cli.values import template_names
from service.errors import ManifestError, TemplateFailed

if TYPE_CHECKING:
    from pathlib import Path

    from service.catalogue.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Mistake:
    """One finding: the file as one would open it, the line (0: the whole file), how bad, what."""

    template: str
    file: str
    line: int
    severity: str
    code: str
    message: str

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        return f"{self.file}{line}: {self.severity}: {self.message} [{self.code}]"


def check(
    template: Annotated[
        str | None,
        typer.Argument(help="One template; else all.", autocompletion=template_names),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array.")] = False,
) -> None:
    """Check templates for mistakes.

    Exit code 1 when there is an error; warnings alone give 0.
    """
    settings = begin(level=logging.CRITICAL)  # what is logged here is a finding below
    from service.app import open_catalogue, open_store

    catalogue = open_catalogue(settings, open_store(settings))
    names = [template] if template else sorted({*catalogue.names(), *catalogue.broken})
    found = [
        mistake for name in names for mistake in mistakes(catalogue, name, settings.templates_dir)
    ]
    if as_json:
        say_json([asdict(one) for one in found])
    else:
        for one in found:
            say(str(one))
    errors = sum(one.severity == "error" for one in found)
    remark(f"{len(names)} checked: {errors} errors, {len(found) - errors} warnings")
    raise typer.Exit(1 if errors else 0)


def mistakes(catalogue: Catalogue, name: str, folder: Path) -> Iterator[Mistake]:
    """Everything that is wrong with the template `name`, whether it can be read or not.

    Raises:
        TemplateNotFound: there is no such template, not even a broken one.
    """
    from service.catalogue.lint import lint

    broken = catalogue.broken.get(name)
    if isinstance(broken, ManifestError):
        for problem in broken.problems:
            key = f"{problem.key}: " if problem.key else ""
            file = str(folder / problem.file)
            yield Mistake(name, file, 0, "error", broken.code, f"{key}{problem.message}")
    elif isinstance(broken, TemplateFailed):
        file = str(folder / name / broken.file)
        yield Mistake(name, file, broken.line, "error", broken.code, broken.message)
    else:
        template = catalogue.get(name)
        for found in lint(template):
            file = str(folder / template.where(found.file))
            yield Mistake(name, file, found.line, found.severity, found.code, found.message)
