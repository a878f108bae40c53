"""Paper by its name or in millimetres."""

from __future__ import annotations

import pytest

from service.catalogue.manifest import Size, parse_manifest
from service.catalogue.paper import read_paper
from service.model import Paper


@pytest.mark.parametrize(
    ("text", "width", "height"),
    [
        ("A4", 210, 297),
        ("a4 portrait", 210, 297),
        (" A4  Landscape ", 297, 210),
        ("A6", 105, 148),
        ("A0", 841, 1189),
        ("letter", 215.9, 279.4),
        ("Legal landscape", 355.6, 215.9),
        ("tabloid", 279.4, 431.8),
        ("100 x 150 mm", 100, 150),
        ("100mm×150.5mm", 100, 150.5),
        ("85.6X53.98 mm", 85.6, 53.98),
        ("10 x 5000 mm", 10, 5000),
    ],
)
def test_a_paper_is_read(text: str, width: float, height: float) -> None:
    assert read_paper(text) == Paper(width, height)


@pytest.mark.parametrize(
    "text",
    [
        *("", "A7", "A", "B5", "A4 sideways", "landscape", "A4landscape", "100 x 150"),
        *("100 x 150 cm", "9 x 100 mm", "100 x 5001 mm", "-1 x 100 mm", "1e3 x 100 mm"),
        *("100 x 150 mm landscape", "nan x 100 mm", "100 mm", "A4 x A4 mm"),
    ],
)
def test_what_is_no_paper_is_none(text: str) -> None:
    assert read_paper(text) is None


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ('page = "A4"', (794, 1123)),
        ('page = "A4 landscape"', (1123, 794)),
        ('page = "100 x 150 mm"', (378, 567)),
        ('page = "A4"\nwidth = 1000', (1000, 630)),
        ('page = "A4"\nheight = 1000', (1200, 1000)),
        ('page = "A0"\nwidth = 1682\nheight = 2378', (1682, 2378)),
    ],
)
def test_a_design_without_a_size_is_as_large_as_its_page(text: str, size: tuple[int, int]) -> None:
    manifest = parse_manifest(text, file="template.toml")

    assert manifest.sizes["default"] == Size(width=size[0], height=size[1])
