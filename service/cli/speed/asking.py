"""What to ask a server for: pictures of one template, no two of which show the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from service.access.keyring import Keyring
from service.catalogue.fields import NameField, TextField
from service.catalogue.template import Template
from service.errors import BadRequest, RenderFailed
from service.model import Format, RenderRequest, Rung
from service.render.address import plain_address
from service.render.plan import Planner
from service.render.signed import signed_address
from service.render.vouching import said

if TYPE_CHECKING:
    import aiohttp

    from service.config import Settings

Values = Callable[[int], Mapping[str, object]]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ROOM = 10
"""Characters that a field must hold to take a number besides what it says."""


def different_values(template: Template) -> Values:
    """What picture `number` of a template says: its best example, with a number in one text.

    Raises:
        BadRequest: no field of the template is a text that may say anything.
    """
    example = next(iter(template.examples_in_order.values()), {})
    fields = template.manifest.fields
    texts = {
        name: kind
        for name, kind in fields.items()
        if (isinstance(kind, TextField) and not kind.pattern and kind.max_length >= _ROOM)
        or isinstance(kind, NameField)
    }
    # One that the example fills is surely shown.
    chosen = next((name for name in texts if example.get(name)), None) or next(iter(texts), None)
    if chosen is None:
        raise BadRequest(
            f"{template.name} has no text that could differ from picture to picture.",
            hint="Choose a template with a field of kind text or name.",
        )
    kind = texts[chosen]
    text = str(example.get(chosen) or kind.example or "Ada")

    def values(number: int) -> Mapping[str, object]:
        mark = f" {_in_letters(number) if isinstance(kind, NameField) else number}"
        return {**example, chosen: text[: kind.max_length - len(mark)].rstrip() + mark}

    return values


def _in_letters(number: int) -> str:
    """A word for a number, for fields that take letters alone."""
    word = ""
    while number:
        number, letter = divmod(number, len(_LETTERS))
        word += _LETTERS[letter]
    return word.capitalize()


@dataclass(frozen=True)
class Addresses:
    """Makes addresses as the installation itself would: with its keys, where a template wants one.

    It opens the catalogue of the settings, hence uses their data folder.
    """

    planner: Planner
    keyring: Keyring
    templates: Mapping[str, Template]

    @classmethod
    def open(cls, settings: Settings) -> Addresses:
        """Read templates and keys.

        Raises:
            StartupError: the settings cannot be used.
        """
        from service.app import open_catalogue, open_signing_keys, open_store
        from service.config import installation_secret

        secret = installation_secret(settings)
        catalogue = open_catalogue(settings, open_store(settings))
        return cls(
            Planner(catalogue, secret=secret, fingerprint=""),
            open_signing_keys(settings, secret),
            {name: catalogue.get(name) for name in catalogue.names()},
        )

    def address(
        self,
        template: str,
        values: Mapping[str, object],
        image_format: Format,
        scale: str | None = None,
    ) -> str:
        """The path and query of one picture.

        Raises:
            InvalidData: no key may sign for the template.
        """
        request = RenderRequest(
            template=template,
            values=values,
            at=datetime.now(UTC),
            format=image_format,
            scale=scale,
        )
        plan = self.planner.plan(request)
        if plan.template.manifest.access == "signed":
            return signed_address(self.keyring, said(plan, request))
        return plain_address(plan, request)


class WrongAnswer(RenderFailed):
    """A contestant gave something else than was asked for: its figures mean nothing."""


async def exact(session: aiohttp.ClientSession, address: str) -> bytes:
    """Ask for a picture and be content with nothing but the exact one.

    Raises:
        WrongAnswer: something else came.
    """
    async with session.get(address) as response:
        body = await response.read()
        rung = response.headers.get("Mergeshot-Status")
        if (response.status, rung) != (200, Rung.EXACT):
            raise WrongAnswer(
                f"An answer was not the picture: status {response.status}, rung {rung or 'none'}.",
                hint="Is this machine too busy? `mergeshot render` tells what is wrong.",
            )
        return body
