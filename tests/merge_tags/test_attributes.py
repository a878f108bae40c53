from __future__ import annotations

from service.merge_tags.attributes import Tag, attribute, plain
from tests.merge_tags.reading import Read


def test_text_is_escaped_and_a_tag_is_not() -> None:
    written = attribute("alt", ('"A" & ', Tag("{{ name|default:'x' }}"), " <b>"))

    assert written == "alt=\"&quot;A&quot; &amp; {{ name|default:'x' }} &lt;b&gt;\""


def test_a_tag_with_quotes_gets_the_other_kind_around_it() -> None:
    words = ("it's ", Tag('{{insert name "default=x"}}'))
    ((_, told),) = Read(f"<img {attribute('alt', words)}>").tags

    assert told == {"alt": 'it\'s {{insert name "default=x"}}'}


def test_the_platform_reads_the_words_without_escapes() -> None:
    assert plain(("a=1&b=", Tag("*|B|*"))) == "a=1&b=*|B|*"
