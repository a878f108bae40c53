"""One filling of a template: what its filters and functions may know, and how far it may go."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2.exceptions import TemplateRuntimeError

if TYPE_CHECKING:
    from babel import Locale

    from service.catalogue.template import Template

MAX_STEPS = 20_000
"""Turns of loops, calls of macros and inclusions, all together. A large card takes hundreds."""


class TemplateRefused(TemplateRuntimeError):
    """A filter or function of ours cannot do what the template asks. Never holds a value."""


@dataclass(slots=True)
class Run:
    """What one call of `compose` works with."""

    template: Template
    given: frozenset[str]
    language: str
    locale: Locale
    steps: int = MAX_STEPS


CURRENT: ContextVar[Run] = ContextVar("mergeshot_run")


def step() -> None:
    """Count one step of the current run; compiled into every loop, macro and file.

    Jinja's sandbox bounds a single `range()` but neither loops in loops nor macros that call
    themselves twice.
    """
    run = CURRENT.get()
    run.steps -= 1
    if run.steps < 0:
        raise TemplateRefused(f"the template goes on for more than {MAX_STEPS} steps")
