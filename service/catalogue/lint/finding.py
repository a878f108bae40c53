"""One thing that lint found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What is wrong, and where: a `file` of the template, a `line` from 1 or 0 for all of it.

    `code` is stable; the message says what is wrong and what to do instead.
    """

    file: str
    line: int
    code: str
    severity: Severity
    message: str


def error(file: str, line: int, code: str, message: str) -> Finding:
    """A picture would be wrong, or would not come at all."""
    return Finding(file, line, code, "error", message)


def warning(file: str, line: int, code: str, message: str) -> Finding:
    """Probably a mistake; pictures come nevertheless."""
    return Finding(file, line, code, "warning", message)
