"""Raw HTML at its worst, against a server as people run it: an answer in time, the next request
as if nothing had been, and nothing left running."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import PIL.Image
import psutil
import pytest
from aiohttp import ClientSession

from tests.journeys.process import Server, serving
from tests.pictures import pixels

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(300)]

TIMEOUT = 4.0
LATE = TIMEOUT + 0.25


@dataclass
class Guests:
    """A server to send pages to, and what it looks like when nothing is going on."""

    server: Server
    session: ClientSession

    async def send(self, html: str, **more: object) -> tuple[int, bytes, float]:
        """Status, body and seconds."""
        began = time.monotonic()
        body = io.BytesIO(json.dumps({"html": html, **more}).encode())
        headers = {"Content-Type": "application/json"}
        address = f"{self.server.url}/v1/html"
        async with self.session.post(address, data=body, headers=headers) as response:
            return response.status, await response.read(), time.monotonic() - began

    async def draw(self, address: str) -> tuple[str, bytes]:
        """Rung and body."""
        async with self.session.get(self.server.url + address) as response:
            return response.headers["Mergeshot-Status"], await response.read()

    def processes(self) -> int:
        """Those that run, the spare one that Chromium keeps at hand included."""
        running = 0
        for each in self.server.tree():
            with contextlib.suppress(psutil.NoSuchProcess):  # it may end while we look
                running += each.is_running() and each.status() != psutil.STATUS_ZOMBIE
        return running


@pytest.fixture(scope="module")
async def guests(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Guests]:
    data: Path = tmp_path_factory.mktemp("guests")
    chosen = {"timeout": f"{TIMEOUT}s", "engines": "1", "pages": "2", "image_wait": "30s"}
    async with serving(data, **chosen) as server, ClientSession() as session:
        yield Guests(server, session)


def with_script(script: str) -> str:
    return f"<!doctype html><html><head></head><body><h1>Hi</h1><script>{script}</script></body>"


NODE = "document.body.append(document.createElement('b'))"
HEAVY = "position:absolute;inset:0;backdrop-filter:blur(900px);background:#f001"
BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "an endless script": (with_script("for(;;);"), {}),
    "an endless script later": (
        "<html data-ready=wait><body><script>setTimeout(() => { for(;;); }, 50)</script></body>",
        {},
    ),
    "promises without end": (with_script("(function f() { Promise.resolve().then(f) })()"), {}),
    "never ready": ("<html data-ready=wait><body>Hi</body></html>", {}),
    "never loaded": (with_script("onload = () => { document.open(); document.write('x') }"), {}),
    "writing without end": (with_script("for(;;) document.write('<p>x')"), {}),
    "a million elements": (with_script(f"for (let i = 0; i < 1e6; i++) {NODE}"), {}),
    "two megabytes of elements": ("<p>" * 660_000, {}),
    "depth": ("<div>" * 380_000, {}),
    "memory": (with_script("const a = []; for (;;) a.push(new Array(1e6).fill(0.5))"), {}),
    "blurs upon blurs": (
        "<body>" + f"<div style='{HEAVY}'>x</div>" * 90 + "</body>",
        {"width": 4000, "height": 4000},
    ),
    "a width of 8193": ("<p>x", {"width": 8193}),
    "a height of 8193": ("<div style='height:8193px'>", {"full_page": True}),
    "a hundred pages and one": (
        "<p style='break-after:page'>x" * 150,
        {"format": "pdf", "width": 200, "height": 200},
    ),
}


@pytest.mark.parametrize("name", BAD)
async def test_bad_pages_end_in_time_and_leave_nothing(guests: Guests, name: str) -> None:
    html, more = BAD[name]
    assert (await guests.send("<p>before"))[0] == 200
    before = guests.processes()
    status, body, seconds = await guests.send(html, **more)

    assert status in {422, 504}, body[:300]
    assert seconds < LATE

    rung, picture = await guests.draw(f"/i/reference-card.png?name={name.replace(' ', '%20')}")
    assert (rung, pixels(picture).shape) == ("exact", (630, 1200, 3))
    assert (await guests.send("<p>after"))[0] == 200
    for _ in range(100):
        if guests.processes() <= before + 1:  # the spare process comes and goes
            break
        await asyncio.sleep(0.1)
    assert guests.processes() <= before + 1


async def test_a_caller_that_leaves_takes_its_page_along(guests: Guests) -> None:
    before = guests.processes()
    for _ in range(4):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(guests.send(with_script("for(;;);")), 0.7)
    status, _, seconds = await guests.send("<p>after")

    assert status == 200
    assert seconds < 3
    for _ in range(100):
        if guests.processes() <= before + 1:
            break
        await asyncio.sleep(0.1)
    assert guests.processes() <= before + 1


async def test_guests_that_hang_keep_no_template_waiting(guests: Guests) -> None:
    """Four of them at once, and a picture comes while the first still hangs."""
    hanging = [asyncio.ensure_future(guests.send(with_script("for(;;);"))) for _ in range(4)]
    await asyncio.sleep(0.5)
    began = time.monotonic()
    rung, _ = await guests.draw("/i/reference-card.png?name=meanwhile")
    seconds = time.monotonic() - began

    assert rung == "exact"
    assert seconds < TIMEOUT - 0.5
    assert not all(each.done() for each in hanging)
    assert {status for status, _, _ in await asyncio.gather(*hanging)} <= {503, 504}


WAYS = """
const at = 'http://127.0.0.1:PORT/', ws = 'ws://127.0.0.1:PORT/';
const say = (f) => { try { f() } catch {} };
const put = (tag, more) => document.body.append(
  Object.assign(document.createElement(tag), more));
