"""`mergeshot config`: every setting, as it is in effect."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.output import say, say_json, say_table
from service.cli.settings import begin

if TYPE_CHECKING:
    from service.config import Settings

_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
_BYTES = (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10))
_SHOWN_AS_AUTO = frozenset({"engines", "pages"})


def config(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table of docs/configuration.md.")
    ] = False,
) -> None:
    """Show the settings in effect; secrets are masked."""
    from service.config import PREFIX

    if as_markdown:
        say(markdown())
        return
    settings = begin()
    shown = {PREFIX + name.upper(): text for name, text in effective(settings).items()}
    if as_json:
        say_json(shown)
    else:
        say_table(("setting", "value"), list(shown.items()))


def effective(settings: Settings) -> dict[str, str]:
    """Every setting's value as one would write it, by name; secrets as asterisks."""
    return {name: _written(name, getattr(settings, name)) for name in type(settings).model_fields}


def markdown() -> str:
    """The table of all settings with their defaults, for the documentation."""
    from service.config import PREFIX, SECRETS, Settings

    lines = ["| setting | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = _written(name, field.default)
        variable = f"`{PREFIX}{name.upper()}`"
        if name in SECRETS:
            variable += f", or a file's path in `{PREFIX}{name.upper()}_FILE`"
        lines.append(f"| {variable} | {f'`{default}`' if default else ''} | {field.description} |")
    return "\n".join(lines)


def _written(name: str, value: object) -> str:
    from pydantic import ByteSize, SecretStr

    if value is None:
        return "auto" if name in _SHOWN_AS_AUTO else ""
    if isinstance(value, SecretStr):
        return "********"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, ByteSize):
        return _bytes(value)
    return str(value)


def _duration(value: timedelta) -> str:
    seconds = value.total_seconds()
    for unit, size in _UNITS:
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds * 1000:.0f}ms"


def _bytes(value: int) -> str:
    for unit, size in _BYTES:
        if value >= size and value % size == 0:
            return f"{value // size}{unit}"
    return str(value)
