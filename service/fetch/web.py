"""One file from the web, with everything about the other side in doubt.

It may be slow, endless, packed, somewhere else than it seemed, or lead us on to where we must not
go. So each hop of a redirect is checked as the first address was, and the connection itself is
made to public addresses alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from ssl import SSLContext

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from service.fetch.names import SystemNames
from service.fetch.policy import guarded_socket, is_public
from service.fetch.reasons import Failed, Reason, reason_of
from service.remote import Address

REDIRECTS = 3
"""How often one may be sent on."""

PATIENCE = 2.0
"""Seconds for a connection and the headers of one answer."""

_SENDS_ON = frozenset({301, 302, 303, 307, 308})
_UNTYPED = frozenset({"application/octet-stream", "binary/octet-stream"})
"""What storage says of a file that nobody told it about."""

_HEADERS = {"User-Agent": "Mergeshot", "Accept-Encoding": "identity"}
_ACCEPT = {
    True: "image/png,image/jpeg,image/webp,image/gif,image/*;q=0.5",
    False: "*/*",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """The hosts that a file may come from, its most bytes, and whether it is a picture."""

    hosts: tuple[str, ...]
    max_bytes: int
    picture: bool


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it came, and the hosts that it came by, first to last."""

    body: bytes = field(repr=False)
    hosts: tuple[str, ...]


class Web:
    """Asks for files: no cookies, no proxies, no packed bodies, nothing kept of the other side.

    `public` says which addresses may be connected to, `names` what a host's name means and `tls`
    whom to believe; they are arguments for the sake of tests, and no setting changes them.
    """

    def __init__(
        self,
        *,
        public: Callable[[str], bool] = is_public,
        names: AbstractResolver | None = None,
        tls: SSLContext | bool = True,
    ) -> None:
        self._names = names or SystemNames()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=self._names,
                # Even literal addresses, for which no resolver is asked, get their socket here.
                socket_factory=guarded_socket(public),
                use_dns_cache=False,
                ssl=tls,
                limit=0,  # whoever calls us says how much goes on at once
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_HEADERS,
            timeout=aiohttp.ClientTimeout(total=None),  # ours are stricter
            auto_decompress=False,
            trust_env=False,
        )

    async def get(self, address: Address, terms: Terms) -> Download:
        """The file at `address`, or where it is sent on to.

        Raises:
            Failed: whatever it came to grief over, with the host at which it did.
        """
        passed: list[str] = []
        for _ in range(REDIRECTS + 1):
            if not address.fits(terms.hosts):
                raise Failed(Reason.NOT_ALLOWED, address.host)
            passed.append(address.host)
            try:
                found = await self._ask(address, terms)
            except Failed:
                raise
            except Exception as error:  # a client has many ways to fail at a hostile answer
                raise Failed(reason_of(error), address.host) from error
            if isinstance(found, bytes):
                return Download(found, tuple(passed))
            address = found
        raise Failed(Reason.REDIRECTS, passed[-1])

    async def close(self) -> None:
        """Drop every connection."""
        await self._session.close()
        await self._names.close()

    async def _ask(self, address: Address, terms: Terms) -> bytes | Address:
        """One request: the body, or the address that it sends us on to."""
        async with (
            asyncio.timeout(PATIENCE) as patience,
            self._session.get(
                URL(str(address), encoded=True),
                headers={"Accept": _ACCEPT[terms.picture]},
                allow_redirects=False,
            ) as response,
        ):
            patience.reschedule(None)
            if response.status in _SENDS_ON and "Location" in response.headers:
                return address.follow(response.headers["Location"])
            reason = _objection(response, terms)
            if reason is not None:
                raise Failed(reason, address.host)
            return await _body(response, address.host, terms.max_bytes)


def _objection(response: aiohttp.ClientResponse, terms: Terms) -> Reason | None:
    """What the headers alone say against the body."""
    if response.status != 200:
        return Reason.STATUS
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        return Reason.ENCODED
    media_type = response.content_type
    if terms.picture and not (media_type.startswith("image/") or media_type in _UNTYPED):
        return Reason.WRONG_TYPE
    if (response.content_length or 0) > terms.max_bytes:
        return Reason.TOO_LARGE
    return None


async def _body(response: aiohttp.ClientResponse, host: str, most: int) -> bytes:
    """The body, as long as it is no longer than it may be, whatever its headers promised."""
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > most:
            raise Failed(Reason.TOO_LARGE, host)
    return bytes(body)
