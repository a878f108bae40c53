"""Attributes of HTML that a platform fills in: its tags stay as they are, all else is escaped."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Tag:
    """A platform's tag, to be written letter for letter: escaped, it would not be found."""

    text: str


Words = tuple[str | Tag, ...]
"""Text with tags in it."""


def attribute(name: str, value: str | Words) -> str:
    """The attribute `name` with this value, in the kind of quotes that no tag in it holds.

    A tag holds one kind at the most: `service.merge_tags.writing` sees to it.
    """
    words = (value,) if isinstance(value, str) else value
    quote = "'" if any(isinstance(word, Tag) and '"' in word.text for word in words) else '"'
    written = "".join(word.text if isinstance(word, Tag) else escape(word) for word in words)
    return f"{name}={quote}{written}{quote}"


def plain(words: Words) -> str:
    """The words as the platform reads them, without HTML's escapes."""
    return "".join(word.text if isinstance(word, Tag) else word for word in words)
