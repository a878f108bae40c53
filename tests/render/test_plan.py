"""Plans: everything that is decided about a picture before a browser is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from service.errors import InvalidData, TemplateFailed, TemplateNotFound
from service.imaging.encode import QUALITY
from service.model import Format, Lane, Paper, RenderRequest, Sheet
from tests.render.workbench import AT, BODY, MANIFEST, Workbench, codes, request


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)


PLAIN = {"first_name": "Ada"}


# Time

REFRESHED = 'refresh = "1m"\nmax_age = "1h"\n' + MANIFEST


def test_with_refresh_each_step_has_its_key(tmp_path: Path) -> None:
    bench = Workbench(tmp_path, manifest=REFRESHED, body=BODY + "{{ now }}")
    first = bench.plan(at=AT)

    assert first.at == AT.replace(second=0)
    assert bench.plan(at=AT + timedelta(seconds=3)).key == first.key
    assert bench.plan(at=AT + timedelta(seconds=4)).key != first.key
    assert bench.plan(at=AT + timedelta(seconds=4)).subject == first.subject


def test_the_callers_time_zone_does_not_matter(tmp_path: Path) -> None:
    bench = Workbench(tmp_path, manifest=REFRESHED)
    elsewhere = AT.astimezone(timezone(timedelta(hours=5, minutes=45)))

    assert bench.plan(at=elsewhere).key == bench.plan(at=AT).key


@pytest.mark.parametrize(
    ("manifest", "at", "seconds"),
    [
        (MANIFEST, AT, 86_400),
        ('max_age = "5m"\n' + MANIFEST, AT, 300),
        (REFRESHED, AT, 4),
        (REFRESHED, AT.replace(second=0), 60),
        (REFRESHED, datetime(2026, 1, 1, 0, 0, 59, 900_000, tzinfo=UTC), 1),
        ('refresh = "1d"\nmax_age = "10m"\n' + MANIFEST, AT, 600),
    ],
)
def test_a_picture_may_be_kept_until_it_changes(
    tmp_path: Path, manifest: str, at: datetime, seconds: int
) -> None:
    assert Workbench(tmp_path, manifest=manifest).plan(at=at).max_age == seconds


# Versions


def test_a_kept_version_is_drawn_as_it_was(bench: Workbench) -> None:
    before = bench.plan(PLAIN)
    bench.save(body=BODY + "!")
    again = bench.plan(PLAIN, version=before.template.version)

    assert again.key == before.key
    assert again.notes == ()


def test_a_lost_version_is_the_current_one_with_a_note(bench: Workbench) -> None:
    plan = bench.plan(PLAIN, version="0123456789abcdef01234567")

    assert plan.template.version == bench.plan().template.version
    assert codes(plan.notes) == [("_v", "version_gone")]


def test_the_current_version_may_be_named(bench: Workbench) -> None:
    assert bench.plan(version=bench.plan().template.version).notes == ()


def test_an_unknown_template_is_not_planned(bench: Workbench) -> None:
    with pytest.raises(TemplateNotFound) as caught:
        bench.planner.plan(RenderRequest("cart", {}, AT))

    assert "card" in caught.value.hint


# Notes

ODD = {"first_name": " ", "parts": "many", "first_nam": "Ada"}
ODDLY = {"size": "0x0", "scale": "nan", "quality": "0", "language": "xx", "theme": "x"}
EVERY_FAULT = [
    ("_size", "invalid"),
    ("_scale", "invalid"),
    ("_quality", "invalid"),
    ("_lang", "invalid"),
    ("_theme", "invalid"),
    ("first_name", "missing"),
    ("parts", "invalid"),
    ("first_nam", "unknown_field"),
]


def test_what_cannot_be_used_is_noted_and_drawn_all_the_same(bench: Workbench) -> None:
    plan = bench.plan(ODD, **ODDLY)

    assert codes(plan.notes) == EVERY_FAULT
    assert plan.filled.values == {"first_name": "friend", "parts": 1}


def test_a_strict_request_hears_of_every_fault_at_once(bench: Workbench) -> None:
    with pytest.raises(InvalidData) as caught:
        bench.planner.plan(request(ODD, **ODDLY), strict=True)

    assert [(problem.field, problem.code) for problem in caught.value.fields] == EVERY_FAULT
    assert "first_name" in caught.value.message
    assert "many" not in caught.value.message


def test_a_strict_request_without_faults_is_the_same_plan(bench: Workbench) -> None:
    assert bench.planner.plan(request(PLAIN), strict=True) == bench.plan(PLAIN)


def test_a_strict_request_lets_a_repaired_value_pass(bench: Workbench) -> None:
    plan = bench.planner.plan(request({"first_name": "A\u200bda\u0007"}), strict=True)

    assert codes(plan.notes) == [("first_name", "repaired")]


# What is wanted


def test_nothing_asked_is_what_the_manifest_says(bench: Workbench) -> None:
    plan = bench.plan()

    assert (plan.size, plan.width, plan.height, plan.scale) == ("default", 48, 24, 1.0)
    assert (plan.format, plan.language, plan.theme) == (Format.PNG, "en", None)
    assert plan.lane is Lane.SWAP


@pytest.mark.parametrize("image_format", [Format.JPEG, Format.WEBP, Format.AVIF])
def test_each_format_has_its_own_quality_unless_one_is_asked_for(
    bench: Workbench, image_format: Format
) -> None:
    assert bench.plan(format=image_format).quality == QUALITY[image_format]
    assert bench.plan(format=image_format, quality="41").wanted.quality == 41


def test_the_wanted_file_is_measured_in_device_pixels(tmp_path: Path) -> None:
    manifest = 'scales = [1, 1.5]\neffort = "small"\npalette = true\ntransparent = true\n'
    bench = Workbench(tmp_path, manifest=manifest + MANIFEST)
    wanted = bench.plan(scale="1.5", size="tall").wanted

    assert (wanted.width, wanted.height) == (36, 72)
    assert (wanted.effort, wanted.palette, wanted.transparent) == ("small", True, True)


def test_a_template_with_scripts_takes_the_fresh_lane(tmp_path: Path) -> None:
    assert Workbench(tmp_path, manifest="javascript = true\n" + MANIFEST).plan().lane is Lane.FRESH


def test_a_wanted_file_has_as_many_pixels_as_chromium_makes(tmp_path: Path) -> None:
    manifest = MANIFEST.replace("width = 48", "width = 45").replace("height = 24", "height = 7")
    wanted = Workbench(tmp_path, manifest="scales = [1.5]\n" + manifest).plan(scale="1.5").wanted

    assert (wanted.width, wanted.height) == (68, 11)


# PDF


def test_a_pdf_is_drawn_in_the_fresh_lane_on_a_sheet_as_large_as_the_card(
    bench: Workbench,
) -> None:
    plan = bench.plan(format=Format.PDF, size="tall", language="de")

    assert plan.lane is Lane.FRESH
    assert plan.sheet == Sheet(Paper.of_pixels(24, 48), "Card", "de")
    assert bench.plan().sheet is None


def test_a_template_with_a_page_is_printed_on_it_in_its_own_size_alone(tmp_path: Path) -> None:
    bench = Workbench(tmp_path, manifest='page = "A6"\n' + MANIFEST)
    usual, tall = (bench.plan(format=Format.PDF, size=size) for size in ("default", "tall"))

    assert usual.sheet == Sheet(Paper(105, 148), "Card", "en")
    assert tall.sheet == Sheet(Paper.of_pixels(24, 48), "Card", "en")


@pytest.mark.parametrize("javascript", [True, False])
def test_scripts_run_where_the_template_says_so_and_not_because_of_a_lane(
    tmp_path: Path, javascript: bool
) -> None:
    line = f"javascript = {str(javascript).lower()}\n"
    bench = Workbench(tmp_path, manifest=line + MANIFEST)
    document = bench.renderer.compose(bench.plan(format=Format.PDF))

    assert (document.lane, document.scripts) == (Lane.FRESH, javascript)


# What is wrong on disk


def test_the_failure_of_a_broken_save_is_at_hand_while_the_last_good_one_serves(
    bench: Workbench,
) -> None:
    assert bench.planner.failure("card") is None

    good = bench.plan().template.version
    bench.save(body="{{ last_name }}")
    failure = bench.planner.failure("card")

    assert isinstance(failure, TemplateFailed)
    assert (failure.file, failure.line) == ("template.html", 4)
    assert bench.plan().template.version == good


def test_a_broken_manifest_is_no_failure_to_fill(bench: Workbench) -> None:
    bench.save(manifest="widht = 1")

    assert bench.planner.failure("card") is None
