"""From a view's values to a page: Jinja, and a policy that lets nothing in from elsewhere."""

from __future__ import annotations

from importlib import resources

from aiohttp import web
from jinja2 import Environment, FunctionLoader, StrictUndefined

POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_FOLDER = resources.files(__package__)


def _source(name: str) -> str:
    return _FOLDER.joinpath(name).read_text(encoding="utf-8")


_pages = Environment(
    loader=FunctionLoader(_source),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def view(name: str, /, **values: object) -> web.Response:
    """The page of this name, filled. Not to be kept: templates change as one works."""
    return web.Response(
        text=_pages.get_template(name).render(values),
        content_type="text/html",
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        },
    )
