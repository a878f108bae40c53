"""`mergeshot render`: one picture into a file, drawn as the server would draw it."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.output import remark, say, say_json
from service.cli.settings import begin
from service.cli.values import Data, Pairs, TemplateName, read_values
from service.errors import BadRequest
from service.model import Format, Image, Note, RenderRequest

if TYPE_CHECKING:
    from service.app import PartsFactory

STDOUT = Path("-")
_ENDINGS = {"jpeg": "jpg"}

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="The file to write; - is standard output."),
]
FormatName = Annotated[str | None, typer.Option("--format", help="png, jpeg, webp, avif or pdf.")]
Size = Annotated[str | None, typer.Option(help="One of the template's sizes.")]
Scale = Annotated[str | None, typer.Option(help="Pixels per CSS pixel, 1 to 3.")]
Language = Annotated[str | None, typer.Option(help="One of the template's languages.")]
Theme = Annotated[str | None, typer.Option(help="One of the template's themes.")]
AsJson = Annotated[bool, typer.Option("--json", help="Say what was written as a JSON object.")]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture, and everything that had to be repaired for it."""

    image: Image
    notes: tuple[Note, ...]


def render(  # noqa: PLR0913, PLR0917 - every argument is an option of the command
    template: TemplateName,
    data: Data = None,
    pairs: Pairs = None,
    output: Output = None,
    format_name: FormatName = None,
    size: Size = None,
    scale: Scale = None,
    lang: Language = None,
    theme: Theme = None,
    as_json: AsJson = False,
) -> None:
    """Draw one picture and write it to a file."""
    if as_json and output == STDOUT:
        raise BadRequest("--json and -o - would both write to standard output.")
    request = RenderRequest(
        template=template,
        values=read_values(data, pairs),
        at=datetime.now(UTC),
        format=wanted_format(format_name, output),
        size=size,
        scale=scale,
        language=lang,
        theme=theme,
    )
    drawn = _draw_once(request)
    for note in drawn.notes:
        remark(f"note: {note.field or template}: {note.code}: {note.message}")
    file = output or default_output(template, drawn.image.format)
    write(drawn.image, file)
    if as_json:
        say_json(described(drawn, file))
    else:
        announce(drawn.image, file)


def wanted_format(name: str | None, output: Path | None) -> Format | None:
    """The format that was asked for, else the one that the file's ending means, else None.

    Raises:
        BadRequest: when it is none of ours.
    """
    asked = name or (output.suffix.removeprefix(".") if output else "")
    if not asked:
        return None
    found = Format.from_extension(asked)
    if found is None:
        raise BadRequest(
            f"There is no format {asked!r}.", hint="Allowed are png, jpeg, webp, avif and pdf."
        )
    return found


def default_output(template: str, image_format: Format) -> Path:
    """A file in this folder, named after the template."""
    ending = _ENDINGS.get(image_format, image_format.value)
    return Path(f"{template.replace('/', '-')}.{ending}")


async def draw(open_parts: PartsFactory, request: RenderRequest) -> Drawn:
    """Plan and draw one picture; a picture that is in the cache already is taken from there."""
    async with open_parts() as parts:
        plan = parts.renderer.plan(request)
        image = await parts.renderer.recall(plan) or await parts.renderer.draw(plan)
        return Drawn(image, (*plan.notes, *image.notes))


def write(image: Image, file: Path) -> None:
    """Write the picture to `file`, or to standard output.

    Raises:
        BadRequest: when the file cannot be written.
    """
    if file == STDOUT:
        sys.stdout.buffer.write(image.body)
        sys.stdout.buffer.flush()
        return
    try:
        file.write_bytes(image.body)
    except OSError as error:
        raise BadRequest(f"{file} cannot be written ({error.strerror})") from error


def announce(image: Image, file: Path) -> None:
    """Tell somebody at a terminal what was written; pipes get the picture and nothing else."""
    if file != STDOUT and sys.stdout.isatty():
        say(f"{file}  {image.width}x{image.height}, {len(image.body) / 1000:.1f} kB")


def described(drawn: Drawn, file: Path) -> dict[str, object]:
    """What was written, for a script."""
    image = drawn.image
    return {
        "file": str(file),
        "format": image.format.value,
        "width": image.width,
        "height": image.height,
        "bytes": len(image.body),
        "degraded": image.degraded,
        "notes": [
            {"field": note.field, "code": note.code.value, "message": note.message}
            for note in drawn.notes
        ],
    }


def _draw_once(request: RenderRequest) -> Drawn:
    settings = begin()
    from service.app import open_renderer

    return asyncio.run(draw(partial(open_renderer, settings, development=True), request))
