"""A template: an immutable value made from the bytes of a folder, and the names it may have."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from types import MappingProxyType

from service.catalogue.file_text import decoded
from service.catalogue.manifest import Manifest, parse_manifest
from service.catalogue.strings import Strings, read_strings
from service.catalogue.themes import Theme, read_themes, themes_css
from service.errors import ManifestProblem

MANIFEST = "template.toml"
PAGE = "template.html"
STYLE = "style.css"
THEMES = "themes.css"
SHARED = "_shared/"

TYPICAL = "typical"
"""The example that shows a template best."""

VERSION_DIGITS = 24
_NAME = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,63}/)?[a-z0-9][a-z0-9-]{0,63}")
_VERSION = re.compile(rf"[0-9a-f]{{{VERSION_DIGITS}}}")
_PAGES = (".html", ".jinja", ".j2")


def is_name(name: str) -> bool:
    """Whether a template may be called so: `ticket`, or `acme/ticket` with one folder above."""
    return _NAME.fullmatch(name) is not None


def is_version(version: str) -> bool:
    """Whether this has the form of a version."""
    return _VERSION.fullmatch(version) is not None


def is_page(file: str) -> bool:
    """Whether a file is Jinja: the page itself, or a part that it extends, includes or imports."""
    return file.endswith(_PAGES)


def digest(files: Mapping[str, bytes]) -> str:
    """The version of these files: over every name and every byte, each with its length."""
    state = hashlib.blake2b(digest_size=VERSION_DIGITS // 2)
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            state.update(len(part).to_bytes(8, "big"))
            state.update(part)
    return state.hexdigest()


@dataclass(frozen=True, eq=False)
class Template:
    """One version of one template. Nothing reads its folder after it was made.

    `files` are the bytes by path inside the folder; shared files that it reaches stand beside
    them as `_shared/…`. `examples` are for people and tests: they are not part of the version,
    and `example_problems` says which of them cannot be read.
    """

    name: str
    version: str
    manifest: Manifest
    files: Mapping[str, bytes] = field(repr=False)
    examples: Mapping[str, Mapping[str, object]] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )
    example_problems: tuple[ManifestProblem, ...] = field(default=(), repr=False)

    @cached_property
    def assets(self) -> Mapping[str, bytes]:
        """What a page of this template may ask for, by path relative to the document."""
        assets = {
            name: body
            for name, body in self.files.items()
            if not is_page(name) and not name.endswith(".toml")
        }
        if self.themes:
            assets[THEMES] = themes_css(self.themes)
        return MappingProxyType(assets)

    @cached_property
    def examples_in_order(self) -> Mapping[str, Mapping[str, object]]:
        """The examples as people want to see them: `typical` first, those without values last."""
        places = sorted(
            self.examples, key=lambda name: (not self.examples[name], name != TYPICAL, name)
        )
        return MappingProxyType({name: self.examples[name] for name in places})

    @cached_property
    def themes(self) -> Mapping[str, Theme]:
        """Every theme of the manifest, by name, in the manifest's order."""
        return read_themes(self.manifest.themes, self.files)

    @cached_property
    def strings(self) -> Strings:
        """The texts of `strings/*.toml`, by language."""
        return read_strings(self.files)

    def text(self, file: str) -> str:
        """One of its text files, see `decoded`."""
        return decoded(self.files[file])

    def mentions(self, word: str) -> bool:
        """Whether a word stands in its pages, so that naming it gives nobody's value away."""
        return any(word in self.text(file) for file in self.files if is_page(file))

    def where(self, file: str) -> str:
        """A file's path as seen from the folder of all templates, for people."""
        return file if file.startswith(SHARED) else f"{self.name}/{file}"

    def find_asset(self, name: str) -> str | None:
        """The path of the asset that `name` means: its own first, then a shared one."""
        path = str(PurePosixPath(name))
        for candidate in (path, f"assets/{path}", f"{SHARED}assets/{path}"):
            if candidate in self.assets:
                return candidate
        return None


def assemble(name: str, files: Mapping[str, bytes]) -> Template:
    """Make a template from files that were read before, such as those of a kept version.

    Raises:
        ManifestError: its `template.toml` cannot be used (any more).
    """
    files = MappingProxyType(dict(files))
    manifest = parse_manifest(decoded(files[MANIFEST]), file=f"{name}/{MANIFEST}")
    return Template(name=name, version=digest(files), manifest=manifest, files=files)
