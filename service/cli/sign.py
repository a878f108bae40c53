"""`mergeshot sign`: an address that nobody can change."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from service.cli.output import remark, say
from service.cli.render import FormatName, Language, Scale, Size, Theme, wanted_format
from service.cli.settings import begin
from service.cli.values import Data, Pairs, TemplateName, read_values
from service.errors import BadRequest
from service.model import RenderRequest

if TYPE_CHECKING:
    from service.config import Settings

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

Kind = Annotated[
    Literal["sealed", "signed"],
    typer.Option(help="sealed: nobody can read it; signed: readable, with a signature."),
]
Open = Annotated[
    list[str] | None,
    typer.Option(
        "--open", metavar="NAME", help="A field that may be filled later; may be repeated."
    ),
]
Expires = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="How long it is good: 90d, 12h; or a date, 2030-12-31."),
]


def sign(  # noqa: PLR0913, PLR0917 - every argument is an option of the command
    template: TemplateName,
    data: Data = None,
    pairs: Pairs = None,
    opened: Open = None,
    expires: Expires = None,
    kind: Kind = "sealed",
    format_name: FormatName = None,
    size: Size = None,
    scale: Scale = None,
    lang: Language = None,
    theme: Theme = None,
) -> None:
    """Print an address whose values nobody can change.

    Fields named with --open stand in it without a value, for the e-mail platform's merge tag.
    """
    now = datetime.now(UTC)
    request = RenderRequest(
        template=template,
        values=read_values(data, pairs),
        at=now,
        format=wanted_format(format_name, None),
        size=size,
        scale=scale,
        language=lang,
        theme=theme,
    )
    until = None if expires is None else int(moment(expires, now).timestamp())
    settings = begin()
    say(settings.base_url + address(settings, request, opened or [], until, kind))
    if not settings.public_url:
        remark("MERGESHOT_PUBLIC_URL is not set: this address is good on this machine alone.")


def address(
    settings: Settings, request: RenderRequest, opened: list[str], expires: int | None, kind: str
) -> str:
    """The path and query, made with the installation's keys.

    Raises:
        InvalidData: a value cannot be used, a field cannot be open, or no key may sign.
    """
    from service.access.keyring import open_keyring
    from service.app import open_catalogue, open_store
    from service.config import installation_secret
    from service.render.plan import Planner
    from service.render.signed import filled_with, sealed_address, signed_address
    from service.render.vouching import vouched

    secret = installation_secret(settings)
    listed = settings.signing_keys.get_secret_value() if settings.signing_keys else ""
    keyring = open_keyring(listed, secret)
    catalogue = open_catalogue(settings, open_store(settings))
    plan = Planner(catalogue, secret=secret, fingerprint="").plan(request)
    said = vouched(plan, request, opened, expires=expires)
    make = sealed_address if kind == "sealed" else signed_address
    return make(keyring, said, filled_with(said))


def moment(text: str, now: datetime) -> datetime:
    """The end of `90d` from now, or the end of a day in UTC.

    Raises:
        BadRequest: it is neither, or has passed.
    """
    span = re.fullmatch(r"(\d{1,5})([mhd])", text)
    try:
        until = (
            now + timedelta(**{_UNITS[span[2]]: int(span[1])})
            if span
            else datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)
        )
    except (ValueError, OverflowError):
        raise BadRequest(
            "--expires cannot be read.", hint="For example: --expires 90d, or 2030-12-31"
        ) from None
    if until <= now:
        raise BadRequest("--expires lies in the past.")
    return until
