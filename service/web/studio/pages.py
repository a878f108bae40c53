"""`/studio`: the gallery, one template's page, and the composed page behind a picture."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from aiohttp import web
from multidict import MultiMapping

from service.catalogue.template import Template
from service.errors import NotFound, TemplateFailed, TemplateNotFound
from service.merge_tags.recipes import Recipe
from service.model import Format, RenderRequest
from service.render.address import path_of
from service.render.channels import plain_prefix
from service.render.plan import Plan
from service.render.tally import Window
from service.web.access import Scope, requires
from service.web.addresses import base_url, picture_path
from service.web.described import (
    STUDIO,
    TEMPLATE,
    TEXT,
    UNSTORED,
    Described,
    Header,
    Parameter,
    Reply,
)
from service.web.keys import CAMPAIGNS, CATALOGUE, DEVELOPMENT, RENDERER
from service.web.picture_address import VERSION, our_parameters
from service.web.query import read_query
from service.web.static import asset_response, static_response
from service.web.studio.cards import SHOWN_FORMAT, Choice, Picture, card, examples_of, rows
from service.web.studio.health import panel
from service.web.studio.tags import TagWish
from service.web.studio.views import view

routes = web.RouteTableDef()

_NAME = "[^/]+(?:/[^/]+)?"
_PLAIN_NAME = "[a-z0-9-]+(?:/[a-z0-9-]+)?"
"""Narrower, because a version follows it."""

_ONE = (TemplateNotFound, TemplateFailed)
_KEPT = {"Cache-Control": Header("How long it may be kept, and by whom.")}
_PAGE = Reply(
    200,
    "The page.",
    {"text/html": TEXT},
    {**UNSTORED, "Content-Security-Policy": Header("Nothing comes from elsewhere.")},
)
_INDEX = "index.html"
_CHOICES = ("_size", "_theme", "_lang", "_scale")


@routes.get("/studio")
@requires(Scope.TEMPLATES_READ)
@Described("Show every template", tag=STUDIO, replies=(_PAGE,))
async def gallery(request: web.Request) -> web.Response:
    """Show every template as a card."""
    catalogue = request.app[CATALOGUE]
    broken = {name: str(error) for name, error in catalogue.broken.items()}
    cards = [card(catalogue.get(name), broken.pop(name, "")) for name in catalogue.names()]
    return view("gallery.html", cards=cards, unusable=broken)


@routes.get(f"/studio/templates/{{template:{_NAME}}}")
@requires(Scope.TEMPLATES_READ)
@Described(
    "Show one template",
    tag=STUDIO,
    parameters=(
        TEMPLATE,
        Parameter("example", "query", "Which of its examples; the most telling one otherwise."),
        *(one for one in our_parameters() if one.name in _CHOICES),
        Parameter("platform", "query", "For which platform a tag is shown; also `web` and `og`."),
        Parameter("open", "query", "A field that the platform fills in; may be repeated."),
    ),
    replies=(_PAGE,),
    refusals=_ONE,
)
async def one(request: web.Request) -> web.Response:
    """Show one template: its picture as chosen, its address, what it takes."""
    template = request.app[CATALOGUE].get(request.match_info["template"])
    shown = _Shown.read(template, request.query)
    manifest = template.manifest
    extent = manifest.sizes[shown.chosen.get("_size") or "default"]
    path = picture_path(template.name, SHOWN_FORMAT, shown.values, **shown.chosen)
    return view(
        "template.html",
        card=card(template, str(request.app[CATALOGUE].broken.get(template.name, ""))),
        template=template,
        picture=Picture(shown.example, path, extent.width, extent.height),
        address=base_url(request) + path,
        formats=[one.value for one in Format],
        path_of=lambda extension: picture_path(
            template.name, extension, shown.values, **shown.chosen
        ),
        frame=f"/studio/frames/{template.name}?{path.partition('?')[2]}",
        groups=shown.groups(template),
        campaign=panel(await request.app[CAMPAIGNS].report(template, Window.DAY)),
        rows=list(rows(template)),
        wish=shown.wish,
        recipe=_recipe(request, template, shown),
        asked=shown.asked,
    )


def _recipe(request: web.Request, template: Template, shown: _Shown) -> Recipe | None:
    """The tag to paste: what the platform does not fill in is as in the picture that is shown."""
    if not (request.app[DEVELOPMENT] or template.manifest.access == "public"):
        return None
    opened = shown.wish.opened(template) if shown.wish.merges else ()
    wanted = RenderRequest(
        template=template.name,
        values={name: value for name, value in shown.values.items() if name not in opened},
        at=datetime.now(UTC),
        size=shown.chosen.get("_size"),
        scale=shown.chosen.get("_scale"),
        language=shown.chosen.get("_lang"),
        theme=shown.chosen.get("_theme"),
    )
    plan = request.app[RENDERER].plan(wanted)
    return shown.wish.recipe(plan, wanted, plain_prefix(base_url(request)))


class _Shown(NamedTuple):
    """Which example of a template is shown, and in which size, theme, language and scale."""

    example: str
    values: Mapping[str, object]
    chosen: dict[str, str]
    wish: TagWish

    @classmethod
    def read(cls, template: Template, query: MultiMapping[str]) -> _Shown:
        """What a page's address asks for, as far as the template has it."""
        examples = examples_of(template)
        example = query.get("example", "")
        if example not in examples:
            example = next(iter(examples))
        allowed = _allowed(template)
        chosen = {name: query[name] for name in _CHOICES if query.get(name) in allowed[name]}
        wish = TagWish.read(template, query.get("platform", ""), query.getall("open", []))
        return cls(example, examples[example], chosen, wish)

    @property
    def asked(self) -> dict[str, str]:
        """What is chosen besides the tag, as parameters of this page's address."""
        return {"example": self.example, **self.chosen}

    def groups(self, template: Template) -> dict[str, list[Choice]]:
        """What else may be chosen, each with the address of this page with it."""
        examples = [
            Choice(name, self._address(example=name), name == self.example)
            for name in examples_of(template)
        ]
        found = {"Example": examples}
        for name, label in zip(_CHOICES, ("Size", "Theme", "Language", "Scale"), strict=True):
            values = _allowed(template)[name]
            now = self.chosen.get(name, values[0] if values else "")
            if len(values) > 1:
                found[label] = [
                    Choice(value, self._address(**{name: value}), value == now) for value in values
                ]
        return found

    def _address(self, **other: str) -> str:
        pairs = [*(self.asked | other).items(), *self.wish.pairs]
        return "?" + path_of("", "", pairs).partition("?")[2]


