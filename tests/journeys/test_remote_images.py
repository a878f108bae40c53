"""Pictures on the web in a real picture: shown, kept, and replaced when they cannot be had."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from aiohttp import ClientResponse
from numpy.typing import NDArray
from PIL import Image

from tests.fetch.conftest import picture
from tests.fetch.site import (
    PRIVATE,
    PUBLIC,
    Answer,
    Site,
    endless,
    open_site,
    raw,
    redirect,
    reset,
    silent,
    status,
    whole,
)
from tests.journeys.conftest import Client, Open
from tests.pictures import pixels

pytestmark = pytest.mark.chromium

MANIFEST = """
width = 300
height = 100
access = "public"
max_age = "1h"

[fields.first_name]
kind = "name"
fallback = "friend"

[fields.logo]
kind = "image"
hosts = ["*.example.com"]
max_bytes = 100000
fallback = "green.png"

[fields.ground]
kind = "image"
hosts = ["*.example.com"]
optional = true
"""

PAGE = """<!doctype html>
<html><head><title>Card</title></head>
<body>
<img src="{{ asset(logo, default="green.png") }}" width="100" height="100" alt="">
<div style="background-image: {{ ground | css_url }}"></div>
<p>{{ first_name }}{% if logo is given %}, with a logo{% endif %}</p>
</body></html>
"""

STYLE = """
body { margin: 0; background: #fff; width: 300px; height: 100px; overflow: hidden; display: flex }
img, div, p { display: block; width: 100px; height: 100px; margin: 0; flex: none }
div { background-size: cover }
p { font: 14px/1.2 sans-serif }
"""

RED, GREEN, BLUE, WHITE = (200, 20, 30), (0, 160, 60), (0, 0, 255), (255, 255, 255)
NOT_COMPARED = {"date", "x-request-id"}


def flat(colour: tuple[int, int, int], kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 60), colour).save(out, kind, quality=100)
    return out.getvalue()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with open_site() as opened:
        opened.serves("/logo.png", flat(RED))
        opened.serves("/ground.jpg", flat(BLUE, "JPEG"), "image/jpeg")
        yield opened


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates" / "card"
    (folder / "assets").mkdir(parents=True)
    (folder / "template.toml").write_text(MANIFEST)
    (folder / "template.html").write_text(PAGE)
    (folder / "style.css").write_text(STYLE)
    (folder / "assets" / "green.png").write_bytes(flat(GREEN))
    return folder.parent


@pytest.fixture
async def client(serve: Open, site: Site, templates: Path, tmp_path: Path) -> Client:
    return await serve(
        tmp_path / "data", web=site.web(), templates_dir=str(templates), engines="1", pages="1"
    )


async def seen(response: ClientResponse) -> NDArray[np.uint8]:
    assert response.status == 200
    return pixels(await response.read())


def close_to(pixel: NDArray[np.uint8], colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= 3)


def address(name: str, logo: str = "logo.png", **more: str) -> str:
    fields = "".join(f"&{key}={value}" for key, value in more.items())
    return f"/i/card.png?first_name={name}&logo=https://img.example.com/{logo}{fields}"


async def test_a_picture_on_the_web_is_shown_kept_and_outlived(
    client: Client, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fetched once for everybody; when its source dies the last good copy goes on being shown."""
    path = address("Ada", ground="https://img.example.com/ground.jpg")
    first = await client.get(path)
    picture_of_ada = await seen(first)

    assert close_to(picture_of_ada[50, 50], RED)
    assert close_to(picture_of_ada[50, 150], BLUE)
    assert (first.headers["Mergeshot-Status"], first.headers["Mergeshot-Cache"]) == (
        "exact",
        "miss",
    )
    assert "Mergeshot-Notes" not in first.headers
    assert "immutable" not in first.headers["Cache-Control"]
    assert {one.target for one in site.asked} == {"/logo.png", "/ground.jpg"}

    again = await client.get(path)
    assert again.headers["Mergeshot-Cache"] == "hit"
    assert again.headers["ETag"] == first.headers["ETag"]
    same = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert same.status == 304
    assert close_to((await seen(await client.get(address("Grace"))))[50, 50], RED)
    assert len(site.asked) == 2  # Grace's logo was there already

    monkeypatch.setattr("service.fetch.copies.FRESH", 0)
    site.up = False
    old = await client.get(address("Katherine"))
    assert close_to((await seen(old))[50, 50], RED)
    assert old.headers["Mergeshot-Status"] == "exact"
    assert old.headers["Mergeshot-Notes"] == "logo;image_old"
    assert "ETag" in old.headers
    assert (await client.get(address("Katherine"))).headers["Mergeshot-Cache"] == "hit"


async def test_one_that_was_never_had_gives_way_to_the_fallback(
    client: Client, site: Site
) -> None:
    path = address("Ada", "missing.png", ground="https://img.example.com/none.jpg")
    response = await client.get(path)
    shown = await seen(response)
    without = await seen(await client.get("/i/card.png?first_name=Ada"))

    assert close_to(shown[50, 50], GREEN)
    assert close_to(shown[50, 150], WHITE)
    assert (shown == without).all()  # also in its words: the logo was not given
    assert response.headers["Mergeshot-Status"] == "degraded"
    assert response.headers["Mergeshot-Notes"] == (
        "logo;image_unreachable, ground;image_unreachable"
    )
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert "ETag" not in response.headers
    again = await client.get(path)
    assert (again.headers["Mergeshot-Status"], again.headers["Mergeshot-Cache"]) == (
        "degraded",
        "miss",
    )

    site.serves("/late.png", flat(RED))
    late = await client.get(address("Ada", "late.png"))
    assert late.headers["Mergeshot-Status"] == "exact"


async def test_all_failures_are_one_and_the_same_from_outside(
    serve: Open, site: Site, templates: Path, tmp_path: Path
) -> None:
    """Whatever is behind an address, nobody learns it from the answer: byte for byte the same."""
    site.names |= {
        "inside.example.com": [[PRIVATE]],
        "nowhere.example.com": [[]],
        "turning.example.com": [[PUBLIC], [PRIVATE]],
    }
    bad: dict[str, Answer] = {
        "absent": status(404),
        "failing": status(500),
        "page": whole(b"<!doctype html><p>Sign in", "text/html"),
        "disguised": whole(b"<!doctype html><p>Sign in"),
        "half": whole(picture("JPEG", (400, 300))[:2_000], "image/jpeg"),
        "huge": whole(bytes(200_000)),
        "endless": endless(bytes(4_096)),
        "reset": reset,
        "noise": raw(b"\0\1\2\3" * 9),
        "silent": silent,
        "inwards": redirect("https://inside.example.com/logo.png"),
        "to-a-file": redirect("file:///etc/passwd"),
        "to-http": redirect("http://img.example.com/logo.png"),
        "around": redirect("https://img.example.com/around.png"),
        "turning": redirect("https://turning.example.com/logo.png"),
    }
    site.answers |= {f"/{name}.png": answer for name, answer in bad.items()}
    paths = [address("Ada", f"{name}.png") for name in bad if name != "turning"]
    paths += [
        address("Ada", "turning.png").replace("img.", f"{host}.")
        for host in ("turning", "inside", "nowhere", "not.certified")
    ]
    client = await serve(
        tmp_path / "data", development=False, web=site.web(), templates_dir=str(templates)
    )
    began = asyncio.get_running_loop().time()
    await client.get("/i/card.png")
    answers = [await client.get(path) for path in paths]
    bodies = {await response.read() for response in answers}
    headers = {
        frozenset((n, v) for n, v in one.headers.items() if n.lower() not in NOT_COMPARED)
        for one in answers
    }

    assert asyncio.get_running_loop().time() - began < 5 + 0.5 * len(paths)
    assert {response.status for response in answers} == {200}
    assert (len(bodies), len(headers)) == (1, 1)
    assert ("Mergeshot-Status", "degraded") in next(iter(headers))
    assert site.connections[PRIVATE] == 0


# Raw HTML


@pytest.fixture
async def guests(serve: Open, site: Site, templates: Path, tmp_path: Path) -> Client:
    """A server that lets raw HTML have pictures of one host."""
    return await serve(
        tmp_path / "guests",
        web=site.web(),
        templates_dir=str(templates),
        engines="1",
        pages="2",
        image_hosts="img.example.com",
    )


GUEST = """
<style>body { margin: 0 } div { width: 100px; height: 100px }
div { background: url("https://img.example.com/ground.jpg") center / cover }</style>
<img src="//img.example.com/logo.png" width=100 height=100 style="display:block"><div></div>
"""


async def test_raw_html_has_pictures_of_the_hosts_that_the_operator_names(guests: Client) -> None:
    body = {"html": GUEST, "width": 100, "height": 200}
    picture = pixels(await (await guests.post("/v1/html", json=body)).read())

    assert np.abs(picture[50, 50].astype(int) - RED).max() <= 3
    assert np.abs(picture[150, 50].astype(int) - BLUE).max() <= 3


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example.com/logo.png",
        "https://img.example.com/none.png",
        "https://127.0.0.1/logo.png",
    ],
)
async def test_raw_html_without_its_picture_is_drawn_and_told(
    guests: Client, site: Site, address: str
) -> None:
    body = {"html": f"<img src='{address}'>", "width": 100, "height": 100}
    response = await guests.post("/v1/html", json=body)

    assert response.status == 200
    assert response.headers["Mergeshot-Status"] == "degraded"
    assert response.headers["Mergeshot-Notes"] == ";image_unreachable"
