"""`mergeshot bench`: how many pictures this installation draws, and what they cost."""

from __future__ import annotations

import asyncio
import itertools
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.output import remark, say_json, say_table
from service.cli.render import FormatName, Scale, wanted_format
from service.cli.settings import begin
from service.cli.values import template_names
from service.errors import BadRequest, TemplateNotFound
from service.model import Format

if TYPE_CHECKING:
    from service.catalogue.template import Template
    from service.cli.speed.asking import Addresses
    from service.cli.speed.spawned import Spawned
    from service.cli.speed.turns import Draw, Summary

AT_A_TIME = (1, 2, 4, 8)
REFERENCE = "reference-card"
FIRST = 1000
"""The number of the first picture: all have as many digits for a while."""

WARM_UP_S = 1.0
COLUMNS = (
    *("at a time", "pictures", "a second", "p50 ms", "p95 ms", "p99 ms"),
    *("bytes", "CPU ms each", "memory MB"),
)


@dataclass(frozen=True)
class Load:
    """What is asked for: the picture's format and scale, and for how long."""

    image_format: Format
    scale: str | None
    seconds: float


@dataclass(frozen=True)
class Line:
    """One row: what so many at a time came to. `memory` is the most that was held, in bytes."""

    at_a_time: int
    summary: Summary
    memory: int | None

    def cells(self) -> tuple[str, ...]:
        """What stands in the table."""
        one = self.summary
        return (
            str(self.at_a_time),
            str(one.pictures),
            f"{one.per_second:.1f}",
            *(f"{ms:.1f}" for ms in (one.p50_ms, one.p95_ms, one.p99_ms)),
            f"{one.bytes}",
            "" if one.processor_ms is None else f"{one.processor_ms:.1f}",
            "" if self.memory is None else f"{self.memory / 1e6:.0f}",
        )


def bench(
    template: Annotated[
        str | None,
        typer.Argument(
            help="The template to draw; else reference-card, else the first there is.",
            autocompletion=template_names,
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, max=600, help="How long each row is measured.")
    ] = 5.0,
    format_name: FormatName = None,
    scale: Scale = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure how many pictures a second this installation draws.

    Starts a server with the settings in effect, on a port and with a data folder of its own, and
    asks it for pictures of which no two are alike: 1, 2, 4 and 8 at a time.
    """
    settings = begin()
    from service.cli.speed.asking import Addresses

    with tempfile.TemporaryDirectory(prefix="mergeshot-bench-") as folder:
        environment = {"MERGESHOT_DATA_DIR": folder}
        key = "" if settings.admin_key is None else settings.admin_key.get_secret_value()
        if not key:
            key = environment["MERGESHOT_ADMIN_KEY"] = secrets.token_hex(16)
        addresses = Addresses.open(type(settings).read(os.environ | environment))
        chosen = choose(addresses.templates, template)
        load = Load(_photographed(format_name), scale, seconds)
        lines, engine = asyncio.run(_measured(addresses, chosen, load, environment, key))
    if as_json:
        say_json(_shown(chosen.name, load, engine, lines))
        return
    remark(f"{chosen.name} as {load.image_format.value}, {engine}")
    say_table(COLUMNS, [line.cells() for line in lines])


def choose(templates: Mapping[str, Template], asked: str | None) -> Template:
    """The template to draw.

    Raises:
        TemplateNotFound: there is no such template.
        BadRequest: there is none at all.
    """
    if asked is not None:
        if asked not in templates:
            raise TemplateNotFound(
                f"There is no template {asked!r}.", hint="`mergeshot templates list` shows them."
            )
        return templates[asked]
    if not templates:
        raise BadRequest("There is no template to draw.", hint="See `mergeshot templates new`.")
    return templates.get(REFERENCE) or next(iter(templates.values()))


def _photographed(name: str | None) -> Format:
    """The format of the pictures.

    Raises:
        BadRequest: there is no such format, or it is printed.
    """
    found = wanted_format(name, None) or Format.PNG
    if found is Format.PDF:
        raise BadRequest("PDF is printed, not drawn.", hint="Choose png, jpeg, webp or avif.")
    return found


async def _measured(
    addresses: Addresses,
    template: Template,
    load: Load,
    environment: Mapping[str, str],
    key: str,
) -> tuple[list[Line], str]:
    """A line for each number of pictures at a time, and what drew them."""
    import aiohttp

    from service.cli.speed.asking import different_values, exact
    from service.cli.speed.spawned import spawned

    values = different_values(template)
    numbers = itertools.count(FIRST)
    # The key opens pictures of templates that want one; others are asked for as anybody does.
    guarded = template.manifest.access == "key"
    headers = {"Authorization": f"Bearer {key}"} if guarded else None
    with spawned(environment) as server:
        await asyncio.to_thread(server.wait_for, "/readyz")
        async with aiohttp.ClientSession(server.address, headers=headers) as session:

            async def draw(_: int, number: int) -> bytes:
                said = values(number)
                return await exact(
                    session, addresses.address(template.name, said, load.image_format, load.scale)
                )

            lines = [line async for line in _lines(server, draw, numbers, load)]
        return lines, _engine(server.tree.names())


async def _lines(
    server: Spawned, draw: Draw, numbers: Iterator[int], load: Load
) -> AsyncIterator[Line]:
    from service.cli.speed.turns import Summary, closed_loop

    await closed_loop(draw, numbers, concurrency=max(AT_A_TIME), seconds=WARM_UP_S)
    for many in AT_A_TIME:
        remark(f"{many} at a time, {load.seconds:g} seconds")
        before = server.tree.processor_seconds()
        turn = await closed_loop(draw, numbers, concurrency=many, seconds=load.seconds)
        after = server.tree.processor_seconds()
        if before is not None and after is not None:
            turn.processor = after - before
        yield Line(many, Summary.of([turn]), server.tree.memory())


def _engine(programs: Collection[str]) -> str:
    """What drew, by the programs that the server runs."""
    if not programs:
        return "by a browser that nobody can see from here"
    window = any(one.startswith("Xvfb") for one in programs)
    return "drawn in windows on a virtual screen" if window else "drawn without a screen"


def _shown(template: str, load: Load, engine: str, lines: Iterable[Line]) -> dict[str, object]:
    """All of it for a script."""
    return {
        "template": template,
        "format": load.image_format.value,
        "scale": load.scale,
        "engine": engine,
        "rows": [
            {"at_a_time": line.at_a_time, **asdict(line.summary), "memory_bytes": line.memory}
            for line in lines
        ],
    }
