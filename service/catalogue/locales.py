"""What Babel knows of a language tag, looked up once."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError


@lru_cache(maxsize=256)
def locale_of(language: str) -> Locale:
    """The locale of a tag such as `de` or `pt-BR`; the nearest known one, else English."""
    parts = language.replace("_", "-").split("-")
    while parts:
        try:
            return Locale.parse("-".join(parts), sep="-")
        except (UnknownLocaleError, ValueError):
            parts.pop()
    return Locale("en")


@lru_cache(maxsize=256)
def direction_of(language: str) -> str:
    """The value of `dir` for a language: `rtl` or `ltr`."""
    locale = locale_of(language)
    if locale.script in {"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg"}:
        return "rtl"
    if locale.script:
        return "ltr"
    return str(locale.text_direction)
