"""The spellings of each kind, as JSON Schemas: the best one first, then what else is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from service.catalogue import fields as f
from service.catalogue.cleaning import clean
from service.catalogue.kinds.boolean import NO, YES
from service.catalogue.kinds.choice import read_choice
from service.catalogue.kinds.colour_names import COLOURS
from service.catalogue.kinds.image import is_asset_path
from service.catalogue.kinds.reading import Reading, Unusable
from service.catalogue.numerals import LIMIT
from service.catalogue.schema import moments
from service.catalogue.schema.digits import decimal_numbers, whole_numbers
from service.catalogue.schema.moments import Form, Refer
from service.catalogue.schema.plain import plain_number, shortest
from service.catalogue.schema.portable import escaped, keeps_its_case, may_be_untidy, portable
from service.remote import ANY, LONGEST

_NO_NAME = (
    r"0-9!-&(-+\/:-@\[-\]_{-~\x80-\x9f\xa1-\xa9\xab-\xb3\xb6\xb8\xb9\xbb-\xbf\xd7\xf7"
    r"\u2012\u2014-\u2017\u201a-\u2027\u2030-\u205e\u20a0-\u20c0"
)
"""Digits and signs. Which letters there are is beyond a portable pattern: it has all the rest."""

_NO_LETTER = _NO_NAME + r"\s'\-.,`^\xa0\xb4\xb7\u2000-\u206f"
_UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufdd0-\ufdef"
    r"\ufeff\ufff9-\uffff"
)
_UNTIDY = _UNSEEN + r"\u200c\u200d"
_FILLERS = r"\s\xad\u034f\u115f\u1160\u17b4\u17b5\u200c\u200d\u2800\u3164\ufe00-\ufe0f\uffa0"
_WORDS_FOR_NOTHING = r"null|NULL|undefined|NaN|#N\/A|\(blank\)|\(none\)"
_HIDDEN = r"[\xad\u200b-\u200d\u2060\ufeff]"
_SIGN_OF_A_TAG = r"[\{\}\[%*$~<#\|\-]"
_MAY_BE_A_TAG = (
    r"\{[^}]|\}\s?\}|\*\||\|\*|%%|%[A-Za-z\-]|%[0-9A-Fa-f]{2}|&#|&[a-z]{2}|\[\s?[A-Za-z%\[]"
    r"|\$[\[S]|~[A-Z][A-Za-z]*\.|(?:^|[^\w\-])-[A-Za-z_]+-|<%|##[A-Za-z]"
    rf"|{_HIDDEN}[\s\S]*{_SIGN_OF_A_TAG}|{_SIGN_OF_A_TAG}[\s\S]*{_HIDDEN}"
)
"""More than a merge tag can look like: a portable pattern knows no names of fields and people."""

_HEX_OR_RGB = (
    r"^(?:#(?:[0-9A-Fa-f]{3,4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})"
    r"|rgb\([0-9]{1,3}, ?[0-9]{1,3}, ?[0-9]{1,3}\))$"
)
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_URL = (
    rf"^https?:\/\/{_LABEL}(?:\.{_LABEL})*(?::[0-9]{{1,4}})?"
    r"(?:[\/?#][!#-;=?-Z\[\]_a-z~]*)?$"
)
_NAME = "[a-z0-9]{1,20}(?:-[a-z0-9]{1,20}){0,2}"
"""A part of a host's name, as short and plain as most are."""

_LIMIT = int(LIMIT)
_EXACT_DIGITS = 15
"""So many digits are the same in every JSON parser."""

_DATA = (
    r"^data:image\/(?:png|jpeg|webp|gif);base64,(?:[A-Za-z0-9+\/]{4})*"
    r"(?:[A-Za-z0-9+\/]{2}==|[A-Za-z0-9+\/]{3}=)?$"
)
_DATA_HEAD = len("data:image/jpeg;base64,")

_ANY_INTEGER: Form = {"type": "integer", "minimum": 1 - _LIMIT, "maximum": _LIMIT - 1}
_ANY_NUMBER: Form = {"type": "number", "exclusiveMinimum": -_LIMIT, "exclusiveMaximum": _LIMIT}

