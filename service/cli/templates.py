"""`mergeshot templates`: what there is to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.output import remark, say_json, say_table
from service.cli.settings import begin

if TYPE_CHECKING:
    from service.catalogue.template import Template

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _options() -> None:
    """See which templates there are."""


@app.command("list")
def list_templates(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array.")] = False,
) -> None:
    """List the templates with their size and fields; broken ones are named on stderr."""
    settings = begin()
    from service.app import open_catalogue, open_store

    catalogue = open_catalogue(settings, open_store(settings))
    found = [described(catalogue.get(name)) for name in sorted(catalogue.names())]
    if as_json:
        say_json(found)
    else:
        columns = ("name", "width", "height", "access", "title")
        say_table(columns, [[str(one[column]) for column in columns] for one in found])
    for name in sorted(catalogue.broken):
        remark(f"{name} cannot be read: `mergeshot check {name}` says why")


def described(template: Template) -> dict[str, object]:
    """What somebody who wants to use `template` has to know."""
    manifest = template.manifest
    return {
        "name": template.name,
        "version": template.version,
        "title": manifest.title,
        "description": manifest.description,
        "width": manifest.width,
        "height": manifest.height,
        "format": manifest.format.value,
        "access": manifest.access,
        "sizes": list(manifest.sizes),
        "languages": list(manifest.languages),
        "themes": list(manifest.themes),
        "fields": {name: field.kind for name, field in manifest.fields.items()},
    }
