"""What shows only when a template is filled: failures, data in the head, missing texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from jinja2 import nodes

from service.catalogue.compose import compose
from service.catalogue.filling import fill
from service.catalogue.lint.finding import Finding, error, warning
from service.catalogue.lint.page import Page
from service.catalogue.lint.samples import samples
from service.catalogue.template import PAGE, Template
from service.catalogue.trial import setting_of, try_out
from service.errors import TemplateFailed
from service.model import Filled, Given, NoteCode

AT = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2027, 7, 14, 16, 45, tzinfo=UTC)


def check_composed(template: Template, pages: list[Page]) -> Iterator[Finding]:
    """Fill the template in every way that finds another mistake."""
    failures: dict[tuple[str, int], Finding] = {}
    try:
        try_out(template, AT)
    except TemplateFailed as failure:
        failures[failure.file, failure.line] = _failed(failure, "without data")
    yield from _settings(template, failures)
    yield from _heads(template, failures)
    yield from _examples(template, failures)
    yield from _texts(template, pages)
    yield from failures.values()


def _settings(template: Template, failures: dict[tuple[str, int], Finding]) -> Iterator[Finding]:
    """Every language, theme and size, one at a time."""
    manifest = template.manifest
    wanted: list[dict[str, str]] = [{"language": language} for language in manifest.languages]
    wanted += [{"theme": theme} for theme in manifest.themes]
    wanted += [{"size": size} for size in manifest.sizes]
    for one in wanted:
        language = one.get("language", manifest.language)
        filled = fill(manifest, {}, language=language, at=AT, assets=template.assets)
        told = ", ".join(f"{name} {value}" for name, value in one.items())
        head = _head(template, filled, failures, f"with {told}", wanted=one)
        if head is not None and not head.lstrip("\ufeff \t\r\n").lower().startswith("<!doctype"):
            message = "begin with <!doctype html>: without it old rules of layout apply"
            yield warning(PAGE, 1, "no_doctype", message)
            return


def _heads(template: Template, failures: dict[tuple[str, int], Finding]) -> Iterator[Finding]:
    """The head must not change with the values, nor with whether there are any."""
    manifest = template.manifest
    bare = fill(manifest, {}, language=manifest.language, at=AT, assets=template.assets)
    heads = [_head(template, bare, failures, "without data")]
    heads += [
        _head(template, filled, failures, "with every field given", at=at)
        for filled, at in zip(samples(template), (AT, LATER), strict=True)
    ]
    if len({head for head in heads if head is not None}) > 1:
        message = (
            "the head changes with the data, and must be the same for everybody: put what "
            "depends on data on style= of an element in the body"
        )
        yield error(PAGE, 0, "data_in_head", message)


def _examples(template: Template, failures: dict[tuple[str, int], Finding]) -> Iterator[Finding]:
    """Each example must give the picture that it is an example of."""
    manifest = template.manifest
    for problem in template.example_problems:
        file = problem.file.removeprefix(f"{template.name}/")
        yield error(file, 0, "example_invalid", problem.message)
    for name, values in template.examples.items():
        file = f"examples/{name}.json"
        given = {key: Given(value) for key, value in values.items()}
        filled = fill(manifest, given, language=manifest.language, at=AT, assets=template.assets)
        for note in filled.notes:
            if note.code in {NoteCode.UNKNOWN_FIELD, NoteCode.INVALID, NoteCode.AMBIGUOUS}:
                message = f"{note.field}: {note.message}"
                yield warning(file, 0, f"example_{note.code.value}", message)
        _head(template, filled, failures, f"with the example {name}")


def _texts(template: Template, pages: list[Page]) -> Iterator[Finding]:
    """Texts that `t(…)` asks for, and those that one language has and another has not."""
    manifest, texts = template.manifest, template.strings.texts
    main: Mapping[str, object] = texts.get(manifest.language, {})
    for page in pages:
        for call in page.tree.find_all(nodes.Call):
            key = call.args[0] if call.args else None
            if not (isinstance(call.node, nodes.Name) and call.node.name == "t"):
                continue
            if isinstance(key, nodes.Const) and key.value not in main:
                message = f"strings/{manifest.language}.toml has no text {key.value!r}"
                yield error(page.file, call.lineno, "missing_text", message)
    for language in manifest.languages if main else ():
        missing = sorted(main.keys() - texts.get(language, {}).keys())
        if missing:
            message = f"has no text for {', '.join(missing)}; {manifest.language} is shown"
            yield warning(f"strings/{language}.toml", 0, "missing_text", message)


def _head(
    template: Template,
    filled: Filled,
    failures: dict[tuple[str, int], Finding],
    how: str,
    *,
    at: datetime = AT,
    wanted: Mapping[str, str] = MappingProxyType({}),
) -> str | None:
    """The head of one filling; None if it fails, which is told once for each line."""
    try:
        return compose(template, filled, setting_of(template, at, **wanted)).head
    except TemplateFailed as failure:
        failures.setdefault((failure.file, failure.line), _failed(failure, how))
        return None


def _failed(failure: TemplateFailed, how: str) -> Finding:
    message = f"{failure.message} ({how})"
    return error(failure.file, failure.line, "template_failed", message)
