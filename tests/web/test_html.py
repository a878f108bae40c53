"""`POST /v1/html`: what it reads, whom it serves, and how it answers."""

from __future__ import annotations

import io
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import PIL.Image
import pytest
from structlog.testing import capture_logs

from service.errors import QueueFull, RenderTimeout
from service.model import Format, Note, NoteCode
from service.web.html import MOST_BYTES
from tests.fakes import FakeParts
from tests.web.client import Client, assert_problem
from tests.web.conftest import ADMIN_KEY

KEY = {"Authorization": f"Bearer {ADMIN_KEY}"}
JSON = {**KEY, "Content-Type": "application/json"}


async def sent(client: Client, **body: object) -> Any:
    data = json.dumps({"html": "<p>Hi", **body}, ensure_ascii=False)
    return await client.post("/v1/html", data=io.BytesIO(data.encode()), headers=JSON)


async def refused(client: Client, **body: object) -> Mapping[str, str]:
    """The fields of a refusal, each with its message."""
    problem = await assert_problem(await sent(client, **body), 422, "invalid_data")
    return {wrong["field"]: wrong["message"] for wrong in problem["errors"]}


async def test_the_answer_is_the_picture_for_its_sender_alone(
    client: Client, parts: FakeParts
) -> None:
    response = await sent(client, width=40, height=20, scale=2)

    assert response.status == 200
    assert PIL.Image.open(io.BytesIO(await response.read())).size == (80, 40)
    headers = response.headers
    assert headers["Content-Type"] == "image/png"
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Mergeshot-Status"] == "exact"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert not {"ETag", "Mergeshot-Notes", "Cache-Tag"} & headers.keys()
    assert parts.html.drawn[0].html == "<p>Hi"


async def test_without_a_size_it_is_that_of_a_social_card(
    client: Client, parts: FakeParts
) -> None:
    await sent(client)

    (request,) = parts.html.drawn
    assert (request.width, request.height, request.scale) == (1200, 630, 1)
    assert (request.format, request.quality) == (Format.PNG, None)
    assert (request.selector, request.full_page, request.transparent) == ("", False, False)


async def test_everything_asked_for_arrives(client: Client, parts: FakeParts) -> None:
    asked = {"css": "p {}", "width": 10, "height": 9, "selector": "#a", "transparent": True}
    await sent(client, **asked, scale=1.5, format="webp", quality=7)
    await sent(client, full_page=True, format="jpg")

    first, second = parts.html.drawn
    assert {name: getattr(first, name) for name in asked} == asked
    assert (first.scale, first.format, first.quality) == (1.5, Format.WEBP, 7)
    assert (second.full_page, second.format) == (True, Format.JPEG)


async def test_a_pdf_is_readable_by_the_browsers_own_reader_and_has_no_scale(
    client: Client, parts: FakeParts
) -> None:
    response = await sent(client, format="pdf", scale=3, width=4096, height=4096)

    assert response.headers["Content-Type"] == "application/pdf"
    assert "Content-Security-Policy" not in response.headers
    assert parts.html.drawn[0].scale == 1


async def test_notes_are_told(client: Client, parts: FakeParts) -> None:
    parts.html.notes = (Note("", NoteCode.IMAGE_UNREACHABLE, "a.de/x could not be fetched"),)

    assert (await sent(client)).headers["Mergeshot-Notes"] == ";image_unreachable"


# Who


async def test_it_is_for_holders_of_a_key_and_open_in_development(
    client: Client, dev_client: Client, parts: FakeParts
) -> None:
    stranger = await client.post("/v1/html", json={"html": "x"})
    await assert_problem(stranger, 401, "key_required")
    assert parts.html.drawn == []

    assert (await dev_client.post("/v1/html", json={"html": "x"})).status == 200


