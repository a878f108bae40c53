"""`mergeshot templates`: what there is to draw, and how to begin something new."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.examples import examples_of
from service.cli.output import remark, say, say_json, say_table
from service.cli.settings import begin
from service.cli.values import TemplateName, template_names
from service.errors import BadRequest

if TYPE_CHECKING:
    from service.catalogue.template import Template

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _options() -> None:
    """See which templates there are, begin new ones, bring in what they need."""


@app.command("new", epilog=examples_of("templates new"))
def new(
    name: Annotated[str, typer.Argument(help="Its name: spring-sale, or acme/spring-sale.")],
    sample: Annotated[
        str | None,
        typer.Option("--from", help="A template to begin with.", autocompletion=template_names),
    ] = None,
) -> None:
    """Make a new template: a small one that explains itself, or a copy of another.

    A server in development shows it at once.
    """
    settings = begin()
    from service.catalogue.starter import NotMade, make

    if sample is not None:
        from service.app import open_catalogue, open_store

        sample = open_catalogue(settings, open_store(settings)).get(sample).name
    try:
        folder = make(settings.templates_dir, name, sample=sample)
    except NotMade as error:
        raise BadRequest(str(error)) from error
    say(str(folder))
    remark(f"Look at it with `mergeshot serve --dev`: {settings.base_url}/studio/templates/{name}")
    remark(f"Or as a file: mergeshot render {name} -o {name.rpartition('/')[2]}.png")


@app.command("vendor", epilog=examples_of("templates vendor"))
def vendor(
    template: TemplateName,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False,
) -> None:
    """Download what a template names elsewhere, such as web fonts, into its assets.

    Drawing makes no requests, so that is what has to be done with a `<link>` to a font service or
    a picture on the web. Style sheets come with the fonts that they name. Whether you may keep
    copies is for their licences to say. Exit code 1 when something could not be had.
    """
    settings = begin()
    from service.app import open_catalogue, open_copies, open_fetcher, open_store
    from service.catalogue.folder import MAX_FILE
    from service.catalogue.vendoring import Unavailable, Vendored
    from service.catalogue.vendoring import vendor as complete
    from service.config import installation_secret
    from service.fetch.fetcher import Unreachable
    from service.remote import ANY

    found = open_catalogue(settings, open_store(settings)).get(template)

    async def run() -> Vendored:
        copies = open_copies(settings, installation_secret(settings))
        async with open_fetcher(copies) as fetcher:

            async def fetch(url: str) -> bytes:
                remark(f"Fetching {url}")
                try:
                    return await fetcher.file(url, hosts=(ANY,), max_bytes=MAX_FILE)
                except Unreachable as error:
                    raise Unavailable("it could not be fetched") from error

            return await complete(found, settings.templates_dir / found.name, fetch)

    done = asyncio.run(run())
    if as_json:
        say_json(asdict(done))
    else:
        say_table(("file", "from"), [(path, url) for url, path in done.brought.items()])
    for url, reason in done.left.items():
        remark(f"left as it is: {url}: {reason}")
    if not (done.brought or done.left):
        remark(f"{found.name} names nothing elsewhere")
    raise typer.Exit(1 if done.left else 0)


@app.command("list", epilog=examples_of("templates list"))
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
