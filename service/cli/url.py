"""`mergeshot url`: the address of a picture, and the whole tag for a platform."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.output import remark, say
from service.cli.render import FormatName, Language, Size, Theme, wanted_format
from service.cli.settings import begin
from service.cli.values import Data, Pairs, TemplateName, pairs_of, read_values
from service.errors import BadRequest
from service.model import RenderRequest

if TYPE_CHECKING:
    from service.catalogue.template import Template
    from service.config import Settings
    from service.render.channels import Wish
    from service.render.plan import Plan


def platform_names(incomplete: str) -> list[str]:
    """The platforms whose names begin so, for a shell's completion."""
    from service.merge_tags.platforms import Platform

    names = [*Platform, "web", "og"]
    return [str(name) for name in names if name.startswith(incomplete.lower())]


PlatformName = Annotated[
    str | None,
    typer.Option(
        help="Who sends the mail: klaviyo, mailchimp, …; or web, or og for links that are shared.",
        autocompletion=platform_names,
    ),
]
Maps = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=NAME",
        help="What a field is called on the platform; may be repeated.",
    ),
]
Open = Annotated[
    list[str] | None,
    typer.Option(
        "--open",
        metavar="FIELD",
        help="Have only this field filled in by the platform; may be repeated.",
    ),
]


def url(  # noqa: PLR0913, PLR0917 - every argument is an option of the command
    template: TemplateName,
    platform: PlatformName = None,
    maps: Maps = None,
    opened: Open = None,
    data: Data = None,
    pairs: Pairs = None,
    format_name: FormatName = None,
    size: Size = None,
    lang: Language = None,
    theme: Theme = None,
) -> None:
    """Print the address of a picture, or with --platform the whole tag to paste.

    Values that are given are the same for everybody; all other fields become tags of the
    platform. What to paste goes to standard output, where to paste it and what to beware of to
    standard error.
    """
    request = RenderRequest(
        template=template,
        values=read_values(data, pairs),
        at=datetime.now(UTC),
        format=wanted_format(format_name, None),
        size=size,
        language=lang,
        theme=theme,
    )
    settings = begin()
    if platform is None and (maps or opened):
        raise BadRequest(
            "--map and --open say how a platform fills fields in.", hint="Add --platform."
        )
    plan = _plan(settings, request)
    for note in plan.notes:
        remark(f"note: {note.field or template}: {note.code}: {note.message}")
    _require_belief(settings, plan.template)
    if platform is None:
        from service.render.channels import plain_prefix

        say(plain_prefix(settings.base_url)(plan, request, ()))
        return
    _tell(settings, plan, request, wish_of(platform, maps, opened))


def wish_of(platform: str, maps: Sequence[str] | None, opened: Sequence[str] | None) -> Wish:
    """What is asked for, as the options say it."""
    from service.render.channels import Wish

    names = pairs_of(maps, "--map", "first_name=person.first_name")
    return Wish(platform.strip().lower(), opened or None, names)


def _tell(settings: Settings, plan: Plan, request: RenderRequest, wish: Wish) -> None:
    from service.render.channels import plain_prefix, recipe

    made = recipe(plan, request, wish, plain_prefix(settings.base_url))
    say(made.html)
    remark(made.paste)
    if made.names:
        remark(f"Filled in there: {made.names}. If one is called otherwise, say so with --map.")
    for warning in made.warnings:
        remark(f"warning: {warning}")


def _plan(settings: Settings, request: RenderRequest) -> Plan:
    """Decided here, without a browser: nothing of it is drawn, so the key is of no use."""
    from service.app import open_catalogue, open_store
    from service.render.plan import Planner

    catalogue = open_catalogue(settings, open_store(settings))
    return Planner(catalogue, secret=b"", fingerprint="").plan(request)


def _require_belief(settings: Settings, template: Template) -> None:
    """An address whose values are not used would show everybody the same, and quietly.

    Without a public address the server can only be one in development, which believes them all.
    """
    access = template.manifest.access
    if access == "public":
        return
    if not settings.public_url:
        remark(f'The access of {template.name} is "{access}": only a server in development shows')
        remark("values that come with an address without a signature.")
        return
    raise BadRequest(
        f'The access of {template.name} is "{access}": an address without a signature would not '
        "show the values.",
        hint='Set access = "public" in its template.toml, or leave MERGESHOT_PUBLIC_URL out to '
        "try it on a server in development.",
    )
