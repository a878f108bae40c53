"""Read a request's JSON body into a model, and say everything that is wrong with it at once."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Annotated, NoReturn, TypeVar

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from service.errors import BadRequest, FieldProblem, InvalidData, TooLarge, UnsupportedType
from service.model import Format

JSON = "application/json"
MAX_BODY = 4 * 2**20
"""Bytes of the largest body that is read."""

M = TypeVar("M", bound="Body")

_SAID = {
    "missing": "must be given",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "dict_type": "must be an object",
    "mapping_type": "must be an object",
    "list_type": "must be an array",
}
_SHOULD = re.compile(r"^(?:Input|String) should")


class Body(BaseModel):
    """A request's body. Unknown keys are refused, and nothing is read as what it is not."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


def _format(value: object) -> object:
    found = Format.from_extension(value) if isinstance(value, str) else None
    if found is None:
        allowed = ", ".join(one.value for one in Format)
        raise PydanticCustomError("format", f"must be one of {allowed}")
    return found


FileFormat = Annotated[Format, BeforeValidator(_format)]
"""A key of a body that names a format, `jpg` included."""


async def read_json(request: web.Request, model: type[M]) -> M:
    """The body of `request`.

    Raises:
        UnsupportedType: it is not sent as JSON.
        TooLarge: it has more than `MAX_BODY` bytes.
        BadRequest: it is not JSON.
        InvalidData: it is JSON of another shape; names every key at fault.
    """
    if request.content_type != JSON:
        raise UnsupportedType(
            "The body has to be JSON.", hint=f"Send it with `Content-Type: {JSON}`."
        )
    try:
        # Twice, because Python says where its JSON breaks off and pydantic reads it strictly.
        raw = json.loads(await _bytes(request), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        place = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise BadRequest(f"The body is not JSON{place}.") from error
    try:
        return model.model_validate_json(json.dumps(raw))
    except ValidationError as error:
        problems = list(_problems(error.errors(include_input=False, include_url=False), model))
        names = ", ".join(dict.fromkeys(problem.field for problem in problems))
        raise InvalidData(
            f"These keys cannot be used as given: {names}.", fields=problems
        ) from error


async def _bytes(request: web.Request) -> bytes:
    """The body, read no further than it may be long."""
    if (request.content_length or 0) > MAX_BODY:
        _refuse_size()
    pieces, length = [], 0
    async for piece in request.content.iter_any():
        length += len(piece)
        if length > MAX_BODY:
            _refuse_size()
        pieces.append(piece)
    return b"".join(pieces)


def _refuse_size() -> NoReturn:
    raise TooLarge(f"The body may have {MAX_BODY >> 20} MiB.")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _problems(details: Sequence[ErrorDetails], model: type[BaseModel]) -> Iterator[FieldProblem]:
    for detail in details:
        path = ".".join(str(step) for step in detail["loc"]) or "body"
        kind = detail["type"]
        if kind == "extra_forbidden":
            known = list(model.model_fields)
            close = difflib.get_close_matches(str(detail["loc"][-1]), known, n=1)
            nearest = f" (did you mean {close[0]}?)" if close else ""
            message = f"there is no such key{nearest}; allowed are {', '.join(known)}"
            yield FieldProblem(path, "unknown_key", message)
        else:
            said = _SAID.get(kind) or _SHOULD.sub("must", detail["msg"])
            yield FieldProblem(path, "invalid", said.removeprefix("Value error, "))
