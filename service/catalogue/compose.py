"""From a template and its filled fields to the document that is photographed.

On the way of every drawing, so all that can be known beforehand is: pages are compiled once per
template, and the opening of a document is read once for as long as its text stays the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from traceback import walk_tb
from types import MappingProxyType
from weakref import WeakKeyDictionary

from jinja2 import Template as Page
from jinja2.exceptions import TemplateError, TemplateNotFound, TemplateSyntaxError, UndefinedError

from service.catalogue.environment import TemplateEnvironment
from service.catalogue.instant import cut
from service.catalogue.locales import direction_of, locale_of
from service.catalogue.opening import NotAWholePage, Opening, read_opening
from service.catalogue.run import CURRENT, Run, TemplateRefused
from service.catalogue.template import PAGE, STYLE, THEMES, Template, is_page
from service.errors import TemplateFailed
from service.model import Filled

MAX_OUTPUT = 2_000_000
"""The longest document, in characters, besides the pictures in it."""

MOST_SHOWN = 8
"""How often a page may show a picture that is a value, such as a logo beside each line."""

KEPT_OPENINGS = 32
"""Openings remembered per template: one is the rule, a head with a language in it makes more."""

NAMES_OF_OURS = frozenset({"language", "theme", "now", "today"})
"""Values that every page sees besides the fields."""

_NO_THEME: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Setting:
    """What a document depends on besides its values. `width` and `height` are CSS pixels."""

    size: str
    width: int
    height: int
    language: str
    theme: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Composed:
    """A whole document, and the text before its body without the attributes of `<html>`.

    Documents of one version with the same `head` may share a standing frame.
    """

    html: str
    head: str


class Compiled:
    """The compiled pages of one template."""

    def __init__(self, template: Template) -> None:
        self.environment = TemplateEnvironment(template.files, frozenset(template.manifest.fields))
        for file in template.files:
            if is_page(file):
                self.environment.get_template(file)
        self.page: Page = self.environment.get_template(PAGE)
        self.links = tuple(
            name
            for name, linked in ((THEMES, template.themes), (STYLE, STYLE in template.files))
            if linked
        )
        self._openings: OrderedDict[str, Opening] = OrderedDict()

    def opening(self, html: str) -> Opening:
        """The opening of a document, remembered by its text."""
        for prefix, opening in self._openings.items():
            if html.startswith(prefix):
                return opening
        opening = read_opening(html, links=self.links)
        self._openings[opening.prefix] = opening
        if len(self._openings) > KEPT_OPENINGS:
            self._openings.popitem(last=False)
        return opening


_COMPILED: WeakKeyDictionary[Template, Compiled] = WeakKeyDictionary()


def compiled(template: Template) -> Compiled:
    """The compiled pages of a template, made at the first call.

    Raises:
        TemplateFailed: a page that is not valid Jinja, with its file and line.
    """
    found = _COMPILED.get(template)
    if found is None:
        try:
            found = Compiled(template)
        except (TemplateError, RecursionError) as error:
            raise _failure(template, error) from error
        _COMPILED[template] = found
    return found


def compose(template: Template, filled: Filled, setting: Setting) -> Composed:
    """Fill the template.

    Raises:
        TemplateFailed: with the file and the line at fault; the message holds no value.
    """
    pages = compiled(template)
    run = Run(template, filled.given, setting.language, locale_of(setting.language))
    token = CURRENT.set(run)
    try:
        most = MAX_OUTPUT + MOST_SHOWN * _weight(filled.values)
        html = _filled(pages.page, _values(template, filled, setting), most)
        opening = pages.opening(html)
    except NotAWholePage as error:
        raise TemplateFailed(str(error), file=PAGE, line=1) from error
    except TemplateFailed as error:
        error.file = PAGE
        raise
    except Exception as error:  # a page may raise anything: its author's mistake, not ours
        raise _failure(template, error) from error
    finally:
        CURRENT.reset(token)
    return Composed(html=opening.complete(html, _attributes(template, setting)), head=opening.head)


def _weight(value: object) -> int:
    """Characters of all `data:` pictures in a value."""
    if isinstance(value, str):
        return len(value) if value.startswith("data:") else 0
    if isinstance(value, Mapping):
        return sum(map(_weight, value.values()))
    return sum(map(_weight, value)) if isinstance(value, tuple) else 0


def _filled(page: Page, values: dict[str, object], most: int) -> str:
    pieces, length = [], 0
    for piece in page.generate(values):
        pieces.append(piece)
        length += len(piece)
        if length > most:
            raise TemplateFailed(f"the document is longer than {most} characters")
    return "".join(pieces)


def _values(template: Template, filled: Filled, setting: Setting) -> dict[str, object]:
    values: dict[str, object] = {
        **filled.values,
        "language": setting.language,
        "theme": template.themes.get(setting.theme or "", _NO_THEME),
    }
    if template.manifest.refresh is not None:
        values["now"] = now = cut(setting.at, template.manifest.refresh)
        values["today"] = now.date()
    return values


def _attributes(template: Template, setting: Setting) -> str:
    chosen = setting.theme or ""
    theme = f' data-theme="{escape(chosen)}"' if chosen in template.themes else ""
    return (
        f'lang="{escape(setting.language)}" dir="{direction_of(setting.language)}" '
        f'data-size="{escape(setting.size)}"{theme}'
    )


def _failure(template: Template, error: Exception) -> TemplateFailed:
    """What went wrong and where, in words that hold no recipient's value."""
    file, line = _place(template, error)
    if isinstance(error, TemplateNotFound):
        name = str(error.name)
        known = template.mentions(name)
        message = f"there is no file {name!r}" if known else "a file does not exist"
    elif isinstance(error, RecursionError):
        message = "files or macros that use each other never come to an end"
    elif isinstance(error, TemplateSyntaxError | UndefinedError | TemplateRefused):
        message = error.message or "the template is not valid"
    else:
        message = f"a value cannot be used like this ({type(error).__name__})"
    return TemplateFailed(message, file=file, line=line)


def _place(template: Template, error: Exception) -> tuple[str, int]:
    """The innermost line of a page that the error went through."""
    if isinstance(error, TemplateSyntaxError):
        return error.name or PAGE, error.lineno
    file, line = PAGE, 0
    for frame, number in walk_tb(error.__traceback__):
        if is_page(frame.f_code.co_filename) and frame.f_code.co_filename in template.files:
            file, line = frame.f_code.co_filename, number
    return file, line
