"""compose: the document, its head, its limits, and what it says when a page fails."""

from __future__ import annotations

import gc
import time
import weakref
from datetime import date
from decimal import Decimal

import pytest

from service.catalogue.compose import MAX_OUTPUT, compiled
from service.catalogue.money import Money
from service.errors import TemplateFailed
from tests.catalogue.workshop import Workshop, body_of, field, filled, page


def failure(workshop: Workshop, body: str, **more: object) -> TemplateFailed:
    template = workshop.make(body, manifest=str(more.pop("manifest", "")), **more)
    with pytest.raises(TemplateFailed) as caught:
        filled(template, dict.fromkeys(template.manifest.fields, "Ada Secret"))
    assert "Secret" not in caught.value.message
    return caught.value


def test_values_are_escaped(workshop: Workshop) -> None:
    template = workshop.make("{{ name }}", manifest=field("name"))

    assert body_of(filled(template, {"name": "<b>\"'&"})) == "&lt;b&gt;&#34;&#39;&amp;"


def test_an_absent_value_shows_nothing(workshop: Workshop) -> None:
    template = workshop.make("[{{ name }}]", manifest=field("name", fallback=None))

    assert body_of(filled(template, {})) == "[]"


def test_given_asks_where_a_value_came_from(workshop: Workshop) -> None:
    template = workshop.make(
        "{% macro m() %}{{ 'given' if name is given else 'fallback' }}{% endmacro %}"
        "{{ m() }} {{ name is not given }}",
        manifest=field("name"),
    )

    assert body_of(filled(template, {"name": "Ada"})) == "given False"
    assert body_of(filled(template, {"name": "Ada"}, given=())) == "fallback True"


@pytest.mark.parametrize(
    "question", ["namee is given", "name.upper() is given", "'name' is given"]
)
def test_given_is_refused_for_anything_but_a_field(workshop: Workshop, question: str) -> None:
    error = failure(workshop, f"{{{{ {question} }}}}", manifest=field("name"))

    assert error.message == "`is given` asks about a declared field, by its name"
    assert (error.file, error.line) == ("template.html", 4)


def test_the_root_says_language_direction_size_and_theme(workshop: Workshop) -> None:
    workshop.write("_shared/themes/dark.toml", "")
    template = workshop.make(
        '<!doctype html><html class="a&amp;b" lang=xx data-x hidden><head></head>'
        "<body></body></html>",
        manifest='themes = ["dark"]\n[sizes.story]\nwidth = 10\nheight = 20\n',
    )

    html = filled(template, {}, size="story", language="ar").html

    assert html.startswith(
        '<!doctype html><html lang="ar" dir="rtl" data-size="story" data-theme="dark" '
        'class="a&amp;b" data-x hidden><head>'
    )


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("en", "ltr"),
        ("he", "rtl"),
        ("fa-IR", "rtl"),
        ("ur", "rtl"),
        ("az-Arab", "rtl"),
        ("ks-Deva", "ltr"),
        ("xx", "ltr"),
        ("zh-Hant-HK", "ltr"),
    ],
)
def test_the_direction_is_that_of_the_language(
    workshop: Workshop, language: str, direction: str
) -> None:
    html = filled(workshop.make(), {}, language=language).html

    assert f'<html lang="{language}" dir="{direction}" ' in html


def test_our_style_sheets_end_the_head_and_the_charset_starts_it(workshop: Workshop) -> None:
    composed = filled(workshop.make(), {})

    assert composed.head == (
        '<!doctype html>\n<html>\n<head><meta charset="utf-8"><title>Card</title>'
        '<link rel="stylesheet" href="style.css"></head>'
    )


@pytest.mark.parametrize("href", ["style.css", "./style.css"])
def test_a_style_sheet_is_linked_once(workshop: Workshop, href: str) -> None:
    head = f"<meta charset=utf-8><LINK REL='stylesheet' href={href}>"

    assert filled(workshop.make(page("x", head=head)), {}).html.count("style.css") == 1


def test_without_a_style_sheet_none_is_linked(workshop: Workshop) -> None:
    workshop.template()
    (workshop.root / "card/style.css").unlink()

    assert "link" not in filled(workshop.load(), {}).html


