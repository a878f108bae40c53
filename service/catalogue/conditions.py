"""Conditions at work: the tree of a `when`, compiled once, asked for every picture.

Asking never fails and costs microseconds. What makes no sense (`"a" > 3`, a day plus a word) is
`none`, and every comparison with none is false. Nothing here grows with what it is given: `+`
and `-` know numbers and days, not texts and lists.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeGuard

from service.catalogue.money import Money

WORDS: Mapping[str, bool | None] = {"none": None, "true": True, "false": False}
"""Names that are literals: the template's spelling of `None`, `True` and `False`."""

GIVEN = "given"
"""What may stand behind `is` and `is not`."""

_LONGEST_MOMENT = 40
_MOST_DAYS = 4_000_000
"""More days than lie between the years 1 and 9999."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition is asked about: the value of every name, and the fields that were given."""

    values: Mapping[str, object]
    given: Collection[str]


Part = Callable[[Scope], object]
Condition = Callable[[Scope], bool]
_Test = Callable[[object, object], bool]


def compiled(tree: ast.expr) -> Condition:
    """The condition of a tree that `service.catalogue.rules` found nothing wrong with."""
    part = _part(tree)
    return lambda scope: truth(part(scope))


def literal(value: object) -> object:
    """A literal as conditions compare it: numbers exactly as they are written."""
    return Decimal(str(value)) if isinstance(value, float) else value


def asks_given(node: ast.AST) -> TypeGuard[ast.Compare]:
    """Whether this is `name is given` or `name is not given`."""
    match node:
        case ast.Compare(
            left=ast.Name(), ops=[ast.Is() | ast.IsNot()], comparators=[ast.Name(id=word)]
        ):
            return word == GIVEN
    return False


def truth(value: object) -> bool:
    """Whether a value counts as true by itself: not none, not empty, not zero."""
    return bool(value.amount if isinstance(value, Money) else value)


def comparable(one: object, other: object) -> tuple[object, object] | None:
    """Two values as they are compared with each other; None when they cannot be."""
    if one is None or other is None:
        return None
    if isinstance(one, str) and isinstance(other, str):
        return one, other
    if isinstance(one, bool) or isinstance(other, bool):
        return (one, other) if isinstance(one, bool) and isinstance(other, bool) else None
    if isinstance(one, date) or isinstance(other, date):
        return _moments(one, other)
    return _numbers(one, other)


def _part(node: ast.expr) -> Part:
    match node:
        case ast.Constant(value=value):
            constant = literal(value)
            return lambda _: constant
        case ast.Name(id=name):
            return lambda scope: WORDS[name] if name in WORDS else scope.values.get(name)
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            parts = [_part(element) for element in elements]
            return lambda scope: tuple(part(scope) for part in parts)
        case ast.Compare():
            return _comparison(node)
        case ast.BoolOp(op=joint, values=several):
            return _joined(all if isinstance(joint, ast.And) else any, map(_part, several))
        case ast.BinOp(left=left, op=sign, right=right):
            return _sum(_part(left), _part(right), -1 if isinstance(sign, ast.Sub) else 1)
        case ast.UnaryOp(op=sign, operand=operand):
            return _signed(sign, _part(operand))
    raise ValueError(f"a condition may not hold {type(node).__name__}")


def _joined(combine: Callable[[Iterable[bool]], bool], several: Iterable[Part]) -> Part:
    parts = tuple(several)
    return lambda scope: combine(truth(part(scope)) for part in parts)


def _signed(sign: ast.unaryop, part: Part) -> Part:
    if isinstance(sign, ast.Not):
        return lambda scope: not truth(part(scope))
    return _sum(lambda _: 0, part, -1 if isinstance(sign, ast.USub) else 1)


def _comparison(node: ast.Compare) -> Part:
    if asks_given(node) and isinstance(node.left, ast.Name):
        name, wanted = node.left.id, isinstance(node.ops[0], ast.Is)
        return lambda scope: (name in scope.given) is wanted
    first = _part(node.left)
    steps = [
        (_TESTS[type(one)], _part(other))
        for one, other in zip(node.ops, node.comparators, strict=True)
    ]

    def ask(scope: Scope) -> bool:
        left = first(scope)
        for test, other in steps:
            right = other(scope)
            if not test(left, right):
                return False
            left = right
        return True

    return ask


