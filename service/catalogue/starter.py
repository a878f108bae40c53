"""A new template: a small one that explains itself, or a copy of one that there is."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from service.catalogue.folder import is_ignored
from service.catalogue.template import MANIFEST, is_name

_BLANK = resources.files(__package__) / "blank"
_TITLE = re.compile(r"^title\s*=.*$", re.MULTILINE)
_FORMER = re.compile(r"^former_names\s*=\s*\[[^\]]*\]\s*$\n?", re.MULTILINE)


class NotMade(Exception):
    """Why a template could not be made; nothing was written."""


def make(root: Path, name: str, *, sample: str | None = None) -> Path:
    """Make the template `name` below `root`, blank or as a copy of `sample`; its folder.

    It appears at once and whole, so that a server that watches `root` never sees half of it.

    Raises:
        NotMade: the name cannot be used, is taken, or the folder cannot be written.
    """
    if not is_name(name):
        raise NotMade(
            f"{name!r} cannot be a name: a-z, 0-9 and - are allowed, and one folder above"
        )
    folder = root / name
    if folder.exists():
        raise NotMade(f"{folder} exists already")
    files = _blank(name) if sample is None else _copied(root / sample, name)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix="."))
        try:
            for path, body in files.items():
                (made / path).parent.mkdir(parents=True, exist_ok=True)
                (made / path).write_bytes(body)
            made.chmod(0o755)
            made.rename(folder)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    except OSError as error:
        raise NotMade(f"{folder} cannot be written ({error.strerror})") from error
    return folder


def title_of(name: str) -> str:
    """What people would call a template of this name: `acme/spring-sale` is `Spring sale`."""
    return name.rpartition("/")[2].replace("-", " ").capitalize()


def _blank(name: str) -> Mapping[str, bytes]:
    title = title_of(name)
    return {
        path: _text(file).replace("TITLE", title).replace("NAME", name).encode()
        for path, file in _below(_BLANK)
    }


def _copied(sample: Path, name: str) -> Mapping[str, bytes]:
    """The files of a template, with a title of its own and without the sample's former names."""
    files = {path: file.read_bytes() for path, file in _below(sample)}
    manifest = _FORMER.sub("", files[MANIFEST].decode())
    title = f"title = {json.dumps(title_of(name))}"
    if _TITLE.search(manifest):
        manifest = _TITLE.sub(lambda _: title, manifest, count=1)
    else:
        manifest = f"{title}\n{manifest}"
    return {**files, MANIFEST: manifest.encode()}


def _below(folder: Traversable, above: str = "") -> list[tuple[str, Traversable]]:
    """Every file below a folder that a template may be read from, by its path."""
    found = []
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if is_ignored(one.name):
            continue
        if one.is_dir():
            found += _below(one, f"{above}{one.name}/")
        else:
            found.append((above + one.name, one))
    return found


def _text(file: Traversable) -> str:
    return file.read_text(encoding="utf-8")