DEFINITIONS: Mapping[str, Form] = {
    **moments.DEFINITIONS,
    "ColourName": {
        "description": "A colour by its CSS name.",
        "type": "string",
        "enum": sorted(COLOURS),
    },
    "Tidy": {
        "description": "Nothing that cannot be seen, no line end, no space at either end.",
        "type": "string",
        "pattern": rf"^[^\s{_UNTIDY}](?:[^{_UNTIDY}]*[^\s{_UNTIDY}])?$",
    },
    "Unfilled": {
        "description": "What counts as no value, or might: nothing to see, a word that databases "
        "send for nothing, or what looks like a merge tag, which the server can tell better.",
        "type": "string",
        "pattern": rf"^(?:[{_FILLERS}{_UNSEEN}]*|\s*(?:{_WORDS_FOR_NOTHING})\s*"
        rf"|[\s\S]*(?:{_MAY_BE_A_TAG})[\s\S]*)$",
    },
}
"""What several fields refer to, by name."""


def forms_of(field: f.FieldKeys, assets: Collection[str], refer: Refer) -> list[Form]:
    """The spellings of a field that holds no other fields.

    `assets` are the paths of the template's files; `refer` makes a reference to one of
    `DEFINITIONS`.
    """
    if isinstance(field, f.ImageField):
        return _image(field, assets)
    if isinstance(field, f.TextField):
        return _text(field, refer)
    if isinstance(field, f.ColorField):
        return [{"type": "string", "pattern": _HEX_OR_RGB}, refer("ColourName")]
    if isinstance(field, f.DateField):
        return moments.forms_of_date(field, refer)
    if isinstance(field, f.DatetimeField):
        return moments.forms_of_datetime(field, refer)
    return _FORMS[type(field)](field)


def unfilled(field: f.FieldKeys, refer: Refer) -> list[Form]:
    """The values of a field that count as none, whatever its kind would make of them."""
    texts = f.TextField | f.NameField | f.ChoiceField | f.UrlField | f.ImageField
    found = [refer("Unfilled")] if isinstance(field, texts) else []
    if field.blank:
        words = "|".join(_in_any_case(word.strip()) for word in field.blank)
        around = rf"[\s{_UNSEEN}]*"
        found.append({"type": "string", "pattern": f"^{around}(?:{words}){around}$"})
    return found


def _in_any_case(word: str) -> str:
    return "".join(
        f"[{sign.lower()}{sign.upper()}]" if sign.lower() != sign.upper() else escaped(sign)
        for sign in word
    )


def _text(field: f.TextField, refer: Refer) -> list[Form]:
    form: Form = {"type": "string", "maxLength": field.max_length}
    if field.pattern is not None:
        return [{**form, **_pattern(field, field.pattern, refer)}]
    digits = min(field.max_length, _EXACT_DIGITS)
    least = 1 - 10 ** (digits - 1)
    return [form, {"type": "integer", "minimum": least, "maximum": 10**digits - 1}]


def _pattern(field: f.TextField, source: str, refer: Refer) -> Form:
    """The field's pattern; nothing where ECMA would read it otherwise."""
    pattern = portable(source)
    changed = field.normalise is not None and not keeps_its_case(source, field.normalise)
    if pattern is None or changed:
        return {}
    form: Form = {"pattern": pattern}
    return {**form, "allOf": [refer("Tidy")]} if may_be_untidy(source) else form


def _name(field: f.NameField) -> list[Form]:
    pattern = f"^[^{_NO_NAME}]*[^{_NO_LETTER}][^{_NO_NAME}]*$"
    return [{"type": "string", "maxLength": field.max_length, "pattern": pattern}]


def _integer(field: f.IntegerField) -> list[Form]:
    least = _ANY_INTEGER["minimum"] if field.min is None else max(field.min, 1 - _LIMIT)
    most = _ANY_INTEGER["maximum"] if field.max is None else min(field.max, _LIMIT - 1)
    form: Form = {"type": "integer", "minimum": least, "maximum": most}
    return [form, *_spelled(whole_numbers(field.min, field.max), field.unit)]


