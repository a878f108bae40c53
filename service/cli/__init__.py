"""The command line: `mergeshot serve | render | templates | url | check | sign | config |
forget | health | bench`.

Exit codes, the same for every command:

    0    done
    1    it failed, `check` found errors, or `health` something red
    2    wrong usage, settings that cannot be used, an unknown template
    130  interrupted

Each command imports what it needs when it runs, so that `--help` answers at once. Errors are
translated here, in `main`, and nowhere else.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from service import __version__
from service.cli import bench, check, config, forget, health, render, serve, sign, templates, url
from service.cli.examples import examples_of
from service.cli.output import complain
from service.errors import BadRequest, InvalidData, NotFound, ServiceError, StartupError

FAILED, MISUSED, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    name="mergeshot",
    help="Merge tags for images: personalised pictures from HTML templates, behind a URL.",
    epilog="Exit codes: 0 done, 1 failed or findings, 2 usage or settings, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes would double the time that --help takes
)
app.command(epilog=examples_of("serve"))(serve.serve)
app.command(epilog=examples_of("render"))(render.render)
app.add_typer(templates.app, name="templates")
app.command(epilog=examples_of("url"))(url.url)
app.command(epilog=examples_of("check"))(check.check)
app.command(epilog=examples_of("sign"))(sign.sign)
app.command(epilog=examples_of("config"))(config.config)
app.command(epilog=examples_of("forget"))(forget.forget)
app.command(epilog=examples_of("health"))(health.health)
app.command(epilog=examples_of("bench"))(bench.bench)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mergeshot {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Merge tags for images: personalised pictures from HTML templates, behind a URL."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; an error becomes one red line and a hint."""
    try:
        app(args=None if arguments is None else list(arguments), prog_name="mergeshot")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else MISUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except ServiceError as error:
        complain(error.message, error.hint, [f"{f.field}: {f.message}" for f in error.fields])
        misused = isinstance(error, StartupError | NotFound | InvalidData | BadRequest)
        return MISUSED if misused else FAILED
    except Exception as error:
        from service.logs import described

        complain(
            f"Something broke that nobody foresaw: {described(error)}",
            "Please report this line; it holds no data of yours.",
        )
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
