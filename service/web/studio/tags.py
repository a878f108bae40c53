"""The tag to paste that a template's page shows: for which channel, with which open fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.catalogue.template import Template
from service.errors import BadRequest
from service.merge_tags.recipes import Recipe
from service.model import RenderRequest
from service.render.channels import CHANNELS, OG, WEB, Prefix, Wish, may_open, recipe
from service.render.plan import Plan


@dataclass(frozen=True, slots=True)
class Option:
    """One of several things to choose."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class TagWish:
    """What the address of a page asks for. `open` is None where it does not say."""

    channel: str = ""
    open: tuple[str, ...] | None = None

    @classmethod
    def read(cls, template: Template, channel: str, opened: Sequence[str]) -> TagWish:
        """What is asked for, as far as there is such a channel and such fields.

        One empty name among `opened` is how a form says that it has no boxes ticked.
        """
        if channel not in CHANNELS:
            return cls()
        may = may_open(template)
        return cls(channel, tuple(one for one in opened if one in may) if opened else None)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The same as parameters of an address."""
        if not self.channel:
            return []
        named = [] if self.open is None else [("open", one) for one in ("", *self.open)]
        return [("platform", self.channel), *named]

    @property
    def merges(self) -> bool:
        """Whether it is for somebody who fills fields in."""
        return self.channel not in {"", WEB, OG}

    def opened(self, template: Template) -> tuple[str, ...]:
        """The fields that stay open: all that may, where nobody chose."""
        return may_open(template) if self.open is None else self.open

    @property
    def channels(self) -> dict[str, list[Option]]:
        """All channels under the names of their kinds, platforms by the alphabet."""
        named = sorted(CHANNELS.items(), key=lambda one: one[1].casefold())
        groups: dict[str, list[Option]] = {"Pages": [], "Mails": []}
        for name, label in named:
            kind = "Pages" if name in {WEB, OG} else "Mails"
            groups[kind].append(Option(name, label, name == self.channel))
        return groups

    def fields(self, template: Template) -> list[Option]:
        """All fields that may stay open."""
        opened = self.opened(template)
        return [Option(name, name, name in opened) for name in may_open(template)]

    def recipe(self, plan: Plan, request: RenderRequest, prefix: Prefix) -> Recipe | None:
        """The tag; None where none is asked for, or a PDF is what the template makes."""
        if not self.channel:
            return None
        try:
            return recipe(plan, request, Wish(self.channel, self.opened(plan.template)), prefix)
        except BadRequest:
            return None
