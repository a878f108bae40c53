"""Which addresses may be connected to: public ones, asked at the moment of connecting.

A name is no proof of anything: its owner decides what it means, and may decide anew between our
look and our connection. So the question is put once, to the address that the socket is for.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
"""Family, type, protocol, canonical name and socket address, as `getaddrinfo` gives them."""

_REFUSED_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this host
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # behind a carrier's translation; some clouds' metadata
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # Azure's services for its own machines
            "169.254.0.0/16",  # link-local; most clouds' metadata
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocols' own; Oracle's metadata
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")
"""All that was ever given out. Private, mapped, compatible, translated (NAT64), link-local,
multicast and reserved addresses are outside of it."""

_REFUSED_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocols' own: Teredo, ORCHID, benchmarks
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: an IPv4 address of whatever kind
            "3fff::/20",  # documentation
        ),
    )
)
_ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")
"""What stands before an IPv4 address that a router may hand a packet on to."""


class Refused(OSError):
    """The address is not public. As an OSError it is one address that did not work."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, "the address is not public")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to a machine that everybody can reach; false when in doubt.

    IPv4 written as IPv6 (`::ffff:…`) is judged as IPv4. All other ways of wrapping one address
    in another lead through machines that nobody serves pictures from, and are refused.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return _is_public_4(found)
    if found.ipv4_mapped is not None:
        return _is_public_4(found.ipv4_mapped)
    return _is_public_6(found)


def guarded_socket(public: Callable[[str], bool]) -> Callable[[AddressInfo], socket.socket]:
    """What makes a connector's sockets: none for an address that is not `public`."""

    def make(info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        if not public(address[0]):
            raise Refused
        return socket.socket(family, kind, protocol)

    return make


def _is_public_4(address: IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in _REFUSED_4)


def _is_public_6(address: IPv6Address) -> bool:
    if address not in _PUBLIC_6 or not address.is_global or address.scope_id is not None:
        return False
    if any(address in network for network in _REFUSED_6):
        return False
    tail = address.packed[8:]
    return tail[:4] not in _ISATAP or _is_public_4(IPv4Address(tail[4:]))
