"""The filters that templates have."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue import css
from service.catalogue.filters import as_json, css_colour, css_url, px, quoted
from service.catalogue.money import Money
from service.catalogue.run import TemplateRefused
from tests.catalogue.workshop import Workshop, body_of, filled

EUR = Money(Decimal("1234.5"), "EUR")
NEW_YEAR = datetime(2025, 12, 31, 23, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("expression", "value", "language", "shown"),
    [
        ("x|money", EUR, "en", "€1,234.50"),
        ("x|money", EUR, "de", "1.234,50\u00a0€"),
        ("x|money('JPY')", Decimal("1234"), "en", "¥1,234"),
        ("x|money('CHF')", Decimal("1234.5"), "en", "CHF\u00a01,234.50"),
        ("x|money('CAD')", Decimal("1234.5"), "en", "CA$1,234.50"),
        ("x", EUR, "de", "1.234,50\u00a0€"),
        ("x|money", None, "en", ""),
        ("x|number", Decimal("1234.5"), "en", "1,234.5"),
        ("x|number(2)", 1234, "de", "1.234,00"),
        ("x|number(0)", Decimal("1234.5"), "en", "1,234"),
        ("x", Decimal("1234.5"), "de", "1234,5"),
        ("x", 1234, "de", "1234"),
        ("x|number", None, "en", ""),
        ("x|date", date(2026, 5, 7), "en", "May 7, 2026"),
        ("x|date('long')", date(2026, 5, 7), "de", "7. Mai 2026"),
        ("x|date('EEEE')", date(2026, 5, 7), "fr", "jeudi"),
        ("x|date('HH:mm')", NEW_YEAR, "en", "00:30"),
        ("x|date('short')", NEW_YEAR, "en", "1/1/26"),
        ("x", NEW_YEAR, "de", "01.01.2026"),
        ("x|date", None, "en", ""),
        ("x|css_colour", "#336699", "en", "#336699"),
        ("x|css_colour('#fff')", "red;}", "en", "#fff"),
        ("x|css_colour", None, "en", "transparent"),
        ("x|css_url", "assets/a b.png", "en", "url(assets/a%20b.png)"),
        ("x|css_url", None, "en", "none"),
        ("x|px", Decimal("12.50"), "en", "12.5px"),
        ("(x / 3)|px", 1, "en", "0.3333333333333333px"),
        ("x|px", 1000, "en", "1000px"),
        ("x|px", None, "en", "0px"),
    ],
)
def test_a_value_is_shown_as_the_language_writes_it(
    workshop: Workshop, expression: str, value: object, language: str, shown: str
) -> None:
    kind = '[fields.x]\nkind = "text"\noptional = true\n'
    template = workshop.make(f"{{{{ {expression} }}}}", manifest=kind)

    assert body_of(filled(template, {"x": value}, language=language)) == shown


@pytest.mark.parametrize("value", ["12", True, [1]])
def test_a_length_of_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(TemplateRefused):
        px(value)


@given(st.text())
def test_no_text_leaves_url(text: str) -> None:
    written = css_url(text.encode("utf-8", "replace").decode())

    found = css.style_references(f"background:{written};color:red")

    assert len(found) <= 1
    assert css.declarations(f"background:{written};color:red")[-1] == ("color", "red")


@given(st.text() | st.sampled_from(["red", "#fff", "rgb(1,2,3)", "oklch(60% 0.1 20 / 50%)"]))
def test_css_colour_is_always_one_colour(text: str) -> None:
    assert css.colour(css_colour(text)) is not None


@pytest.mark.parametrize("colour", ["red", "#ABC", "rgb(1 2 3 / 50%)", "hsl(20, 10%, 10%)"])
def test_css_colour_takes_every_colour_of_css(colour: str) -> None:
    assert css_colour(colour) == colour


def test_json_holds_every_kind_of_value_and_ends_no_script() -> None:
    value = MappingProxyType(
        {
            "text": "</script><!--'&",
            "money": EUR,
            "number": Decimal("1.5"),
            "whole": Decimal("2"),
            "day": date(2026, 1, 2),
            "list": ("a", None, True),
        }
    )

    written = str(as_json(value))

    assert not set("<>&'") & set(written)
    read: Any = json.loads(written)
    assert read == {
        "text": "</script><!--'&",
        "money": {"amount": "1234.5", "currency": "EUR"},
        "number": 1.5,
        "whole": 2,
        "day": "2026-01-02",
        "list": ["a", None, True],
    }


def test_json_refuses_what_it_cannot_write() -> None:
    with pytest.raises(TemplateRefused):
        as_json(object())


def test_a_path_is_quoted_as_an_address(workshop: Workshop) -> None:
    template = workshop.make("{{ asset('my logo#1.png') }}", files={"assets/my logo#1.png": b"x"})

    assert (
        body_of(filled(template, {}))
        == quoted("assets/my logo#1.png")
        == ("assets/my%20logo%231.png")
    )


@pytest.mark.parametrize(
    ("call", "value", "shown"),
    [
        ("asset(x)", "data:image/png;base64,AA==", "data:image/png;base64,AA=="),
        ("asset(x)", "assets/a.png", "assets/a.png"),
        ("asset(x, default='a.png')", None, "assets/a.png"),
        ("asset(x, default='a.png')", "gone.png", "assets/a.png"),
        ("asset(x, 'a.png')", "b.png", "assets/b.png"),
    ],
)
def test_asset_takes_values_and_has_a_default(
    workshop: Workshop, call: str, value: object, shown: str
) -> None:
    template = workshop.make(
        f"{{{{ {call} }}}}",
        manifest='[fields.x]\nkind = "text"\noptional = true\n',
        files={"assets/a.png": b"", "assets/b.png": b""},
    )

    assert body_of(filled(template, {"x": value})) == shown
