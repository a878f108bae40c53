import io
import re

import PIL.Image
import pytest
from structlog.testing import capture_logs

from service.errors import QueueFull, RenderFailed, RenderTimeout, TemplateFailed
from service.model import Note, NoteCode, Rung
from tests.fakes import FakeParts
from tests.web.client import Client, assert_problem

BELOW_EXACT = [Rung.DEGRADED, Rung.STALE, Rung.GENERIC, Rung.TILE]


async def test_a_public_template_answers_with_its_picture(client: Client) -> None:
    response = await client.get("/i/ticket.png?first_name=Ada")
    body = await response.read()

    assert response.status == 200
    assert response.content_type == "image/png"
    assert PIL.Image.open(io.BytesIO(body)).size == (60, 30)


async def test_an_exact_picture_has_every_header_that_it_needs(client: Client) -> None:
    response = await client.get("/i/ticket.png?first_name=Ada")

    headers = response.headers
    assert headers["Mergeshot-Status"] == "exact"
    assert headers["Cache-Control"] == (
        "public, max-age=86400, stale-while-revalidate=86400, stale-if-error=604800"
    )
    assert headers["ETag"].startswith('"')
    assert headers["Cache-Tag"].startswith("ticket,ticket@")
    assert headers["Content-Length"] == str(len(await response.read()))
    assert headers["Accept-Ranges"] == "none"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Server"] == "mergeshot"
    assert not {"Vary", "Set-Cookie", "Location"} & headers.keys()


@pytest.mark.parametrize("extension", ["png", "jpg", "jpeg", "webp", "avif", "PNG"])
async def test_the_ending_decides_the_format(client: Client, extension: str) -> None:
    response = await client.get(f"/i/ticket.{extension}")

    expected = {"jpg": "jpeg"}.get(extension.lower(), extension.lower())
    assert response.content_type == f"image/{expected}"


async def test_a_template_may_have_one_folder_above(client: Client) -> None:
    assert (await client.get("/i/acme/ticket.png")).status == 200


async def test_head_says_what_get_says_without_the_picture(client: Client) -> None:
    await client.get("/i/ticket.png?first_name=Ada")
    got = await client.get("/i/ticket.png?first_name=Ada")
    asked = await client.head("/i/ticket.png?first_name=Ada")

    changing = {"x-request-id", "date"}
    assert await asked.read() == b""
    assert asked.status == got.status
    assert {n: v for n, v in asked.headers.items() if n.lower() not in changing} == {
        n: v for n, v in got.headers.items() if n.lower() not in changing
    }


async def test_nothing_but_the_address_decides_the_answer(client: Client) -> None:
    plain = await client.get("/i/ticket.png?first_name=Ada")
    dressed = await client.get(
        "/i/ticket.png?first_name=Ada",
        headers={"Accept-Language": "de", "Cookie": "a=b", "Host": "elsewhere.example"},
    )

    assert dressed.headers["ETag"] == plain.headers["ETag"]


async def test_who_has_the_picture_already_is_told_so_without_a_drawing(
    client: Client, parts: FakeParts
) -> None:
    first = await client.get("/i/ticket.png?first_name=Ada")
    parts.renderer.kept.clear()
    again = await client.get(
        "/i/ticket.png?first_name=Ada",
        headers={"If-None-Match": f'"x", W/{first.headers["ETag"]}'},
    )

    assert again.status == 304
    assert await again.read() == b""
    for name in ("ETag", "Cache-Control", "Mergeshot-Status"):
        assert again.headers[name] == first.headers[name]
    assert len(parts.renderer.drawn) == 1


