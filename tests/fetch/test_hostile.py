"""Whatever the other side does, it is one and the same to whoever asked, and soon over."""

from __future__ import annotations

import asyncio
import gzip
import io
import zlib
from collections.abc import Callable

import pytest
from PIL import Image
from structlog.testing import capture_logs

from service.fetch.fetcher import Fetcher, Unreachable
from tests.fetch.conftest import Make, picture
from tests.fetch.site import (
    HOST,
    PRIVATE,
    PUBLIC,
    URL,
    Answer,
    Site,
    dripping,
    endless,
    head,
    open_site,
    raw,
    redirect,
    reset,
    silent,
    status,
    whole,
)

pytestmark = pytest.mark.alone

HOSTS = ["*.example.com"]
MOST = 100_000
SECRET_PATH = "/canary-path.png?canary=query"


async def fails(fetcher: Fetcher, url: str = URL, hosts: list[str] = HOSTS) -> str:
    """That it does, in time; the reason that the log has."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    with capture_logs() as lines, pytest.raises(Unreachable) as failure:
        await fetcher.picture(url, hosts=hosts, max_bytes=MOST)
    assert loop.time() - began < 1.5  # a second is what these fetchers allow
    assert str(failure.value) == str(Unreachable())
    assert "canary" not in str(lines)
    return "".join(str(line["reason"]) for line in lines)


def bomb() -> bytes:
    out = io.BytesIO()
    Image.new("1", (16_384, 16_384)).save(out, "PNG", optimize=True)
    return out.getvalue()


def chunked(*pieces: bytes) -> bytes:
    return b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces)


CHUNKED = head(200, {"Content-Type": "image/png", "Transfer-Encoding": "chunked"})
PNG = {"Content-Type": "image/png"}

BAD: dict[str, tuple[Callable[[], Answer], str]] = {
    "silence": (lambda: silent, "timeout"),
    "a slow drip": (lambda: dripping(picture()), "timeout"),
    "a slow drip of headers": (lambda: dripping(b"", 0.04), "timeout"),
    "an endless body": (lambda: endless(bytes(4_096)), "too_large"),
    "an endless picture": (lambda: endless(bytes(64), picture()), "too_large"),
    "a body longer than it may be": (lambda: whole(picture() + bytes(MOST)), "too_large"),
    "a length that lies": (
        lambda: raw(head(200, PNG | {"Content-Length": "10"}) + picture()),
        "malformed",
    ),
    "less than was promised": (
        lambda: raw(head(200, PNG | {"Content-Length": "9999"}) + picture()),
        "no_connection",
    ),
    "a length that is none": (
        lambda: raw(head(200, PNG | {"Content-Length": "-1"}) + picture()),
        "malformed",
    ),
    "two lengths": (
        lambda: raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
        "malformed",
    ),
    "a chunk of no length": (lambda: raw(CHUNKED + b"zz\r\nabc"), "malformed|no_connection"),
    "a chunk without end": (lambda: raw(CHUNKED + b"fffffff\r\nabc"), "no_connection"),
    "chunks that go on": (lambda: raw(CHUNKED + chunked(*[bytes(9_000)] * 20)), "too_large"),
    "a page": (lambda: whole(b"<!doctype html><p>Sign in", "text/html"), "wrong_type"),
    "a picture that says it is a page": (lambda: whole(picture(), "text/html"), "wrong_type"),
    "a page that says it is a picture": (lambda: whole(b"<!doctype html>"), "not_a_picture"),
    "a page behind a picture's first bytes": (
        lambda: whole(b"\x89PNG\r\n\x1a\n<!doctype html>"),
        "not_a_picture",
    ),
    "a drawing that may hold anything": (
        lambda: whole(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        "not_a_picture",
    ),
    "half a photograph": (
        lambda: whole(picture("JPEG", (300, 200))[:1_500], "image/jpeg"),
        "not_a_picture",
    ),
    "nothing": (lambda: whole(b""), "not_a_picture"),
    "a bomb": (lambda: whole(bomb()), "not_a_picture"),
    "a packed body": (lambda: whole(gzip.compress(picture()), Content_Encoding="gzip"), "encoded"),
    "a packed bomb": (
        lambda: whole(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip"),
        "encoded",
    ),
    "a body packed twice": (
        lambda: whole(zlib.compress(picture()), Content_Encoding="deflate, br"),
        "encoded",
    ),
    "a packed body that does not say so": (
        lambda: whole(gzip.compress(picture())),
        "not_a_picture",
    ),
    "not found": (lambda: status(404), "status"),
    "an error": (lambda: status(500), "status"),
    "a part": (lambda: status(206), "status"),
    "nothing new": (lambda: status(304), "status"),
    "a refusal": (lambda: status(403), "status"),
    "a reset": (lambda: reset, "no_connection"),
    "no HTTP": (lambda: raw(b"SSH-2.0-OpenSSH_9.9\r\n"), "malformed"),
    "a line without end": (lambda: raw(b"HTTP/1.1 200 " + bytes(50_000)), "malformed"),
    "a huge header": (
        lambda: raw(head(200, PNG | {"X-Huge": "x" * 100_000}) + picture()),
        "malformed",
    ),
    "very many headers": (
        lambda: raw(head(200, {f"X-{number}": "x" for number in range(5_000)})),
        "malformed",
    ),
    "a redirect to itself": (lambda: redirect(URL), "redirects"),
    "a redirect to nowhere": (lambda: status(302), "status"),
    "a redirect to plain http": (lambda: redirect(f"http://{HOST}/logo.png"), "not_allowed"),
    "a redirect to a file": (lambda: redirect("file:///etc/passwd"), "not_allowed"),
    "a redirect to itself as data": (lambda: redirect("data:image/png;base64,AA"), "not_allowed"),
    "a redirect to another port": (lambda: redirect(f"https://{HOST}:8443/"), "not_allowed"),
    "a redirect with a password": (lambda: redirect(f"https://a:b@{HOST}/"), "not_allowed"),
    "a redirect to another host": (
        lambda: redirect("https://cdn.example.org/logo.png"),
        "not_allowed",
    ),
    "a redirect to a number": (lambda: redirect("https://2130706433/"), "not_allowed"),
    "a redirect to this machine": (lambda: redirect("https://127.0.0.1/"), "not_allowed"),
    "a redirect to a private address": (
        lambda: redirect("https://inside.example.com/logo.png"),
        "not_public",
    ),
    "a redirect that cannot be read": (lambda: redirect("https://[::1"), "not_allowed"),
    "a refreshing page": (
        lambda: status(
            200, Refresh="0; url=https://img.example.com/logo.png", **{"Content_Type": "text/html"}
        ),
        "wrong_type",
    ),
}


@pytest.mark.parametrize("name", BAD)
async def test_all_failures_look_alike(site: Site, fetcher: Fetcher, name: str) -> None:
    make_answer, reason = BAD[name]
    site.names["inside.example.com"] = [[PRIVATE]]
    site.answers["/logo.png"] = make_answer()

    assert await fails(fetcher) in reason.split("|")
    assert site.connections[PRIVATE] == 0


async def test_a_redirect_goes_on_three_times_and_no_further(site: Site, fetcher: Fetcher) -> None:
    for number in range(5):
        site.answers[f"/{number}.png"] = redirect(f"/{number + 1}.png")
    site.serves("/5.png", picture())

    assert await fails(fetcher, f"https://{HOST}/1.png") == "redirects"
    assert len(site.asked) == 4
    assert await fetcher.picture(f"https://{HOST}/2.png", hosts=HOSTS, max_bytes=MOST)


async def test_a_name_may_change_its_meaning_between_two_looks(site: Site, make: Make) -> None:
    """Public at the first look, private at the second: the connection is judged, not the look."""
    site.names["turning.example.com"] = [[PUBLIC], [PRIVATE]]
    url = "https://turning.example.com/logo.png"
    first, second = make(), make()

    assert await first.picture(url, hosts=HOSTS, max_bytes=MOST)
    assert await fails(second, f"{url}?again") == "not_public"
    assert site.connections[PRIVATE] == 0


async def test_a_redirect_to_the_same_name_is_looked_up_and_judged_again(
    site: Site, fetcher: Fetcher
) -> None:
    site.names["turning.example.com"] = [[PUBLIC], [PRIVATE]]
    site.answers["/on.png"] = redirect("https://turning.example.com/logo.png")

    assert await fails(fetcher, "https://turning.example.com/on.png") == "not_public"
    assert site.connections[PRIVATE] == 0


@pytest.mark.parametrize("order", [[PRIVATE, PUBLIC], [PUBLIC, PRIVATE]])
async def test_of_several_addresses_only_public_ones_are_used(
    site: Site, fetcher: Fetcher, order: list[str]
) -> None:
    site.names[HOST] = [order]

    assert await fetcher.picture(URL, hosts=HOSTS, max_bytes=MOST)
    assert site.connections[PRIVATE] == 0


async def test_several_private_addresses_are_none(site: Site, fetcher: Fetcher) -> None:
    site.names[HOST] = [[PRIVATE, "127.0.0.3", "::1"]]

    assert await fails(fetcher) == "not_public"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.2/logo.png",
        "https://[::1]/logo.png",
        "https://[::ffff:127.0.0.2]/logo.png",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
    ],
)
async def test_a_literal_address_is_judged_like_any_other(
    site: Site, fetcher: Fetcher, url: str
) -> None:
    """No name is looked up for it, so nothing but the connection can tell."""
    assert await fails(fetcher, url, ["*"]) == "not_public"
    assert site.looked_up == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.1/",
        "https://user@img.example.com/logo.png",
        "https://img.example.com:8443/logo.png",
        "https://img.example.com.evil.example/logo.png",
        "https://example.com/logo.png",
        "//img.example.com/logo.png",
        "file:///etc/passwd",
        "",
    ],
)
async def test_an_address_that_is_not_allowed_is_not_even_looked_up(
    site: Site, fetcher: Fetcher, url: str
) -> None:
    await fails(fetcher, url)

    assert (site.looked_up, site.asked) == ([], [])


async def test_no_hosts_are_no_pictures(site: Site, fetcher: Fetcher) -> None:
    await fails(fetcher, hosts=[])

    assert site.looked_up == []


async def test_a_name_that_there_is_not(site: Site, fetcher: Fetcher) -> None:
    site.names[HOST] = [[]]

    assert await fails(fetcher) == "no_such_host"


async def test_a_port_that_nobody_listens_on(site: Site, fetcher: Fetcher) -> None:
    site.port = 1

    assert await fails(fetcher) == "no_connection"


async def test_a_certificate_for_another_name(fetcher: Fetcher, site: Site) -> None:
    assert await fails(fetcher, "https://a.b.example.com/logo.png") == "certificate"
    assert site.asked == []


async def test_a_certificate_that_nobody_vouches_for(make: Make, site: Site) -> None:
    async with open_site() as other:
        other.serves("/logo.png", picture())
        other.authority, theirs = site.authority, other.authority
        assert await fails(make(web=other.web())) == "certificate"
        other.authority = theirs
        assert await make(web=other.web()).picture(URL, hosts=HOSTS, max_bytes=MOST)


async def test_the_log_has_the_host_and_nothing_else_of_an_address(
    site: Site, fetcher: Fetcher
) -> None:
    with capture_logs() as lines, pytest.raises(Unreachable):
        await fetcher.picture(f"https://{HOST}{SECRET_PATH}", hosts=HOSTS, max_bytes=MOST)

    assert lines == [
        {"event": "remote_unreachable", "log_level": "warning", "host": HOST, "reason": "status"}
    ]


async def test_a_mistake_of_ours_is_a_failure_too(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: bytes) -> None:
        raise ZeroDivisionError("canary")

    monkeypatch.setattr("service.fetch.fetcher.remake", broken)
    with capture_logs() as lines, pytest.raises(Unreachable):
        await fetcher.picture(URL, hosts=HOSTS, max_bytes=MOST)

    assert [line["event"] for line in lines] == ["fetch_broke"]