async def test_there_is_nothing_to_get(client: Client) -> None:
    response = await client.get("/v1/html", headers=KEY)

    await assert_problem(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "POST"


# What is refused


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"html": ""}, "html", "must have at least 1 character"),
        ({"html": 3}, "html", "must be text"),
        ({"html": "ü" * (MOST_BYTES // 2 + 1)}, "html", "at most 2000000 bytes"),
        ({"css": "ü" * (MOST_BYTES // 2 + 1)}, "css", "at most 2000000 bytes"),
        ({"width": 0}, "width", "greater than or equal to 1"),
        ({"width": 4097}, "width", "less than or equal to 4096"),
        ({"width": 8193}, "width", "less than or equal to 4096"),
        ({"height": 8193}, "height", "less than or equal to 4096"),
        ({"width": 1.5}, "width", "must be a whole number"),
        ({"width": "100"}, "width", "must be a whole number"),
        ({"width": True}, "width", "must be a whole number"),
        ({"scale": 0.5}, "scale", "greater than or equal to 1"),
        ({"scale": 3.01}, "scale", "less than or equal to 3"),
        ({"quality": 0}, "quality", "greater than or equal to 1"),
        ({"quality": 101}, "quality", "less than or equal to 100"),
        ({"format": "gif"}, "format", "must be one of png, jpeg, webp, avif, pdf"),
        ({"format": None}, "format", "must be one of png"),
        ({"selector": ""}, "selector", "must have at least 1 character"),
        ({"full_page": "yes"}, "full_page", "must be true or false"),
        ({"widht": 3}, "widht", "did you mean width?"),
        ({"width": 4096, "scale": 3}, "scale", "12288 x 1890 pixels"),
        ({"width": 4096, "height": 4096, "scale": 2}, "scale", "32 megapixels"),
        ({"selector": "#a", "full_page": True}, "full_page", "must be left out"),
        ({"selector": "#a", "format": "pdf"}, "selector", "is for pictures"),
        ({"full_page": True, "format": "pdf"}, "full_page", "is for pictures"),
    ],
)
async def test_what_cannot_be_drawn_is_refused_with_what_is_allowed(
    client: Client, parts: FakeParts, body: dict[str, object], field: str, said: str
) -> None:
    told = await refused(client, **body)

    assert list(told) == [field]
    assert said in told[field]
    assert parts.html.drawn == []


async def test_all_mistakes_are_told_at_once(client: Client) -> None:
    assert set(await refused(client, width=0, format="x", widht=1)) == {"width", "format", "widht"}


@pytest.mark.parametrize(
    ("size", "scale"), [((4096, 3906), 1), ((4096, 1953), 2), ((1000, 2730), 3)]
)
async def test_what_just_fits_is_drawn(
    client: Client, parts: FakeParts, size: tuple[int, int], scale: float
) -> None:
    parts.html.error = QueueFull("as far as this")
    response = await sent(client, width=size[0], height=size[1], scale=scale)

    await assert_problem(response, 503, "queue_full")


async def test_a_full_queue_says_when_to_come_again(client: Client, parts: FakeParts) -> None:
    parts.html.error = QueueFull("full", retry_after=7)

    assert (await sent(client)).headers["Retry-After"] == "7"


async def test_a_page_that_is_late_is_told_how_to_mend_it(
    client: Client, parts: FakeParts
) -> None:
    parts.html.error = RenderTimeout("The page is not ready in time.", hint="Be quick.")
    problem = await assert_problem(await sent(client), 504, "render_timeout")

    assert problem["hint"] == "Be quick."


async def test_nothing_of_the_page_is_in_the_log(
    open_client: Callable[..., Awaitable[Client]], parts: FakeParts
) -> None:
    client = await open_client()
    with capture_logs() as logs:
        await sent(client, html="<p>Zanzibarova", css=".Zanzibarova {}", selector="#Zanzibarova")
        await sent(client, html="<p>Zanzibarova", width="Zanzibarova")

    assert "Zanzibarova" not in repr(logs)
    assert [entry.get("rung") for entry in logs] == ["exact", None]
