"""From a folder to a template: read once, checked whole, all problems at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from service.catalogue.file_text import decoded
from service.catalogue.folder import Folder
from service.catalogue.manifest import Manifest, parse_manifest
from service.catalogue.reach import reached
from service.catalogue.strings import read_strings
from service.catalogue.template import MANIFEST, PAGE, SHARED, THEMES, Template, digest
from service.catalogue.themes import read_themes, theme_file
from service.errors import ManifestError, ManifestProblem

EXAMPLES = "examples/"


def load_template(folder: Path, *, name: str, shared: Path) -> Template:
    """Read a template's folder and what it reaches of the shared one.

    Raises:
        ManifestError: with every problem of every file that matters.
    """
    own = Folder(folder, label=name)
    files = {
        path: body
        for path in own
        if not path.startswith(EXAMPLES) and (body := own.read(path)) is not None
    }
    problems = [*own.problems]
    manifest = _manifest(files, name, own, problems)
    commons = Folder(shared, label=SHARED.rstrip("/"))
    themes = manifest.themes if manifest else ()
    files |= reached(files, commons, [theme_file(theme) for theme in themes])
    problems += commons.problems

    problems += _refusals(lambda: read_strings(files), name)
    problems += _refusals(lambda: read_themes(themes, files), name)
    problems += _missing(files, own, name, has_themes=bool(themes))
    if manifest is None or problems:
        raise ManifestError(problems)

    seen = len(own.problems)
    examples, unreadable = _examples(own, name)
    return Template(
        name=name,
        version=digest(files),
        manifest=manifest,
        files=MappingProxyType(files),
        examples=examples,
        example_problems=(*own.problems[seen:], *unreadable),
    )


def _manifest(
    files: Mapping[str, bytes], name: str, own: Folder, problems: list[ManifestProblem]
) -> Manifest | None:
    file = f"{name}/{MANIFEST}"
    if MANIFEST not in files:
        if MANIFEST not in own:
            problems.append(ManifestProblem(file, "", "there is no such file"))
        return None
    try:
        return parse_manifest(decoded(files[MANIFEST]), file=file)
    except ManifestError as error:
        problems += error.problems
        return None


def _refusals(read: Callable[[], object], name: str) -> list[ManifestProblem]:
    """The problems of a file beside the manifest, with the template's name before its path."""
    try:
        read()
    except ManifestError as error:
        return [
            problem
            if problem.file.startswith(SHARED)
            else ManifestProblem(f"{name}/{problem.file}", problem.key, problem.message)
            for problem in error.problems
        ]
    return []


def _missing(
    files: Mapping[str, bytes], own: Folder, name: str, *, has_themes: bool
) -> list[ManifestProblem]:
    problems = []
    if PAGE not in own:
        problems.append(ManifestProblem(f"{name}/{PAGE}", "", "there is no such file"))
    if has_themes and THEMES in files:
        message = "this name is taken by the style sheet that the themes become"
        problems.append(ManifestProblem(f"{name}/{THEMES}", "", message))
    return problems


def _examples(
    own: Folder, name: str
) -> tuple[Mapping[str, Mapping[str, object]], list[ManifestProblem]]:
    """`examples/*.json`. A broken one is told but breaks nothing: no picture depends on it."""
    examples, problems = {}, []
    for path in own:
        if not (path.startswith(EXAMPLES) and path.endswith(".json")):
            continue
        body = own.read(path)
        if body is None:
            continue
        try:
            values = json.loads(decoded(body))
        except (ValueError, RecursionError) as error:
            values = None
            problems.append(ManifestProblem(f"{name}/{path}", "", f"not valid JSON: {error}"))
        if isinstance(values, dict):
            examples[path.removeprefix(EXAMPLES).removesuffix(".json")] = values
        elif values is not None:
            problems.append(ManifestProblem(f"{name}/{path}", "", "an object is needed"))
    return MappingProxyType(examples), problems
