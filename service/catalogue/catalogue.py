"""All templates of one folder: loaded, kept by version, and reloaded when a designer saves."""

from __future__ import annotations

import asyncio
import difflib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import structlog
from watchfiles import awatch

from service.catalogue.folder import is_ignored
from service.catalogue.loader import load_template
from service.catalogue.template import MANIFEST, PAGE, SHARED, Template, is_name
from service.catalogue.trial import try_out
from service.catalogue.versions import KeptVersion, TemplateStore
from service.errors import ManifestError, ManifestProblem, TemplateFailed, TemplateNotFound
from service.metrics import TEMPLATE_LOADS

STILL = 0.05
"""Seconds for which nothing below a folder may change before it is read."""

MAX_UNREST = 100
"""Readings after which a folder that never comes to rest is taken as it is."""

LOOK_EVERY = 2
"""Seconds after which folders are looked at even if no change was told."""

OLD_VERSIONS = 32
"""Kept versions held in memory, compiled."""

log = structlog.get_logger(__name__)

Broken = ManifestError | TemplateFailed
State = tuple[tuple[str, int, int], ...]
"""Path, size and time of change of every file that a template was read from."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one folder gave: a template to serve, or what is wrong with it, or both.

    `sound` is false for a template that is served only to say where it fails.
    """

    name: str
    state: State
    template: Template | None
    broken: Broken | None = None
    sound: bool = True


