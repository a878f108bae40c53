"""`_shared/charts.html`: whatever the numbers are, the drawing is whole, true, and says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

from service.catalogue.compose import compose
from service.catalogue.filling import fill
from service.catalogue.lint import lint
from service.catalogue.template import Template
from service.catalogue.trial import setting_of
from service.model import Given
from tests.catalogue.workshop import AT, Workshop, page

SHARED = Path(__file__).parents[2] / "html_templates/_shared"
SVG = "svg"

MANIFEST = """
languages = ["en", "de"]

[fields.series]
kind = "list"
max_items = 200
fallback = []

[fields.series.fields.label]
kind = "text"
optional = true

[fields.series.fields.value]
kind = "number"
optional = true

[fields.share]
kind = "number"
optional = true
"""

CALLS = {
    "bars": 'bars(series, label="Distance", values="all")',
    "overlapping bars": "bars(series, gap=-0.5)",
    "hills": 'hills(series, label="Distance")',
    "line": 'line(series, label="Distance", dots="all", values="all")',
    "line between its ends": 'line(series, label="Distance", zero=false)',
    "area": 'area(series, label="Distance", smooth=true)',
    "sparkline": 'sparkline(series, label="Distance")',
}

SERIES: dict[str, list[object]] = {
    "nothing": [],
    "one": [5],
    "one zero": [0],
    "zeros": [0, 0, 0],
    "all equal": [3, 3, 3, 3],
    "negative": [-3, -1, -9],
    "mixed": [4, -2, 7.25],
    "gaps": [None, 4, None, 2],
    "gaps alone": [None, None],
    "huge": [999_999_999_999_999_999, 1, -999_999_999_999_999_999],
    "tiny": ["0.00000000001", "0.00000000002"],
    "very many": list(range(200)),
}


class Charts:
    """Draws one macro's chart of some data, as XML."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        for name in ("charts.html", "charts.css"):
            workshop.write(f"_shared/{name}", (SHARED / name).read_bytes())

    def template(self, call: str) -> Template:
        body = (
            '{% import "_shared/charts.html" as charts %}<main>{{ charts.' + call + " }}</main>"
            '<p lang="{{ share }}">{{ series | length }}</p>'
        )
        head = '<title>Card</title><link rel="stylesheet" href="_shared/charts.css">'
        return self._workshop.make(page(body, head=head), manifest=MANIFEST)

    def drawn(
        self,
        call: str,
        series: Sequence[object] | None = None,
        *,
        share: object = None,
        language: str = "en",
    ) -> ElementTree.Element:
        template = self.template(call)
        items = [one if isinstance(one, dict) else {"value": one} for one in series or []]
        given = {"series": Given(items), "share": Given(share)}
        filled = fill(template.manifest, given, language=language, at=AT, assets=template.assets)
        html = compose(template, filled, setting_of(template, AT, language=language)).html
        return ElementTree.fromstring(re.search("<main>.*</main>", html, re.DOTALL)[0])  # type: ignore[index]


@pytest.fixture
def charts(tmp_path: Path) -> Charts:
    return Charts(Workshop(tmp_path))


def of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [one for one in root.iter() if name in (one.get("class") or "").split()]


def plot(root: ElementTree.Element) -> ElementTree.Element:
    (found,) = of_class(root, "chart-plot")
    return found


def percent(element: ElementTree.Element, name: str) -> float:
    return float((element.get(name) or "").removesuffix("%"))


def labelled(**values: object) -> list[object]:
    return [{"label": label, "value": value} for label, value in values.items()]


