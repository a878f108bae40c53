"""The Jinja environment of one template: sandboxed, strict, closed to all files but its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, TemplateNotFound, nodes, pass_context
from jinja2.exceptions import TemplateAssertionError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer

from service.catalogue import filters
from service.catalogue.codes import barcode, qr
from service.catalogue.file_text import decoded
from service.catalogue.run import CURRENT, TemplateRefused, step
from service.catalogue.strings import MissingText

MAX_REPEATED = 100_000
"""The longest text or list that `*` may make."""

_NOT_REPEATABLE = ("random",)
"""Filters of Jinja's own that give another picture each time."""

_STEP = f"{step.__module__}.{step.__qualname__}"


class OwnFiles(BaseLoader):
    """Loads templates from the files that were read with the template, and from nowhere else."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def get_source(
        self, environment: object, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """The text of a file; its path serves as file name, so that tracebacks name it."""
        if template not in self._files:
            raise TemplateNotFound(template)
        return decoded(self._files[template]), template, lambda: True


class Missing(StrictUndefined):
    """What a name without a value is: an error at its first use.

    Jinja's own message would hold the key of a look-up, which may be a recipient's value; ours
    names a part only if the designer wrote that name.
    """

    @property
    def _undefined_message(self) -> str:
        hint: str | None = self._undefined_hint
        name = self._undefined_name
        if hint:
            return hint
        if self._undefined_obj is missing:
            return f"{name!r} is not defined"
        run = CURRENT.get(None)
        if run is not None and isinstance(name, str) and run.template.mentions(name):
            return f"a value has no part {name!r}"
        return "a value has no such part"


class _Prepared(NodeTransformer):
    """Rewrites a parsed page before it is compiled: steps are counted, `is given` gets names."""

    def __init__(self, fields: frozenset[str], file: str) -> None:
        self._fields = fields
        self._file = file

    def _counted(self, node: Any) -> Any:
        self.generic_visit(node)
        call = nodes.Call(nodes.ImportedName(_STEP), [], [], None, None)
        node.body.insert(0, nodes.ExprStmt(call).set_lineno(node.lineno))
        return node

    visit_For = visit_Macro = visit_CallBlock = _counted

    def visit_Template(self, node: nodes.Template) -> nodes.Template:
        """Count a file, unless it extends another: then its root does nothing that can repeat."""
        if any(isinstance(child, nodes.Extends) for child in node.body):
            self.generic_visit(node)
            return node
        counted: nodes.Template = self._counted(node)
        return counted

    def visit_Test(self, node: nodes.Test) -> nodes.Node:
        """Ask `is given` about the field's name: its value cannot tell where it came from."""
        self.generic_visit(node)
        if node.name == "given":
            field = node.node
            if not (isinstance(field, nodes.Name) and field.name in self._fields):
                message = "`is given` asks about a declared field, by its name"
                raise TemplateAssertionError(message, node.lineno, self._file, self._file)
            node.node = nodes.Const(field.name, lineno=node.lineno)
        return node


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """What one template is compiled and filled in."""

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self, files: Mapping[str, bytes], fields: frozenset[str]) -> None:
        super().__init__(
            loader=OwnFiles(files),
            autoescape=True,
            undefined=Missing,
            finalize=_shown,
            auto_reload=False,
            cache_size=-1,
        )
        self._fields = fields
        self.globals = {
            "range": self.globals["range"],
            "dict": dict,
            "namespace": self.globals["namespace"],
            "cycler": self.globals["cycler"],
            "joiner": self.globals["joiner"],
            "asset": _asset,
            "t": _translated,
        }
        for name in _NOT_REPEATABLE:
            del self.filters[name]
        self.filters.update(filters.FILTERS, qr=qr, barcode=barcode)
        self.tests["given"] = _is_given

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,
    ) -> str:
        prepared = _Prepared(self._fields, name or "").visit(source)
        return super()._generate(prepared, name, filename, defer_init)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look a part of a group up before a method: `order.items` is the field called items."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse products that would fill the memory before any output is counted."""
        if operator == "**":
            if not (abs(left) <= 1_000_000 and abs(right) <= 64):
                raise TemplateRefused("a power of a number this large is refused")
        else:
            for many, times in ((left, right), (right, left)):
                if isinstance(many, str | tuple | list) and len(many) * times > MAX_REPEATED:
                    raise TemplateRefused(f"* makes a text longer than {MAX_REPEATED}")
        return super().call_binop(context, operator, left, right)


@pass_context
def _shown(_context: Context, value: object) -> object:
    return filters.shown(value)


@pass_context
def _is_given(_context: Context, field: str) -> bool:
    return field in CURRENT.get().given


@pass_context
def _translated(_context: Context, key: str, **values: object) -> str:
    run = CURRENT.get()
    try:
        return run.template.strings.text(
            key,
            values,
            languages=(run.language, run.template.manifest.language),
            show=lambda value: str(filters.shown(value)),
        )
    except MissingText as error:
        known = run.template.mentions(key)
        raise TemplateRefused(str(error) if known else "t() has no such text") from error


@pass_context
def _asset(_context: Context, path: str | None, default: str | None = None) -> str:
    template = CURRENT.get().template
    if path and path.startswith("data:"):
        return path
    for name in (path, default):
        found = template.find_asset(name) if name else None
        if found is not None:
            return filters.quoted(found)
    if default is not None or path is None:
        raise TemplateRefused("asset() has neither a picture nor a default that exists")
    raise TemplateRefused("asset() names a file that is neither in assets/ nor in _shared/assets/")
