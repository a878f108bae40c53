"""Numbers as people write them, with the separators of their language."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from service.catalogue.locales import locale_of

LIMIT = Decimal(10) ** 18
"""No number of a picture is as large as this; nor is one longer than `MAX_DIGITS`."""

MAX_DIGITS = 28
MAX_PLACES = 20

_MINUS = str.maketrans(dict.fromkeys("−–‐‑﹣－", "-") | {"＋": "+"})
_SPACES = " \u00a0\u2009\u202f\u2007\u2008\u200a\t"
_APOSTROPHES = "'’ʼ`´"
_ARABIC = str.maketrans({"٫": ".", "٬": "'", "،": ","})
_SHAPE = re.compile(r"([+-]?)\s*([\d.,' ]*\d)(?:[eE]([+-]?\d{1,2}))?(-?)")


@lru_cache(maxsize=64)
def _separators(language: str) -> tuple[str, str]:
    """The decimal and the grouping sign of a language, as `.`, `,`, `'` or a space."""
    symbols = locale_of(language).number_symbols.get("latn", {})
    decimal, group = symbols.get("decimal", "."), symbols.get("group", ",")
    return _plain(decimal), _plain(group)


def read_decimal(text: str, language: str) -> Decimal | None:
    """The number that a text means in a language; None if it means none.

    Where a text can mean one number only, that is it, in any language: `1.234,5` and `1,234.5`.
    `1,234` is a thousand in English and one and a bit in German.
    """
    if len(text) > 2 * MAX_DIGITS:
        return None
    bracketed = text.startswith("(") and text.endswith(")")
    match = _SHAPE.fullmatch(_plain(text[1:-1] if bracketed else text).strip())
    if match is None:
        return None
    sign, body, exponent, trailing = match.groups()
    digits = _without_grouping(body, language)
    if digits is None or bool(sign) + bool(trailing) + bracketed > 1:
        return None
    number = Decimal(digits).scaleb(int(exponent or 0))
    return tidy(-number if "-" in (sign, trailing) or bracketed else number)


def tidy(number: Decimal) -> Decimal | None:
    """The number in one spelling: no zeros at the end, no minus zero, no `E` above a millionth.

    None if it is not finite, or longer than any picture has room for.
    """
    if (
        not number.is_finite()
        or abs(number) >= LIMIT
        or len(number.as_tuple().digits) > MAX_DIGITS
    ):
        return None
    plain = number.normalize()
    exponent = plain.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MAX_PLACES:
        return None
    if plain == 0:
        return Decimal(0)
    return plain.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else plain


def _without_grouping(body: str, language: str) -> str | None:
    """Digits with `.` for the decimal sign; None if the separators make no sense."""
    signs = [sign for sign in body if not sign.isdigit()]
    if not signs:
        return body
    decimal = _decimal_sign(body, signs, language)
    whole, _, places = body.rpartition(decimal) if decimal else (body, "", "")
    if not places.isdigit() and decimal:
        return None
    grouped = {sign for sign in whole if not sign.isdigit()}
    if grouped and (len(grouped) > 1 or not _is_grouped(whole, *grouped)):
        return None
    digits = "".join(sign for sign in whole if sign.isdigit())
    return f"{digits or '0'}.{places}" if decimal else digits


def _decimal_sign(body: str, signs: list[str], language: str) -> str:
    """Which separator stands before the fraction; empty if none does."""
    last = signs[-1]
    if last in "' " or (len(signs) > 1 and signs.count(last) > 1):
        return ""
    if len(signs) > 1:
        return last
    decimal, group = _separators(language)
    before, _, after = body.partition(last)
    could_group = len(after) == 3 and 1 <= len(before) <= 3 and not before.startswith("0")
    if not could_group:
        return last
    return last if last in (decimal, ".") and last != group else ""


def _is_grouped(whole: str, sign: str) -> bool:
    """Threes from the right; twos before the last three, as in India, are well too."""
    first, *groups = whole.split(sign)
    if not 1 <= len(first) <= 3 or len(groups[-1]) != 3:
        return False
    sizes = {len(group) for group in groups[:-1]}
    return sizes <= {3} or (sizes <= {2} and len(first) <= 2)


def _plain(text: str) -> str:
    """ASCII digits and signs for whatever script they are written in."""
    if text.isascii():
        return text.replace("`", "'")
    plain = text.translate(_MINUS).translate(_ARABIC)
    return "".join(_plain_sign(sign) for sign in plain)


def _plain_sign(sign: str) -> str:
    if sign in _SPACES:
        return " "
    if sign in _APOSTROPHES:
        return "'"
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)