def test_the_head_is_the_same_whatever_the_values(workshop: Workshop) -> None:
    template = workshop.make(
        '<!doctype html><html style="--c:{{ c }}"><head></head><body class="{{ c }}">'
        "{{ name }}</body></html>",
        manifest=field("c", "color", '"#000"') + field("name"),
    )

    one, other = (
        filled(template, {"c": c, "name": name})
        for c, name in [("#111111", "A"), ("#222222", "B")]
    )

    assert one.head == other.head
    assert 'style="--c:#222222"' in other.html


def test_a_body_tag_in_a_comment_script_or_style_of_the_head_is_none(workshop: Workshop) -> None:
    head = "<!-- <body> --><style>/* <body> </head> */</style><script>'<body>'</script>"

    composed = filled(workshop.make(page("here", head=head)), {})

    assert composed.head.endswith('<link rel="stylesheet" href="style.css"></head>')
    assert composed.html.endswith("<body>\nhere\n</body>\n</html>")


@pytest.mark.parametrize("missing", ["<html>", "<head>", "</head>", "<body>"])
def test_a_page_must_be_whole(workshop: Workshop, missing: str) -> None:
    error = failure(workshop, page("x").replace(missing, ""))

    assert error.message.startswith("template.html must be a whole page")
    assert error.file == "template.html"


def test_heads_of_another_language_are_told_apart(workshop: Workshop) -> None:
    template = workshop.make(page("x", head="<title>{{ language }}</title>"))

    heads = [filled(template, {}, language=language).head for language in ("en", "de", "en")]

    assert ["<title>de" in head for head in heads] == [False, True, False]


def test_an_undeclared_name_is_an_error_at_its_line(workshop: Workshop) -> None:
    error = failure(workshop, "a\n{{ frist_name }}")

    assert (error.file, error.line, error.message) == (
        "template.html",
        5,
        "'frist_name' is not defined",
    )


def test_the_line_is_that_of_the_part_that_fails(workshop: Workshop) -> None:
    workshop.write("_shared/foot.html", "\n\n{{ 1 / 0 }}")
    error = failure(workshop, "{% include '_shared/foot.html' %}")

    assert (error.file, error.line) == ("_shared/foot.html", 3)
    assert error.message == "a value cannot be used like this (ZeroDivisionError)"


def test_a_syntax_error_has_its_file_and_line(workshop: Workshop) -> None:
    workshop.template("{% include 'part.html' %}", files={"part.html": "\n{% if %}"})
    with pytest.raises(TemplateFailed) as caught:
        compiled(workshop.load())

    assert (caught.value.file, caught.value.line) == ("part.html", 2)


@pytest.mark.parametrize(
    "body",
    [
        "{{ {}[name] }}",
        "{% include name %}",
        "{{ name|int|qr|money }}",
        "{{ asset(name) }}",
        "{{ t(name) }}",
        "{{ name|px }}",
        "{{ name.foo }}",
        "{{ name[name] }}",
        "{{ name|barcode('ean13') }}",
        "{{ name|barcode(name) }}",
        "{{ name|round(method=name) }}",
        "{{ name() }}",
        "{{ name|number }}",
        "{{ name|date }}",
        "{{ 1|money(name) }}",
        "{% for a, b in [name] %}{% endfor %}",
    ],
)
def test_a_failure_never_tells_a_value(workshop: Workshop, body: str) -> None:
    assert failure(workshop, body, manifest=field("name")).line == 4


def test_a_part_that_is_missing_is_named_when_the_designer_wrote_it(workshop: Workshop) -> None:
    assert failure(workshop, "{{ {}.nme }}").message == "a value has no part 'nme'"


