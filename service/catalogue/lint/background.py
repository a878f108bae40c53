"""Whether a template paints an opaque background under everything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.catalogue import css
from service.catalogue.lint.finding import Finding, warning
from service.catalogue.lint.markup import Element, Markup, marked
from service.catalogue.lint.sheets import Sheet
from service.catalogue.template import PAGE, STYLE, Template

_SIMPLE = re.compile(r"[.#]?[\w\ue000\ue001-]+|\*|::?[\w-]+(?:\([^)]*\))?|\[[^]]*\]")


def check_background(
    template: Template, markup: Markup, sheets: Sequence[Sheet]
) -> Iterator[Finding]:
    """Warn of a card through which the page shows, unless it is meant to."""
    roots = [element for element in markup.elements if element.tag in {"html", "body"}]
    painted = any(_paints(element) for element in roots) or any(
        name in {"background", "background-color"} and _opaque(value)
        for sheet in sheets
        for rule in css.rules(sheet.text)
        if not rule.at and any(_selects(rule.prelude, element) for element in roots)
        for name, value in rule.declarations
    )
    file = STYLE if STYLE in template.files else PAGE
    if not painted and not template.manifest.transparent:
        message = "give html or body an opaque background, or set transparent = true"
        yield warning(file, 0, "no_background", message)
    elif painted and template.manifest.transparent:
        message = "transparent = true, but html or body has an opaque background"
        yield warning(file, 0, "opaque_background", message)


def _paints(element: Element) -> bool:
    if element.get("bgcolor"):
        return True
    return any(
        name in {"background", "background-color"} and _opaque(value)
        for name, value in css.declarations(element.get("style") or "")
    )


def _opaque(value: str) -> bool:
    """Whether a background hides what is behind it; a variable or data is believed to."""
    if marked(value) or "var(" in value:
        return True
    colours = [colour.alpha == 1 for colour in css.colours(value)]
    return bool(colours) and (all(colours) if "gradient(" in value else any(colours))


def _selects(selectors: str, element: Element) -> bool:
    return any(_matches(selector, element) for selector in selectors.split(","))


def _matches(selector: str, element: Element) -> bool:
    """Whether the last part of a selector fits; states and attributes are believed to."""
    parts = re.split(r"[\s>+~]+", selector.strip())
    simples = _SIMPLE.findall(parts[-1])
    if not simples or "".join(simples) != parts[-1]:
        return False
    classes = set((element.get("class") or "").split())
    for simple in simples:
        if simple == ":root":
            fits = element.tag == "html"
        elif simple.startswith("."):
            fits = simple[1:] in classes
        elif simple.startswith("#"):
            fits = simple[1:] == element.get("id")
        elif simple.startswith("::"):
            fits = False
        else:
            fits = simple[0] in ":[*" or simple.lower() == element.tag
        if not fits:
            return False
    return True
