from __future__ import annotations

from collections.abc import Mapping

from service.model import Rung
from service.render.campaign import Report
from service.render.tally import Counts, FieldCounts, Window
from service.web.studio.health import panel


def report(asked: int, fields: Mapping[str, FieldCounts], refused: int = 0) -> Report:
    rungs = dict.fromkeys(Rung, 0) | {Rung.EXACT: asked - refused, Rung.GENERIC: refused}
    counts = Counts(asked, asked // 2, refused, 0, asked, rungs, fields)
    return Report("ticket", Window.DAY, 0, 86_400, counts, (), lasting=True)


def test_nothing_asked_for_is_no_panel() -> None:
    assert panel(report(0, {"first_name": FieldCounts()})) is None


def test_a_bar_has_a_part_for_what_is_good_poor_and_bad() -> None:
    field = FieldCounts(given=50, missing=10, invalid=10, absent=10, unresolved={"braze": 20})
    found = panel(report(100, {"first_name": field, "company": FieldCounts(absent=100)}))

    assert found is not None
    (line,) = found.lines
    assert [(part.kind, part.start, part.width) for part in line.parts] == [
        ("good", 0, 50),
        ("poor", 50, 20),
        ("bad", 70, 20),
    ]
    assert line.shares["tags"] == "20 %"
    assert line.shares["cut"] == ""
    assert found.unused == ("company",)


def test_refused_addresses_are_told_where_there_are_any() -> None:
    without = panel(report(100, {}))
    with_some = panel(report(100, {}, refused=30))

    assert without is not None
    assert with_some is not None
    assert not any("signed" in fact for fact in without.facts)
    assert "30 % not signed" in with_some.facts
