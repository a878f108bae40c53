"""Keys of plans: what affects pixels is in them, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.catalogue.compose import compose
from service.catalogue.money import Money
from service.model import Filled, Format, RenderRequest
from service.render import plan as plan_module
from service.render.plan import NO_QUALITY, Plan, Planner
from tests.render.workbench import AT, BODY, MANIFEST, SECRET, Workbench, request

EVERY_KIND = """
width = 40
height = 20
languages = ["en", "de"]
themes = ["night", "paper"]
refresh = "1m"
[sizes.tall]
width = 20
height = 40
[fields.words]
kind = "text"
fallback = "1"
[fields.more]
kind = "text"
optional = true
[fields.whole]
kind = "integer"
fallback = 1
[fields.yes]
kind = "boolean"
fallback = true
[fields.parts]
kind = "list"
optional = true
[fields.group]
kind = "group"
optional = true
[fields.group.fields.title]
kind = "text"
optional = true
"""

EVERYTHING = """
{{ words }}|{{ words is given }}|{{ more is none }}|{{ more or "" }}|{{ whole + 1 }}
{{ whole is given }}|{{ yes }}|{{ parts is none }}|{{ parts|length if parts }}
{% for part in parts or () %}<i>{{ part }}</i>{% endfor %}{{ group is none }}
{% if group %}{{ group.title is none }}<b>{{ group.title or "" }}</b>{% endif %}{{ now.minute }}
"""


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    """Over one template that shows every kind of value, and is never changed."""
    bench = Workbench(
        tmp_path_factory.mktemp("plans"),
        manifest=EVERY_KIND,
        body=EVERYTHING,
        shared={"themes/night.toml": 'ink = "#fff"', "themes/paper.toml": 'ink = "#000"'},
    )
    return bench.planner


# What cannot share a key

raw = st.sampled_from([1, "1", True, "true", ["a", "b"], "a,b", '["a","b"]', None, "", " 1 ", "é"])
values = st.dictionaries(
    st.sampled_from(["words", "more", "whole", "yes", "parts", "group", "group.title", "utm_id"]),
    raw | st.just({"title": "1"}),
    max_size=4,
)
asked = st.fixed_dictionaries(
    {},
    optional={
        "format": st.sampled_from(Format),
        "size": st.sampled_from(["default", "tall", "20x40", "huge"]),
        "scale": st.sampled_from(["1", "1.0", "2", "nan"]),
        "quality": st.sampled_from(["85", "82", "10"]),
        "language": st.sampled_from(["en", "de", "de-AT", "fr"]),
        "theme": st.sampled_from(["night", "paper", "none"]),
        "at": st.sampled_from([AT, AT + timedelta(seconds=2), AT + timedelta(minutes=1)]),
    },
)


def seen(plan: Plan) -> tuple[object, ...]:
    """All that a drawing works with: page, what was given (a template may ask), and the file."""
    wanted = plan.wanted
    quality = None if plan.format in NO_QUALITY else wanted.quality
    page = compose(plan.template, plan.filled, plan.setting).html, plan.filled.given
    return *page, plan.size, plan.width, plan.height, plan.scale, plan.format, quality


@settings(deadline=None, max_examples=200)
@given(values, asked, values, asked, st.booleans())
def test_two_plans_share_a_key_only_if_they_draw_the_same(
    planner: Planner,
    one_values: dict[str, object],
    one_asked: dict[str, Any],
    other_values: dict[str, object],
    other_asked: dict[str, Any],
    alike: bool,
) -> None:
    """Two that have nothing to do with each other, or one and a few changes to it."""
    if alike:
        other_values, other_asked = one_values | other_values, one_asked | other_asked
    one = planner.plan(request(one_values, **one_asked))
    other = planner.plan(request(other_values, **other_asked))

    if seen(one) == seen(other):
        assert one.etag == other.etag
        assert one.key == other.key
    else:
        assert one.key != other.key


CONFUSABLE = [
    *(None, True, False, 0, 1, 10, "", "0", "1", "10", "true", "True", "None", "[]", "()", "{}"),
    *("a", "b", "ab", "a,b", "a b", '["a","b"]', "('a', 'b')", "\0", "n\0"),
    *((), ("",), (None,), ("a",), ("a", "b"), ("ab",), ("a,b",), ("b", "a"), (("a",), "b")),
    *({}, {"a": "b"}, {"a": None}, {"a": ""}, {"b": "a"}, {"a": "a", "b": "b"}, ({"a": "b"},)),
    *(Decimal(0), Decimal(1), Decimal("1.0"), Decimal("1.00"), Decimal(10), Decimal("1E+1")),
    *(Money(Decimal(1), "EUR"), Money(Decimal(1), "USD"), Money(Decimal("1.0"), "EUR"), "1 EUR"),
    *(date(2026, 5, 17), AT.replace(hour=0, minute=0, second=0), AT, "2026-05-17", str(AT)),
]


def test_no_two_values_of_any_kind_share_a_key_or_a_subject(planner: Planner) -> None:
    plans = [planned(planner, Filled({"a": value}, frozenset("a"))) for value in CONFUSABLE]

    assert len({plan.key for plan in plans}) == len(CONFUSABLE)
    assert len({plan.subject for plan in plans}) == len(CONFUSABLE)


typed = st.recursive(
    st.sampled_from(CONFUSABLE) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=4,
)
fillings = st.builds(
    lambda values, given: Filled(MappingProxyType(values), frozenset(given)),
    st.dictionaries(st.sampled_from(["a", "b", "ab"]), typed, max_size=3),
    st.sets(st.sampled_from(["a", "b", "ab"])),
)


def spelled(value: object) -> object:
    """A value with its types, so that 1, True and Decimal("1.0") are told apart."""
    if isinstance(value, tuple):
        return tuple(spelled(part) for part in value)
    if isinstance(value, Mapping):
        return {name: spelled(part) for name, part in value.items()}
    return type(value).__name__, repr(value)


def test_the_same_values_in_other_fields_are_another_picture(planner: Planner) -> None:
    one, other = {"a": "x", "b": None}, {"a": None, "b": "x"}
    renamed = {"b": "x", "c": None}
    keys = {planned(planner, Filled(values, frozenset())).key for values in (one, other, renamed)}
    given_keys = {planned(planner, Filled(one, frozenset(names))).key for names in ("", "a", "ab")}

    assert len(keys) == len(given_keys) == 3


def planned(planner: Planner, filled: Filled) -> Plan:
    """The plan of a request whose fields hold exactly these values."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_module, "fill", lambda *_, **__: filled)
        return planner.plan(request())


