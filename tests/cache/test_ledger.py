from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from service.cache.ledger import Ledger


def ledger(limit: int, **costs: int) -> Ledger[str]:
    made: Ledger[str] = Ledger(limit)
    for name, cost in costs.items():
        made.add(name, cost)
    return made


def test_the_least_recently_used_goes_first() -> None:
    held = ledger(30, a=10, b=10, c=10)
    held.touch("a")

    assert held.add("d", 15) == ["b", "c"]
    assert held.names() == ["a", "d"]


def test_an_item_entered_again_counts_once_and_as_used() -> None:
    held = ledger(30, a=10, b=10)

    assert held.add("a", 12) == []
    assert (held.held, held.names()) == (22, ["b", "a"])


def test_touching_what_is_not_there_does_nothing() -> None:
    held = ledger(30, a=10)
    held.touch("x")
    held.drop("x")

    assert (held.held, held.names(), "x" in held, len(held)) == (10, ["a"], False, 1)


def test_room_is_made_from_the_oldest_on() -> None:
    held = ledger(100, a=10, b=10, c=10)

    assert held.shed(15) == ["a", "b"]
    assert held.shed(1000) == ["c"]
    assert held.shed(1) == []


def test_what_was_used_during_a_search_is_known_better_than_what_it_found() -> None:
    held = ledger(100, lost=10, new=10)
    found = [("x", 5), ("used", 5), ("new", 7), ("y", 5), ("removed", 5)]
    meanwhile = {"removed": False, "new": True, "used": True, "never": True}

    assert held.replace(found, meanwhile) == []
    assert (held.names(), held.held) == (["x", "y", "new", "used"], 25)


def test_what_was_found_beyond_the_limit_has_to_go() -> None:
    held = ledger(20)

    assert held.replace([("x", 15), ("y", 15)], {}) == ["x"]
    assert held.held == 15


actions = st.lists(
    st.tuples(
        st.sampled_from(["add", "touch", "drop", "shed"]), st.integers(0, 9), st.integers(0, 40)
    ),
    max_size=60,
)


@settings(deadline=None)  # a busy machine is no mistake of ours
@given(actions)
def test_the_sum_is_always_true_and_within_the_limit(steps: list[tuple[str, int, int]]) -> None:
    held: Ledger[int] = Ledger(100)
    truth: dict[int, int] = {}

    for action, name, cost in steps:
        gone: list[int] = []
        if action == "add":
            truth.pop(name, None)
            truth[name] = cost
            gone = held.add(name, cost)
        elif action == "touch":
            held.touch(name)
            if name in truth:
                truth[name] = truth.pop(name)
        elif action == "drop":
            held.drop(name)
            truth.pop(name, None)
        else:
            gone = held.shed(cost)
        assert gone == list(truth)[: len(gone)]
        for one in gone:
            del truth[one]
        assert held.names() == list(truth)
        assert held.held == sum(truth.values()) <= 100
