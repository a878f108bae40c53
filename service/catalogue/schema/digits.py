"""Patterns for numbers and days between two bounds, because JSON Schema bounds no text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

MOST_DIGITS = 18
"""Digits before the decimal sign that every reader of numbers takes."""

_FRACTION = r"\.(?:[0-9]{1,2}|[0-9]{4,10})"
"""Not three digits: in some languages those are thousands."""

_DASHES = {4: "-", 6: "-"}


def whole_numbers(least: Decimal | int | None, most: Decimal | int | None) -> str:
    """A pattern, without anchors, of the whole numbers from `least` to `most`; None is no bound.

    Empty if there is no such number.
    """
    low = None if least is None else _ceiling(least)
    high = None if most is None else _floor(most)
    return _joined(_whole(low, high))


def decimal_numbers(least: Decimal | int | None, most: Decimal | int | None) -> str:
    """The same for numbers that may have a fraction.

    Every number that it accepts lies between the bounds. It leaves out fractions that share
    their whole part with a bound that is no whole number.
    """
    if least is None and most is None:
        return f"-?[0-9]{{1,{MOST_DIGITS}}}(?:{_FRACTION})?"
    low = None if least is None else _ceiling(least)
    high = None if most is None else _floor(most)
    found = _whole(low, high)
    inner_high = None if high is None else high - 1
    if inner_high is None or inner_high >= 0:
        found += [f"{one}{_FRACTION}" for one in _whole(max(low or 0, 0), inner_high)]
    if low is None or low < 0:
        nearest = 0 if high is None else max(-high, 0)
        farthest = None if low is None else -low - 1
        found += [f"-{one}{_FRACTION}" for one in _whole(nearest, farthest)]
    return _joined(found)


def days(first: date, last: date) -> str:
    """A pattern of the days from `first` to `last`, as 2026-12-31; 30 February is for `format`."""
    return _same_length(f"{first:%Y%m%d}".zfill(8), f"{last:%Y%m%d}".zfill(8), 0, _DASHES)


def _whole(low: int | None, high: int | None) -> list[str]:
    if low is None and high is None:
        return [f"-?[0-9]{{1,{MOST_DIGITS}}}"]
    found = []
    if low is None or low < 0:
        nearest = 1 if high is None or high >= 0 else -high
        farthest = None if low is None else -low
        found += [f"-{one}" for one in _unsigned(nearest, farthest)]
    if high is None or high >= 0:
        found += _unsigned(max(low or 0, 0), high)
    return found


def _unsigned(low: int, high: int | None) -> list[str]:
    if low == 0 and high is None:
        return [f"[0-9]{{1,{MOST_DIGITS}}}"]
    high = 10**MOST_DIGITS - 1 if high is None else min(high, 10**MOST_DIGITS - 1)
    found: list[str] = []
    whole_lengths: list[int] = []
    for length in range(len(str(low)), len(str(high)) + 1):
        least = max(low, 10 ** (length - 1) if length > 1 else 0)
        most = min(high, 10**length - 1)
        if length > 1 and (least, most) == (10 ** (length - 1), 10**length - 1):
            whole_lengths.append(length)
        elif least <= most:
            found.append(_same_length(str(least), str(most), 0, {}))
    if whole_lengths:
        shortest, longest = whole_lengths[0] - 1, whole_lengths[-1] - 1
        times = f"{shortest}" if shortest == longest else f"{shortest},{longest}"
        found.append(f"[1-9][0-9]{{{times}}}")
    return found


def _same_length(low: str, high: str, at: int, marks: Mapping[int, str]) -> str:
    """Digits from `low` to `high`, as long as each other; `marks` stand before some places."""
    if not low:
        return ""
    mark, rest = marks.get(at, ""), len(low) - 1
    if low[0] == high[0]:
        return f"{mark}{low[0]}{_same_length(low[1:], high[1:], at + 1, marks)}"
    if set(low) == {"0"} and set(high) == {"9"}:
        return _any(len(low), at, marks)
    first, last = int(low[0]), int(high[0])
    found = []
    if low[1:] != "0" * rest:
        found.append(f"{first}{_same_length(low[1:], '9' * rest, at + 1, marks)}")
        first += 1
    upper = ""
    if high[1:] != "9" * rest:
        upper = f"{last}{_same_length('0' * rest, high[1:], at + 1, marks)}"
        last -= 1
    if first <= last:
        some = str(first) if first == last else f"[{first}-{last}]"
        found.append(f"{some}{_any(rest, at + 1, marks)}")
    if upper:
        found.append(upper)
    return mark + _joined(found)


def _any(count: int, at: int, marks: Mapping[int, str]) -> str:
    """So many digits, whatever they are."""
    pieces: list[tuple[str, int]] = []
    for place in range(at, at + count):
        if place in marks or not pieces:
            pieces.append((marks.get(place, ""), 1))
        else:
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + 1)
    return "".join(
        f"{mark}[0-9]" if times == 1 else f"{mark}[0-9]{{{times}}}" for mark, times in pieces
    )


def _joined(found: list[str]) -> str:
    return f"(?:{'|'.join(found)})" if len(found) > 1 else "".join(found)


def _ceiling(number: Decimal | int) -> int:
    return int(Decimal(number).to_integral_value(ROUND_CEILING))


def _floor(number: Decimal | int) -> int:
    return int(Decimal(number).to_integral_value(ROUND_FLOOR))