@settings(deadline=None)
@given(fillings, fillings)
def test_fillings_share_a_key_only_if_they_are_the_same_to_the_type(
    planner: Planner, one: Filled, other: Filled
) -> None:
    first, second = planned(planner, one), planned(planner, other)

    same_values = spelled(one.values) == spelled(other.values)
    assert (first.subject == second.subject) == same_values
    assert (first.key == second.key) == (same_values and one.given == other.given)


@pytest.mark.parametrize(
    ("field", "given_values", "pictures"),
    [
        ("words", [1, "1", " 1 "], 1),
        ("words", [None, "", "  ", ["a", "b"], {}], 1),
        ("words", ["1", None], 2),  # the same text, once given and once the fallback
        ("words", [1, True, "a,b", None], 4),
        ("parts", [["a", "b"], '["a", "b"]', ("a", "b")], 1),
        ("parts", [["a", "b"], ["a,b"], ["ab"], ["b", "a"], "a,b"], 5),
        ("parts", ["a,b", "", None, []], 1),
        ("whole", [1, "1", "1.0", " 1 "], 1),
        ("whole", ["1", None, 2], 3),
        ("yes", [True, "true", "yes", 1, "ON"], 1),
        ("yes", [True, False, None], 3),
        ("group", [{"title": "1"}, '{"title": "1"}', {"Title": 1}], 1),
        ("group", [{"title": "1"}, {"title": None}, None], 3),
    ],
)
def test_values_have_one_picture_each_and_spellings_of_one_value_share_it(
    planner: Planner, field: str, given_values: list[object], pictures: int
) -> None:
    keys = {planner.plan(request({field: value})).key for value in given_values}

    assert len(keys) == pictures


def test_an_absent_value_is_like_an_empty_one(planner: Planner) -> None:
    absent = planner.plan(request())

    assert absent.key == planner.plan(request({"words": ""})).key
    assert absent.key == planner.plan(request({"words": None})).key


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)


PLAIN = {"first_name": "Ada"}


@pytest.mark.parametrize(
    ("values", "more"),
    [
        ({"first_name": "Grace"}, {}),
        ({"first_name": "ada"}, {}),
        ({"first_name": "friend"}, {}),
        ({}, {}),
        (PLAIN | {"parts": "2"}, {}),
        (PLAIN | {"parts": "1"}, {}),
        (PLAIN, {"size": "tall"}),
        (PLAIN, {"scale": "2"}),
        (PLAIN, {"language": "de"}),
        (PLAIN, {"format": Format.WEBP}),
        (PLAIN, {"format": Format.JPEG}),
        (PLAIN, {"format": Format.PDF}),
    ],
)
def test_what_changes_the_picture_changes_the_key_and_the_etag(
    bench: Workbench, values: Mapping[str, object], more: dict[str, Any]
) -> None:
    plain, other = bench.plan(PLAIN), bench.plan(values, **more)

    assert plain.key != other.key
    assert plain.etag != other.etag


