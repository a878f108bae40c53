"""Which expressions hold a recipient's data, and which of those are harmless in a style."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from jinja2 import nodes

from service.catalogue.lint.page import Page, Piece
from service.catalogue.manifest import Manifest

_STYLE_FILTERS = frozenset(
    {"css_colour", "css_color", "css_url", "px", "length", "count", "int", "float", "round"}
    | {"abs", "sum", "wordcount"}
)
_STYLE_KINDS = frozenset({"color", "integer", "number", "boolean", "choice"})
_WITHIN = (nodes.And, nodes.Or, nodes.Concat, nodes.CondExpr)
_NUMERIC = (nodes.Compare, nodes.Not, nodes.Test, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv)


class Data:
    """Knows, for the pages of one template, where data can turn up."""

    def __init__(self, manifest: Manifest, pages: Sequence[Page]) -> None:
        self._kinds = {name: field.kind for name, field in manifest.fields.items()}
        self._parts = dict(_parts(manifest))
        self._given = {"now", "today", *self._kinds}
        self._assigned: dict[str, list[nodes.Node]] = {}
        for page in pages:
            for name, source in _assignments(page.tree):
                self._assigned.setdefault(name, []).append(source)
        self._tainted = self._taint(pages)

    @property
    def assigned(self) -> frozenset[str]:
        """The names that pages give themselves: by set, for, with, macro or import."""
        return frozenset(self._assigned) | self._tainted - self._given

    def holds(self, node: nodes.Node) -> bool:
        """Whether data can be in what this node makes."""
        return any(name in self._tainted for name in _names(node))

    def steers(self, piece: Piece) -> bool:
        """Whether a `{% … %}` does something else for other data."""
        return not self._tainted.isdisjoint(piece.words)

    def is_image(self, node: nodes.Node) -> bool:
        """Whether this is an address of ours for certain: an image field, an asset, nothing."""
        if isinstance(node, nodes.Name):
            return self._kind(node.name) == "image"
        if isinstance(node, nodes.Getattr):
            return self._parts.get(node.attr) == "image"
        if isinstance(node, nodes.Getitem):
            return isinstance(node.arg, nodes.Const) and self._parts.get(node.arg.value) == "image"
        if isinstance(node, nodes.Call):
            return isinstance(node.node, nodes.Name) and node.node.name == "asset"
        if isinstance(node, nodes.CondExpr):
            others = [node.expr1, *([node.expr2] if node.expr2 else [])]
            return all(self.is_image(other) for other in others)
        if isinstance(node, nodes.And | nodes.Or):
            return self.is_image(node.left) and self.is_image(node.right)
        if isinstance(node, nodes.Filter) and node.name in {"default", "d"} and node.node:
            return self.is_image(node.node)
        return isinstance(node, nodes.Const)

    def fits_style(self, node: nodes.Node) -> bool:
        """Whether no data in this can end the CSS value that it stands in."""
        if not self.holds(node):
            return True
        if isinstance(node, nodes.Name):
            return self._kind(node.name) in _STYLE_KINDS
        if isinstance(node, nodes.Getattr):
            return self._parts.get(node.attr) in _STYLE_KINDS
        if isinstance(node, nodes.Filter):
            return node.name in _STYLE_FILTERS
        if isinstance(node, nodes.CondExpr):
            return self.fits_style(node.expr1) and (
                node.expr2 is None or self.fits_style(node.expr2)
            )
        if isinstance(node, _WITHIN):
            return all(self.fits_style(child) for child in node.iter_child_nodes())
        if isinstance(node, nodes.Add):
            return self.fits_style(node.left) and self.fits_style(node.right)
        return isinstance(node, _NUMERIC)

    def _kind(self, name: str) -> str | None:
        """The kind of a field, or of the items of the list that a loop goes through."""
        if name in self._kinds:
            return self._kinds[name]
        kinds = {
            self._parts.get(f"{source.name}[]") if isinstance(source, nodes.Name) else None
            for source in self._assigned.get(name, ())
        }
        return kinds.pop() if len(kinds) == 1 else None

    def _taint(self, pages: Sequence[Page]) -> frozenset[str]:
        tainted = set(self._given)
        for page in pages:
            for macro in page.tree.find_all((nodes.Macro, nodes.CallBlock)):
                tainted.update(argument.name for argument in getattr(macro, "args", ()))
        found = True
        while found:
            found = False
            for name, sources in self._assigned.items():
                if name not in tainted and any(
                    seen in tainted for source in sources for seen in _names(source)
                ):
                    tainted.add(name)
                    found = True
        return frozenset(tainted)


def _names(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Name):
        yield node.name
    yield from (inner.name for inner in node.find_all(nodes.Name))


def _assignments(tree: nodes.Template) -> Iterator[tuple[str, nodes.Node]]:
    """Every name that a page gives to something, and that something."""
    for block in tree.find_all(nodes.With):
        for target, value in zip(block.targets, block.values, strict=True):
            yield from ((name, value) for name in _names(target))
    for macro in tree.find_all(nodes.Macro):
        yield from ((macro.name, child) for child in macro.body)
    for filled in tree.find_all(nodes.AssignBlock):
        yield from ((name, child) for name in _names(filled.target) for child in filled.body)
    for loop in tree.find_all(nodes.For):
        yield from ((name, loop.iter) for name in _names(loop.target))
    for assign in tree.find_all(nodes.Assign):
        yield from ((name, assign.node) for name in _names(assign.target))


def _parts(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """The kind of every part of a group, and as `field[]` of every list's items."""
    for name, field in manifest.fields.items():
        inner: Mapping[str, object] = getattr(field, "fields", None) or {}
        for part, inside in inner.items():
            yield part, str(getattr(inside, "kind", ""))
        of = getattr(field, "of", None)
        if of is not None:
            yield f"{name}[]", str(of.kind)
