"""`python -m scripts.pictures`: draws the pictures of docs/pictures anew, for every template.

    event-ticket.png          its most telling example
    event-ticket-nobody.png   without any data
    event-ticket-sheet.png    every example, and every size, theme and language at least once

The most telling example is `docs.json`; without one `typical.json`; without that the first. An
example whose name begins or ends with a language of the template (`sunshine-de.json`) is drawn in
it. Two runs over the same templates, on the same machine, write the same bytes.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from scripts.contact import Picture, contact_sheet, single
from service.app import Parts, PartsFactory, open_renderer
from service.catalogue.manifest import DEFAULT_SIZE, Manifest
from service.catalogue.template import TYPICAL, Template
from service.config import Settings
from service.errors import ServiceError
from service.logs import configure_logs
from service.model import Format, NoteCode, RenderRequest

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = REPOSITORY / "docs/pictures"
NOBODY = "nobody"

AT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
"""The instant of every picture, for templates that show one."""

TROUBLE = frozenset(
    {NoteCode.OVERFLOW, NoteCode.FONT_MISSING, NoteCode.ASSET_MISSING, NoteCode.INVALID}
    | {NoteCode.UNKNOWN_FIELD, NoteCode.AMBIGUOUS}
)
"""Notes that a picture of the documentation should not have."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture to draw: an example, and where it differs from the template's defaults."""

    example: str
    size: str | None = None
    theme: str | None = None
    language: str | None = None

    @property
    def caption(self) -> str:
        """What stands below it on the sheet: the example's name, or what else is shown of it."""
        own = self.language is None or is_in(self.example, self.language)
        differences = (self.size, self.theme, None if own else self.language)
        return ", ".join(filter(None, differences)) or self.example

    def __str__(self) -> str:
        return self.example if self.caption == self.example else f"{self.example}, {self.caption}"


@dataclass
class Outcome:
    """What happened to one template: files written, and what somebody should look at."""

    written: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    failed: bool = False


def main(arguments: Sequence[str] | None = None, *, open_parts: PartsFactory | None = None) -> int:
    """Draw, write, tell; the exit code is 1 when a picture failed or is degraded.

    `open_parts` replaces the renderer that the settings in the environment would give.
    """
    parser = argparse.ArgumentParser(
        prog="python -m scripts.pictures", description="Draw the pictures of the documentation."
    )
    parser.add_argument("templates", nargs="*", help="names; all when there is none")
    parser.add_argument("--into", type=Path, default=FOLDER, help="the folder to write into")
    options = parser.parse_args(arguments)
    options.into.mkdir(parents=True, exist_ok=True)
    configure_logs(sys.stderr, level=logging.ERROR)
    console = Console(stderr=True, soft_wrap=True)
    try:
        with tempfile.TemporaryDirectory(prefix="mergeshot-pictures-") as data:
            factory = open_parts or partial(open_renderer, _settings(data), development=True)
            outcomes = asyncio.run(_draw_all(factory, options.templates, options.into, console))
    except ServiceError as error:
        console.print(f"{error.message} {error.hint}".strip(), style="red", markup=False)
        return 1
    return 1 if any(outcome.failed for outcome in outcomes.values()) else 0


def stem(name: str) -> str:
    """What the files of a template begin with: `acme/ticket` is `acme-ticket`."""
    return name.replace("/", "-")


def telling(examples: Mapping[str, object]) -> str:
    """The example that shows best what a template is for; `nobody` if there is none at all."""
    names = sorted(set(examples) - {NOBODY})
    return next((name for name in ("docs", TYPICAL, *names) if name in names), NOBODY)


def shots(manifest: Manifest, examples: Mapping[str, object]) -> tuple[list[Shot], list[Shot]]:
    """Every example, and then whatever sizes, themes and languages these do not show."""
    best = telling(examples)
    names = dict.fromkeys([best, *sorted(examples), NOBODY])
    first = [Shot(name, language=_language_of(name, manifest)) for name in names]
    spoken = {shot.language for shot in first}
    others = [Shot(best, size=size) for size in manifest.sizes if size != DEFAULT_SIZE]
    others += [Shot(best, theme=theme) for theme in manifest.themes if theme != manifest.theme]
    others += [
        Shot(best, language=language)
        for language in manifest.languages
        if language not in {manifest.language, *spoken}
    ]
    return first, others