@pytest.mark.parametrize("image_format", [Format.JPEG, Format.WEBP, Format.AVIF])
def test_another_quality_is_another_picture_except_for_png(
    bench: Workbench, image_format: Format
) -> None:
    usual, poor = bench.plan(format=image_format), bench.plan(format=image_format, quality="5")

    assert usual.key != poor.key
    assert usual.subject == poor.subject
    assert bench.plan(quality="5").key == bench.plan().key


def test_a_pdf_has_no_scale_and_no_quality(bench: Workbench) -> None:
    plain = bench.plan(PLAIN, format=Format.PDF)
    other = bench.plan(PLAIN, format=Format.PDF, scale="3", quality="5")

    assert (plain.key, plain.subject, plain.scale) == (other.key, other.subject, 1.0)


@pytest.mark.parametrize("more", [{"size": "tall"}, {"language": "de"}])
def test_another_size_or_language_is_another_pdf(bench: Workbench, more: dict[str, Any]) -> None:
    plain, other = (bench.plan(PLAIN, format=Format.PDF, **one) for one in ({}, more))

    assert plain.key != other.key
    assert plain.subject != other.subject


@pytest.mark.parametrize(
    ("values", "more"),
    [
        ({"first_name": "  Ada "}, {}),
        ({"First-Name": "Ada"}, {}),
        ({"vorname": "Ada"}, {}),
        (PLAIN | {"utm_source": "mail"}, {}),
        (PLAIN | {"parts": ""}, {}),
        (PLAIN, {"size": "48x24"}),
        (PLAIN, {"size": "nothing"}),
        (PLAIN, {"scale": "1.00"}),
        (PLAIN, {"language": "en-GB"}),
        (PLAIN, {"theme": "night"}),
        (PLAIN, {"format": Format.PNG}),
        (PLAIN, {"quality": "10"}),  # PNG has none
        (PLAIN, {"at": AT + timedelta(days=3)}),
        (PLAIN, {"version": "0" * 24}),
    ],
)
def test_what_does_not_change_the_picture_does_not_change_the_key(
    bench: Workbench, values: Mapping[str, object], more: dict[str, Any]
) -> None:
    plain, other = bench.plan(PLAIN), bench.plan(values, **more)

    assert (plain.key, plain.subject) == (other.key, other.subject)


@settings(deadline=None)
@given(st.permutations([("first_name", "Ada"), ("parts", "3"), ("utm_id", "1")]))
def test_the_order_of_values_does_not_matter(
    planner_of_card: Planner, pairs: list[tuple[str, str]]
) -> None:
    usual = planner_of_card.plan(request({"first_name": "Ada", "parts": "3"}))

    assert planner_of_card.plan(request(dict(pairs))).key == usual.key


@pytest.fixture(scope="module")
def planner_of_card(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    return Workbench(tmp_path_factory.mktemp("card")).planner


def test_another_version_has_other_keys_and_the_same_subject(bench: Workbench) -> None:
    before = bench.plan(PLAIN)
    bench.save(body=BODY + "!")
    after = bench.plan(PLAIN)

    assert before.template.version != after.template.version
    assert before.key != after.key
    assert before.subject == after.subject


def test_another_engine_has_other_keys_and_the_same_subject(bench: Workbench) -> None:
    upgraded = Planner(bench.catalogue, secret=SECRET, fingerprint="another engine")
    before, after = bench.plan(PLAIN), upgraded.plan(request(PLAIN))

    assert before.key != after.key
    assert before.subject == after.subject


def test_another_installation_has_other_keys_and_subjects(bench: Workbench) -> None:
    elsewhere = Planner(bench.catalogue, secret=b"another", fingerprint="a fake engine")
    here, there = bench.plan(PLAIN), elsewhere.plan(request(PLAIN))

    assert here.key != there.key
    assert here.subject != there.subject


def test_another_template_has_another_subject(bench: Workbench) -> None:
    bench.workshop.template(BODY, name="copy", manifest=MANIFEST)
    bench.catalogue.load_all()
    copy = bench.planner.plan(RenderRequest("copy", PLAIN, AT))

    assert copy.template.version == bench.plan(PLAIN).template.version
    assert copy.subject != bench.plan(PLAIN).subject
    assert copy.key != bench.plan(PLAIN).key


@pytest.mark.parametrize(
    ("values", "more"),
    [
        ({"first_name": "Grace"}, {}),
        (PLAIN, {"size": "tall"}),
        (PLAIN, {"scale": "2"}),
        (PLAIN, {"language": "de"}),
        (PLAIN, {"format": Format.JPEG}),
        (PLAIN, {"format": Format.PDF}),
    ],
)
def test_a_subject_is_one_content_in_one_shape(
    bench: Workbench, values: Mapping[str, object], more: dict[str, Any]
) -> None:
    """So a stale picture never shows another name, nor has another size or format."""
    assert bench.plan(PLAIN).subject != bench.plan(values, **more).subject
