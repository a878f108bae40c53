"""What is drawn: a template, a format and a scale; and what its pictures say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks import card
from service.catalogue.template import Template
from service.cli.speed.asking import different_values
from service.model import Format

CARD = "reference-card"
SAMPLES = ("event-ticket", "email-banner")
"""A large sample with a code to scan, and a small one drawn at twice its size."""

PNG, JPEG, WEBP = Format.PNG, Format.JPEG, Format.WEBP


@dataclass(frozen=True)
class Task:
    """One kind of picture. Without a scale it is drawn at its template's own."""

    template: str
    format: Format
    scale: int | None = None

    def __str__(self) -> str:
        return f"{self.template} {self.format.value}{f' {self.scale}x' if self.scale else ''}"

    @property
    def asked_scale(self) -> str | None:
        """The scale as an address says it."""
        return str(self.scale) if self.scale else None

    def size(self, template: Template) -> tuple[int, int]:
        """Width and height in pixels."""
        manifest = template.manifest
        scale = self.scale or manifest.scale
        width, height = manifest.width or 0, manifest.height or 0
        return round(width * scale), round(height * scale)


def values_of(template: Template, number: int) -> Mapping[str, object]:
    """What picture `number` says; no two numbers say the same."""
    if template.name == CARD:
        return card.values(number)
    more = {"ticket_code": f"MRD-2026-{number:07}"} if template.name == "event-ticket" else {}
    return {**different_values(template)(number), **more}
