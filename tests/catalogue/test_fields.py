"""The keys of fields, and how a manifest hears of mistakes in them."""

from __future__ import annotations

import pytest

from tests.catalogue.manifests import problems


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ('help = "x"', "fields.it.kind: is missing; allowed are text, name"),
        ('kind = "txt"', "fields.it.kind: unknown kind (did you mean text?); allowed are text"),
        ('kind = "text"', 'fields.it: needs a fallback = "…", or optional = true'),
        (
            'kind = "text"\nrequired = true',
            "fields.it.required: a required field needs a fallback",
        ),
        (
            'kind = "text"\noptional = true\nfallback = "x"',
            "fields.it.optional: an optional field",
        ),
        ('kind = "text"\noptional = true\nrequired = true', "fields.it.optional: a field is"),
        ('kind = "text"\noptional = true\nmax_lenth = 3', "fields.it.max_lenth: unknown key (did"),
        (
            'kind = "text"\noptional = true\nmin = 3',
            "fields.it.min: unknown key; allowed are kind",
        ),
        (
            'kind = "text"\noptional = true\nmax_length = 0',
            "fields.it.max_length: must be at least",
        ),
        ('kind = "text"\noptional = true\ntext = 1', "fields.it.text: unknown key"),
        (
            'kind = "text"\noptional = true\npattern = "(a)\\\\1"',
            "fields.it.pattern: cannot be used",
        ),
        ('kind = "text"\noptional = true\npattern = "("', "fields.it.pattern: "),
        ('kind = "text"\noptional = true\nsource = "table"', "fields.it.source: must be one of"),
        (
            'kind = "text"\noptional = true\naliases = ["_x"]',
            "fields.it.aliases.0: must be a name",
        ),
        ('kind = "text"\nfallback = "toolong"\nmax_length = 3', "fields.it.fallback: was cut: 3"),
        ('kind = "text"\nfallback = "x"\npattern = "[A-Z]"', "fields.it.fallback: must have the"),
        ('kind = "text"\nfallback = " "', "fields.it.fallback: is empty"),
        ('kind = "text"\nfallback = ["x"]', "fields.it.fallback: must be text"),
        (
            'kind = "text"\nfallback = { fr = "x" }',
            "fields.it.fallback.fr: is not one of the temp",
        ),
        ('kind = "name"\nfallback = "R2D2"', "fields.it.fallback: must be a name"),
        ('kind = "name"\noptional = true\nexample = "R2"', "fields.it.example: must be a name"),
        (
            'kind = "integer"\nfallback = 11\nmax = 10',
            "fields.it.fallback: must be a number of at",
        ),
        ('kind = "integer"\noptional = true\nmin = 2\nmax = 1', "fields.it.max: must be at least"),
        ('kind = "integer"\noptional = true\nmin = "2"', "fields.it.min: must be a whole number"),
        ('kind = "number"\noptional = true\nmin = inf', "fields.it.min: must be a number"),
        (
            'kind = "number"\noptional = true\nunit = "m2"',
            "fields.it.unit: must be a word without",
        ),
        ('kind = "money"\noptional = true', "fields.it.currency: either currency or"),
        (
            'kind = "money"\noptional = true\ncurrency = "EUX"',
            "fields.it.currency: must be an ISO",
        ),
        ('kind = "money"\noptional = true\ncurrency = "€"', "fields.it.currency: must be an ISO"),
        (
            'kind = "money"\noptional = true\ncurrency_field = "x"',
            "fields.it.currency_field: must",
        ),
        (
            'kind = "money"\nfallback = "$5"\ncurrency = "EUR"',
            "fields.it.fallback: must be an amou",
        ),
        ('kind = "date"\nfallback = "03/04/2026"', "fields.it.fallback: could be two dates"),
        ('kind = "date"\noptional = true\nformats = ["%d.%m."]', "fields.it.formats.0: must be a"),
        ('kind = "date"\noptional = true\nformats = ["%Q"]', "fields.it.formats.0: must be a"),
        (
            'kind = "date"\noptional = true\nnot_before = "x"',
            "fields.it.not_before: must be a date",
        ),
        (
            'kind = "datetime"\noptional = true\ntimezone = "Mars/X"',
            "fields.it.timezone: must be a",
        ),
        ('kind = "datetime"\noptional = true\ntimezone = "../x"', "fields.it.timezone: must be a"),
        ('kind = "choice"\noptional = true', "fields.it.choices: is missing"),
        (
            'kind = "choice"\noptional = true\nchoices = []',
            "fields.it.choices: must hold at least 1",
        ),
        (
            'kind = "choice"\nfallback = "c"\nchoices = ["a"]',
            "fields.it.fallback: must be one of a",
        ),
        (
            'kind = "choice"\noptional = true\nchoices = { a = ["x"], b = ["X"] }',
            "fields.it.choices.b: 'X' already means a",
        ),
        ('kind = "boolean"\nfallback = "maybe"', "fields.it.fallback: must be true or false"),
        ('kind = "color"\nfallback = "blurple"', "fields.it.fallback: must be a colour"),
        ('kind = "url"\nfallback = "www.example.com"', "fields.it.fallback: has no scheme"),
        ('kind = "image"\nfallback = "https://x/y.png"', "fields.it.fallback: is on the web"),
        ('kind = "image"\nfallback = "../x.png"', "fields.it.fallback: must be the name of an as"),
        ('kind = "image"\noptional = true\nhosts = ["a b"]', "fields.it.hosts.0: must be a host"),
        (
            'kind = "image"\noptional = true\nmax_bytes = 1e9',
            "fields.it.max_bytes: must be a whole",
        ),
        ('kind = "list"\noptional = true\nof = "txt"', "fields.it.of.kind: unknown kind (did you"),
        ('kind = "list"\noptional = true\nof = "list"', "fields.it.of.kind: unknown kind"),
        ('kind = "list"\noptional = true\nof = "choice"', "fields.it.of.choices: is missing"),
        (
            'kind = "list"\noptional = true\nmax_items = 0',
            "fields.it.max_items: must be at least 1",
        ),
        (
            'kind = "list"\noptional = true\nof = { kind = "text", fallback = "x" }',
            "fields.it.of.fallback: is for whole fields",
        ),
        (
            'kind = "list"\noptional = true\nof = { kind = "money" }',
            "fields.it.of.currency: either currency or",
        ),
        (
            'kind = "list"\noptional = true\nof = "text"\n'
            'fields = { a = { kind = "text", optional = true } }',
            "fields.it.of: a list has of (values of one kind) or fields",
        ),
        (
            'kind = "list"\nfallback = [1, "x"]\nof = "integer"',
            "fields.it.fallback: must be a whole",
        ),
        ('kind = "group"', "fields.it.fields: is missing"),
        ('kind = "group"\nfields = {}', "fields.it.fields: must hold at least 1"),
        (
            'kind = "group"\nfields = { a = { kind = "text" } }',
            "fields.it.fields.a: needs a fallback",
        ),
        (
            'kind = "group"\nfields = { a = { kind = "text", optional = true, merge = true } }',
            "fields.it.fields.a.merge: is for whole fields",
        ),
        (
            'kind = "group"\nfields = { a = { kind = "list", optional = true } }',
            "fields.it.fields.a.kind: unknown kind",
        ),
        (
            'kind = "group"\n[fields.it.fields]\na = { kind = "text", optional = true }\n'
            'b = { kind = "text", optional = true, aliases = ["a"] }',
            "fields.it.fields.b.aliases.0: a already means the field a",
        ),
        (
            'kind = "group"\nfallback = { a = 1 }\n'
            'fields = { a = { kind = "date", optional = true } }',
            "fields.it.fallback: must be a date",
        ),
    ],
)
def test_each_mistake_in_a_field_says_where_it_is_and_what_is_allowed(
    keys: str, line: str
) -> None:
    found = problems(f"[fields.it]\n{keys}")

    assert len(found) == 1
    assert found[0].startswith(line)


@pytest.mark.parametrize(
    "name", ["First", "1st", "_own", "first-name", "a" * 65, "language", "now", "if", "asset"]
)
def test_a_field_cannot_have_a_name_that_means_something_else(name: str) -> None:
    found = problems(f'[fields."{name}"]\nkind = "text"\noptional = true')

    assert len(found) == 1
    assert found[0].startswith(f"fields.{name}: ")


def test_an_alias_means_one_field() -> None:
    found = problems(
        """
        [fields.one]
        kind = "text"
        optional = true
        aliases = ["First", "two"]
        [fields.two]
        kind = "text"
        optional = true
        aliases = ["first"]
        """
    )

    assert found == [
        "fields.one.aliases.1: two already means the field two",
        "fields.two.aliases.0: first already means the field one",
    ]
