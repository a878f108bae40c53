"""Each finding at its threshold: just below nothing, from there on red."""

from __future__ import annotations

import re
from typing import Any

import pytest

from service.model import Rung
from service.render.findings import FEWEST, FEWEST_ALIKE, THRESHOLDS, findings, percent
from service.render.tally import Counts, FieldCounts
from tests.pages import read, rows, section

KINDS = {"first_name": "name", "due": "date"}


def counts(asked: int = 1_000, **other: Any) -> Counts:
    """A campaign in which all is well, but for what a test says."""
    below = {Rung(name): other.pop(name) for name in list(other) if name in set(Rung)}
    fields = {"first_name": FieldCounts(given=asked), "due": FieldCounts(given=asked)}
    fields |= other.pop("fields", {})
    values: dict[str, Any] = {
        "asked": asked,
        "personalised": asked,
        "refused": 0,
        "truncated": 0,
        "addresses": asked,
        "rungs": {Rung.EXACT: asked - sum(below.values())}
        | dict.fromkeys(list(Rung)[1:], 0)
        | below,
        "fields": fields,
    }
    return Counts(**(values | other))


def codes(found: Counts) -> list[str]:
    return [one.code for one in findings(found, KINDS)]


def with_field(**numbers: Any) -> Counts:
    """A thousand requests, of which `first_name` got what a test says."""
    rest = sum(sum(n.values()) if isinstance(n, dict) else n for n in numbers.values())
    rest -= numbers.get("cut", 0)
    return counts(fields={"first_name": FieldCounts(given=1_000 - rest, **numbers)})


BELOW_AND_AT = {
    "unresolved_tags": (
        with_field(unresolved={"klaviyo": 30, "unknown": 19}),
        with_field(unresolved={"klaviyo": 30, "unknown": 20}),
    ),
    "mostly_missing": (with_field(missing=499), with_field(missing=500)),
    "invalid_values": (with_field(invalid=99), with_field(invalid=100)),
    "cut_values": (with_field(cut=249), with_field(cut=250)),
    "never_personalised": tuple(
        counts(
            fields={
                "first_name": FieldCounts(given=1_000 - absent, absent=absent),
                "due": FieldCounts(absent=1_000),
            }
        )
        for absent in (899, 900)
    ),
    "cut_addresses": (counts(truncated=49), counts(truncated=50)),
    "refused_signatures": (counts(refused=49, generic=49), counts(refused=50, generic=50)),
    "late_pictures": (counts(stale=20, tile=29), counts(stale=20, tile=20, generic=10)),
    "degraded_pictures": (counts(degraded=99), counts(degraded=100)),
    "one_address": (counts(addresses=2), counts(addresses=1)),
}


def test_every_threshold_is_tried() -> None:
    assert set(BELOW_AND_AT) == set(THRESHOLDS)


@pytest.mark.parametrize("code", BELOW_AND_AT)
def test_a_finding_begins_at_its_threshold(code: str) -> None:
    below, at = BELOW_AND_AT[code]

    assert codes(below) == []
    assert codes(at) == [code]


@pytest.mark.parametrize("code", BELOW_AND_AT)
def test_a_finding_says_a_cause_and_a_way_out(code: str) -> None:
    (found,) = findings(BELOW_AND_AT[code][1], KINDS)

    for text in (found.cause, found.way_out):
        assert re.match(r"[A-Z0-9]", text)
        assert text.endswith(".")
        assert len(text) > 40
    assert 0 < found.share <= 1


def test_thresholds_are_documented() -> None:
    table = section(read("docs/campaign-health.md"), "## What is red")
    documented = {row[0].strip("`"): row[1] for row in rows(table) if row[0].startswith("`")}

    assert documented == {
        code: f"{share:.0%}".replace("%", " %") for code, share in THRESHOLDS.items()
    }
    assert f"{FEWEST} requests" in table
    assert f"{FEWEST_ALIKE} requests" in table


def test_a_sound_campaign_has_no_findings() -> None:
    assert codes(counts()) == []


def test_nothing_is_red_below_twenty_requests() -> None:
    field = FieldCounts(unresolved={"klaviyo": 19})
    assert codes(counts(19, truncated=19, tile=19, fields={"first_name": field})) == []

    field = FieldCounts(unresolved={"klaviyo": 20})
    assert codes(counts(20, fields={"first_name": field})) == ["unresolved_tags"]


def test_a_page_that_is_reloaded_is_no_campaign_with_one_address() -> None:
    assert codes(counts(99, addresses=1)) == []
    assert codes(counts(100, addresses=1)) == ["one_address"]


def test_a_template_without_fields_may_have_one_address() -> None:
    assert list(findings(counts(addresses=1, fields={}), {})) == []


def test_few_that_were_not_refused_say_nothing_about_fields() -> None:
    field = FieldCounts(missing=10)
    found = counts(1_000, refused=990, generic=990, fields={"first_name": field})

    assert codes(found) == ["refused_signatures"]


def test_refused_pictures_are_not_the_services_fault() -> None:
    assert "late_pictures" not in codes(counts(refused=500, generic=490, tile=10))


def test_unfilled_tags_name_the_field_the_share_and_the_platform() -> None:
    (found,) = findings(with_field(unresolved={"klaviyo": 920, "unknown": 10}), KINDS)

    assert found.cause.startswith(
        "93 % of first_name are Klaviyo tags that were never filled: the editor encoded the braces"
    )
    assert (found.field, found.platform) == ("first_name", "klaviyo")


@pytest.mark.parametrize(
    ("platform", "told"),
    [("hubspot", "HubSpot tags"), ("braze", "Braze tags"), ("unknown", "are merge tags that")],
)
def test_a_platform_is_written_as_it_writes_itself(platform: str, told: str) -> None:
    (found,) = findings(with_field(unresolved={platform: 930}), KINDS)

    assert told in found.cause
    assert found.platform == ("" if platform == "unknown" else platform)


def test_one_address_says_how_many_asked_for_it() -> None:
    (found,) = findings(counts(2_000, addresses=1), KINDS)

    assert found.cause.startswith("2,000 requests, one URL: your platform copied the picture")


def test_a_value_that_cannot_be_read_says_what_the_field_takes() -> None:
    field = FieldCounts(given=500, invalid=500)
    (found,) = findings(counts(fields={"due": field}), KINDS)

    assert "2026-05-17" in found.cause


def test_a_required_field_that_nobody_sent_is_missing_not_unpersonalised() -> None:
    fields = {"first_name": FieldCounts(missing=1_000), "due": FieldCounts(absent=1_000)}

    assert codes(counts(fields=fields)) == ["mostly_missing"]


@pytest.mark.parametrize(
    ("share", "told"),
    [(1.0, "100 %"), (0.999, "99 %"), (0.5, "50 %"), (0.001, "under 1 %"), (0.0, "0 %")],
)
def test_a_share_is_not_all_until_it_is(share: float, told: str) -> None:
    assert percent(share) == told
