"""The sample templates and their examples, composed as a request would have them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from service.catalogue.compose import Composed, compose
from service.catalogue.filling import fill
from service.catalogue.loader import load_template
from service.catalogue.manifest import DEFAULT_SIZE
from service.catalogue.template import Template
from service.catalogue.trial import setting_of
from service.model import Document, Given, Lane
from tests.catalogue.workshop import AT
from tests.pages import ROOT

SAMPLES = ROOT / "html_templates"
NAMES = sorted(
    path.parent.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("template.toml")
)


@cache
def sample(name: str) -> Template:
    return load_template(SAMPLES / name, name=name, shared=SAMPLES / "_shared")


EXAMPLES = [(name, example) for name in NAMES for example in sample(name).examples]


def composed(
    name: str,
    values: Mapping[str, object],
    *,
    size: str = DEFAULT_SIZE,
    theme: str | None = None,
) -> Composed:
    """The page of some values, in the main language."""
    template = sample(name)
    given = {field: Given(value) for field, value in values.items()}
    language = template.manifest.language
    filled = fill(template.manifest, given, language=language, at=AT, assets=template.assets)
    return compose(template, filled, setting_of(template, AT, size=size, theme=theme))


def document(
    name: str,
    values: Mapping[str, object],
    *,
    size: str = DEFAULT_SIZE,
    theme: str | None = None,
) -> Document:
    """The same as a document of the swap lane, in the template's own scale."""
    template, page = sample(name), composed(name, values, size=size, theme=theme)
    manifest = template.manifest
    measure = manifest.sizes[size]
    return Document(
        html=page.html,
        head=page.head,
        width=measure.width,
        height=measure.height,
        scale=manifest.scale,
        lane=Lane.SWAP,
        version=template.version,
        assets=template.assets,
        transparent=manifest.transparent,
    )
