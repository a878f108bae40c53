"""What `/openapi.json` says: made from the routes as they are, and every template's fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from service import __version__
from service.catalogue.schema.data import best_data_schema
from service.catalogue.schema.forms import DEFINITIONS
from service.catalogue.template import Template
from service.errors import InvalidData, Overloaded, ServiceError
from service.web.access import guard_of
from service.web.body import JSON
from service.web.described import (
    BY_TEMPLATE,
    TAGS,
    Described,
    Header,
    Parameter,
    Reply,
    description_of,
)
from service.web.picture_address import choices, field_parameters, our_parameters
from service.web.problems import code_of

HOME = "#/components/schemas/"
PROBLEM_TYPE = "application/problem+json"
_MOST_EXAMPLES = 20
_KEY = "key"
_ABOUT = """\
Pictures made from templates and a recipient's data.

- **Routes.** `HEAD` works wherever `GET` does. Each route names the scope of the key that it \
asks for; in development everything is open.
- **Errors** are `application/problem+json` with a stable `code`. Whatever the route, a request \
that cannot be read at all is refused before it reaches one: 400, 405, 414, 417 or 431. 500 with \
the code `internal_error` is a mistake of ours.
- **Tolerance.** On `/i/` nothing is refused unless `_strict=1` asks for it: what cannot be used \
is replaced by the template's fallback. Fields are described in the spelling that is read best; \
`/v1/templates/{name}/schema` tells more of them.
"""
_PROBLEM: Mapping[str, Any] = {
    "title": "Problem",
    "description": "Every error has this body (RFC 9457).",
    "type": "object",
    "properties": {
        "type": {"type": "string", "description": "`urn:mergeshot:problem:` and the code."},
        "title": {"type": "string", "description": "The kind of error in words."},
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": {"type": "string", "description": "What went wrong this time."},
        "code": {"type": "string", "description": "Stable, for programs."},
        "hint": {"type": "string", "description": "How to get out of it; may be empty."},
        "errors": {
            "type": "array",
            "description": "Every field at fault.",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
                "required": ["field", "code", "message"],
            },
        },
        "request_id": {"type": "string", "description": "Finds the line in the log."},
    },
    "required": ["type", "title", "status", "detail", "code", "hint", "errors", "request_id"],
}
_EXAMPLE_ERRORS = [{"field": "date", "code": "invalid", "message": "must be a date"}]
_REQUEST_ID = Header("Names this request in the log.")
_NO_STORE = Header("Nobody keeps this.", {"type": "string", "const": "no-store"})
_CHALLENGE = Header("How a key is sent.", {"type": "string", "const": "Bearer"})
_RETRY = Header("Seconds to wait.", {"type": "integer", "minimum": 0}, required=False)


def plain_path(path: str) -> str:
    """A route's path without the patterns of its parameters."""
    return re.sub(r"\{(\w+):[^}]*\}", r"{\1}", path)