def _compared(test: Callable[..., bool]) -> _Test:
    def ask(one: object, other: object) -> bool:
        pair = comparable(one, other)
        return pair is not None and test(*pair)

    return ask


def _is_within(one: object, several: object) -> bool | None:
    """Whether a list holds a value, or a text holds a piece; None when that cannot be asked."""
    if one is None:
        return None
    if isinstance(several, tuple):
        return any(_same(one, other) for other in several)
    if isinstance(one, str) and isinstance(several, str):
        return one in several
    return None


_same = _compared(operator.eq)
_TESTS: Mapping[type[ast.cmpop], _Test] = {
    ast.Eq: _same,
    ast.NotEq: _compared(operator.ne),
    ast.Lt: _compared(operator.lt),
    ast.LtE: _compared(operator.le),
    ast.Gt: _compared(operator.gt),
    ast.GtE: _compared(operator.ge),
    ast.In: lambda one, several: _is_within(one, several) is True,
    ast.NotIn: lambda one, several: _is_within(one, several) is False,
}


def _sum(left: Part, right: Part, sign: int) -> Part:
    def add(scope: Scope) -> object:
        one, other = left(scope), right(scope)
        try:
            if isinstance(one, date) or isinstance(other, date):
                return _days(one, other, sign)
            return _amount(one, other, sign)
        except (ArithmeticError, ValueError):
            return None  # before the year 1, after 9999, or too large a number

    return add


def _days(one: object, other: object, sign: int) -> object:
    """A day and a number of days are a day; between two days is a number of days."""
    if sign < 0 and isinstance(other, date | str):
        pair = _moments(one, other)
        return (_day(pair[0]) - _day(pair[1])).days if pair else None
    if not isinstance(one, date):
        one, other = other, one
    count = _number(other)
    if not isinstance(one, date) or count is None or not -_MOST_DAYS < count < _MOST_DAYS:
        return None
    return one + timedelta(days=sign * int(count)) if count == int(count) else None


def _amount(one: object, other: object, sign: int) -> object:
    pair = _numbers(one, other)
    if pair is None:
        return None
    amount = pair[0] + sign * pair[1]
    money = next((value for value in (one, other) if isinstance(value, Money)), None)
    return Money(Decimal(amount), money.currency) if money else amount


def _numbers(one: object, other: object) -> tuple[int | Decimal, int | Decimal] | None:
    """Two numbers or amounts; amounts in two currencies have nothing in common."""
    if isinstance(one, Money) and isinstance(other, Money) and one.currency != other.currency:
        return None
    first, second = _number(one), _number(other)
    return None if first is None or second is None else (first, second)


def _number(value: object) -> int | Decimal | None:
    """A number, or how much money it is; true and false are no numbers."""
    amount = value.amount if isinstance(value, Money) else value
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        return None
    return amount


def _moments(one: object, other: object) -> tuple[date, date] | None:
    """Two instants, or two days as soon as one of them is only a day."""
    first, second = _moment(one), _moment(other)
    if first is None or second is None:
        return None
    if not isinstance(first, datetime) or not isinstance(second, datetime):
        return _day(first), _day(second)
    if first.tzinfo is None:
        return first.replace(tzinfo=second.tzinfo), second
    return first, second.replace(tzinfo=first.tzinfo) if second.tzinfo is None else second


def _moment(value: object) -> date | None:
    """A day or an instant; a text is one when it is written as ISO 8601 has it."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or len(value) > _LONGEST_MOMENT:
        return None
    try:
        return date.fromisoformat(value) if len(value) <= 10 else datetime.fromisoformat(value)
    except ValueError:
        return None


def _day(moment: date) -> date:
    """The day of an instant, on the calendar of its own time zone."""
    return moment.date() if isinstance(moment, datetime) else moment
