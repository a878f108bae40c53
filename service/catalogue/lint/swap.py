"""What cannot be undone between two pictures on one page, so that the swap lane must refuse it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.catalogue import css
from service.catalogue.lint.finding import Finding, error
from service.catalogue.lint.markup import Attribute, Element, Markup
from service.catalogue.lint.sheets import Sheet

# What the shell looks for in every new body, beside what only lint can refuse in time.
_STRAY = frozenset(
    {"meta", "base", "link", "script", "iframe", "frame", "object", "embed", "video", "audio"}
    | {"marquee", "frameset", "applet", "portal", "fencedframe"}
)
_CONTROLS = frozenset(
    {"input", "select", "textarea", "button", "option", "optgroup", "datalist", "output"}
    | {"meter", "progress", "form", "fieldset", "selectedcontent"}
)
_HEAD = frozenset({"title", "meta", "link", "style", "noscript", "template", "base", "script"})
_ATTRIBUTES = {
    "contenteditable": "a caret and a selection stay behind",
    "popover": "the top layer stays behind",
    "popovertarget": "nobody clicks in a picture",
    "autofocus": "focus stays behind",
    "ping": "it makes a request",
}
_DEVICE = re.compile(r"\bdevice-(?:width|height|aspect-ratio)\b", re.IGNORECASE)
_AT_RULES = {
    "font-face": "its font would load for every picture anew: put it into style.css",
    "import": "it would load for every picture anew: put it into style.css",
    "view-transition": "a transition would be in the picture",
}
_LATER = ("content-visibility", "auto")
_FRESH = "or set javascript = true, which is slower"


def check_swap(markup: Markup, sheets: Sequence[Sheet]) -> Iterator[Finding]:
    """Elements, attributes and CSS that a template without scripts may not have."""
    for element in markup.elements:
        yield from _head(element) if element.in_head else _body(element)
        for attribute in element.attributes:
            yield from _attribute(element, attribute)
    for sheet in sheets:
        yield from _sheet(sheet)


def _head(element: Element) -> Iterator[Finding]:
    tag = element.tag
    if tag not in _HEAD:
        yield _refused(element, f"<{tag}> ends the head; move it into the body")
    elif tag == "base":
        yield _refused(element, "<base> has no effect; write addresses in full")
    elif tag == "script":
        yield _refused(element, f"<script> does not run here; remove it, {_FRESH}")
    elif tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
        yield _refused(element, "a refresh would navigate in another picture's time")


def _body(element: Element) -> Iterator[Finding]:
    tag = element.tag
    if tag in _STRAY:
        advice = "move it into the head" if tag in {"meta", "link"} else "remove it"
        yield _refused(element, f"<{tag}> in the body cannot be undone; {advice}, {_FRESH}")
    elif tag in _CONTROLS:
        yield _refused(element, f"<{tag}> keeps a state; use another element, {_FRESH}")
    elif tag == "dialog":
        yield _refused(element, "<dialog> lives in the top layer; use another element")


def _attribute(element: Element, attribute: Attribute) -> Iterator[Finding]:
    name, value = attribute.name, (attribute.value or "").strip().lower()
    file, line = element.page.file, attribute.line
    if name in _ATTRIBUTES:
        yield error(file, line, "swap_attribute", f"{name}: {_ATTRIBUTES[name]}; remove it")
    elif name == "loading" and value == "lazy":
        message = "loading=lazy may come too late for the picture; remove it"
        yield error(file, line, "swap_attribute", message)
    elif name.startswith("on") and len(name) > 2:
        message = f"{name}= is a script and does not run here; remove it, {_FRESH}"
        yield error(file, line, "swap_attribute", message)
    elif value.startswith("javascript:"):
        yield error(file, line, "swap_attribute", f"{name}=: a script does not run here")
    elif name in {"media", "sizes"} and _DEVICE.search(value):
        yield _device(file, line)
    elif name == "style" and _LATER in css.declarations(value):
        yield _later(file, line)


def _sheet(sheet: Sheet) -> Iterator[Finding]:
    for rule in css.rules(sheet.text):
        line = sheet.line(rule.line)
        if _LATER in rule.declarations:
            yield _later(sheet.file, line)
        if sheet.in_body and rule.at in _AT_RULES:
            message = f"@{rule.at} in the body: {_AT_RULES[rule.at]}"
            yield error(sheet.file, line, "swap_style", message)
        elif rule.at == "view-transition":
            message = f"@{rule.at}: {_AT_RULES[rule.at]}"
            yield error(sheet.file, line, "swap_style", message)
        elif rule.at in {"media", "import", "custom-media"} and _DEVICE.search(rule.prelude):
            yield _device(sheet.file, line)


def _device(file: str, line: int) -> Finding:
    message = "device-width and its like see the screen, not the card: use width or height"
    return error(file, line, "device_query", message)


def _later(file: str, line: int) -> Finding:
    message = "content-visibility: auto shows what it holds a frame later, and there is one frame"
    return error(file, line, "swap_style", f"{message}; remove it")


def _refused(element: Element, message: str) -> Finding:
    return error(element.page.file, element.line, "swap_element", message)
