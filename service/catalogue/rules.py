"""The rules of a manifest, and the small language of their `when`.

`when` may hold names, literals, comparisons, `and`, `or`, `not`, `in`, `is given`, `+` and `-`:
nothing that could call, reach or loop. It is checked when the manifest is read, so that asking
it (`service.catalogue.conditions`) has nothing left to refuse.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cached_property
from math import isfinite
from typing import Annotated

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Key

from service.catalogue.conditions import WORDS, Condition, asks_given, compiled

MAX_NODES = 50
MAX_LENGTH = 2_000

_GRAMMAR = ast.Load | ast.Expression | ast.cmpop | ast.boolop | ast.unaryop | ast.operator
"""Parts of the tree that nobody writes as such: they do not count as nodes."""


class Rule(BaseModel):
    """When a condition holds, fields get these values; the first rule that sets a field wins."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    when: str
    set: Annotated[Mapping[str, object], Key(min_length=1)]

    @cached_property
    def holds(self) -> Condition:
        """Whether the condition holds for some values; for rules without `faults_of` alone."""
        return compiled(parsed(self.when))


def faults_of(when: str) -> Iterator[str]:
    """What is wrong with a condition; whether the names in it exist is not asked here."""
    tree = _parse(when)
    if isinstance(tree, str):
        yield tree
        return
    nodes = [node for node in ast.walk(tree) if not isinstance(node, _GRAMMAR)]
    if len(nodes) > MAX_NODES:
        yield f"is too long: {MAX_NODES} names, literals and operations are allowed"
        return
    refused = [ast.unparse(node)[:40] for node in nodes if not _is_allowed(node)]
    if refused:
        yield (
            f"may not hold {', '.join(dict.fromkeys(refused))}; allowed are names, literals, "
            "comparisons, and, or, not, in, is given, + and -"
        )


def names_in(when: str) -> tuple[str, ...]:
    """The names that a condition uses, in its order, each once; none when it cannot be read."""
    tree = _parse(when)
    if isinstance(tree, str):
        return ()
    tests = {id(node.comparators[0]) for node in ast.walk(tree) if asks_given(node)}
    names = (
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in tests
    )
    return tuple(dict.fromkeys(name for name in names if name not in WORDS))


def parsed(when: str) -> ast.expr:
    """The tree of a condition.

    Raises:
        ValueError: `faults_of` finds something wrong with it.
    """
    for fault in faults_of(when):
        raise ValueError(fault)
    return ast.parse(when.strip(), mode="eval").body


def _is_allowed(node: ast.AST) -> bool:
    match node:
        case ast.Name() | ast.BoolOp() | ast.Tuple() | ast.List():
            return True
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return True
        case ast.UnaryOp(op=ast.Not() | ast.UAdd() | ast.USub()):
            return True
        case ast.Compare(ops=operators):
            return asks_given(node) or not any(
                isinstance(one, ast.Is | ast.IsNot) for one in operators
            )
        case ast.Constant(value=float(value)):
            return isfinite(value)
        case ast.Constant(value=value):
            return value is None or isinstance(value, str | int)
    return False


def _parse(when: str) -> ast.Expression | str:
    """The tree, or what is wrong with the text."""
    if len(when) > MAX_LENGTH:
        return f"is too long: {MAX_LENGTH} characters are allowed"
    try:
        return ast.parse(when.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = getattr(error, "msg", "") or "cannot be read"
        return f'must be a condition such as tier == "gold" and points > 100 ({reason})'