const peer = (urls) => { const p = new RTCPeerConnection({ iceServers: [
  { urls, username: 'a', credential: 'b' }] }); p.createDataChannel('x');
  p.createOffer().then((offer) => p.setLocalDescription(offer)) };
say(() => fetch(at).catch(() => {}));
say(() => fetch(at, { mode: 'no-cors' }).catch(() => {}));
say(() => { const x = new XMLHttpRequest(); x.open('GET', at); x.send() });
say(() => new WebSocket(ws));
say(() => new EventSource(at));
say(() => navigator.sendBeacon(at, 'x'));
say(() => new WebTransport('https://127.0.0.1:PORT/'));
say(() => peer('turn:127.0.0.1:PORT?transport=tcp'));
say(() => peer('turns:127.0.0.1:PORT?transport=tcp'));
say(() => peer('stun:127.0.0.1:PORT'));
say(() => new Worker(URL.createObjectURL(new Blob([`new WebSocket('${ws}'); fetch('${at}')`]))));
say(() => open(at));
say(() => { new Image().src = at + 'x.png' });
for (const rel of ['preconnect', 'dns-prefetch', 'prefetch', 'preload', 'modulepreload',
  'stylesheet', 'icon', 'manifest', 'prerender']) put('link', { rel, href: at, as: 'image' });
const rules = [{ source: 'list', urls: [at] }];
put('script', { type: 'speculationrules',
  textContent: JSON.stringify({ prefetch: rules, prerender: rules }) });
put('script', { src: at + 'x.js' });
put('iframe', { src: at }); put('iframe', { srcdoc: `<img src="${at}"><script>fetch('${at}')</` +
  'script>' });
put('object', { data: at }); put('embed', { src: at });
put('video', { src: at, poster: at, autoplay: true }); put('audio', { src: at, autoplay: true });
const link = document.createElement('a'); link.href = '#x'; link.ping = at;
document.body.append(link); link.click();
const form = document.createElement('form'); form.action = at; document.body.append(form);
say(() => form.submit());
const sheet = document.createElement('style');
sheet.textContent = `@import '${at}a.css'; @font-face { font-family: X; src: url(${at}x.woff2) }
  p { background: url(${at}b.png); cursor: url(${at}c.png), auto; font-family: X }`;
document.head.append(sheet);
location.href = at;
setTimeout(() => { document.documentElement.dataset.ready = 'yes' }, 1500);
"""


async def test_no_way_leads_to_this_machine(guests: Guests) -> None:
    """A listener sees nothing, by TCP or UDP, and the picture comes all the same."""
    seen: list[str] = []

    class Datagrams(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            seen.append("datagram")

    def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append("connection")
        writer.close()

    loop = asyncio.get_running_loop()
    listener = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    transport, _ = await loop.create_datagram_endpoint(Datagrams, local_addr=("127.0.0.1", port))
    script = WAYS.replace("PORT", str(port))
    status, body, _ = await guests.send(
        f"<html data-ready=wait><head></head><body><p>x</p><script>{script}</script></body></html>"
    )
    await asyncio.sleep(0.5)
    assert (status, seen) == (200, [])
    assert PIL.Image.open(io.BytesIO(body)).size == (1200, 630)

    # The listener does see what gets through.
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    other, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=("127.0.0.1", port)
    )
    other.sendto(b"x")
    for _ in range(50):
        if len(seen) == 2:
            break
        await asyncio.sleep(0.05)
    assert sorted(seen) == ["connection", "datagram"]
    for each in (other, transport):
        each.close()
    listener.close()


async def test_nothing_of_a_page_is_logged_or_counted_by(guests: Guests) -> None:
    canary = "Zanzibarova7781"
    html = f"<title>{canary}</title><img src='https://{canary}.example/{canary}?{canary}'>{canary}"
    script = f"<script>console.log('{canary}'); throw new Error('{canary}')</script>"
    await guests.send(html + script, css=f".{canary} {{}}", selector=f"#{canary}")
    await guests.send(html, selector=f"##{canary}")
    async with guests.session.get(f"{guests.server.url}/metrics") as response:
        numbers = await response.text()

    assert canary not in guests.server.log.read_text()
    assert canary not in numbers
    assert 'mergeshot_drawings_total{lane="fresh",outcome="ok"}' in numbers