class Document:
    """Gathers the description of some routes and some templates.

    `development`: nothing asks for a key.
    """

    def __init__(
        self,
        routes: Iterable[web.RouteDef],
        templates: Sequence[Template],
        *,
        development: bool = False,
    ) -> None:
        self._templates = templates
        self._development = development
        self._schemas: dict[str, Any] = {"Problem": _PROBLEM, **DEFINITIONS}
        self._responses: dict[str, Any] = {}
        self._paths: dict[str, dict[str, Any]] = {}
        for template in templates:
            self._schemas[_data_name(template)] = best_data_schema(template, home=HOME)
        for route in routes:
            self._add(route)

    def build(self) -> dict[str, Any]:
        """The whole document."""
        return {
            "openapi": "3.1.1",
            "info": {
                "title": "Mergeshot",
                "version": __version__,
                "description": _ABOUT,
                "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/"}],
            "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
            "paths": dict(sorted(self._paths.items())),
            "components": {
                "schemas": self._schemas,
                "responses": self._responses,
                "securitySchemes": {
                    _KEY: {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "A key, such as `MERGESHOT_ADMIN_KEY`.",
                    }
                },
            },
        }

    def _add(self, route: web.RouteDef) -> None:
        described = description_of(route.handler)
        if described is None:
            raise ValueError(f"{route.path} is not described")
        path, verb = plain_path(route.path), route.method.lower()
        operation = self._operation(described, guard_of(route.handler))
        operation["operationId"] = _identity(verb, path)
        self._paths.setdefault(path, {})[verb] = operation
        if not described.each_template:
            return
        operation["responses"] = self._shared(operation)
        for template in self._templates:
            own = path.replace("{template}", template.name)
            manifest = template.manifest
            told = {
                "operationId": _identity(verb, own),
                "tags": [BY_TEMPLATE],
                "summary": manifest.title or template.name,
                "description": manifest.description,
                "parameters": [
                    _parameter(one, ()) for one in _own_parameters(described, template)
                ],
            }
            self._paths.setdefault(own, {})[verb] = {**operation, **told}

    def _shared(self, operation: Mapping[str, Any]) -> dict[str, Any]:
        """The operation's responses among the components: each template has the same ones."""
        responses = {}
        for status, response in operation["responses"].items():
            name = f"{operation['operationId']}.{status}"
            self._responses[name] = response
            responses[status] = {"$ref": f"#/components/responses/{name}"}
        return responses

    def _operation(self, described: Described, guard: str) -> dict[str, Any]:
        guarded = guard != "public"
        text = f"{described.text}\n\nScope: `{guard}`." if guarded else described.text
        operation: dict[str, Any] = {
            "tags": [described.tag],
            "summary": described.summary,
            "description": text.strip(),
            "parameters": [_parameter(one, self._templates) for one in described.parameters],
            "responses": {
                **{str(reply.status): self._reply(reply) for reply in described.replies},
                **_refusals([*described.refused(guarded=guarded), *_unread(described)]),
            },
            "security": self._security(guard, optional=described.optional_key),
        }
        if described.body is not None:
            body = self._body(described.body, described.data_key)
            operation["requestBody"] = {"required": True, "content": {JSON: {"schema": body}}}
        return operation

    def _security(self, guard: str, *, optional: bool) -> list[dict[str, list[str]]]:
        if self._development:
            return []
        if optional:
            return [{}, {_KEY: []}]
        return [] if guard == "public" else [{_KEY: [guard]}]

    def _reply(self, reply: Reply) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for media, schema in reply.content.items():
            shown = self._model(schema) if isinstance(schema, type) else schema
            content[media] = {"schema": shown} if shown else {}
        told: dict[str, Any] = {
            "description": reply.description,
            "headers": _headers({"X-Request-Id": _REQUEST_ID, **reply.headers}),
        }
        return {**told, "content": content} if content else told

    def _body(self, model: type[BaseModel], data_key: str) -> Mapping[str, Any]:
        """The body's schema: for each template one, where a key of it holds a template's data."""
        whole = self._model(model, mode="validation")
        if not data_key or not self._templates:
            return whole
        schema = self._schemas[model.__name__]
        mapping = {}
        for template in self._templates:
            name = f"{model.__name__}.{_component(template)}"
            properties = {
                **schema["properties"],
                **_narrowed(schema["properties"], template),
                "template": {"type": "string", "const": template.name},
                data_key: {"$ref": f"{HOME}{_data_name(template)}"},
            }
            title = template.manifest.title or template.name
            self._schemas[name] = {**schema, "title": title, "properties": properties}
            mapping[template.name] = f"{HOME}{name}"
        return {
            "oneOf": [{"$ref": reference} for reference in mapping.values()],
            "discriminator": {"propertyName": "template", "mapping": mapping},
        }

    def _model(self, model: type[BaseModel], mode: Any = "serialization") -> Mapping[str, Any]:
        """A reference to a model, which is put among the components with all that it uses."""
        schema = model.model_json_schema(mode=mode, ref_template=f"{HOME}{{model}}")
        for name, part in {**schema.pop("$defs", {}), model.__name__: schema}.items():
            if self._schemas.setdefault(name, part) != part:
                raise ValueError(f"two models are called {name}")
        return {"$ref": f"{HOME}{model.__name__}"}


