"""Which shared files a template reaches: only those are part of it and of its version."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from jinja2 import TemplateSyntaxError, nodes
from jinja2.meta import find_referenced_templates

from service.catalogue import css
from service.catalogue.environment import TemplateEnvironment
from service.catalogue.file_text import decoded
from service.catalogue.folder import Folder
from service.catalogue.template import SHARED, is_page

ASSETS = "assets/"
_MENTIONED = re.compile(r"_shared/[\w./-]+")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
_PARSER = TemplateEnvironment({}, frozenset())


def reached(own: Mapping[str, bytes], shared: Folder, wanted: list[str]) -> dict[str, bytes]:
    """The shared files that `own` and `wanted` reach, and those that these reach, and so on.

    `wanted` are shared paths such as those of the themes. Keys begin with `_shared/`.
    """
    found: dict[str, bytes] = {}
    names = frozenset(own)
    open_paths = [*wanted]
    for file, body in own.items():
        open_paths += _mentions(file, body, shared, names)
    while open_paths:
        path = open_paths.pop()
        content = shared.read(path.removeprefix(SHARED)) if path.startswith(SHARED) else None
        if path not in found and content is not None:
            found[path] = content
            open_paths += _mentions(path, content, shared, names)
    return found


def local_path(url: str, *, file: str) -> str | None:
    """The path, from the document, that a style sheet's address means; None if it leaves us."""
    if _SCHEME.match(url) or url.startswith("#"):
        return None
    path = unquote(re.split(r"[?#]", url, maxsplit=1)[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), path))


def parse_page(text: str, file: str) -> nodes.Template | None:
    """The syntax tree of a page, or None if it is not valid: compiling it will say why."""
    try:
        return _PARSER.parse(text, file, file)
    except TemplateSyntaxError:
        return None


def asset_calls(tree: nodes.Template) -> Iterator[tuple[int, list[str | None]]]:
    """The line and the arguments of every `asset(…)`; None for one that is not a plain text."""
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "asset":
            arguments = [*call.args, *(word.value for word in call.kwargs)]
            yield (
                call.lineno,
                [
                    argument.value
                    if isinstance(argument, nodes.Const) and isinstance(argument.value, str)
                    else None
                    for argument in arguments
                ],
            )


def _mentions(file: str, body: bytes, shared: Folder, own: frozenset[str]) -> Iterator[str]:
    if not (is_page(file) or file.endswith((".css", ".toml"))):
        return
    text = decoded(body)
    # A path written out anywhere counts, in a <link> as in a fallback: one file too many in the
    # version is harmless, one too few would serve an old picture.
    yield from _MENTIONED.findall(text)
    if file.endswith(".css"):
        for reference in css.references(text):
            yield from filter(None, [local_path(reference.url, file=file)])
    elif is_page(file):
        yield from _page_mentions(text, file, shared, own)


def _page_mentions(text: str, file: str, shared: Folder, own: frozenset[str]) -> Iterator[str]:
    tree = parse_page(text, file)
    if tree is None:
        return
    for name in find_referenced_templates(tree):
        if name is None:
            yield from (f"{SHARED}{path}" for path in shared if is_page(path))
        else:
            yield name
    for _, names in asset_calls(tree):
        for name in names:
            if name is None:
                yield from (f"{SHARED}{path}" for path in shared if path.startswith(ASSETS))
            elif own.isdisjoint((name, f"{ASSETS}{name}")):
                yield f"{SHARED}{ASSETS}{posixpath.normpath(name)}"
