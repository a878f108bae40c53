from pathlib import Path

import pytest

from service.cli.values import read_values
from service.errors import BadRequest


def test_values_come_from_the_file_and_pairs_stand_in_their_place(tmp_path: Path) -> None:
    data = tmp_path / "ada.json"
    data.write_text('{"first_name": "Ada", "seats": [1, 2]}')

    values = read_values(data, ["first_name=Grace", "note=a=b"])

    assert values == {"first_name": "Grace", "seats": [1, 2], "note": "a=b"}


@pytest.mark.parametrize("pair", ["first_name", "=Ada", " =Ada"])
def test_a_pair_needs_a_name_and_a_value(pair: str) -> None:
    with pytest.raises(BadRequest, match="--set") as caught:
        read_values(None, [pair])
    assert "Ada" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [("{\n oops}", "line 2: this is not JSON"), ("[1]", "must hold one JSON object")],
)
def test_a_file_that_is_no_json_object_is_refused(tmp_path: Path, text: str, message: str) -> None:
    data = tmp_path / "data.json"
    data.write_text(text)

    with pytest.raises(BadRequest, match=message):
        read_values(data, [])


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot be read"):
        read_values(tmp_path / "none.json", [])
