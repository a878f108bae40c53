"""What a tier holds: a name and a cost for each item, least recently used first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

Name = TypeVar("Name", bound=Hashable)


class Ledger(Generic[Name]):
    """Keeps the sum of costs within `limit` bytes by naming what has to go.

    It only keeps the book: whoever calls it removes what it names. Not for several threads at
    once.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.held = 0
        self._costs: OrderedDict[Name, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._costs)

    def __contains__(self, name: Name) -> bool:
        return name in self._costs

    def names(self) -> list[Name]:
        """All names, least recently used first."""
        return list(self._costs)

    def touch(self, name: Name) -> None:
        """Take note that this item was used just now; an unknown one is none of ours."""
        if name in self._costs:
            self._costs.move_to_end(name)

    def add(self, name: Name, cost: int) -> list[Name]:
        """Enter an item as the most recently used; the names returned have to go for it.

        An item that costs more than the limit is entered all the same and goes at once, and
        everything else with it: ask before.
        """
        self.drop(name)
        self._costs[name] = cost
        self.held += cost
        return self._overflow()

    def drop(self, name: Name) -> None:
        """Strike an item out, if it is there."""
        self.held -= self._costs.pop(name, 0)

    def shed(self, cost: int) -> list[Name]:
        """Strike out the least recently used items until `cost` bytes are free."""
        return self._down_to(max(0, self.held - cost))

    def replace(
        self, found: Iterable[tuple[Name, int]], meanwhile: Mapping[Name, bool]
    ) -> list[Name]:
        """Begin again with what was found, least recently used first.

        `meanwhile` says of each item used since the search began, in that order, whether it is
        still there: the book knows better about these than the search. The names returned have
        to go for the limit's sake.
        """
        known, self._costs = self._costs, OrderedDict(found)
        for name, there in meanwhile.items():
            cost = known.get(name, self._costs.pop(name, None))
            if there and cost is not None:
                self._costs[name] = cost
        self.held = sum(self._costs.values())
        return self._overflow()

    def _overflow(self) -> list[Name]:
        return self._down_to(self.limit)

    def _down_to(self, target: int) -> list[Name]:
        gone = []
        while self.held > target:
            name, cost = self._costs.popitem(last=False)
            self.held -= cost
            gone.append(name)
        return gone
