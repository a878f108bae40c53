"""Reading colours."""

from __future__ import annotations

import colorsys
import re

from service.catalogue.fields import ColorField
from service.catalogue.kinds.colour_names import COLOURS
from service.catalogue.kinds.reading import Reading, Unusable

_HEX = re.compile(r"#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_FUNCTION = re.compile(
    r"(rgb|hsl)a?\(\s*([\d.]+)(%|deg)?[\s,]+([\d.]+)(%?)[\s,]+([\d.]+)(%?)"
    r"(?:\s*[/,]\s*([\d.]+)(%?))?\s*\)"
)
_LONGEST = 64
_ALLOWED = "must be a colour such as #1e90ff, rgb(30, 144, 255) or dodgerblue"


def read_color(field: ColorField, value: object, reading: Reading) -> str:
    """A colour as `#rrggbb`, or `#rrggbbaa` if one can see through it."""
    colour = canonical_colour(value) if isinstance(value, str) else None
    if colour is None:
        raise Unusable(_ALLOWED)
    return colour


def canonical_colour(text: str) -> str | None:
    """The one spelling that we use for a colour; None if the text means none."""
    folded = text.strip().lower()
    if len(folded) > _LONGEST:
        return None
    if folded in COLOURS:
        return COLOURS[folded]
    match = _HEX.fullmatch(folded)
    digits = match[1] if match else _computed(folded)
    if digits is None:
        return None
    if len(digits) < 6:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits[:6]}" if digits[6:] in ("", "ff") else f"#{digits}"


def _computed(text: str) -> str | None:
    """Eight hexadecimal digits for `rgb(…)` and `hsl(…)`."""
    match = _FUNCTION.fullmatch(text)
    if match is None:
        return None
    kind, one, unit, two, percent_two, three, percent_three, alpha, percent_alpha = match.groups()
    try:
        numbers = float(one), float(two), float(three)
        opacity = float(alpha or 1) / (100 if percent_alpha else 1)
    except ValueError:
        return None
    if kind == "hsl":
        shares = colorsys.hls_to_rgb(
            numbers[0] % 360 / 360, _share(numbers[2] / 100), _share(numbers[1] / 100)
        )
    else:
        units = (unit, percent_two, percent_three)
        shares = tuple(  # type: ignore[assignment]  # three in, three out
            _share(number / (100 if mark == "%" else 255))
            for number, mark in zip(numbers, units, strict=True)
        )
    return "".join(f"{round(255 * _share(share)):02x}" for share in (*shares, opacity))


def _share(number: float) -> float:
    return min(1.0, max(0.0, number))
