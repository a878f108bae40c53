"""Codes: what is drawn is what a reader reads."""

from __future__ import annotations

import re

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from service.catalogue.codes import barcode, qr
from service.catalogue.run import TemplateRefused

_STROKE = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\d+z")


def read(svg: Markup, *, height: int = 1) -> str:
    """What zxing-cpp reads from the strokes of a code of ours."""
    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert box is not None
    modules = np.full((int(box[2]), int(box[1])), 255, np.uint8)
    for x, y, length in (map(int, stroke) for stroke in _STROKE.findall(svg)):
        modules[y, x : x + length] = 0
    found = zxingcpp.read_barcodes(modules.repeat(4, 0).repeat(4, 1).repeat(height, 0))
    assert len(found) == 1
    return str(found[0].text)


@pytest.mark.parametrize(
    "text", ["https://example.com/t/1", "Ünïcödé 日本", "0", "1234567890", "A" * 300]
)
@pytest.mark.parametrize("error", ["l", "M", "q", "h"])
def test_a_qr_code_holds_its_text(text: str, error: str) -> None:
    assert read(qr(text, error=error)) == text


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="ascii", min_codepoint=32), min_size=1, max_size=60))
def test_a_qr_code_is_readable_whatever_the_text_though_the_mask_is_fixed(text: str) -> None:
    assert read(qr(text)) == text


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("code128", "ABC-123", "ABC-123"),
        ("ean13", "400638133393", "4006381333931"),
        ("code39", "ABC", "ABC"),
        ("itf", "1234", "1234"),
    ],
)
def test_a_barcode_holds_its_text(kind: str, text: str, shown: str) -> None:
    assert read(barcode(text, kind), height=60) == shown


@pytest.mark.parametrize("value", ["", None])
def test_there_is_no_code_of_nothing(value: object) -> None:
    with pytest.raises(TemplateRefused):
        qr(value)
    with pytest.raises(TemplateRefused):
        barcode(value)


def test_a_code_never_holds_something_else_than_it_was_given() -> None:
    with pytest.raises(TemplateRefused, match="longer"):
        qr("x" * 5000)
    with pytest.raises(TemplateRefused, match="ean13"):
        barcode("not a number", "ean13")
    with pytest.raises(TemplateRefused, match="the kind is one of"):
        barcode("1", "qrcode128")
    with pytest.raises(TemplateRefused, match="l m q h"):
        qr("1", error="x")


def test_colours_cannot_leave_their_attribute() -> None:
    svg = qr("1", dark='red" onload="x', light="#fed")

    assert 'fill="#000"' in svg
    assert 'fill="#fed"' in svg
    assert "onload" not in svg


def test_a_number_is_a_text_like_any_other() -> None:
    assert read(qr(4711)) == "4711"
