"""`mergeshot health`: how campaigns go, from the counts of a server on the same data folder."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.output import remark, say, say_json
from service.cli.settings import begin
from service.cli.values import template_names
from service.errors import StartupError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from service.render.campaign import Report
    from service.render.findings import Finding
    from service.render.tally import Counts, FieldCounts

_BAR = 24
"""Letters that a bar is wide."""

_WIDEST = 100
"""Letters of a line; longer ones are hard to read, however wide the terminal is."""

GOOD, QUIET, POOR, BAD = "green", "bright_black", "yellow", "red"


class Back(StrEnum):
    """How far back to look, as `service.render.tally.Window`, which takes longer to import."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


def health(
    template: Annotated[
        str | None,
        typer.Argument(
            help="One template; else all that were asked for.", autocompletion=template_names
        ),
    ] = None,
    window: Annotated[Back, typer.Option(help="How far back to look.")] = Back.DAY,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array.")] = False,
) -> None:
    """Tell how campaigns go: what came of each field, and what to put right.

    Reads what servers on the same data folder have counted, while they run. Exit code 1 when
    something is red.
    """
    found = reports(template, window)
    if as_json:
        from service.web.campaign import shown

        say_json([shown(one).model_dump(mode="json") for one in found])
    else:
        for one in found:
            say_report(one)
        if not found:
            remark(f"No picture was asked for in the last {window}.")
    raise typer.Exit(1 if any(one.red for one in found) else 0)


def reports(name: str | None, window: Back) -> list[Report]:
    """The report of one template, or of each that somebody asked for.

    Raises:
        TemplateNotFound: there is no such template.
        StartupError: the counts cannot be read.
    """
    settings = begin()
    from service.app import open_campaigns, open_catalogue, open_store
    from service.config import installation_secret
    from service.render.tally import Window

    catalogue = open_catalogue(settings, open_store(settings))
    names = [name] if name else sorted(filter(catalogue.is_sound, catalogue.names()))
    templates = [catalogue.get(one) for one in names]

    async def run() -> list[Report]:
        campaigns = open_campaigns(settings, installation_secret(settings))
        try:
            return [await campaigns.report(one, Window(window.value)) for one in templates]
        finally:
            await campaigns.close()

    found = asyncio.run(run())
    if not all(one.lasting for one in found):
        raise StartupError(
            "what was counted cannot be read",
            hint="Run this as the user that the server runs as, or see docs/campaign-health.md.",
        )
    return [one for one in found if name or one.counts.asked]


def say_report(report: Report) -> None:
    """Print a report: a heading, its shares as bars, a table of fields, what is red."""
    if not sys.stdout.isatty():
        for line in plain(report):
            say(line)
        return
    from rich.console import Console, Group

    console = Console(highlight=False)
    console.print(Group(*drawn(report)), width=min(console.width, _WIDEST))


def plain(report: Report) -> Iterator[str]:
    """The same for a pipe: tab-separated, one fact a line."""
    counts = report.counts
    yield f"{report.template}\tasked\t{counts.asked}"
    yield f"{report.template}\tpersonalised\t{counts.personalised}"
    yield f"{report.template}\taddresses\t{counts.addresses}"
    yield f"{report.template}\trefused\t{counts.refused}"
    for rung, number in counts.rungs.items():
        yield f"{report.template}\t{rung.value}\t{number}"
    for name, one in counts.fields.items():
        for what, number in _became(one):
            yield f"{report.template}\t{name}.{what}\t{number}"
        yield f"{report.template}\t{name}.cut\t{one.cut}"
    for finding in report.findings:
        yield f"{report.template}\tred\t{finding.code}\t{finding.cause} {finding.way_out}"


def drawn(report: Report) -> Iterator[RenderableType]:
    """The parts of a report, for a terminal."""
    from rich.padding import Padding
    from rich.text import Text

    counts = report.counts
    yield Text()
    colour = BAD if report.red else GOOD
    state = "needs you" if report.red else ("well" if counts.asked else "nothing asked for")
    yield Text.assemble(
        ("● ", colour if counts.asked else QUIET),
        (report.template, "bold"),
        (f"  {state}, last {report.window}", QUIET),
    )
    if not counts.asked:
        return
    yield Padding(_overview(counts), (1, 0, 0, 2))
    if counts.fields and counts.read:
        yield Padding(_fields(counts), (1, 0, 0, 2))
    for finding in report.findings:
        yield Padding(_finding(finding), (1, 0, 0, 2))
    yield Text()


def _overview(counts: Counts) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    from service.model import Rung

    asked, exact = counts.asked, counts.rungs[Rung.EXACT]
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_row("asked for", Text(f"{asked:,}", style="bold"), "")
    told = Text("different ones, about", style=QUIET)
    table.add_row("addresses", f"{counts.addresses:,}", told)
    for label, number, colour, always in (
        ("personalised", counts.personalised, GOOD, True),
        ("exact", exact, GOOD, True),
        ("below exact", max(0, asked - exact - counts.refused), POOR, False),
        ("not signed", counts.refused, BAD, False),
        ("end lost", counts.truncated, POOR, False),
    ):
        if number or always:
            table.add_row(label, _share(number, asked), _bar([(number, colour)], asked))
    return table


def _fields(counts: Counts) -> RenderableType:
    """One bar for each field that was tried: what came of it, in its column's colour."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    used = {name: one for name, one in counts.fields.items() if one.read > one.absent}
    unused = ", ".join(name for name in counts.fields if name not in used)
    rest = Text(f"not in the addresses: {unused}" if unused else "", style=QUIET)
    if not used:
        return rest
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=QUIET)
    table.add_column("field")
    table.add_column("", no_wrap=True)
    for label, colour in (
        ("given", GOOD),
        ("absent", QUIET),
        ("missing", POOR),
        ("invalid", POOR),
        ("tags", BAD),
        ("cut", QUIET),
    ):
        table.add_column(Text(label, style=colour), justify="right", no_wrap=True)
    for name, one in used.items():
        tags = sum(one.unresolved.values())
        parts = [
            (one.given, GOOD),
            (one.missing + one.invalid, POOR),
            (tags, BAD),
        ]
        numbers = (one.given, one.absent, one.missing, one.invalid, tags, one.cut)
        table.add_row(name, _bar(parts, one.read), *(_share(n, one.read) for n in numbers))
    return Group(table, rest) if unused else table


def _finding(finding: Finding) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 1))
    table.add_row(Text("✗", style=f"bold {BAD}"), Text(finding.cause, style=BAD))
    table.add_row(Text("→", style="bold"), finding.way_out)
    return table


def _became(one: FieldCounts) -> Iterator[tuple[str, int]]:
    yield "given", one.given
    yield "absent", one.absent
    yield "missing", one.missing
    yield "invalid", one.invalid
    for platform, number in sorted(one.unresolved.items()):
        yield f"unresolved.{platform}", number


def _share(number: int, of: int) -> str:
    from service.render.findings import percent

    return percent(number / of) if number and of else "–"


def _bar(parts: list[tuple[int, str]], of: int) -> RenderableType:
    """Shares beside one another; what is not nothing is seen, and no bar is too long."""
    from rich.text import Text

    bar, left = Text(), _BAR
    for number, colour in parts:
        if not number or not of or not left:
            continue
        width = min(left, max(1, round(number / of * _BAR)))
        bar.append("━" * width, colour)
        left -= width
    return bar.append("─" * left, QUIET)
