"""Trying a template out before it is served: it must make a whole page of no data at all."""

from __future__ import annotations

from datetime import datetime

from service.catalogue.compose import Setting, compose
from service.catalogue.filling import fill
from service.catalogue.template import PAGE, Template
from service.errors import TemplateFailed


def setting_of(
    template: Template,
    at: datetime,
    *,
    size: str = "default",
    language: str | None = None,
    theme: str | None = None,
) -> Setting:
    """The setting of a picture for which nothing was asked but what is named here."""
    manifest = template.manifest
    measure = manifest.sizes[size]
    return Setting(
        size=size,
        width=measure.width,
        height=measure.height,
        language=language or manifest.language,
        theme=theme or manifest.theme,
        at=at,
    )


def try_out(template: Template, at: datetime) -> None:
    """Compose the generic picture.

    A page that was saved half way is often valid Jinja still, so its end must be there too.

    Raises:
        TemplateFailed: with the file and line at fault.
    """
    manifest = template.manifest
    filled = fill(manifest, {}, language=manifest.language, at=at, assets=template.assets)
    html = compose(template, filled, setting_of(template, at)).html
    if "</html>" not in html[-200:].lower():
        message = "template.html must be a whole page: it does not end with </html>"
        raise TemplateFailed(message, file=PAGE, line=template.text(PAGE).count("\n") + 1)
