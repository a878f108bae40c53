from __future__ import annotations

import pytest

from service.imaging.budget import read_budget


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("whatsapp", 300_000),
        (" WhatsApp ", 300_000),
        ("email", 200_000),
        (150_000, 150_000),
        ("150000 B", 150_000),
        ("200 kB", 200_000),
        ("200KB", 200_000),
        ("1.5 MB", 1_500_000),
        ("200 KiB", 204_800),
        ("1MiB", 1_048_576),
    ],
)
def test_a_budget_is_a_number_a_size_or_a_place(written: object, meant: int) -> None:
    assert read_budget(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        0,
        -1,
        True,
        None,
        1.5,
        "",
        "0 kB",
        "200",
        "big",
        "-1 kB",
        "1e9 B",
        "200 kb",
        "twitter",
        [],
        "٣ kB",
    ],
)
def test_anything_else_is_none(written: object) -> None:
    assert read_budget(written) is None
