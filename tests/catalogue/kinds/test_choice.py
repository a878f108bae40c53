"""Reading choices."""

from __future__ import annotations

import pytest

from service.catalogue.kinds.reading import Unusable
from tests.catalogue.kinds.asking import ask

TIERS = {"gold": ["Au", "vip"], "silver": [], "1": ["one"]}


@pytest.mark.parametrize(
    ("value", "choice"),
    [("GOLD", "gold"), ("vip", "gold"), ("AU", "gold"), (" silver ", "silver"), (1, "1")],
)
def test_a_spelling_means_its_value_whatever_its_case(value: object, choice: str) -> None:
    assert ask("choice", value, choices=TIERS) == choice


def test_a_plain_list_of_choices_will_do() -> None:
    assert ask("choice", "B", choices=["a", "b"]) == "b"


@pytest.mark.parametrize("value", ["bronze", 2, ["gold"]])
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(Unusable):
        ask("choice", value, choices=TIERS)
