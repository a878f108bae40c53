"""The words around a picture: what stands for it, where it leads, what its file is called.

They are texts of the manifest in which `{first_name}` is a place for a field's value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from service.catalogue import filters
from service.catalogue.fields import FieldKeys, ImageField
from service.catalogue.locales import locale_of
from service.catalogue.mistakes import closest
from service.catalogue.run import CURRENT, Run
from service.model import Filled

if TYPE_CHECKING:
    from service.catalogue.template import Template

MAX_NAME = 100
"""Characters of a file's name, before its ending."""

_MAX_NAME_BYTES = 200
_NOTHING: Mapping[str, str] = MappingProxyType({})
_PLACE = re.compile(r"\{([a-z][a-z0-9_]{0,63})\}")
_GONE = "\0"
_GAP = re.compile(rf"(?:\s*{_GONE})+\s*")
_GAP_BEFORE_SIGN = re.compile(rf"{_GAP.pattern}(?=[,.;:!?)])")
_SPACES = re.compile(r"[ \t\r\n]+")
_REFUSED = re.compile(r'[/\\"<>|:*?]+')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words around one picture. `link` is empty where it leads nowhere.

    `filename` has no ending yet; `named` makes one of it that every system takes.
    """

    alt: str
    link: str
    filename: str


def wording(
    template: Template, filled: Filled, language: str, instead: Mapping[str, str] = _NOTHING
) -> Wording:
    """The words of a template with these values, shown as the page shows them.

    `instead` has texts to be written in place of the values of some fields, also in the link, just
    as they are.
    """
    manifest = template.manifest
    texts = (manifest.alt, manifest.link, manifest.filename or "")
    shown = as_shown(template, filled, language, [n for one in texts for n in _PLACE.findall(one)])
    linked = {name: quote(text, safe="") for name, text in shown.items()}
    for texts_of in (shown, linked):
        texts_of.update(instead)
    return Wording(
        alt=_worded(manifest.alt or manifest.title, shown),
        link=_PLACE.sub(lambda place: linked[place[1]], manifest.link),
        filename=_worded(manifest.filename or "", shown) or template.name.replace("/", "-"),
    )


def as_shown(
    template: Template, filled: Filled, language: str, names: Iterable[str]
) -> dict[str, str]:
    """The values of these fields as the page shows them."""
    token = CURRENT.set(Run(template, filled.given, language, locale_of(language)))
    try:
        return {name: str(filters.shown(filled.values[name])) for name in names}
    finally:
        CURRENT.reset(token)


def faults_of_words(
    text: str, fields: Mapping[str, FieldKeys], declared: Collection[str]
) -> Iterator[str]:
    """What is wrong with the places of a text; `declared` are also fields that are not sound."""
    for name in dict.fromkeys(_PLACE.findall(text)):
        field = fields.get(name)
        if name not in declared:
            yield f"{{{name}}} is not a field{closest(name, declared)}"
        elif field is not None and (field.nested or isinstance(field, ImageField)):
            yield f"{{{name}}} cannot be put into words: it is of the kind {field.kind}"
    if re.search(r"[{}]", _PLACE.sub("", text)):
        yield "braces are for places alone, each a field's name: {first_name}"


def named(name: str, extension: str) -> str:
    """`name` as a file's name with this extension, as Windows, macOS and Linux take it."""
    seen = "".join(_visible(sign) for sign in unicodedata.normalize("NFC", name))
    plain = _SPACES.sub(" ", _REFUSED.sub("-", seen)).strip(" .")
    ending = f".{extension}"
    if plain.lower().endswith(ending):
        plain = plain[: -len(ending)].rstrip(" .")
    if not plain.strip("-_ "):
        plain = "picture"
    if _DEVICES.fullmatch(plain):
        plain = f"_{plain}"
    return f"{_cut(plain)}{ending}"


def _worded(text: str, shown: Mapping[str, str]) -> str:
    """The text with its places filled; around one that has nothing, spaces close up."""
    filled = _PLACE.sub(lambda place: shown[place[1]] or _GONE, text)
    closed = _GAP.sub(" ", _GAP_BEFORE_SIGN.sub("", filled))
    return _SPACES.sub(" ", closed).strip()


def _visible(sign: str) -> str:
    """The sign itself, a space for any kind of space, nothing for what nobody sees."""
    kind = unicodedata.category(sign)
    if kind[0] == "Z" or sign in "\t\r\n":
        return " "
    return "" if kind[0] == "C" else sign


def _cut(name: str) -> str:
    cut = name[:MAX_NAME]
    while len(cut.encode()) > _MAX_NAME_BYTES:
        cut = cut[:-1]
    return cut.rstrip(" .")
