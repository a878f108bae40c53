"""An amount of money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in whole units (euros, not cents) of `currency`, an ISO 4217 code.

    It has no `__str__` of its own on purpose: how money is written depends on the language, so
    templates use the filter `money`.
    """

    amount: Decimal
    currency: str
