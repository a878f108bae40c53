"""Which addresses may be connected to: only those that everybody can reach."""

from __future__ import annotations

import socket

import pytest

from service.fetch.policy import Refused, guarded_socket, is_public

PUBLIC = [
    *("1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.0", "126.255.255.255"),
    *("128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0"),
    *("192.0.1.0", "192.1.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0"),
    *("9.255.255.255", "11.0.0.0", "223.255.255.255", "168.63.129.15", "168.63.129.17"),
    *("2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001::200e", "2400:cb00::1"),
    *("2001:200::1", "2003::1", "3ffe::1", "::ffff:8.8.8.8", "::ffff:808:808"),
    "2606:4700::5efe:808:808",  # ISATAP around a public address
]

NOT_PUBLIC = [
    # This host, and what is called so
    *("0.0.0.0", "0.0.0.1", "0.255.255.255", "127.0.0.1", "127.1.2.3", "127.255.255.255"),
    *("::", "::1"),
    # Private
    *("10.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1"),
    *("192.168.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255", "fc00::1", "fd00::1"),
    *("fd00:ec2::254", "fd20:ce::254", "fec0::1", "feff::1"),
    # Link-local, and the metadata of clouds
    *("169.254.0.1", "169.254.169.254", "169.254.170.2", "169.254.255.255", "fe80::1", "febf::1"),
    *("168.63.129.16", "192.0.0.192", "fe80::a9fe:a9fe"),
    # Multicast, broadcast, reserved
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.254", "255.255.255.255"),
    *("ff00::1", "ff02::1", "ff0e::1", "4000::1", "5f00::1", "8000::1", "e000::1", "200::1"),
    # Documentation, benchmarks, protocols' own
    *("192.0.0.1", "192.0.0.8", "192.0.0.170", "192.0.2.1", "198.51.100.1", "203.0.113.1"),
    *("192.88.99.1", "198.18.0.1", "198.19.255.255", "2001:db8::1", "2001:2::1", "2001:10::1"),
    *("2001:20::1", "2001::1", "2001:1::1", "3fff::1", "3fff:fff::1", "100::1", "100:0:0:1::1"),
    # IPv4 in IPv6: mapped
    *("::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    *("::ffff:0.0.0.0", "::ffff:192.168.0.1", "::ffff:100.64.0.1", "::ffff:255.255.255.255"),
    # compatible, translated
    *("::127.0.0.1", "::7f00:1", "::8.8.8.8", "::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8"),
    # 6to4
    *("2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:1::1", "2002:a9fe:a9fe::", "2002:808:808::1"),
    # NAT64, everybody's and local
    *("64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b::808:808"),
    *("64:ff9b:1::7f00:1", "64:ff9b:1::808:808", "64:ff9b:1:ffff::a00:1"),
    # Teredo, with the address of a client turned over in its last bits
    *("2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:0:808:808::1", "2001::f5ff:fffe"),
    # ISATAP
    *("fe80::5efe:7f00:1", "2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:10.0.0.1"),
    *("2606:4700::5efe:a9fe:a9fe", "2606:4700::200:5efe:c0a8:1"),
    # Not an address, or not a whole one
    *("", "localhost", "example.com", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"),
    *("8.8.8.8 ", "8.8.8.8/32", "[2606:4700::1]", "2606:4700::1%eth0", "fe80::1%lo"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_what_everybody_can_reach_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1"])
def test_no_socket_is_made_for_an_address_that_is_not_public(address: str) -> None:
    make = guarded_socket(is_public)

    with pytest.raises(Refused):
        make((socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, 443)))


def test_a_socket_is_made_for_one_that_is() -> None:
    make = guarded_socket(is_public)

    with make(
        (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("8.8.8.8", 443))
    ) as made:
        assert made.family == socket.AF_INET