class Catalogue:
    """Templates by name. `load_all` once, then `watch` where folders may change.

    `on_change` is called with the name of each template that has another version, is new or
    is gone.
    """

    def __init__(self, root: Path, store: TemplateStore) -> None:
        self.on_change: list[Callable[[str], None]] = []
        self._root = root
        self._store = store
        self._templates: dict[str, Template] = {}
        self._former: dict[str, str] = {}
        self._broken: dict[str, Broken] = {}
        self._unsound: set[str] = set()
        self._states: dict[str, State] = {}
        self._old: OrderedDict[tuple[str, str], Template] = OrderedDict()

    @property
    def broken(self) -> Mapping[str, Broken]:
        """What is wrong with each folder as it stands now, whatever goes on being served."""
        return MappingProxyType(self._broken)

    def names(self) -> list[str]:
        """The templates that can be drawn."""
        return sorted(self._templates)

    def get(self, name: str) -> Template:
        """The current version of a template; a former name of it will do.

        Raises:
            TemplateNotFound: with the closest names.
            TemplateFailed: the folder is there, but has never held a template that could be used.
        """
        template = self._templates.get(name) or self._templates.get(self._former.get(name, ""))
        if template is not None:
            return template
        if name in self._broken:
            message = f"The template {name} cannot be used as it is"
            raise TemplateFailed(message, file=MANIFEST, hint="Run the check on it.")
        close = difflib.get_close_matches(name, [*self._templates, *self._former], n=3)
        raise TemplateNotFound(
            f"There is no template {name!r}",
            hint=f"Did you mean {' or '.join(close)}?" if close else "",
        )

    def is_sound(self, name: str) -> bool:
        """Whether the template that is served under its name is one that can be drawn."""
        return name in self._templates and name not in self._unsound

    def version(self, name: str, version: str) -> Template | None:
        """One version of a template, the current one or a kept one, under any of its names."""
        current = self._templates.get(name) or self._templates.get(self._former.get(name, ""))
        if current is not None and current.version == version:
            return current
        for candidate in _names_of(name, current):
            found = self._kept(candidate, version)
            if found is not None:
                return found
        return None

    def look_up(self, template: Template, version: str) -> Template | None:
        """The same for somebody who only wants to know: it does not count as service.

        Blocks on the disk and touches nothing that belongs to the event loop.
        """
        if template.version == version:
            return template
        try:
            kept = (self._store.load(one, version) for one in _names_of(template.name, template))
            return next(filter(None, kept), None)
        except OSError as error:
            log.warning("versions_unreadable", template=template.name, error=error.strerror)
            return None

    def versions(self, template: Template) -> list[KeptVersion]:
        """Every kept version under any name of a template, the one served last first.

        Blocks on the disk and touches nothing that belongs to the event loop.
        """
        found: dict[str, KeptVersion] = {}
        try:
            for name in _names_of(template.name, template):
                for kept in self._store.versions(name):
                    found[kept.version] = _together(kept, found.get(kept.version, kept))
        except OSError as error:
            log.warning("versions_unreadable", template=template.name, error=error.strerror)
        return sorted(found.values(), key=lambda kept: kept.last_served, reverse=True)

    def load_all(self) -> list[ManifestProblem]:
        """Read every folder that changed; the answer is every problem. Blocks on the disk."""
        if not self._root.is_dir():
            return [ManifestProblem(str(self._root), "", "there is no such folder of templates")]
        return self._apply(*self._read())

    async def watch(self) -> None:
        """Reload what changes, until cancelled."""
        # Where the system tells of no changes, as with many mounted folders, a look now and then
        # must do.
        async for _changes in awatch(
            self._root,
            watch_filter=lambda _change, path: not is_ignored(Path(path).name),
            step=round(STILL * 1000),
            rust_timeout=LOOK_EVERY * 1000,
            yield_on_timeout=True,
        ):
            await self._reload()

    def sweep(self, older_than: timedelta) -> int:
        """Forget kept versions that were not served for so long; how many. Blocks on the disk."""
        for template in [*self._templates.values(), *self._old.values()]:
            self._keep(template)
        return self._store.sweep(older_than)

    async def _reload(self) -> None:
        """Read until nothing changed while it was read; serve only then."""
        for _ in range(MAX_UNREST):
            before = await asyncio.to_thread(_state, self._root)
            present, readings = await asyncio.to_thread(self._read)
            if before == await asyncio.to_thread(_state, self._root):
                self._apply(present, readings)
                return
            await asyncio.sleep(STILL)
        log.warning("folder_never_still", folder=str(self._root))

    def _read(self) -> tuple[frozenset[str], list[_Reading]]:
        """The names that are there, and a reading of each folder that is not as it was."""
        shared = _state(self._root / SHARED.rstrip("/"))
        folders = dict(_folders(self._root))
        readings = []
        for name, folder in folders.items():
            state = shared + _state(folder)
            if state != self._states.get(name):
                readings.append(self._reading(name, folder, state))
        return frozenset(folders), readings

    def _reading(self, name: str, folder: Path, state: State) -> _Reading:
        template = None
        try:
            if not is_name(name):
                allowed = "names are of a-z 0-9 and -, at most 64, in at most one folder"
                raise ManifestError([ManifestProblem(name, "", allowed)])
            template = load_template(folder, name=name, shared=self._root / SHARED.rstrip("/"))
            try_out(template, datetime.now(UTC))
        except (ManifestError, TemplateFailed) as error:
            return self._refused(name, state, template, error)
        except (OSError, RecursionError) as error:
            told = error.strerror if isinstance(error, OSError) else "it is nested too deeply"
            problem = ManifestProblem(name, "", f"cannot be read ({told})")
            return self._refused(name, state, None, ManifestError([problem]))
        current = self._templates.get(name)
        if current is None or current.version != template.version:
            self._keep(template)
        return _Reading(name, state, template)

    def _refused(
        self, name: str, state: State, template: Template | None, error: Broken
    ) -> _Reading:
        """What was served last is served on; with nothing better, a page that tells its fault."""
        if name in self._templates and name not in self._unsound:
            return _Reading(name, state, None, error)
        kept = self._last_kept(name)
        return _Reading(name, state, kept or template, error, sound=kept is not None)

    def _apply(self, present: frozenset[str], readings: list[_Reading]) -> list[ManifestProblem]:
        """Serve what was read. On the caller's thread, so that nobody sees half of it."""
        for name in {*self._templates, *self._broken} - present:
            self._broken.pop(name, None)
            self._states.pop(name, None)
            if self._templates.pop(name, None) is not None:
                self._changed(name)
        for reading in readings:
            self._serve(reading)
        return self._problems() + self._name_former()

    def _serve(self, reading: _Reading) -> None:
        name = reading.name
        self._states[name] = reading.state
        TEMPLATE_LOADS.labels(result="failed" if reading.broken else "ok").inc()
        if reading.broken is None:
            self._broken.pop(name, None)
        else:
            self._broken[name] = reading.broken
            log.warning(
                "template_broken", template=name, problems=fault_lines(name, reading.broken)
            )
        if reading.template is None:
            return
        current = self._templates.get(name)
        self._templates[name] = reading.template
        self._unsound.discard(name)
        if not reading.sound:
            self._unsound.add(name)
        if current is None or current.version != reading.template.version:
            self._changed(name)

    def _keep(self, template: Template) -> None:
        try:
            self._store.keep(template)
        except OSError as error:
            log.warning("version_not_kept", template=template.name, error=error.strerror)

    def _last_kept(self, name: str) -> Template | None:
        """The version of a template that was served last, by an earlier process."""
        try:
            kept = (self._store.load(name, each.version) for each in self._store.versions(name))
            return next(filter(None, kept), None)
        except OSError as error:
            log.warning("versions_unreadable", template=name, error=error.strerror)
            return None

    def _changed(self, name: str) -> None:
        for callback in self.on_change:
            callback(name)

    def _kept(self, name: str, version: str) -> Template | None:
        found = self._old.get((name, version))
        if found is None:
            found = self._store.load(name, version)
            if found is None:
                return None
            self._keep(found)
        self._old[name, version] = found
        self._old.move_to_end((name, version))
        while len(self._old) > OLD_VERSIONS:
            self._old.popitem(last=False)
        return found

    def _problems(self) -> list[ManifestProblem]:
        return [problem for name, error in self._broken.items() for problem in _told(name, error)]

    def _name_former(self) -> list[ManifestProblem]:
        """Who answers to which former name; a name in use stays its owner's."""
        former_names: dict[str, str] = {}
        problems = []
        for name, template in sorted(self._templates.items()):
            for former in template.manifest.former_names:
                owner = former if former in self._templates else former_names.get(former)
                if owner is None:
                    former_names[former] = name
                elif owner != name:
                    message = f"{former!r} is a name of the template {owner!r}"
                    file = f"{name}/{MANIFEST}"
                    problems.append(ManifestProblem(file, "former_names", message))
                    log.warning("former_name_taken", template=name, former=former, owner=owner)
        self._former = former_names
        return problems