def is_in(example: str, language: str) -> bool:
    """Whether the name of an example says that it is in a language."""
    name, tag = example.lower(), language.lower()
    return name == tag or name.startswith(f"{tag}-") or name.endswith(f"-{tag}")


def _language_of(example: str, manifest: Manifest) -> str | None:
    """The language that an example is in, if its name says so."""
    spoken = (language for language in manifest.languages if is_in(example, language))
    return next(spoken, None)


def _settings(data: str) -> Settings:
    """Those of the environment, but with nothing kept from one run to the next."""
    return Settings.read(
        {
            "MERGESHOT_TEMPLATES_DIR": str(REPOSITORY / "html_templates"),
            **os.environ,
            "MERGESHOT_DATA_DIR": data,
        }
    )


async def _draw_all(
    open_parts: PartsFactory, wanted: Sequence[str], folder: Path, console: Console
) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    async with open_parts() as parts:
        names = list(wanted) or parts.catalogue.names()
        templates = [parts.catalogue.get(name) for name in names]
        for name, error in parts.catalogue.broken.items():
            if not wanted or name in wanted:
                outcomes[name] = Outcome(trouble=[_sentence(error)], failed=True)
                _tell(name, outcomes[name], console)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("", total=len(templates))
            for template in templates:
                bar.update(task, description=template.name)
                if template.name not in outcomes:
                    outcomes[template.name] = await _draw(parts, template, folder)
                    _tell(template.name, outcomes[template.name], console)
                bar.advance(task)
    return outcomes


async def _draw(parts: Parts, template: Template, folder: Path) -> Outcome:
    """Draw the three files of one template."""
    outcome = Outcome()
    first, others = shots(template.manifest, template.examples)
    drawn = {shot: await _shot(parts, template, shot, outcome) for shot in (*first, *others)}
    bodies = {shot: body for shot, body in drawn.items() if body}
    nobody = next(shot for shot in first if shot.example == NOBODY)
    name = stem(template.name)
    if first[0] in bodies:
        _write(folder / f"{name}.png", single(bodies[first[0]]), outcome)
    if nobody in bodies:
        _write(folder / f"{name}-nobody.png", single(bodies[nobody]), outcome)
    groups = [
        [Picture(shot.caption, bodies[shot]) for shot in group if shot in bodies]
        for group in (first, others)
    ]
    if bodies:
        _write(folder / f"{name}-sheet.png", contact_sheet(groups), outcome)
    return outcome


async def _shot(parts: Parts, template: Template, shot: Shot, outcome: Outcome) -> bytes:
    """Draw one picture; nothing if it cannot be drawn."""
    request = RenderRequest(
        template=template.name,
        values=template.examples.get(shot.example, {}),
        at=AT,
        format=Format.PNG,
        size=shot.size,
        language=shot.language,
        theme=shot.theme,
    )
    try:
        plan = parts.renderer.plan(request)
        image = await parts.renderer.draw(plan)
    except ServiceError as error:
        outcome.failed = True
        outcome.trouble.append(f"{shot}: {_sentence(error)}")
        return b""
    if image.degraded:
        outcome.failed = True
        outcome.trouble.append(f"{shot}: degraded")
    for note in (*plan.notes, *image.notes):
        if note.code in TROUBLE:
            told = filter(None, (note.code.value, note.field, note.message))
            outcome.trouble.append(f"{shot}: {': '.join(told)}")
    return image.body


def _sentence(error: Exception) -> str:
    return error.message if isinstance(error, ServiceError) else type(error).__name__


def _write(file: Path, body: bytes, outcome: Outcome) -> None:
    """Write a file, unless it has these bytes already."""
    if not file.is_file() or file.read_bytes() != body:
        file.write_bytes(body)
        outcome.written.append(f"{file.name} ({len(body) / 1000:.0f} kB)")


def _tell(name: str, outcome: Outcome, console: Console) -> None:
    written = ", ".join(outcome.written) or ("failed" if outcome.failed else "nothing new")
    for line in (f"{name}: {written}", *(f"  {trouble}" for trouble in outcome.trouble)):
        console.print(line, markup=False, highlight=False)


if __name__ == "__main__":
    raise SystemExit(main())
