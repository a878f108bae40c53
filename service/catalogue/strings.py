"""The texts of a template in each of its languages: `strings/<language>.toml` and `t(…)`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from service.catalogue.file_text import read_toml
from service.catalogue.locales import locale_of
from service.errors import ManifestError, ManifestProblem

FOLDER = "strings/"
PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")

Text = str | Mapping[str, str]
"""One text, or one for each plural form of the number called `count`."""


class MissingText(LookupError):
    """A text, or a value that a text names, is not there. The message holds no value."""


class Strings:
    """The texts by language; a language without a text takes that of the main language."""

    def __init__(self, texts: Mapping[str, Mapping[str, Text]]) -> None:
        self.texts = MappingProxyType(dict(texts))

    def text(
        self,
        key: str,
        values: Mapping[str, object],
        *,
        languages: tuple[str, ...],
        show: Callable[[object], str],
    ) -> str:
        """The text of `key` in the first of `languages` that has it, its `{places}` filled.

        `show` turns a value into text. Only whole names stand in braces, never expressions.

        Raises:
            MissingText: no language has the key, or the text names a value that was not given.
        """
        for language in languages:
            found = self.texts.get(language, {}).get(key)
            if found is not None:
                return _fill(key, _form(key, found, values, language), values, show)
        known = sorted({name for texts in self.texts.values() for name in texts})
        close = difflib.get_close_matches(key, known, n=1)
        advice = f"; did you mean {close[0]!r}?" if close else ""
        raise MissingText(f"strings/{languages[0]}.toml has no text {key!r}{advice}")


def read_strings(files: Mapping[str, bytes]) -> Strings:
    """The texts of every `strings/*.toml` among `files`.

    Raises:
        ManifestError: a file that cannot be used, all problems at once.
    """
    problems: list[ManifestProblem] = []
    texts: dict[str, Mapping[str, Text]] = {}
    for file in sorted(files):
        if not (file.startswith(FOLDER) and file.endswith(".toml")):
            continue
        try:
            table = dict(_flat(read_toml(files[file], file)))
        except ManifestError as error:
            problems += error.problems
            continue
        problems += _problems(table, file)
        texts[file.removeprefix(FOLDER).removesuffix(".toml")] = table  # type: ignore[assignment]  # _problems has refused all other types
    if problems:
        raise ManifestError(problems)
    return Strings(texts)


def _flat(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """Tables become dotted keys, except those that hold plural forms."""
    for key, value in table.items():
        path = f"{above}{key}"
        if isinstance(value, Mapping) and not ("other" in value and value.keys() <= PLURALS):
            yield from _flat(value, f"{path}.")
        else:
            yield path, value


def _problems(table: Mapping[str, object], file: str) -> list[ManifestProblem]:
    allowed = "a text is allowed, or a table of texts with `other` and further plural forms"
    return [
        ManifestProblem(file, key, allowed)
        for key, value in table.items()
        if not isinstance(value, str)
        and not (
            isinstance(value, Mapping) and all(isinstance(text, str) for text in value.values())
        )
    ]


def _form(key: str, text: Text, values: Mapping[str, object], language: str) -> str:
    if isinstance(text, str):
        return text
    count = values.get("count")
    if not isinstance(count, int):
        raise MissingText(f"the text {key!r} has plural forms: give it a whole number as count=")
    return text.get(locale_of(language).plural_form(count), text["other"])


def _fill(key: str, text: str, values: Mapping[str, object], show: Callable[[object], str]) -> str:
    def place(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise MissingText(f"the text {key!r} names {{{match[1]}}}, which t() was not given")
        return show(values[match[1]])

    return _PLACE.sub(place, text)
