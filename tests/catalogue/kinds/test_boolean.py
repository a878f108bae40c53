"""Reading yes and no."""

from __future__ import annotations

import pytest

from service.catalogue.kinds.reading import Unusable
from tests.catalogue.kinds.asking import ask


@pytest.mark.parametrize(
    "value", [True, 1, 1.0, "true", "TRUE", "yes", "y", "on", "1", " Ja ", "sí"]
)
def test_the_usual_spellings_of_yes(value: object) -> None:
    assert ask("boolean", value) is True


@pytest.mark.parametrize("value", [False, 0, "false", "No", "off", "0", "nein", "non"])
def test_the_usual_spellings_of_no(value: object) -> None:
    assert ask("boolean", value) is False


@pytest.mark.parametrize("value", ["maybe", 2, 0.5, ["true"]])
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(Unusable, match="true or false"):
        ask("boolean", value)
