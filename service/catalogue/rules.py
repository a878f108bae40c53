"""The rules of a manifest, and the small language of their `when`.

`when` may hold names, literals, comparisons, `and`, `or`, `not`, `in`, `+` and `-`: nothing
that could call, reach or loop. It is checked when the manifest is read, so that evaluating it
has nothing left to refuse.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Key

MAX_NODES = 50
MAX_LENGTH = 2_000
WORDS = frozenset({"none", "true", "false"})
"""Names that are literals: the template's spelling of `None`, `True` and `False`."""

_ALLOWED = (
    ast.Expression,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.Compare,
    ast.cmpop,
    ast.BoolOp,
    ast.boolop,
    ast.UnaryOp,
    ast.Not,
    ast.UAdd,
    ast.USub,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Tuple,
    ast.List,
)
_GRAMMAR = ast.Load | ast.Expression | ast.cmpop | ast.boolop | ast.unaryop | ast.operator
"""Parts of the tree that nobody writes as such: they do not count as nodes."""


class Rule(BaseModel):
    """When a condition holds, fields get these values; the first rule that sets a field wins."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    when: str
    set: Annotated[Mapping[str, object], Key(min_length=1)]


def faults_of(when: str) -> Iterator[str]:
    """What is wrong with a condition; whether the names in it exist is not asked here."""
    tree = _parse(when)
    if isinstance(tree, str):
        yield tree
        return
    nodes = list(ast.walk(tree))
    if sum(not isinstance(node, _GRAMMAR) for node in nodes) > MAX_NODES:
        yield f"is too long: {MAX_NODES} names, literals and operations are allowed"
    refused = {
        ast.unparse(node)[:40]
        for node in nodes
        if not isinstance(node, _ALLOWED) or isinstance(node, ast.Is | ast.IsNot)
    }
    for node in nodes:
        if isinstance(node, ast.Constant) and not _plain(node.value):
            refused.add(ast.unparse(node)[:40])
    if refused:
        yield (
            f"may not hold {', '.join(sorted(refused))}; allowed are names, literals, "
            "comparisons, and, or, not, in, + and -"
        )


def names_in(when: str) -> tuple[str, ...]:
    """The names that a condition uses, in its order, each once; none when it cannot be read."""
    tree = _parse(when)
    if isinstance(tree, str):
        return ()
    names = (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return tuple(dict.fromkeys(name for name in names if name not in WORDS))


def _plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _parse(when: str) -> ast.Expression | str:
    """The tree, or what is wrong with the text."""
    if len(when) > MAX_LENGTH:
        return f"is too long: {MAX_LENGTH} characters are allowed"
    try:
        return ast.parse(when.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = getattr(error, "msg", "") or "cannot be read"
        return f'must be a condition such as tier == "gold" and points > 100 ({reason})'
