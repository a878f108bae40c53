"""Patterns that cannot hang: regular expressions matched in time linear in the text.

A manifest's `pattern` meets values that anybody may send, on the thread that serves everybody,
and `re` may need minutes for `(a+)+b`. So the pattern is turned into a small automaton that
keeps all of its possible states at once and reads each character once. What an automaton cannot
do (look around, refer back) is refused when the manifest is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_LENGTH = 300
MAX_STATES = 500
_MAX_REMEMBERED = 2_000

ALLOWED = (
    "allowed are characters, classes such as [A-Z0-9] and \\d, groups, |, and the repeats "
    "* + ? {2} {2,5}; the pattern must match the whole value"
)

_COUNT = re.compile(r"\{(\d{1,3})?(?:(,)(\d{1,3})?)?\}")
_CLASSES = "dDwWsS"
_CONTROLS = {"n": "\n", "t": "\t"}


class PatternError(ValueError):
    """A pattern that cannot be used; the message says why and what is allowed."""


@dataclass(frozen=True, slots=True)
class _Atom:
    """One character: any that this expression, which holds no repeat, matches."""

    test: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Repeat:
    node: _Node
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class _Sequence:
    nodes: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Either:
    nodes: tuple[_Node, ...]


_Node = _Atom | _Repeat | _Sequence | _Either


@lru_cache(maxsize=1024)
def compile_pattern(source: str) -> Pattern:
    """The automaton of a pattern.

    Raises:
        PatternError: it is too long, or uses what cannot be matched in linear time.
    """
    return Pattern(source)


class Pattern:
    """A compiled pattern. It matches a whole text or nothing."""

    def __init__(self, source: str) -> None:
        node = _Parser(source).parse()
        if _size(node) > MAX_STATES:
            raise PatternError(f"has too many repeats: {MAX_STATES} characters in all are allowed")
        self._tests: list[re.Pattern[str] | None] = []
        self._onward: list[tuple[int, ...]] = []
        end = self._add(None)
        self._end = end
        self._start = self._reach((self._build(node, end),))
        self._steps: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def matches(self, text: str) -> bool:
        """Whether the whole text fits the pattern."""
        states = self._start
        for sign in text:
            states = self._step(states, sign)
            if not states:
                return False
        return self._end in states

    def _step(self, states: frozenset[int], sign: str) -> frozenset[int]:
        known = self._steps.get((states, sign))
        if known is not None:
            return known
        onward: set[int] = set()
        for state in states:
            test = self._tests[state]
            if test is not None and test.match(sign):
                onward.update(self._onward[state])
        reached = self._reach(tuple(onward))
        if len(self._steps) >= _MAX_REMEMBERED:
            self._steps.clear()
        self._steps[states, sign] = reached
        return reached

    def _reach(self, starts: tuple[int, ...]) -> frozenset[int]:
        """The states that can be had from these without reading anything."""
        seen = set(starts)
        waiting = list(starts)
        while waiting:
            state = waiting.pop()
            if self._tests[state] is None:
                new = [one for one in self._onward[state] if one not in seen]
                seen.update(new)
                waiting.extend(new)
        return frozenset(seen)

    def _add(self, test: re.Pattern[str] | None, *onward: int) -> int:
        self._tests.append(test)
        self._onward.append(onward)
        return len(self._tests) - 1

    def _build(self, node: _Node, after: int) -> int:
        """Add the states of a node that goes on to `after`; the state where it begins."""
        if isinstance(node, _Atom):
            return self._add(node.test, after)
        if isinstance(node, _Sequence):
            for part in reversed(node.nodes):
                after = self._build(part, after)
            return after
        if isinstance(node, _Either):
            return self._add(None, *(self._build(part, after) for part in node.nodes))
        return self._build_repeat(node, after)

    def _build_repeat(self, node: _Repeat, after: int) -> int:
        if node.most is None:
            loop = self._add(None)
            self._onward[loop] = (self._build(node.node, loop), after)
            after = loop
        else:
            out = after
            for _ in range(node.most - node.least):
                after = self._add(None, self._build(node.node, after), out)
        for _ in range(node.least):
            after = self._build(node.node, after)
        return after


def _size(node: _Node) -> int:
    """How many states a node will need, known before any is made."""
    if isinstance(node, _Atom):
        return 1
    if isinstance(node, _Repeat):
        times = node.least + 1 if node.most is None else max(node.most, 1)
        return times * (_size(node.node) + 1)
    return 1 + sum(_size(part) for part in node.nodes)


class _Parser:
    """Reads a pattern by recursive descent; its length bounds the depth."""

    def __init__(self, source: str) -> None:
        if len(source) > MAX_LENGTH:
            raise PatternError(f"is too long: {MAX_LENGTH} characters are allowed")
        self._source = source.removeprefix("^")
        if self._source.endswith("$") and not self._source.endswith("\\$"):
            self._source = self._source[:-1]
        self._at = 0

    def parse(self) -> _Node:
        node = self._either()
        if self._at < len(self._source):
            raise self._error()
        return node

    def _either(self) -> _Node:
        nodes = [self._sequence()]
        while self._took("|"):
            nodes.append(self._sequence())
        return nodes[0] if len(nodes) == 1 else _Either(tuple(nodes))

    def _sequence(self) -> _Node:
        return _Sequence(tuple(self._pieces()))

    def _pieces(self) -> Iterator[_Node]:
        while self._peek() not in ("", "|", ")"):
            node = self._atom()
            repeated = self._repeat(node)
            if repeated is not node and self._peek() in ("+", "*", "{"):
                raise self._error()
            self._took("?") if repeated is not node else None
            yield repeated

    def _repeat(self, node: _Node) -> _Node:
        for sign, least, most in (("*", 0, None), ("+", 1, None), ("?", 0, 1)):
            if self._took(sign):
                return _Repeat(node, least, most)
        count = _COUNT.match(self._source, self._at)
        if count is None or not (count[1] or count[3]):
            return node
        self._at = count.end()
        least = int(count[1] or 0)
        most = (int(count[3]) if count[3] else None) if count[2] else least
        if most is not None and most < least:
            raise PatternError(f"repeats at least {least} and at most {most} times")
        return _Repeat(node, least, most)

    def _atom(self) -> _Node:
        sign = self._peek()
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._escape()
        if sign in "*+?{}^$])":
            raise self._error()
        self._at += 1
        return _Atom(re.compile("." if sign == "." else re.escape(sign)))

    def _group(self) -> _Node:
        self._at += 1
        if self._peek() == "?" and not self._took("?:"):
            raise self._error()
        node = self._either()
        if not self._took(")"):
            raise PatternError(f"has a group without its end; {ALLOWED}")
        return node

    def _class(self) -> _Node:
        """A class is handed to `re` as it stands: it matches one character, so it cannot hang."""
        found = re.compile(r"\[\^?\]?(?:[^\]\\\[]|\\.)*\]").match(self._source, self._at)
        if found is None or re.search(r"--|&&|~~|\|\|", found[0]):
            raise self._error()
        try:
            test = re.compile(found[0])
        except re.error as error:
            raise PatternError(f"has a class that cannot be read: {error}; {ALLOWED}") from error
        self._at = found.end()
        return _Atom(test)

    def _escape(self) -> _Node:
        sign = self._source[self._at + 1 : self._at + 2]
        if sign in _CONTROLS:
            test = _CONTROLS[sign]
        elif sign and (sign in _CLASSES or not sign.isalnum()):
            test = f"\\{sign}"
        else:
            raise self._error()
        self._at += 2
        return _Atom(re.compile(test))

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _took(self, text: str) -> bool:
        if not self._source.startswith(text, self._at):
            return False
        self._at += len(text)
        return True

    def _error(self) -> PatternError:
        found = self._source[self._at : self._at + 3]
        return PatternError(f"cannot be used from {found!r} on; {ALLOWED}")