def _narrowed(properties: Mapping[str, Any], template: Template) -> dict[str, Any]:
    """The keys of a body that choose from a short list of the template's own."""
    return {
        name: {"anyOf": [choice, {"type": "null"}], "default": None}
        for parameter, choice in choices(template.manifest).items()
        if choice and (name := parameter.removeprefix("_")) in properties
    }


def _own_parameters(described: Described, template: Template) -> list[Parameter]:
    """The parameters of one template's pictures: its fields first, the short lists narrowed."""
    ours = our_parameters(template.manifest)
    replaced = {"template", *(one.name for one in our_parameters())}
    rest = [one for one in described.parameters if one.name not in replaced]
    paths = [one for one in rest if one.where == "path"]
    others = [one for one in rest if one.where != "path"]
    return [*paths, *field_parameters(template, home=HOME), *ours, *others]


def _parameter(parameter: Parameter, templates: Sequence[Template]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.where == "path",
        "description": parameter.description,
    }
    if parameter.json:
        value: dict[str, Any] = {"schema": parameter.schema}
        if parameter.example is not None:
            value["example"] = parameter.example
        return {**told, "content": {JSON: value}}
    told["schema"] = parameter.schema
    if parameter.names_template:
        shown = [one.name for one in templates[:_MOST_EXAMPLES]]
        told["examples"] = {_component_name(name): {"value": name} for name in shown}
    elif parameter.example is not None:
        told["example"] = parameter.example
    return told


@dataclass(frozen=True, slots=True)
class _Unread:
    """A refusal of a request before it reaches its route."""

    status: int

    @property
    def code(self) -> str:
        return code_of(self.status)

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase


Refusal = type[ServiceError] | _Unread


def _unread(described: Described) -> Iterator[_Unread]:
    """What a request that follows the description may still be too long for."""
    places = {parameter.where for parameter in described.parameters}
    if places & {"path", "query"}:
        yield _Unread(HTTPStatus.REQUEST_URI_TOO_LONG)
    if "header" in places:
        yield _Unread(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)


def _refusals(refusals: Iterable[Refusal]) -> dict[str, Any]:
    """One answer for each status, with the codes that it may have."""
    by_status: dict[int, list[Refusal]] = {}
    for one in refusals:
        by_status.setdefault(one.status, []).append(one)
    return {str(status): _refusal(status, by_status[status]) for status in sorted(by_status)}


def _refusal(status: int, errors: Sequence[Refusal]) -> dict[str, Any]:
    headers = {"X-Request-Id": _REQUEST_ID, "Cache-Control": _NO_STORE}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = _CHALLENGE
    if any(isinstance(error, type) and issubclass(error, Overloaded) for error in errors):
        headers["Retry-After"] = _RETRY
    narrowed = {
        "properties": {
            "status": {"const": status},
            "code": {"enum": sorted({error.code for error in errors})},
        }
    }
    schema = {"allOf": [{"$ref": f"{HOME}Problem"}, narrowed]}
    example = {
        "type": f"urn:mergeshot:problem:{errors[0].code}",
        "title": errors[0].title,
        "status": status,
        "detail": "What went wrong this time.",
        "code": errors[0].code,
        "hint": "How to get out of it.",
        "errors": _EXAMPLE_ERRORS if InvalidData in errors else [],
        "request_id": "5fab3db09a135d0c68f323ed",
    }
    return {
        "description": "\n".join(f"- `{error.code}`: {error.title}." for error in errors),
        "headers": _headers(headers),
        "content": {PROBLEM_TYPE: {"schema": schema, "example": example}},
    }


def _headers(headers: Mapping[str, Header]) -> dict[str, Any]:
    return {
        name: {
            "description": header.description,
            "required": header.required,
            "schema": header.schema,
        }
        for name, header in headers.items()
    }


def _data_name(template: Template) -> str:
    return f"Data.{_component(template)}"


def _component(template: Template) -> str:
    return _component_name(template.name)


def _component_name(name: str) -> str:
    """A template's name as the key of a component may be: names never hold a full stop."""
    return name.replace("/", ".")


def _identity(verb: str, path: str) -> str:
    return re.sub(r"\W+", "_", f"{verb}{path}").strip("_")