def _names_of(name: str, current: Template | None) -> list[str]:
    """The names under which versions may be kept, each once."""
    if current is None:
        return [name]
    return list(dict.fromkeys([current.name, name, *current.manifest.former_names]))


def _together(one: KeptVersion, other: KeptVersion) -> KeptVersion:
    first = min(one.first_served, other.first_served)
    return KeptVersion(one.version, first, max(one.last_served, other.last_served))


def fault_lines(name: str, error: Broken) -> list[str]:
    """What is wrong with a template's folder, a line for each fault, for its designer."""
    return [str(problem) for problem in _told(name, error)]


def _told(name: str, error: Broken) -> tuple[ManifestProblem, ...]:
    if isinstance(error, ManifestError):
        return error.problems
    file = error.file if error.file.startswith(SHARED) else f"{name}/{error.file}"
    return (ManifestProblem(f"{file}:{error.line}", "", error.message),)


def _folders(root: Path) -> Iterator[tuple[str, Path]]:
    """The folders that hold a template, by name: those with a manifest or a page."""
    for folder in _inside(root):
        if _holds_template(folder):
            yield folder.name, folder
        else:
            for inner in _inside(folder):
                if _holds_template(inner):
                    yield f"{folder.name}/{inner.name}", inner


def _inside(folder: Path) -> list[Path]:
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        log.warning("folder_unreadable", folder=str(folder), error=error.strerror)
        return []
    return [
        path
        for path in paths
        if not path.name.startswith("_") and not is_ignored(path.name) and path.is_dir()
    ]


def _holds_template(folder: Path) -> bool:
    return (folder / MANIFEST).is_file() or (folder / PAGE).is_file()


def _state(folder: Path) -> State:
    found = []
    for path in sorted(folder.rglob("*")):
        try:
            status = path.stat()
        except OSError:
            continue  # gone since it was listed, or a link to nowhere: the loader will say
        found.append((str(path), status.st_size, status.st_mtime_ns))
    return tuple(found)
