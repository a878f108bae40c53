"""Reading web addresses."""

from __future__ import annotations

import pytest

from service.catalogue.kinds.reading import Unusable
from service.model import NoteCode
from tests.catalogue.kinds.asking import ask, ask_with_notes


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("https://example.com/a?b=c&d=%20#e", "https://example.com/a?b=c&d=%20#e"),
        ("HTTP://example.com:8080/", "http://example.com:8080/"),
        ("https://münchen.example/ü", "https://münchen.example/ü"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_http_addresses_are_addresses(value: str, url: str) -> None:
    assert ask("url", value) == url


def test_www_stands_for_https_with_a_note() -> None:
    url, notes = ask_with_notes("url", "www.example.com/x")

    assert url == "https://www.example.com/x"
    assert [note.code for note in notes] == [NoteCode.REPAIRED]


@pytest.mark.parametrize(
    "value",
    [
        *(
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://x.example",
            "//x.example",
            "x.example",
        ),
        *("https://", "https://user:pw@example.com", "https://exa mple.com", 'https://a/"x', 5),
        *("https://a:99999/", "https://-a-/", "https://a/" + "x" * 3_000, "https://[::1"),
        "https://a/\\evil",
    ],
)
def test_everything_else_is_refused(value: object) -> None:
    with pytest.raises(Unusable, match="must be an address"):
        ask("url", value)
