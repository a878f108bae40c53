"""Plans with pictures on the web: the key knows the address, and from when on it was asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.model import Rung
from service.render.plan import Plan
from service.web.headers import Keeping, picture_headers
from tests.render.workbench import AT, Workbench

PICTURES = """
width = 48
height = 24
{top}
[fields.first_name]
kind = "text"
fallback = "friend"
[fields.portrait]
kind = "image"
hosts = ["*.example.com"]
optional = true
[fields.more]
kind = "list"
of = {{ kind = "image", hosts = ["*.example.com"] }}
optional = true
"""
LOGO = {"portrait": "https://img.example.com/a.png"}
HOUR = timedelta(hours=1)


def a_bench(root: Path, top: str = 'max_age = "1h"') -> Workbench:
    return Workbench(root, manifest=PICTURES.format(top=top), body="{{ first_name }}")


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return a_bench(tmp_path)


def next_step(plan: Plan, step: timedelta = HOUR) -> datetime:
    assert plan.since is not None
    return plan.since + step


def test_without_a_picture_on_the_web_nothing_is_different(bench: Workbench) -> None:
    plan = bench.plan()

    assert (plan.remote, plan.since, plan.max_age) == ((), None, 3_600)
    assert bench.plan(at=AT + 10 * HOUR).key == plan.key
    assert not plan.changes


def test_each_step_of_max_age_has_its_key(bench: Workbench) -> None:
    plan = bench.plan(LOGO)
    end = next_step(plan)
    last, following = bench.plan(LOGO, at=end - timedelta(seconds=1)), bench.plan(LOGO, at=end)

    assert plan.since is not None
    assert plan.since <= AT < end
    assert last.key == plan.key
    assert following.key != plan.key
    assert following.since == end
    assert following.subject == plan.subject
    assert following.etag != plan.etag


def test_a_picture_may_be_kept_until_its_step_ends(bench: Workbench) -> None:
    plan = bench.plan(LOGO)
    end = next_step(plan)

    assert plan.max_age == int((end - AT).total_seconds())
    assert bench.plan(LOGO, at=plan.since).max_age == 3_600
    assert bench.plan(LOGO, at=end - timedelta(seconds=7)).max_age == 7
    assert bench.plan(LOGO, at=end - timedelta(milliseconds=1)).max_age == 1


def test_not_all_pictures_end_together(bench: Workbench) -> None:
    """A mailing of a thousand: their steps end all over the hour."""
    ends = {
        next_step(bench.plan(LOGO | {"first_name": f"Ada {number}"})).minute
        for number in range(1_000)
    }

    assert len(ends) == 60


@pytest.mark.parametrize(
    ("top", "step", "most"),
    [
        ('max_age = "1d"', timedelta(days=1), 86_400),
        ('max_age = "1s"', timedelta(minutes=1), 1),
        ("max_age = 0", timedelta(minutes=1), 0),
    ],
)
def test_a_step_is_a_minute_at_least(tmp_path: Path, top: str, step: timedelta, most: int) -> None:
    plan = a_bench(tmp_path, top).plan(LOGO)

    bench = a_bench(tmp_path, top)
    assert bench.plan(LOGO, at=next_step(plan, step)).key != plan.key
    assert bench.plan(LOGO, at=next_step(plan, step) - timedelta(seconds=1)).key == plan.key
    assert bench.plan(LOGO, at=plan.since).max_age == most


def test_with_a_clock_whichever_step_ends_first_counts(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, 'max_age = "1h"\nrefresh = "10m"')
    at = next_step(bench.plan(LOGO)) - timedelta(seconds=1)

    assert bench.plan(LOGO, at=at).max_age == 1
    assert bench.plan(LOGO, at=datetime(2026, 5, 17, 13, 9, 59, tzinfo=UTC)).max_age == 1
    assert all(
        bench.plan(LOGO, at=AT + timedelta(minutes=minute)).max_age <= 600 for minute in range(60)
    )


@pytest.mark.parametrize("values", [LOGO, {"more": [*LOGO.values()]}])
def test_a_picture_with_the_web_in_it_is_never_immutable(
    bench: Workbench, values: dict[str, object]
) -> None:
    plan, plain = bench.plan(values), bench.plan()
    keeping = Keeping("public", plan.template.version)

    assert "immutable" in picture_headers(plain, Rung.EXACT, keeping)["Cache-Control"]
    told = picture_headers(plan, Rung.EXACT, keeping)["Cache-Control"]
    assert "immutable" not in told
    assert f"max-age={plan.max_age}, stale-while-revalidate={plan.max_age}" in told


def test_addresses_that_mean_the_same_are_one_picture(bench: Workbench) -> None:
    other = {"portrait": "HTTPS://IMG.Example.com:443/a.png#top"}

    assert bench.plan(other).key == bench.plan(LOGO).key
    assert bench.plan({"portrait": "https://img.example.com/A.png"}).key != bench.plan(LOGO).key
