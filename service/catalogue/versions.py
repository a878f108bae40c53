"""Every version of a template that was ever served, kept on disk so that old addresses still work.

    blobs/ab/cdef…                      one file's bytes, named by their digest, shared by versions
    versions/acme/ticket/<version>.json which blob stands at which path; its mtime is the last
                                        time of service

Every file is written beside its place and renamed into it, a version only after its blobs: a
crash leaves litter that `sweep` removes, never half a version.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from service.catalogue.template import Template, assemble, is_name, is_version
from service.errors import ManifestError

LITTER_AGE = timedelta(hours=1)
"""Blobs and unfinished files younger than this may belong to a `keep` that is under way."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """One version in the store. Times are aware, in UTC."""

    version: str
    first_served: datetime
    last_served: datetime


class TemplateStore:
    """Versions by content, below `folder`. Methods block on the disk and may raise OSError."""

    def __init__(self, folder: Path) -> None:
        self._blobs = folder / "blobs"
        self._versions = folder / "versions"

    def keep(self, template: Template) -> None:
        """Keep this version, or note that it is being served still."""
        path = self._path(template.name, template.version)
        if path.exists():
            os.utime(path)
            return
        files = {}
        for name, body in template.files.items():
            files[name] = key = hashlib.blake2b(body, digest_size=32).hexdigest()
            blob = self._blob(key)
            if blob.exists():
                os.utime(blob)
            else:
                _write(blob, body)
        record = {"name": template.name, "first_served": time.time(), "files": files}
        _write(path, json.dumps(record, sort_keys=True).encode())

    def load(self, name: str, version: str) -> Template | None:
        """The kept version; None if it was never kept, or is not what it was.

        Its examples are not kept.
        """
        if not (is_name(name) and is_version(version)):
            return None
        record = self._record(name, version)
        if record is None:
            return None
        try:
            files = {path: self._blob(key).read_bytes() for path, key in record[1].items()}
            template = assemble(name, files)
        except (OSError, KeyError, UnicodeDecodeError, ManifestError) as error:
            log.warning(
                "kept_version_unusable", template=name, version=version, error=type(error).__name__
            )
            return None
        if template.version != version:
            log.warning("kept_version_damaged", template=name, version=version)
            return None
        return template

    def versions(self, name: str) -> list[KeptVersion]:
        """Every kept version of a template, the one served last first."""
        folder = self._versions / name
        if not (is_name(name) and folder.is_dir()):
            return []
        found = []
        for path in folder.glob("*.json"):
            record = self._record(name, path.stem)
            if record is not None:
                last = path.stat().st_mtime
                found.append(KeptVersion(path.stem, _utc(record[0]), _utc(last)))
        return sorted(found, key=lambda kept: (kept.last_served, kept.version), reverse=True)

    def sweep(self, older_than: timedelta) -> int:
        """Forget versions not served for this long, and blobs that none needs; how many versions.

        The versions being served now must have been kept (again) before.
        """
        now, gone = time.time(), 0
        needed: set[str] = set()
        for path in self._versions.rglob("*.json"):
            name = path.parent.relative_to(self._versions).as_posix()
            record = self._record(name, path.stem)
            if now - path.stat().st_mtime > older_than.total_seconds():
                path.unlink(missing_ok=True)
                gone += 1
            elif record is not None:
                needed.update(record[1].values())
        for path in self._litter(needed):
            if now - path.stat().st_mtime > LITTER_AGE.total_seconds():
                path.unlink(missing_ok=True)
        return gone

    def _litter(self, needed: set[str]) -> Iterator[Path]:
        for path in self._blobs.rglob("*"):
            if path.is_file() and path.parent.name + path.name not in needed:
                yield path
        yield from self._versions.rglob("*.tmp")

    def _path(self, name: str, version: str) -> Path:
        return self._versions / name / f"{version}.json"

    def _blob(self, key: str) -> Path:
        return self._blobs / key[:2] / key[2:]

    def _record(self, name: str, version: str) -> tuple[float, Mapping[str, str]] | None:
        try:
            record = json.loads(self._path(name, version).read_bytes())
            files = {str(path): str(key) for path, key in record["files"].items()}
            return float(record["first_served"]), files
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning(
                "kept_version_unreadable",
                template=name,
                version=version,
                error=type(error).__name__,
            )
            return None


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
