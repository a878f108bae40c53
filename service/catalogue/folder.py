"""Reading a folder of files that strangers may have put there: bounded, regular files only."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

from service.errors import ManifestProblem

MAX_FILE = 16 * 2**20
MAX_TEXT = 2 * 2**20
MAX_TOTAL = 64 * 2**20
MAX_FILES = 2000

_TEXT = (".html", ".jinja", ".j2", ".css", ".toml", ".json", ".svg")
_LEFT_BEHIND = re.compile(r"\..*|.*~|#.*#|.*\.(?:swp|swo|swx|bak|orig|tmp|part|crdownload)|4913")
"""Dot files, and what editors and browsers leave beside the files that they write."""


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is no part of anything."""
    return _LEFT_BEHIND.fullmatch(name) is not None or name.endswith(".md")


class Folder:
    """The files below one folder, read one by one and at most once.

    `problems` gathers what was asked for and cannot be read; such a file counts as absent.
    `label` stands before each path in a problem.
    """

    def __init__(self, root: Path, *, label: str) -> None:
        self.problems: list[ManifestProblem] = []
        self._label = label
        self._real = root.resolve()
        self._refused: dict[str, str] = {}
        self._paths = {path.relative_to(root).as_posix(): path for path in self._walk(root, root)}
        self._read: dict[str, bytes | None] = {}
        self._total = 0
        if len(self._paths) > MAX_FILES:
            self._problem("", f"at most {MAX_FILES} files are allowed")
            self._paths = {}

    def __contains__(self, path: str) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def read(self, path: str) -> bytes | None:
        """The bytes of one file; None when there is no such file, or none that can be used."""
        if path not in self._read:
            self._read[path] = None
            if path in self._paths:
                try:
                    self._read[path] = self._bytes(path)
                except _Refused as refusal:
                    self._problem(path, str(refusal))
        return self._read[path]

    def _walk(self, folder: Path, root: Path) -> Iterator[Path]:
        if not folder.is_dir():
            return
        for path in sorted(folder.iterdir()):
            if is_ignored(path.name):
                continue
            name = path.relative_to(root).as_posix()
            if not path.resolve().is_relative_to(self._real):
                self._refused[name] = "a link out of the folder is not followed"
            elif path.is_symlink() and path.is_dir():
                self._refused[name] = "a link to a folder is not followed"
            elif path.is_dir():
                yield from self._walk(path, root)
                continue
            yield path

    def _bytes(self, path: str) -> bytes:
        if path in self._refused:
            raise _Refused(self._refused[path])
        limit = MAX_TEXT if path.endswith(_TEXT) else MAX_FILE
        try:
            status = self._paths[path].stat()
            if not stat.S_ISREG(status.st_mode):
                raise _Refused("only ordinary files are allowed")
            if status.st_size > limit:
                raise _Refused(f"at most {limit >> 20} MiB are allowed")
            body = self._paths[path].read_bytes()
        except OSError as error:
            raise _Refused(f"cannot be read ({error.strerror})") from error
        self._total += len(body)
        if self._total > MAX_TOTAL:
            raise _Refused(f"all files together: at most {MAX_TOTAL >> 20} MiB are allowed")
        if path.endswith(_TEXT):
            _check_utf8(body)
        return body

    def _problem(self, path: str, message: str) -> None:
        self.problems.append(ManifestProblem(f"{self._label}/{path}".rstrip("/"), "", message))


class _Refused(Exception):
    """Why a file cannot be used."""


def _check_utf8(body: bytes) -> None:
    try:
        body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise _Refused(f"line {line} is not UTF-8; save the file as UTF-8") from error
