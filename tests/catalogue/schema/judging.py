"""What the tests of schemas share: judging values, making them, and reading them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import jsonschema_rs
import schemathesis
from hypothesis import strategies as st

from service.catalogue.filling import fill
from service.catalogue.template import Template
from service.merge_tags.reading import read as read_given
from service.model import Filled

AT = datetime(2026, 7, 1, 12, tzinfo=UTC)
COMPONENTS = "#/components/schemas/"

Schema = Mapping[str, Any]


def judge(schema: Schema) -> jsonschema_rs.Draft202012Validator:
    """A validator that takes `format` at its word."""
    return jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True)


def accepted_by(schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
    """Values of every shape that a schema accepts, all of its properties given."""
    body = json.loads(json.dumps(schema).replace("#/$defs/", COMPONENTS))
    definitions = body.pop("$defs", {})
    del body["$id"], body["$schema"]
    body |= {"required": list(body["properties"]), "additionalProperties": False}
    content = {"application/json": {"schema": body}}
    operation = {
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": "Well"}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "One template", "version": "1"},
        "paths": {"/": {"post": operation}},
        "components": {"schemas": definitions},
    }
    cases = schemathesis.openapi.from_dict(document)["/"]["POST"].as_strategy()
    return cases.map(lambda case: cast("dict[str, Any]", case.body))


def read(template: Template, data: Mapping[str, object], language: str = "en") -> Filled:
    """What the template makes of `data`, on the way that a request takes."""
    given = {name: read_given(value) for name, value in data.items()}
    assets = template.assets.keys()
    return fill(template.manifest, given, language=language, at=AT, assets=assets)
