"""A certificate and a badge to print, from the address to the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import ClientResponse

from tests.journeys.conftest import Client, Open
from tests.pdfs import fonts_of, is_embedded, opened, size_of, text_of

pytestmark = pytest.mark.chromium

ADA = "name=Ada%20Lovelace&course=Typography"


async def body_of(response: ClientResponse) -> bytes:
    assert response.status == 200, await response.text()
    assert response.content_type == "application/pdf"
    return await response.read()


@pytest.mark.parametrize(
    ("address", "size", "title", "words"),
    [
        (
            f"/i/certificate.pdf?{ADA}",
            (841.89, 595.28),
            "Certificate",
            ("AdaLovelace", "Typography"),
        ),
        (
            "/i/badge.pdf?first_name=Grace&last_name=Hopper&code=SEM-26-0417",
            (283.46, 425.2),
            "Name badge",
            ("Grace", "Hopper"),
        ),
        (
            "/i/event-ticket.pdf?first_name=Ada&_size=square&ticket_code=MS-1815",
            (810, 810),
            "Event ticket",
            ("Ada", "MS-1815"),
        ),
    ],
)
async def test_one_page_of_the_right_size_with_text_and_fonts(
    client: Client, address: str, size: tuple[float, float], title: str, words: tuple[str, ...]
) -> None:
    pdf = opened(await body_of(await client.get(address)))

    assert len(pdf.pages) == 1
    assert size_of(pdf.pages[0]) == pytest.approx(size, abs=0.01)
    assert {name: str(value) for name, value in pdf.docinfo.items()} == {"/Title": title}
    assert pdf.Root.Lang == "en"
    for word in words:
        assert word in text_of(pdf)
    assert fonts_of(pdf)
    assert all(is_embedded(font) for font in fonts_of(pdf))


async def test_language_and_theme_choose_as_in_a_picture(client: Client) -> None:
    german = opened(await body_of(await client.get(f"/i/certificate.pdf?{ADA}&_lang=de")))
    night, paper = [
        await body_of(await client.get(f"/i/event-ticket.pdf?_theme={theme}"))
        for theme in ("night", "paper")
    ]

    assert german.Root.Lang == "de"
    assert night != paper


async def test_scale_and_quality_make_no_other_file(client: Client) -> None:
    plain = await client.get(f"/i/certificate.pdf?{ADA}")
    other = await client.get(f"/i/certificate.pdf?{ADA}&_scale=2&_quality=3")

    assert other.headers["Mergeshot-Cache"] == "hit"
    assert other.headers["ETag"] == plain.headers["ETag"]
    assert await body_of(other) == await body_of(plain)


async def test_the_same_request_is_the_same_bytes_wherever_it_is_printed(
    serve: Open, tmp_path: Path
) -> None:
    files = set()
    for name in ("one", "two"):
        client = await serve(tmp_path / name, engines="1", pages="1")
        for template in ("certificate", "event-ticket"):
            response = await client.get(f"/i/{template}.pdf?{ADA}&first_name=Ada")
            assert response.headers["Mergeshot-Cache"] == "miss"
            files.add((template, await body_of(response)))

    assert len(files) == 2
