"""Looking names up: all addresses, in threads that nobody else needs."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from service.fetch.names import SystemNames


async def test_every_address_of_a_name_is_found_with_the_port_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads = []

    def system(host: str, port: int, **asked: Any) -> list[Any]:
        threads.append(threading.current_thread().name)
        assert (host, port, asked["type"]) == ("img.example.com", 443, socket.SOCK_STREAM)
        stream = socket.SOCK_STREAM, socket.IPPROTO_TCP, ""
        return [
            (socket.AF_INET6, *stream, ("2606:4700::1", 443, 0, 0)),
            (socket.AF_INET, *stream, ("93.184.216.34", 443)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", system)
    names = SystemNames()
    found = await names.resolve("img.example.com", 443)
    await names.close()

    assert [(one["host"], one["port"], one["family"]) for one in found] == [
        ("2606:4700::1", 443, socket.AF_INET6),
        ("93.184.216.34", 443, socket.AF_INET),
    ]
    assert threads[0].startswith("names")


async def test_a_name_that_means_nothing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def system(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", system)
    names = SystemNames()
    with pytest.raises(OSError, match="not known"):
        await names.resolve("nowhere.example.com", 443)
    await names.close()
