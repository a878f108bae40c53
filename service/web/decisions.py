"""What was decided about the addresses that are asked for again and again.

A mailing's picture is asked for by many proxies at once. What an address means depends on nothing
but its text and the template as it is, so it need not be read, proven and planned each time.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from aiohttp import web
from multidict import CIMultiDict

from service.catalogue.template import Template
from service.render.plan import Plan
from service.web.proof import Proof

MOST = 1024
"""Addresses that are remembered."""

SECONDS = 60.0
"""For how long. What has passed goes when it is asked for again, or pushed out by newer ones."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What an address means while `template` is the current state of its template.

    `exact` are the headers of the right picture, `disposition` is the one that names the file.
    They are copied, never changed.
    """

    template: Template
    proof: Proof
    plan: Plan
    exact: CIMultiDict[str]
    disposition: str

    @property
    def lasts(self) -> bool:
        """Whether the same address means the same a moment later."""
        proof = self.proof
        return proof.allowed and proof.expires is None and not self.plan.changes


class Decisions:
    """The latest decisions, by all that they depend on besides the template."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[Hashable, tuple[float, Decision]] = OrderedDict()

    def recall(self, asked: Hashable) -> Decision | None:
        """What was decided in the last minute; it holds while its template is the current one."""
        found = self._kept.get(asked)
        if found is None:
            return None
        if self._clock() >= found[0]:
            del self._kept[asked]
            return None
        self._kept.move_to_end(asked)
        return found[1]

    def keep(self, asked: Hashable, decision: Decision) -> None:
        """Remember a decision, if it lasts; the one that was asked for the longest ago goes."""
        if not decision.lasts:
            return
        self._kept[asked] = self._clock() + SECONDS, decision
        self._kept.move_to_end(asked)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)


DECISIONS: web.AppKey[Decisions] = web.AppKey("decisions", Decisions)
