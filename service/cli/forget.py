"""`mergeshot forget`: take a person's pictures out of the cache."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.output import say, say_json
from service.cli.settings import begin
from service.cli.values import Pairs, TemplateName, read_values
from service.errors import FieldProblem, InvalidData, StartupError
from service.model import Given

if TYPE_CHECKING:
    from service.catalogue.template import Template
    from service.fetch.copies import Copies


def forget(
    template: TemplateName,
    pairs: Pairs = None,
    lang: Annotated[
        str | None, typer.Option(help="The language to read the values in, as in the address.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False,
) -> None:
    """Drop a person's pictures from the cache.

    Those of TEMPLATE that show all of the values given with --set; without --set, all of them.

    Copies of pictures from the web go with them, all of them: nobody can tell whose they are.

    A server that runs on the same data folder stops serving them within about a second; one that
    keeps no pictures on disk has to be restarted.
    """
    settings = begin()
    from service.app import open_catalogue, open_copies, open_picture_cache, open_store
    from service.config import installation_secret

    found = open_catalogue(settings, open_store(settings)).get(template)
    secret = installation_secret(settings)
    digests = value_digests(found, read_values(None, pairs), secret, language=lang)

    async def run() -> int:
        cache = open_picture_cache(settings, secret)
        try:
            return await cache.forget(found.name, digests)
        finally:
            await cache.close()

    dropped = asyncio.run(run())
    drop_copies(open_copies(settings, secret))
    if as_json:
        say_json({"template": found.name, "dropped": dropped})
    else:
        say(f"{dropped} {'picture' if dropped == 1 else 'pictures'} of {found.name} dropped")


def drop_copies(copies: Copies) -> None:
    """Remove the pictures that were fetched from the web.

    Raises:
        StartupError: when not all of them can be removed.
    """
    try:
        copies.forget()
    except OSError as error:
        raise StartupError(
            f"the copies of pictures from the web could not all be removed ({error.strerror})",
            hint="Make the folder remote/ in the data folder writable and forget again.",
        ) from error


def value_digests(
    template: Template, values: dict[str, object], secret: bytes, *, language: str | None
) -> dict[str, bytes]:
    """The digests under which the cache knows `values`, by the field's name.

    Raises:
        InvalidData: a value that the template would not show as it is, for then the pictures
            that it names are those with the fallback, and everybody has those.
    """
    from service.cache.entry import value_digest
    from service.catalogue.canonical import canonical
    from service.catalogue.filling import fill

    if not values:
        return {}
    manifest = template.manifest
    filled = fill(
        manifest,
        {name: Given(value) for name, value in values.items()},
        language=language or manifest.language,
        at=datetime.now(UTC),
        assets=template.assets.keys(),
        ruled=False,  # a rule looks at values that nobody names here
    )
    if len(filled.given) != len(values):
        raise InvalidData(
            "These values cannot be used.",
            fields=[FieldProblem(note.field, note.code, note.message) for note in filled.notes],
        )
    return {
        name: value_digest(secret, name, canonical(filled.values[name])) for name in filled.given
    }