@pytest.mark.parametrize("series", SERIES.values(), ids=SERIES)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_every_drawing_is_whole_and_stays_in_its_box(
    charts: Charts, call: str, series: list[object]
) -> None:
    root = charts.drawn(call, series, language="de")

    for element in root.iter():
        for name, value in element.attrib.items():
            if name in {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height"}:
                assert re.fullmatch(r"-?\d+(\.\d+)?%?", value), (name, value)
                assert -100 <= float(value.removesuffix("%")) <= 200
            if name == "d" and element.get("class") in {"stroke", "fill"}:
                assert re.fullmatch(r"([MLHCV](-?[\d.]+ ?)+|Z)+", value), value
                assert all(0 <= float(one) <= 1000 for one in re.findall(r"-?[\d.]+", value))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_without_numbers_there_is_an_empty_box(charts: Charts, call: str) -> None:
    for series in ([], [None, None]):
        assert list(plot(charts.drawn(call, series))) == []


def test_a_chart_reads_out_its_labels_and_values_in_the_language(charts: Charts) -> None:
    series = labelled(Jan=1234.5, Feb=64)

    english = plot(charts.drawn('bars(series, label="Distance")', series))
    german = plot(charts.drawn('bars(series, label="Strecke", decimals=2)', series, language="de"))

    assert english.get("role") == german.get("role") == "img"
    assert english.get("aria-label") == "Distance: Jan 1,234.5, Feb 64"
    assert german.get("aria-label") == "Strecke: Jan 1.234,50, Feb 64,00"


def test_a_chart_that_has_nothing_to_say_is_hidden(charts: Charts) -> None:
    empty = plot(charts.drawn("bars(series)", []))

    assert (empty.get("aria-hidden"), empty.get("role")) == ("true", None)


def test_labels_cannot_write_html(charts: Charts) -> None:
    root = charts.drawn("bars(series)", labelled(**{'"><b>&': 3}))

    assert plot(root).get("aria-label") == '"><b>& 3'
    assert [one.text for one in root.iter("bdi")] == ['"><b>&']
    assert list(root.iter("b")) == []


def test_bars_are_as_high_as_their_values(charts: Charts) -> None:
    bars = of_class(charts.drawn("bars(series)", [10, 5, 2.5]), "bar")

    # Half of each is below the line at zero, and cut off there.
    assert [percent(bar, "height") / 2 for bar in bars] == [100, 50, 25]
    assert [percent(bar, "y") for bar in bars] == [0, 50, 75]


def test_what_is_below_zero_hangs_from_the_line(charts: Charts) -> None:
    root = charts.drawn("bars(series)", [30, -10])

    above, below = (one for one in plot(root) if one.tag == SVG)
    assert (percent(above, "height"), percent(below, "y")) == (75, 75)
    (bar,) = below
    assert "negative" in (bar.get("class") or "")
    assert percent(bar, "y") + percent(bar, "height") == 100
    assert percent(of_class(root, "zero")[0], "y1") == 75


def test_the_least_value_beside_a_huge_one_still_shows(charts: Charts) -> None:
    bars = of_class(charts.drawn("bars(series)", [10**17, 1]), "bar")

    assert percent(bars[1], "height") > 0


@pytest.mark.parametrize(
    ("series", "best"), [([1, 4, 2], [1]), ([7], [0]), ([3, 3], []), ([-3, -1], []), ([0], [])]
)
def test_the_largest_is_marked_only_where_there_is_one(
    charts: Charts, series: list[object], best: list[int]
) -> None:
    root = charts.drawn(
        'bars(series, values="best")', labelled(**dict(zip("abc", series, strict=False)))
    )
    bars = of_class(root, "bar")

    assert [n for n, bar in enumerate(bars) if "best" in (bar.get("class") or "")] == best
    assert len(of_class(root, "value")) == len(best)


def test_of_many_labels_twelve_at_most_are_shown(charts: Charts) -> None:
    series: list[object] = [{"label": f"day {n}", "value": n} for n in range(31)]

    shown = [one.text for one in charts.drawn("bars(series)", series).iter("bdi")]

    assert shown == [f"day {n}" for n in range(0, 31, 3)]


def test_a_smooth_line_never_swings_beyond_its_values(charts: Charts) -> None:
    (stroke,) = of_class(charts.drawn("line(series, smooth=true)", [0, 9, 9, 0, 9]), "stroke")

    heights = [float(y) for y in re.findall(r"[\d.]+ ([\d.]+)", stroke.get("d") or "")]
    assert (min(heights), max(heights)) == (0, 1000)


def test_a_line_of_one_value_is_level_from_edge_to_edge(charts: Charts) -> None:
    root = charts.drawn("line(series, zero=false)", [42])

    assert of_class(root, "stroke")[0].get("d") == "M0.0 500.0H500.0H1000"
    assert percent(of_class(root, "dot")[0], "cx") == 50


@pytest.mark.parametrize(
    ("share", "arc", "written"),
    [
        (None, [], []),
        (0, [], ["0%"]),
        (3, ["3.00 200"], ["3%"]),
        ("33.3", ["33.30 200"], ["33.3%"]),
        (100, ["100.00 200"], ["100%"]),
        (150, ["100.00 200"], ["150%"]),
        (-4, [], ["-4%"]),
    ],
)
def test_a_ring_shows_its_share_of_the_whole(
    charts: Charts, share: object, arc: list[str], written: list[str]
) -> None:
    root = charts.drawn("ring(share)", share=share)

    assert [one.get("stroke-dasharray") for one in of_class(root, "arc")] == arc
    assert [one.text for one in of_class(root, "inside")] == written
    assert len(of_class(root, "track")) == 1


@pytest.mark.parametrize("call", [*CALLS.values(), "ring(share)"])
def test_lint_finds_nothing_in_a_page_with_a_chart(charts: Charts, call: str) -> None:
    assert lint(charts.template(call)) == []


@pytest.mark.parametrize("literal", ["1e200 * 1e200", "[1, 2]", '"12"', "true", "none"])
def test_what_is_no_number_is_a_gap(charts: Charts, literal: str) -> None:
    root = charts.drawn(f"bars([1, {literal}, 3])")

    assert len(of_class(root, "bar")) == 2