def _number(field: f.NumberField) -> list[Form]:
    form = dict(_ANY_NUMBER)
    if field.min is not None:
        del form["exclusiveMinimum"]
        form["minimum"] = plain_number(field.min)
    if field.max is not None:
        del form["exclusiveMaximum"]
        form["maximum"] = plain_number(field.max)
    return [form, *_spelled(decimal_numbers(field.min, field.max), field.unit)]


def _spelled(pattern: str, unit: str) -> list[Form]:
    """Numbers as text, with their unit or without it."""
    if not pattern:
        return []
    after = f"(?: ?{escaped(unit)})?" if unit and clean(unit) == (unit, False) else ""
    return [{"type": "string", "pattern": f"^{pattern}{after}$"}]


def _money(field: f.MoneyField) -> list[Form]:
    """As a number, as text with the currency or without it, or as amount and currency."""
    amount = _ANY_INTEGER if field.minor else _ANY_NUMBER
    digits = r"-?[0-9]{1,15}" + ("" if field.minor else r"(?:\.[0-9]{1,2})?")
    if field.currency is None:
        return [amount, {"type": "string", "pattern": f"^{digits}$"}]
    code = field.currency
    return [
        amount,
        {"type": "string", "pattern": f"^(?:{code} ?)?{digits}(?: ?{code})?$"},
        {
            "type": "object",
            "properties": {"amount": amount, "currency": {"const": code}},
            "required": ["amount"],
        },
    ]


def _choice(field: f.ChoiceField) -> list[Form]:
    known = [choice for choice in field.choices if _is_read(field, choice)]
    spellings = sorted(
        {one for some in field.choices.values() for one in some if _is_read(field, one)}
        - set(known)
    )
    forms: list[Form] = [{"type": "string", "enum": known}]
    return [*forms, {"type": "string", "enum": spellings}] if spellings else forms


def _is_read(field: f.ChoiceField, spelled: str) -> bool:
    try:
        read_choice(field, clean(spelled)[0], Reading("en", "en", ""))
    except Unusable:
        return False
    return True


def _boolean(field: f.BooleanField) -> list[Form]:
    return [{"type": "boolean"}, {"enum": [*sorted(YES | NO), 1, 0]}]


def _url(field: f.UrlField) -> list[Form]:
    return [{"type": "string", "format": "uri", "maxLength": LONGEST, "pattern": _URL}]


def _image(field: f.ImageField, assets: Collection[str]) -> list[Form]:
    """An asset by its shortest name, a `data:` URI, or an address on one of the field's hosts."""
    data: Form = {
        "type": "string",
        "pattern": _DATA,
        "maxLength": _DATA_HEAD + field.max_bytes // 3 * 4,
        "contentEncoding": "base64",
    }
    forms = [data]
    names = {shortest(path, assets) for path in assets if is_asset_path(path)}
    if names:
        forms.insert(0, {"type": "string", "enum": sorted(names)})
    hosts = "|".join(_host_named(one) for one in field.hosts if ":" not in one)
    if hosts:
        pattern = rf"^https:\/\/(?:{hosts})\/[A-Za-z0-9._~\/%?=&-]*$"
        forms.append({"type": "string", "format": "uri", "pattern": pattern, "maxLength": LONGEST})
    return forms


def _host_named(pattern: str) -> str:
    """A pattern of hosts as an expression; see `service.remote.host_pattern`."""
    if pattern == ANY:
        return rf"(?:{_NAME}\.){{1,3}}[a-z]{{2,20}}"
    name = pattern.removeprefix("*.")
    below = rf"(?:{_NAME}\.){{1,3}}" if pattern != name else ""
    return below + name.replace(".", r"\.")


_FORMS: Mapping[type[f.FieldKeys], Callable[[Any], list[Form]]] = {
    f.NameField: _name,
    f.IntegerField: _integer,
    f.NumberField: _number,
    f.MoneyField: _money,
    f.ChoiceField: _choice,
    f.BooleanField: _boolean,
    f.UrlField: _url,
}
