"""Bringing what a template names elsewhere into its own `assets/`: fonts, pictures, style sheets.

Nothing is fetched here: whoever calls brings the means. Files are written only when all of what
they name is at hand, so a template that could not be completed still names the rest.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from service.catalogue import css
from service.catalogue.folder import MAX_FILE
from service.catalogue.lint.addresses import Address, addresses, is_remote
from service.catalogue.lint.markup import marked, read_markup
from service.catalogue.lint.page import pages_of
from service.catalogue.lint.sheets import sheets_of
from service.catalogue.template import SHARED, Template
from service.imaging.sniff import look_at

ASSETS = "assets/"
MOST_SHEETS = 20
"""Style sheets that import each other, before somebody is leading us round in circles."""

Fetch = Callable[[str], Awaitable[bytes]]
"""Brings one file; raises `Unavailable` with the reason."""

_FONTS = {
    b"wOF2": ".woff2",
    b"wOFF": ".woff",
    b"OTTO": ".otf",
    b"\0\1\0\0": ".ttf",
    b"true": ".ttf",
}
_UNSAFE = re.compile(r"[^a-z0-9._-]+")


class Unavailable(Exception):
    """Why one file could not be had."""


@dataclass(slots=True)
class Vendored:
    """What was done: the file that each address became, and why others stayed as they are."""

    brought: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)


def remote_addresses(template: Template) -> list[Address]:
    """Every address of a template's pages and style sheets that leads elsewhere."""
    pages = pages_of(template)
    markup = read_markup(pages)
    every = addresses(markup, sheets_of(template, markup))
    found = [address for address in every if is_remote(address.url)]
    # An address may begin with another one, and the longer must be replaced first.
    return sorted(found, key=lambda address: -len(address.url))


async def vendor(template: Template, folder: Path, fetch: Fetch) -> Vendored:
    """Fetch what `template` names elsewhere into `folder`, and have it name the copies.

    `folder` is the template's own. Files are replaced whole, assets before those that name them.
    """
    work = _Work(template, fetch)
    for address in remote_addresses(template):
        await work.bring(address)
    for path, body in work.files.items():
        _write(folder / path, body)
    return work.done


class _Work:
    """One template being completed. `files` are those to be written, by path, assets first."""

    def __init__(self, template: Template, fetch: Fetch) -> None:
        self.done = Vendored()
        self.files: dict[str, bytes] = {}
        self._template = template
        self._fetch = fetch
        self._sheets = 0

    async def bring(self, address: Address) -> None:
        """Fetch what one address names and write the copy's path in its place."""
        reason = ""
        if marked(address.url):
            reason = "it is made by Jinja, so what it is depends on the data"
        elif address.file.startswith(SHARED):
            reason = f"{address.file} belongs to several templates; change it by hand"
        if reason:
            self.done.left[_shown(address.url)] = reason
            return
        path = await self._copy(_absolute(address.url), sheet=address.sheet)
        if path is not None:
            self._replace(address, path)

    async def _copy(self, url: str, *, sheet: bool) -> str | None:
        """The path of the copy of `url`, fetched once; None, and told, when it cannot be had."""
        if url in self.done.brought:
            return self.done.brought[url]
        if url in self.done.left:
            return None
        try:
            body = await self._fetch(url)
            if sheet:
                body = await self._with_copies(url, body)
            path = self._place(url, body, sheet=sheet)
        except Unavailable as error:
            self.done.left[url] = str(error)
            return None
        self.files[path] = body
        self.done.brought[url] = path
        return path

    async def _with_copies(self, url: str, body: bytes) -> bytes:
        """A style sheet from elsewhere that names copies instead of what it named."""
        self._sheets += 1
        if self._sheets > MOST_SHEETS:
            raise Unavailable("style sheets that import style sheets without an end")
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Unavailable("it is no style sheet in UTF-8") from error
        for reference in sorted(css.references(text), key=lambda one: -len(one.url)):
            if reference.url.startswith(("data:", "#")):
                continue
            path = await self._copy(urljoin(url, reference.url), sheet=reference.imported)
            if path is None:
                raise Unavailable(f"it names {_shown(reference.url)}, which could not be had")
            text = text.replace(reference.url, path.removeprefix(ASSETS))
        return text.encode()

    def _place(self, url: str, body: bytes, *, sheet: bool) -> str:
        """A name in assets/ that says what it was and has the ending of what it is."""
        suffix = ".css" if sheet else _suffix(body)
        if suffix is None:
            raise Unavailable("it is no font and no picture that a browser draws")
        if len(body) > MAX_FILE:
            raise Unavailable(f"a file may have {MAX_FILE >> 20} MiB")
        name = PurePosixPath(unquote(urlsplit(url).path)).stem.lower()
        stem = _UNSAFE.sub("-", name).strip("-._")[:60] or "file"
        for number in range(1, 10_000):
            path = f"{ASSETS}{stem}{f'-{number}' if number > 1 else ''}{suffix}"
            held = self.files.get(path) or self._template.files.get(path)
            if held is None or held == body:
                return path
        raise Unavailable("too many files have its name")

    def _replace(self, address: Address, path: str) -> None:
        """Write the copy's path where the address stood, as it is written there."""
        file = address.file
        text = (self.files.get(file) or self._template.files[file]).decode("utf-8-sig")
        depth = address.base.count("/") if address.base == file else 0
        named = "../" * depth + path
        text = text.replace(address.url, named)
        # Behind the assets: a crash between the two leaves files that nobody names.
        self.files.pop(file, None)
        self.files[file] = text.encode()


def _absolute(url: str) -> str:
    """An address as it is asked with; in an attribute `&` may be written `&amp;`."""
    url = unescape(url.strip())
    return f"https:{url}" if url.startswith("//") else url


def _shown(url: str) -> str:
    """An address for people, with a piece of Jinja as dots."""
    return re.sub("\ue000\\d+\ue001", "…", url.strip())


def _suffix(body: bytes) -> str | None:
    """The ending of a font or a picture, by its first bytes."""
    for magic, suffix in _FONTS.items():
        if body.startswith(magic):
            return suffix
    raster = look_at(body)
    if raster is not None:
        return ".jpg" if raster.type == "jpeg" else f".{raster.type}"
    head = body[:1000].lstrip().lower()
    return ".svg" if head.startswith((b"<svg", b"<?xml")) and b"<svg" in head else None


def _write(path: Path, body: bytes) -> None:
    """Replace a file whole; the name in between is one that the catalogue does not look at."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(body)
    temporary.replace(path)