@pytest.mark.parametrize(
    "body",
    [
        "{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}",
        "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(40) }}",
        "{% include 'template.html' %}",
        "{% import 'self.html' as s %}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{{ range(999999999)|list }}",
        "{{ 'x' * 999999999 }}",
        "{{ 9 ** 999999999 }}",
        "{% for a in range(30000) %}" + "x" * 100 + "{% endfor %}",
        "{% set n = namespace(s='x') %}"
        "{% for a in range(22) %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s }}",
    ],
)
def test_a_template_that_never_ends_is_ended(workshop: Workshop, body: str) -> None:
    start = time.process_time()

    error = failure(workshop, body, files={"self.html": "{% import 'self.html' as s %}"})

    assert error.line > 0 or str(MAX_OUTPUT) in error.message
    assert time.process_time() - start < 3


def test_pages_that_extend_each_other_are_ended(workshop: Workshop) -> None:
    error = failure(
        workshop,
        "{% extends 'b.html' %}",
        files={"b.html": "{% extends 'c.html' %}", "c.html": "{% extends 'b.html' %}"},
    )

    assert error.message == "files or macros that use each other never come to an end"


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ t.__globals__ }}",
        "{{ name.format.__self__.__class__ }}",
        "{{ '{0.__class__.__mro__}'.format(name) }}",
        "{{ items.append(1) }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ lipsum() }}",
        "{{ [1, 2]|random }}",
        "{% include '../card/template.toml' %}",
        "{% include 'template.toml.html' %}",
        "{% import 'os' as os %}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(workshop: Workshop, body: str) -> None:
    failure(workshop, body, manifest=field("name"))


def test_the_parts_of_a_group_win_over_the_methods_of_a_mapping(workshop: Workshop) -> None:
    template = workshop.make(
        "{{ order.items }} {{ order.values }}",
        manifest='[fields.order]\nkind = "group"\noptional = true\n'
        '[fields.order.fields.items]\nkind = "integer"\nfallback = 1\n'
        '[fields.order.fields.values]\nkind = "integer"\nfallback = 1\n',
    )

    assert body_of(filled(template, {"order": {"items": 3, "values": 4}})) == "3 4"


def test_blocks_macros_and_shared_pages_work_together(workshop: Workshop) -> None:
    workshop.write(
        "_shared/base.html",
        "<!doctype html><html><head><title>{% block title %}{% endblock %}</title></head>"
        "<body>{% block body %}{% endblock %}</body></html>",
    )
    template = workshop.make(
        "{% extends '_shared/base.html' %}{% import 'm.html' as m %}"
        "{% block title %}Card{% endblock %}{% block body %}{{ m.hi(name) }}{% endblock %}",
        manifest=field("name"),
        files={"m.html": "{% macro hi(x) %}Hi {{ x }} {{ asset('a.png') }}{% endmacro %}"}
        | {"assets/a.png": b""},
    )

    assert body_of(filled(template, {"name": "Ada"})) == "Hi Ada assets/a.png"


def test_a_template_that_nobody_holds_is_let_go_with_its_compiled_pages(
    workshop: Workshop,
) -> None:
    template = workshop.make("{% include 'part.html' %}", files={"part.html": "x"})
    filled(template, {})
    gone = weakref.ref(template)
    del template
    gc.collect()

    assert gone() is None


def test_an_ordinary_card_takes_less_than_a_millisecond(workshop: Workshop) -> None:
    template = workshop.make(
        '<h1 class="{{ tier }}">{{ name }}</h1>'
        "{% for n in range(10) %}<p>{{ n }} {{ t('at', day=day|date('long')) }}</p>{% endfor %}"
        "<b>{{ price|money }}</b><img src=\"{{ asset('a.png') }}\">" + "<p>text</p>\n" * 100,
        manifest=field("name")
        + field("day", "date", '"2026-01-01"')
        + field("tier", "choice", '"a"')
        + 'choices = ["a", "b"]\n'
        + field("price", "money", None)
        + 'currency = "EUR"\n',
        files={"strings/en.toml": 'at = "at {day}"', "assets/a.png": b""},
    )
    values = {
        "name": "Ada",
        "day": date(2026, 5, 5),
        "tier": "a",
        "price": Money(Decimal("12.5"), "EUR"),
    }
    filled(template, values)

    taken = []
    for _ in range(50):
        start = time.process_time()
        filled(template, values)
        taken.append(time.process_time() - start)

    assert sorted(taken)[25] < 0.001
