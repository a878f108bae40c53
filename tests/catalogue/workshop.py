"""A throw-away folder of templates, and short ways to fill one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.catalogue.compose import Composed, compose
from service.catalogue.lint import Finding, lint
from service.catalogue.loader import load_template
from service.catalogue.template import Template
from service.catalogue.trial import setting_of
from service.model import Filled

AT = datetime(2026, 5, 17, 12, 34, 56, tzinfo=UTC)
STYLE = "body{background:#fff}\n"


def page(body: str, *, head: str = "<title>Card</title>") -> str:
    """A whole page; its body begins on line 4."""
    return f"<!doctype html>\n<html>\n<head>{head}</head><body>\n{body}\n</body>\n</html>\n"


class Workshop:
    """Writes template folders below one root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def write(self, path: str, content: str | bytes) -> Path:
        """Write one file, `_shared/…` or `card/…`."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def template(
        self,
        body: str = "Hello",
        *,
        name: str = "card",
        manifest: str = "",
        files: Mapping[str, str | bytes] | None = None,
    ) -> Path:
        """Write a template; `body` may also be a whole page. `files` add to it or replace."""
        whole = body if body.startswith(("<!doctype", "{% extends")) else page(body)
        given = {
            "template.toml": f'title = "Card"\n{manifest}',
            "template.html": whole,
            "style.css": STYLE,
            **(files or {}),
        }
        for path, content in given.items():
            self.write(f"{name}/{path}", content)
        return self.root / name

    def load(self, name: str = "card") -> Template:
        """Read a template from its folder."""
        return load_template(self.root / name, name=name, shared=self.root / "_shared")

    def make(self, body: str = "Hello", **more: Any) -> Template:
        """Write a template and read it."""
        self.template(body, **more)
        return self.load(more.get("name", "card"))

    def lint(self, body: str = "Hello", **more: Any) -> list[Finding]:
        """Write a template and see what lint finds."""
        return lint(self.make(body, **more))


def field(name: str, kind: str = "text", fallback: str | None = '"Friend"') -> str:
    """A field of a manifest; without a fallback it is optional."""
    rest = "optional = true" if fallback is None else f"fallback = {fallback}"
    return f'[fields.{name}]\nkind = "{kind}"\n{rest}\n'


def filled(template: Template, values: Mapping[str, object], **wanted: Any) -> Composed:
    """Compose with typed values as they are; fields that are not named are none."""
    at = wanted.pop("at", AT)
    given = wanted.pop("given", frozenset(values))
    every = {**dict.fromkeys(template.manifest.fields), **values}
    return compose(template, Filled(every, frozenset(given)), setting_of(template, at, **wanted))


def body_of(composed: Composed) -> str:
    """What stands in the body, without the line ends around it."""
    return composed.html.split("<body>", 1)[1].rsplit("</body>", 1)[0].strip()


def codes(findings: list[Finding]) -> list[str]:
    """The codes alone."""
    return [finding.code for finding in findings]


def age(path: Path, days: float) -> None:
    """Make a file look as if it was last changed so many days ago."""
    import os

    then = time.time() - days * 86_400
    os.utime(path, (then, then))