def _allowed(template: Template) -> dict[str, list[str]]:
    """The values of each choice, the default one first."""
    manifest = template.manifest
    scales = sorted(manifest.scales, key=lambda scale: scale != manifest.scale)
    return {
        "_size": list(manifest.sizes),
        "_theme": list(manifest.themes),
        "_lang": list(manifest.languages),
        "_scale": [f"{scale:g}" for scale in scales],
    }


@routes.get(f"/studio/frames/{{template:{_NAME}}}")
@requires(Scope.TEMPLATES_READ)
@Described(
    "Show the composed page in a frame",
    tag=STUDIO,
    text="As large as the card. It takes the query of a picture's address.",
    parameters=(TEMPLATE,),
    replies=(_PAGE,),
    refusals=_ONE,
)
async def frame(request: web.Request) -> web.Response:
    """Show the composed page in a frame as large as the card, for the browser's own tools."""
    plan = _plan(request)
    query = request.rel_url.raw_query_string
    page = f"/studio/pages/{plan.template.name}/{plan.template.version}/{_INDEX}?{query}"
    return view("frame.html", plan=plan, page=page, title=plan.template.manifest.title)


@routes.get(f"/studio/pages/{{template:{_PLAIN_NAME}}}/{{version:[0-9a-f]+}}/{{path:.+}}")
@requires(Scope.TEMPLATES_READ)
@Described(
    "Get the composed page, or a file of it",
    tag=STUDIO,
    text="`index.html` is the page; every other path is a file that it asks for.",
    parameters=(
        TEMPLATE,
        Parameter("version", "path", "The template's version.", VERSION),
        Parameter("path", "path", "The file.", example=_INDEX),
    ),
    replies=(Reply(200, "The page or the file.", {"*/*": {}}, _KEPT),),
    refusals=(*_ONE, NotFound),
)
async def page(request: web.Request) -> web.Response:
    """Answer with the composed page itself, or with a file that it asks for.

    It lies in a folder of its own, so that its relative addresses find the template's files.
    """
    path = request.match_info["path"]
    plan = _plan(request)
    if path != _INDEX:
        body = plan.template.assets.get(path)
        if body is None:
            raise NotFound(f"The template {plan.template.name} has no such file.")
        return asset_response(path, body)
    composed = request.app[RENDERER].compose(plan)
    scripts = plan.template.manifest.javascript
    return web.Response(
        text=composed.html,
        content_type="text/html",
        headers={"Cache-Control": "no-store", "Content-Security-Policy": _page_policy(scripts)},
    )


def _page_policy(scripts: bool) -> str:
    """As in a drawing, but pictures on the web are loaded by the browser itself."""
    sandbox = "sandbox allow-scripts" if scripts else "sandbox"
    script = "script-src * 'unsafe-inline'; " if scripts else ""
    return (
        f"{sandbox}; default-src 'none'; style-src * 'unsafe-inline'; img-src * data:; "
        f"font-src * data:; {script}base-uri 'none'; form-action 'none'"
    )


def _plan(request: web.Request) -> Plan:
    asked = read_query(request.rel_url.raw_query_string)
    reserved = asked.reserved
    wanted = RenderRequest(
        template=request.app[CATALOGUE].get(request.match_info["template"]).name,
        values=asked.values,
        at=datetime.now(UTC),
        size=reserved.get("_size"),
        scale=reserved.get("_scale"),
        language=reserved.get("_lang"),
        theme=reserved.get("_theme"),
        version=request.match_info.get("version"),
    )
    return request.app[RENDERER].plan(wanted)


@routes.get("/studio/static/{file:[a-z-]+[.](?:css|js|svg)}")
@requires(Scope.TEMPLATES_READ)
@Described(
    "Get a part of these pages",
    tag=STUDIO,
    parameters=(Parameter("file", "path", "One of them.", example="studio.css"),),
    replies=(Reply(200, "The file.", {"*/*": {}}, _KEPT),),
    refusals=(NotFound,),
)
async def static(request: web.Request) -> web.Response:
    """Answer with the studio's style sheet or script."""
    return static_response("studio", request.match_info["file"])
