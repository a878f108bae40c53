"""Addresses of files on the web: one strict reading of them, and the patterns of hosts.

Whoever allows an address and whoever connects to it use what is read here, so both mean the same
host. Less is accepted than browsers accept: what could be read in two ways is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote, urljoin

LONGEST = 2_048
"""Characters of an address."""

ANY = "*"
"""The pattern that every host fits."""

PORTS = {"https": 443, "http": 80}

_ADDRESS = re.compile(r"(https?)://([^/?#]+)([^#]*)(?:#.*)?", re.IGNORECASE | re.ASCII)
_REFUSED = re.compile(r"[\x00-\x20\x7f-\xa0\"<>\\^`{|}\u2028\u2029\ud800-\udfff]")
_PORT = re.compile(r":([0-9]{1,5})$")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_READ_IN_TWO_WAYS = re.compile("[\xdf\u03c2\u200c\u200d\u3002\uff0e\uff61]")
"""Letters that old and new rules for names make different names of, and dots that are no dots."""

_KEPT = "".join(map(chr, range(0x21, 0x7F)))


class BadAddress(ValueError):
    """Not an address that is read here. The text says what is, and never holds the address."""


@dataclass(frozen=True, slots=True)
class Address:
    """A file on the web: `host` in lower-case ASCII, `target` the path with its query."""

    scheme: str
    host: str
    target: str

    @classmethod
    def read(cls, text: str) -> Address:
        """Read an `http` or `https` address on the port of its scheme; its fragment is left out.

        Raises:
            BadAddress: anything else.
        """
        if len(text) > LONGEST:
            raise BadAddress(f"is too long: {LONGEST} characters are allowed")
        if _REFUSED.search(text):
            raise BadAddress("must be written with spaces and the like as %20")
        match = _ADDRESS.fullmatch(text)
        if match is None:
            raise BadAddress("must be an address such as https://example.com/a.png")
        scheme, authority, target = match[1].lower(), match[2], match[3]
        port = _PORT.search(authority)
        if port is not None and int(port[1]) != PORTS[scheme]:
            raise BadAddress("must be on the usual port, 443 for https and 80 for http")
        host = _host(authority[: port.start()] if port else authority)
        return cls(scheme, host, quote(target if target[:1] == "/" else f"/{target}", safe=_KEPT))

    def follow(self, location: str) -> Address:
        """Where a redirect from here leads.

        Raises:
            BadAddress: not to where we go: never from `https` to `http`.
        """
        if _REFUSED.search(location.strip(" ")):
            raise BadAddress("a redirect cannot be read")
        try:
            led = Address.read(urljoin(str(self), location.strip(" ")))
        except BadAddress:
            raise
        except ValueError as error:  # urljoin's own: brackets that do not fit
            raise BadAddress("a redirect cannot be read") from error
        if self.scheme == "https" != led.scheme:
            raise BadAddress("a redirect leads away from https")
        return led

    def fits(self, patterns: Iterable[str]) -> bool:
        """Whether one of the patterns, as `host_pattern` gives them, means this host."""
        return any(
            pattern in (ANY, self.host)
            or (pattern.startswith("*.") and self.host.endswith(pattern[1:]))
            for pattern in patterns
        )

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{self.target}"


def host_pattern(text: str) -> str:
    """A pattern of hosts as it is compared: `cdn.example.com`, `*.example.com`, or `*` for any.

    `*.example.com` means every host below example.com, and not example.com itself.

    Raises:
        BadAddress: anything else.
    """
    pattern = text.strip()
    if pattern == ANY:
        return pattern
    below = pattern.startswith("*.")
    host = _host(pattern[2:] if below else pattern)
    if below and (":" in host or _NUMBER.fullmatch(host.rpartition(".")[2])):
        raise BadAddress("must be a name after *.")
    return f"*.{host}" if below else host


def _host(written: str) -> str:
    """A host's name in lower-case ASCII, or a literal address in its one usual spelling."""
    if written.startswith("["):
        return _version_6(written)
    name = written.lower().removesuffix(".")
    if not name.isascii():
        name = _in_ascii(name)
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadAddress("must have the name of a host after https://, and nothing before it")
    if _NUMBER.fullmatch(labels[-1]):
        return _version_4(written)
    if len(labels) == 1:
        raise BadAddress("must have the whole name of a host, with its domain")
    return name


def _in_ascii(name: str) -> str:
    try:
        if not _READ_IN_TWO_WAYS.search(name):
            return name.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise BadAddress("must have the name of a host that there can be") from error
    raise BadAddress("must have a host whose name is written as xn--…")


def _version_4(written: str) -> str:
    """Only as four plain numbers: other spellings mean other addresses to other readers."""
    try:
        return str(IPv4Address(written))
    except AddressValueError as error:
        raise BadAddress("must have the name of a host, not a number") from error


def _version_6(written: str) -> str:
    try:
        if written.endswith("]") and "%" not in written:
            return str(IPv6Address(written[1:-1]))
    except AddressValueError as error:
        raise BadAddress("must have a host that there can be") from error
    raise BadAddress("must have a host that there can be")
