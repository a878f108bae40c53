"""A web of our own: TLS on loopback, names that mean what a test says, sites that misbehave.

Nothing of the policy is switched off. Its one question, which addresses are public, is answered
here as if 127.0.0.1 were the only public one; 127.0.0.2 stands for all that is not.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import trustme
from aiohttp.abc import AbstractResolver, ResolveResult

from service.fetch.web import Web

PUBLIC, PRIVATE = "127.0.0.1", "127.0.0.2"

HOST = "img.example.com"
URL = f"https://{HOST}/logo.png"

Writer = asyncio.StreamWriter
Answer = Callable[["Asked", Writer], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the site saw it: the path with its query, headers by lower-case name."""

    host: str
    target: str
    headers: Mapping[str, str]
    reader: asyncio.StreamReader = field(repr=False)


@dataclass
class Site:
    """Serves over TLS on both addresses. `asked` are all requests, `connections` go by address.

    `answers` are by path; any other path is 404. `names` are the addresses that a host's name
    means, one list for each time that it is looked up, the last one from then on.
    """

    authority: trustme.CA = field(default_factory=trustme.CA)
    answers: dict[str, Answer] = field(default_factory=dict)
    names: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    connections: dict[str, int] = field(default_factory=lambda: {PUBLIC: 0, PRIVATE: 0})
    looked_up: list[str] = field(default_factory=list)
    port: int = 0
    up: bool = True
    arrivals: asyncio.Queue[Asked] = field(default_factory=asyncio.Queue)

    def web(self) -> Web:
        """What fetches from this site: the real thing, with the test's names and authority."""
        trusted = ssl.create_default_context()
        self.authority.configure_trust(trusted)
        return Web(public=lambda address: address == PUBLIC, names=Names(self), tls=trusted)

    def serves(
        self, path: str, body: bytes, media_type: str = "image/png", **headers: str
    ) -> None:
        """Answer `path` with a body, as a decent server does."""
        self.answers[path] = whole(body, media_type, **headers)

    async def handle(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        self.connections[writer.get_extra_info("sockname")[0]] += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            if self.up:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                line, *rest = head.split("\r\n")
                headers = dict(one.lower().split(": ", 1) for one in rest if ": " in one)
                asked = Asked(headers.get("host", ""), line.split(" ")[1], headers, reader)
                self.asked.append(asked)
                self.arrivals.put_nowait(asked)
                path = asked.target.partition("?")[0]
                await self.answers.get(path, status(404))(asked, writer)
                writer.close()  # all that was written goes out first
                await writer.wait_closed()
        writer.transport.abort()


class Names(AbstractResolver):
    """Looks names up in the site's book, and gives its port as the port of every address."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self._site.looked_up.append(host)
        turns = self._site.names.get(host, [[PUBLIC]])
        addresses = turns.pop(0) if len(turns) > 1 else turns[0]
        if not addresses:
            raise OSError("there is no such name")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=self._site.port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""


@contextlib.asynccontextmanager
async def open_site(*certified: str) -> AsyncIterator[Site]:
    """A site whose certificate is good for all of example.com, or for the names given."""
    site = Site()
    names = certified or ("*.example.com", "example.com", "*.example.org")
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    site.authority.issue_cert(*names).configure_cert(server_side)
    listening = [socket.create_server((PUBLIC, 0))]
    site.port = listening[0].getsockname()[1]
    listening.append(socket.create_server((PRIVATE, site.port)))
    servers = [
        await asyncio.start_server(site.handle, sock=one, ssl=server_side) for one in listening
    ]
    try:
        yield site
    finally:
        for server in servers:
            server.close()


# Ways to answer


def head(number: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {number} Whatever", *(f"{name}: {text}" for name, text in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def status(number: int, **headers: str) -> Answer:
    """No body."""

    async def answer(_: Asked, writer: Writer) -> None:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        writer.write(head(number, {"Content-Length": "0", "Connection": "close"} | named))
        await writer.drain()

    return answer


def whole(body: bytes, media_type: str = "image/png", **headers: str) -> Answer:
    """The body, with its length."""

    async def answer(_: Asked, writer: Writer) -> None:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        usual = {"Content-Type": media_type, "Content-Length": str(len(body))}
        writer.write(head(200, usual | {"Connection": "close"} | named) + body)
        await writer.drain()

    return answer


def redirect(location: str, number: int = 302) -> Answer:
    return status(number, Location=location)


def endless(piece: bytes, first: bytes = b"") -> Answer:
    """A body that never ends, of no said length."""

    async def answer(_: Asked, writer: Writer) -> None:
        writer.write(head(200, {"Content-Type": "image/png", "Connection": "close"}) + first)
        while True:
            writer.write(piece)
            await writer.drain()

    return answer


def dripping(body: bytes, pause: float = 0.05) -> Answer:
    """A decent answer, a byte at a time."""

    async def answer(_: Asked, writer: Writer) -> None:
        usual = {"Content-Type": "image/png", "Content-Length": str(len(body))}
        for byte in head(200, usual) + body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


def raw(data: bytes) -> Answer:
    """Whatever a test wants to say, and the end of the connection."""

    async def answer(_: Asked, writer: Writer) -> None:
        writer.write(data)
        await writer.drain()

    return answer


async def reset(_: Asked, writer: Writer) -> None:
    """The connection is cut with nothing said."""
    writer.transport.abort()


async def silent(asked: Asked, _: Writer) -> None:
    """Nothing is said, until whoever asked goes away."""
    await asked.reader.read()