async def test_another_picture_than_the_one_held_is_sent(client: Client) -> None:
    first = await client.get("/i/ticket.png?first_name=Ada")
    other = await client.get(
        "/i/ticket.png?first_name=Bob", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert other.status == 200


@pytest.mark.parametrize("rung", BELOW_EXACT)
async def test_a_lesser_picture_is_kept_for_a_minute_and_never_confirmed(
    client: Client, parts: FakeParts, rung: Rung
) -> None:
    parts.ladder.rung = rung

    response = await client.get("/i/ticket.png", headers={"If-None-Match": "*"})

    assert response.status == 200
    assert response.headers["Mergeshot-Status"] == rung.value
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert "ETag" not in response.headers


async def test_a_pinned_version_never_changes(client: Client) -> None:
    version = (await client.get("/i/ticket.png")).headers["Cache-Tag"].partition("@")[2]

    pinned = await client.get(f"/i/ticket.png?_v={version}")
    gone = await client.get("/i/ticket.png?_v=0123456789abcdef01234567")

    assert "immutable" in pinned.headers["Cache-Control"]
    assert "immutable" not in gone.headers["Cache-Control"]


async def test_a_picture_with_a_clock_is_kept_for_one_step_and_is_never_immutable(
    client: Client,
) -> None:
    version = (await client.get("/i/clock.png")).headers["Cache-Tag"].partition("@")[2]

    response = await client.get(f"/i/clock.png?_v={version}")

    kept = re.search(r"max-age=(\d+)", response.headers["Cache-Control"])
    assert kept is not None
    assert int(kept[1]) <= 60
    assert "immutable" not in response.headers["Cache-Control"]


async def test_a_cache_buster_changes_nothing_but_the_address(client: Client) -> None:
    plain = await client.get("/i/ticket.png?first_name=Ada")
    sent = await client.get("/i/ticket.png?first_name=Ada&_send=may&_whatever=1")

    assert sent.headers["ETag"] == plain.headers["ETag"]


async def test_what_was_repaired_is_for_development_alone(
    client: Client, dev_client: Client, parts: FakeParts
) -> None:
    address = "/i/ticket.png?frist_name=Ada"

    assert not {"Mergeshot-Notes", "Mergeshot-Cache"} & (await client.get(address)).headers.keys()
    parts.renderer.kept.clear()
    headers = (await dev_client.get(address)).headers
    assert headers["Mergeshot-Notes"] == "frist_name;unknown_field"
    assert headers["Mergeshot-Cache"] == "miss"


async def test_a_second_request_is_a_hit(dev_client: Client, parts: FakeParts) -> None:
    await dev_client.get("/i/ticket.png?first_name=Ada")
    again = await dev_client.get("/i/ticket.png?first_name=Ada")

    assert again.headers["Mergeshot-Cache"] == "hit"
    assert len(parts.renderer.drawn) == 1


async def test_notes_of_drawing_are_told_too(dev_client: Client, parts: FakeParts) -> None:
    parts.renderer.notes = (Note("first_name", NoteCode.SHRUNK, "made smaller"),)

    response = await dev_client.get("/i/ticket.png?frist_name=1")

    assert response.headers["Mergeshot-Notes"] == "frist_name;unknown_field, first_name;shrunk"


async def test_at_most_twenty_notes_are_told(dev_client: Client) -> None:
    query = "&".join(f"unknown_{number}=1" for number in range(30))

    response = await dev_client.get(f"/i/ticket.png?{query}")

    assert len(response.headers["Mergeshot-Notes"].split(", ")) == 20


async def test_a_doubled_parameter_is_noted_and_the_first_counts(dev_client: Client) -> None:
    response = await dev_client.get("/i/acme/ticket.png?_scale=2&_scale=1")

    body = PIL.Image.open(io.BytesIO(await response.read()))
    assert body.size == (120, 60)
    assert response.headers["Mergeshot-Notes"] == "_scale;ambiguous"


# Access


async def test_values_that_nobody_vouched_for_are_not_used(
    client: Client, parts: FakeParts
) -> None:
    response = await client.get("/i/sealed.png?first_name=Ada")

    assert response.status == 200
    assert response.headers["Mergeshot-Status"] == "generic"
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert parts.renderer.drawn == []


async def test_an_unsigned_address_is_never_answered_304(
    client: Client, dev_client: Client
) -> None:
    tag = (await dev_client.get("/i/sealed.png")).headers["ETag"]

    assert (await client.get("/i/sealed.png", headers={"If-None-Match": tag})).status == 200


async def test_a_strict_request_without_a_signature_is_refused(client: Client) -> None:
    response = await client.get("/i/sealed.png?first_name=Ada&_strict=1")

    await assert_problem(response, 403, "bad_signature")


async def test_a_template_for_key_holders_asks_for_a_key(client: Client) -> None:
    response = await client.get("/i/internal.png")

    await assert_problem(response, 401, "key_required")
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_development_opens_everything_but_key_pictures_stay_private(
    dev_client: Client,
) -> None:
    response = await dev_client.get("/i/internal.png")

    assert response.status == 200
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert (await dev_client.get("/i/sealed.png")).headers["Mergeshot-Status"] == "exact"


# Errors


async def test_an_unknown_template_is_told_with_the_closest_name(client: Client) -> None:
    body = await assert_problem(await client.get("/i/tiket.png"), 404, "template_not_found")

    assert "ticket" in body["hint"]


@pytest.mark.parametrize("address", ["/i/ticket.bmp", "/i/ticket.svg", "/i/ticket", "/i/.png"])
async def test_an_unknown_ending_is_not_found(client: Client, address: str) -> None:
    await assert_problem(await client.get(address), 404, "not_found")


async def test_a_strict_request_names_every_field_at_once(client: Client) -> None:
    response = await client.get("/i/ticket.png?frist_name=A&_scale=9&_size=a&_size=b&_strict=1")

    body = await assert_problem(response, 422, "invalid_data")
    assert {error["field"] for error in body["errors"]} == {"frist_name", "_scale", "_size"}


async def test_a_doubled_parameter_alone_refuses_a_strict_request(client: Client) -> None:
    response = await client.get("/i/ticket.png?_lang=en&_lang=en&_strict=1")

    body = await assert_problem(response, 422, "invalid_data")
    assert [error["field"] for error in body["errors"]] == ["_lang"]


async def test_a_strict_request_gets_the_picture_and_what_was_noted(client: Client) -> None:
    response = await client.get("/i/ticket.png?first_name=Ada&_strict=1")

    assert response.status == 200
    assert response.headers["Mergeshot-Cache"] == "miss"
    assert response.headers["Mergeshot-Status"] == "exact"


async def test_a_strict_request_for_a_picture_that_came_out_lesser_says_so(
    client: Client, parts: FakeParts
) -> None:
    parts.renderer.degraded = True

    response = await client.get("/i/ticket.png?_strict=1")

    assert response.headers["Mergeshot-Status"] == "degraded"
    assert "ETag" not in response.headers


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (QueueFull("Full.", retry_after=7), 503, "queue_full"),
        (RenderTimeout("Late."), 504, "render_timeout"),
        (RenderFailed("Broken."), 500, "render_failed"),
    ],
)
async def test_a_strict_request_gets_honest_codes(
    client: Client, parts: FakeParts, error: Exception, status: int, code: str
) -> None:
    parts.renderer.error = error

    response = await client.get("/i/ticket.png?_strict=1")

    await assert_problem(response, status, code)
    assert response.headers.get("Retry-After") == ("7" if status == 503 else None)


