"""The document: made of all routes and all templates, sound, and made once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from aiohttp import web
from pydantic import Field

from service.access.address import RESERVED
from service.catalogue.catalogue import Catalogue
from service.catalogue.loader import load_template
from service.catalogue.template import Template
from service.catalogue.versions import TemplateStore
from service.errors import ServiceError
from service.web import ROUTES
from service.web.access import Scope, public, requires
from service.web.body import JSON, Body
from service.web.described import PICTURE, PICTURES, Described, Parameter, Reply
from service.web.description import Description
from service.web.openapi import Document, plain_path
from service.web.problems import _CODES
from tests.catalogue.workshop import Workshop
from tests.pages import ROOT
from tests.test_docs import kinds_of
from tests.web.client import MEMBERS, Client, responses
from tests.web.conftest import ADMIN_KEY

EVERYTHING = ROOT / "tests/contracts/templates/acme/everything"


def everything() -> Template:
    return load_template(EVERYTHING, name="acme/everything", shared=EVERYTHING)


def built(routes: Any = ROUTES, **more: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        json.dumps(Document(routes, [everything()], **more).build())
    )
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            yield verb, path, operation


def inside(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value."""
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from inside(one)
    elif isinstance(value, list):
        for one in value:
            yield from inside(one)


def test_it_is_openapi() -> None:
    schemathesis.openapi.from_dict(built()).validate()


def test_every_route_is_in_it() -> None:
    told = {(verb, path) for verb, path, _ in operations(built())}
    routes = {(route.method.lower(), plain_path(route.path)) for route in ROUTES}

    assert told == routes | {("get", "/i/acme/everything.{ext}")}


def test_a_route_that_is_not_described_cannot_be_left_out() -> None:
    async def forgotten(request: web.Request) -> web.StreamResponse:
        return web.Response()

    with pytest.raises(ValueError, match="/forgotten is not described"):
        built([*ROUTES, web.get("/forgotten", public(forgotten))])


def test_names_of_operations_are_unique() -> None:
    names = [operation["operationId"] for _, _, operation in operations(built())]

    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere() -> None:
    document = built()
    references = {one["$ref"] for one in inside(document) if isinstance(one.get("$ref"), str)}

    assert references
    for reference in references:
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
        assert target


def test_every_part_of_a_path_is_a_parameter() -> None:
    for _, path, operation in operations(built()):
        told = {one["name"] for one in operation["parameters"] if one["in"] == "path"}

        assert told == set(re.findall(r"\{(\w+)\}", path)), path


def test_every_refusal_is_one_that_there_is_with_its_own_status() -> None:
    known = {(kind.code, kind.status) for kind in kinds_of(ServiceError)}
    known |= {(code, status) for status, code in _CODES.items()}
    document = built()
    told = set()
    for _, _, operation in operations(document):
        for status, response in responses(document, operation).items():
            problem = response.get("content", {}).get("application/problem+json")
            if problem is not None:
                narrowed = problem["schema"]["allOf"][1]["properties"]
                assert narrowed["status"]["const"] == int(status)
                told |= {(code, int(status)) for code in narrowed["code"]["enum"]}

    assert told
    assert told <= known
    assert set(document["components"]["schemas"]["Problem"]["required"]) == MEMBERS


def test_every_reserved_parameter_is_told_wherever_pictures_are() -> None:
    for path in ("/i/{template}.{ext}", "/i/acme/everything.{ext}"):
        names = {one["name"] for one in built()["paths"][path]["get"]["parameters"]}
        ours = {name for name in names if name.startswith("_")}

        # This template has no themes to choose from.
        assert ours == RESERVED - ({"_theme"} if "everything" in path else set())


def test_the_fields_of_a_template_are_parameters_of_its_own_path() -> None:
    operation = built()["paths"]["/i/acme/everything.{ext}"]["get"]
    told = {one["name"]: one for one in operation["parameters"]}

    assert (operation["summary"], operation["tags"]) == ("Everything", ["Pictures by template"])
    assert set(everything().manifest.fields) - set(told) == {"level"}  # rules set that one
    assert told["line"]["schema"] == {"type": "string", "maxLength": 20}
    assert told["line"]["example"] == "Good morning"
    assert "A line" in told["line"]["description"]
    assert "Without it: `Hello`" in told["line"]["description"]
    assert "Also called `name`" in told["guest"]["description"]
    assert told["points"]["schema"] == {"type": "integer", "minimum": 0, "maximum": 1000}
    assert told["tier"]["schema"] == {"type": "string", "enum": ["gold", "silver"]}
    assert told["_lang"]["schema"] == {"type": "string", "enum": ["en", "de"]}
    assert told["_size"]["schema"] == {"type": "string", "enum": ["default"]}
    assert told["rows"]["content"][JSON]["schema"]["maxItems"] == 3
    assert told["words"]["content"][JSON]["example"] == ["one", "two"]
    assert told["address"]["content"][JSON]["example"] == {"city": "Lyon"}
    assert "default" not in told["line"]["schema"], "a page would send it as if it were given"