async def test_where_a_template_is_broken_is_for_its_designer_alone(
    client: Client, dev_client: Client, parts: FakeParts
) -> None:
    parts.renderer.error = TemplateFailed("'x' is undefined", file="ticket/template.html", line=3)

    dev = await dev_client.get("/i/ticket.png?_strict=1")
    public = await client.get("/i/ticket.png?_strict=1")

    assert (await assert_problem(dev, 500, "template_failed"))["detail"] == (
        "ticket/template.html:3: 'x' is undefined"
    )
    assert "ticket/template.html" not in await public.text()


# Logs


async def test_a_picture_gives_one_line_and_no_value_is_in_it(client: Client) -> None:
    with capture_logs() as lines:
        await client.get("/i/ticket.png?first_name=PII-4711")

    (line,) = lines
    assert set(line) == {
        "event", "log_level", "method", "route", "status", "template", "rung", "cache", "bytes",
        "request_id", "duration_ms",
    }  # fmt: skip
    assert line["route"] == "/i/{template}.{ext}"
    assert (line["status"], line["template"], line["rung"]) == (200, "ticket", "exact")
    assert "PII-4711" not in str(line)


async def test_a_name_that_is_no_template_is_not_logged(client: Client) -> None:
    with capture_logs() as lines:
        await client.get("/i/PII-4711.png")

    assert "PII-4711" not in str(lines)


# PDF


async def test_a_pdf_is_answered_with_what_a_reader_of_pdf_needs(client: Client) -> None:
    response = await client.get("/i/ticket.pdf?first_name=Ada")

    assert response.status == 200
    assert (await response.read()).startswith(b"%PDF")
    assert response.content_type == "application/pdf"
    assert "Content-Security-Policy" not in response.headers
    assert response.headers["ETag"]
    assert response.headers["Cache-Control"].startswith("public, max-age=86400")
    assert not {"Mergeshot-Notes", "Mergeshot-Cache"} & response.headers.keys()


async def test_a_pdf_of_a_template_that_wants_a_signature_is_refused(
    client: Client, parts: FakeParts
) -> None:
    """A picture is generic then; a PDF would be printed, and believed."""
    response = await client.get("/i/sealed.pdf?first_name=Ada")

    await assert_problem(response, 403, "bad_signature")
    assert parts.renderer.drawn == []


@pytest.mark.parametrize(
    ("error", "status"),
    [(QueueFull("full"), 503), (RenderFailed("no"), 500), (RenderTimeout("late"), 504)],
)
async def test_a_pdf_that_cannot_be_drawn_is_an_honest_error(
    client: Client, parts: FakeParts, error: QueueFull | RenderFailed | RenderTimeout, status: int
) -> None:
    parts.renderer.error = error
    response = await client.get("/i/ticket.pdf?first_name=Ada")

    await assert_problem(response, status, error.code)


async def test_a_missing_value_refuses_no_pdf_unless_it_is_to_be_strict(
    client: Client, parts: FakeParts
) -> None:
    """The fallback takes its place, as the designer meant."""
    plain = await client.get("/i/ticket.pdf?first_name=%20&_scale=9")
    strict = await client.get("/i/ticket.pdf?first_name=%20&_strict=1")

    assert plain.status == 200
    assert parts.renderer.drawn[0].filled.values["first_name"] == "Friend"
    problem = await assert_problem(strict, 422, "invalid_data")
    assert [wrong["field"] for wrong in problem["errors"]] == ["first_name"]


async def test_a_degraded_pdf_is_kept_for_a_minute(client: Client, parts: FakeParts) -> None:
    parts.renderer.degraded = True
    response = await client.get("/i/ticket.pdf")

    assert response.headers["Mergeshot-Status"] == "degraded"
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert "ETag" not in response.headers


async def test_who_has_the_pdf_already_is_told_so(client: Client) -> None:
    first = await client.get("/i/ticket.pdf")
    again = await client.get("/i/ticket.pdf", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status == 304