def test_templates_are_named_as_examples_of_the_parameter() -> None:
    operation = built()["paths"]["/v1/templates/{name}"]["get"]

    assert operation["parameters"][0]["examples"] == {
        "acme.everything": {"value": "acme/everything"}
    }


# What a route with a body is made of, by two that do not exist


class Order(Body):
    template: str
    count: int = 1
    lang: str | None = None
    data: dict[str, Any] = Field(default_factory=dict)


class Page(Body):
    html: str


async def order(request: web.Request) -> web.StreamResponse:
    return web.Response()


def with_body(model: type[Body], **more: Any) -> dict[str, Any]:
    told = Described("Order", tag=PICTURES, replies=(PICTURE,), body=model, **more)
    return built([web.post("/v1/orders", requires(Scope.RENDER)(told(order)))])


def test_a_body_is_told_with_all_that_it_may_be_refused_for() -> None:
    document = with_body(Page)
    operation = document["paths"]["/v1/orders"]["post"]

    assert operation["requestBody"] == {
        "required": True,
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/Page"}}},
    }
    page = document["components"]["schemas"]["Page"]
    assert (page["required"], page["additionalProperties"]) == (["html"], False)
    assert set(operation["responses"]) == {"200", "400", "401", "413", "415", "422"}
    assert set(operation["responses"]["200"]["content"]) >= {"image/png", "image/avif"}


def test_data_in_a_body_is_told_for_each_template() -> None:
    document = with_body(Order, data_key="data")
    schemas = document["components"]["schemas"]
    schema = document["paths"]["/v1/orders"]["post"]["requestBody"]["content"][JSON]["schema"]
    reference = "#/components/schemas/Order.acme.everything"

    assert schema["oneOf"] == [{"$ref": reference}]
    assert schema["discriminator"]["mapping"] == {"acme/everything": reference}
    own = schemas["Order.acme.everything"]
    assert own["properties"]["template"]["const"] == "acme/everything"
    assert own["properties"]["data"] == {"$ref": "#/components/schemas/Data.acme.everything"}
    assert own["properties"]["lang"]["anyOf"][0]["enum"] == ["en", "de"]
    assert own["properties"]["count"] == schemas["Order"]["properties"]["count"]
    assert "rows" in schemas["Data.acme.everything"]["properties"]


def test_two_models_of_one_name_are_refused() -> None:
    class Problem(Body):
        other: str

    with pytest.raises(ValueError, match="two models are called Problem"):
        with_body(Problem)


# Who may read it, and how often it is made


def test_keys_are_asked_for_except_in_development() -> None:
    told = {path: one["security"] for _, path, one in operations(built())}
    development = built(development=True)

    assert told["/v1/templates"] == [{"key": ["templates:read"]}]
    assert told["/metrics"] == [{"key": ["operate"]}]
    assert told["/livez"] == []
    assert told["/i/{template}.{ext}"] == [{}, {"key": []}]
    assert {str(one["security"]) for _, _, one in operations(development)} == {"[]"}


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/docs/docs.js"])
async def test_outside_development_it_is_for_key_holders(client: Client, path: str) -> None:
    key = {"Authorization": f"Bearer {ADMIN_KEY}"}

    assert (await client.get(path)).status == 401
    assert (await client.get(path, headers=key)).status == 200


async def test_whoever_has_it_is_told_so(dev_client: Client) -> None:
    first = await dev_client.get("/openapi.json")
    again = await dev_client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})

    assert first.content_type == "application/json"
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert (await first.json())["info"]["title"] == "Mergeshot"
    assert (again.status, await again.read()) == (304, b"")


async def test_it_is_made_again_only_when_a_template_changed(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "templates")
    workshop.template(name="a")
    workshop.template(name="b", manifest='[fields.old]\nkind = "text"\nfallback = "x"\n')
    catalogue = Catalogue(workshop.root, TemplateStore(tmp_path / "store"))
    catalogue.load_all()
    description = Description(ROUTES, development=True)

    first, etag = await description.read(catalogue)
    same, _ = await description.read(catalogue)
    workshop.template(name="b", manifest='[fields.new]\nkind = "text"\nfallback = "x"\n')
    catalogue.load_all()
    after, changed = await description.read(catalogue)

    assert same is first
    assert etag != changed
    assert b'"old"' in first
    assert b'"old"' not in after
    assert b'"new"' in after


async def test_a_template_that_cannot_be_drawn_is_left_out(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "templates")
    workshop.template("{{ undeclared }}", name="broken")
    catalogue = Catalogue(workshop.root, TemplateStore(tmp_path / "store"))
    catalogue.load_all()

    body, _ = await Description(ROUTES, development=True).read(catalogue)

    assert catalogue.names() == ["broken"]
    assert b"broken.{ext}" not in body


def test_a_parameter_without_a_place_in_a_query_string_is_json_in_one_piece() -> None:
    parameter = Parameter("rows", "query", "Rows.", {"type": "array"}, json=True)
    told = Described(
        "Order", tag=PICTURES, replies=(Reply(200, "Well."),), parameters=(parameter,)
    )
    document = built([web.get("/v1/orders", public(told(order)))])

    assert document["paths"]["/v1/orders"]["get"]["parameters"][0]["content"] == {
        JSON: {"schema": {"type": "array"}}
    }
