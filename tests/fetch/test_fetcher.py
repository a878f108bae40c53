"""Fetching over TLS from a server that does what it should: pictures, files, copies, sharing."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from aiohttp import ClientSession

from service.fetch import fetcher as module
from service.fetch.copies import FRESH, KEPT, Copies
from service.fetch.failures import IN_A_ROW, REST, Failures
from service.fetch.fetcher import Fetched, Fetcher, Unreachable
from service.fetch.slots import Slots
from service.fetch.web import Web
from tests.fetch.conftest import SECRET, Clock, Make, picture
from tests.fetch.site import (
    HOST,
    PRIVATE,
    PUBLIC,
    URL,
    Asked,
    Site,
    Writer,
    redirect,
    silent,
    status,
)
from tests.pictures import pixels
from tests.render.workbench import counted

HOSTS = ["*.example.com"]
MOST = 100_000


async def fetch(fetcher: Fetcher, url: str = URL, hosts: list[str] = HOSTS) -> Fetched:
    return await fetcher.picture(url, hosts=hosts, max_bytes=MOST)


async def fails(fetcher: Fetcher, url: str = URL, hosts: list[str] = HOSTS) -> None:
    with pytest.raises(Unreachable):
        await fetch(fetcher, url, hosts)


async def test_a_picture_comes_remade(site: Site, fetcher: Fetcher) -> None:
    site.serves("/logo.png", picture() + b"canary")
    fetched = await fetch(fetcher)

    assert (fetched.media_type, fetched.old) == ("image/png", False)
    assert (pixels(fetched.body)[3, 3] == (200, 20, 30)).all()
    assert b"canary" not in fetched.body


async def test_storage_that_names_no_type_is_believed_by_the_bytes(
    site: Site, fetcher: Fetcher
) -> None:
    site.serves("/logo.png", picture("JPEG"), "application/octet-stream")

    assert (await fetch(fetcher)).media_type == "image/jpeg"


async def test_a_request_says_as_little_as_it_can(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No cookies, no referrer, nothing packed, and no proxy that the environment names."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    site.serves("/logo.png", picture(), Set_Cookie="a=b; Path=/")
    await fetch(fetcher)
    await fetch(fetcher, f"{URL}?v=2")

    for asked in site.asked:
        assert asked.host == HOST
        assert set(asked.headers) == {"host", "accept", "accept-encoding", "user-agent"}
        assert asked.headers["accept-encoding"] == "identity"


async def test_the_address_goes_out_as_it_was_written(site: Site, fetcher: Fetcher) -> None:
    target = "/logo.png?a=%2f+%7E&b=[1]&c=a'b"
    await fetch(fetcher, f"https://{HOST}{target}")

    assert site.asked[0].target == target


async def test_a_redirect_is_followed_within_the_hosts(site: Site, fetcher: Fetcher) -> None:
    for number, path in enumerate(("/1.png", "/2.png", "/3.png")):
        site.answers[path] = redirect(
            ("https://b.example.com/2.png", "//c.example.com/3.png", "/logo.png")[number],
            (301, 307, 308)[number],
        )
    await fetch(fetcher, f"https://{HOST}/1.png")

    assert [asked.host for asked in site.asked] == [
        *(HOST, "b.example.com", "c.example.com", "c.example.com")
    ]


async def test_a_file_comes_as_it_is(site: Site, fetcher: Fetcher, tmp_path: Path) -> None:
    site.serves("/style.css", b"body { margin: 0 }", "text/css")
    body = await fetcher.file(f"https://{HOST}/style.css", hosts=HOSTS, max_bytes=MOST)

    assert body == b"body { margin: 0 }"
    assert not (tmp_path / "remote").exists()


async def test_a_file_stands_under_the_same_policy(site: Site, fetcher: Fetcher) -> None:
    site.names["inside.example.com"] = [[PRIVATE]]
    site.answers["/on.css"] = redirect("https://inside.example.com/style.css")
    site.serves("/style.css", b"secret", "text/css")

    for url in (
        "https://inside.example.com/style.css",
        f"https://{HOST}/on.css",
        "https://elsewhere.example.org/style.css",
        "file:///etc/passwd",
    ):
        with pytest.raises(Unreachable):
            await fetcher.file(url, hosts=HOSTS, max_bytes=MOST)
    with pytest.raises(Unreachable):
        await fetcher.file(f"https://{HOST}/style.css", hosts=HOSTS, max_bytes=5)
    assert site.connections[PRIVATE] == 0


# Sharing


async def test_what_is_wished_for_twice_at_once_is_fetched_once(
    site: Site, fetcher: Fetcher
) -> None:
    came = await asyncio.gather(*(fetch(fetcher) for _ in range(20)))

    assert len(site.asked) == 1
    assert len({one.body for one in came}) == 1


async def test_other_terms_are_another_wish(site: Site, fetcher: Fetcher) -> None:
    """Who allows less gets nothing by way of who allows more."""
    terms = ((HOSTS, MOST), ([HOST], MOST), (HOSTS, 50), (["other.example.com"], MOST))
    came = await asyncio.gather(
        *(fetcher.picture(URL, hosts=hosts, max_bytes=most) for hosts, most in terms),
        return_exceptions=True,
    )

    assert [type(one) for one in came] == [Fetched, Fetched, Unreachable, Unreachable]


async def test_who_stops_waiting_takes_nothing_from_the_others(
    site: Site, fetcher: Fetcher
) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()
    decent = site.answers["/logo.png"]

    async def late(request: Asked, writer: Writer) -> None:
        asked.set()
        await go_on.wait()
        await decent(request, writer)

    site.answers["/logo.png"] = late
    leaves, stays = (asyncio.ensure_future(fetch(fetcher)) for _ in range(2))
    await asked.wait()
    leaves.cancel()
    await asyncio.gather(leaves, return_exceptions=True)
    go_on.set()

    assert (await stays).media_type == "image/png"
    assert len(site.asked) == 1


async def test_a_slow_host_leaves_room_for_others(site: Site, make: Make) -> None:
    fetcher = make(slots=Slots(at_once=3, of_one_host=2))
    site.answers["/slow.png"] = silent
    stuck = [
        asyncio.ensure_future(fetch(fetcher, f"https://slow.example.com/slow.png?{number}"))
        for number in range(6)
    ]
    for _ in range(2):
        await site.arrivals.get()

    assert (await fetch(fetcher)).media_type == "image/png"
    assert [one.host for one in site.asked] == ["slow.example.com", "slow.example.com", HOST]
    assert {type(one) for one in await asyncio.gather(*stuck, return_exceptions=True)} == {
        Unreachable
    }


async def test_who_found_no_place_in_time_is_nobodys_fault(site: Site, make: Make) -> None:
    """Neither the file nor its host is left alone for it."""
    slots = Slots(of_one_host=1)
    fetcher = make(total=0.2, slots=slots)
    before = counted("mergeshot_fetches_total", result="busy")
    async with slots.taken(HOST):
        await asyncio.gather(*(fails(fetcher, f"{URL}?{number}") for number in range(5)))

    assert counted("mergeshot_fetches_total", result="busy") == before + 5
    assert await fetch(fetcher, f"{URL}?0")


async def test_closing_ends_what_is_under_way(site: Site, make: Make) -> None:
    fetcher = make(total=30)
    site.answers["/logo.png"] = silent
    waiting = asyncio.ensure_future(fetch(fetcher))
    await site.arrivals.get()
    await asyncio.wait_for(fetcher.close(), 2)

    with pytest.raises(Unreachable):
        await waiting
    with pytest.raises(Unreachable):
        await fetch(fetcher)


# Copies


async def test_a_fresh_copy_is_not_asked_for_again(site: Site, make: Make, clock: Clock) -> None:
    """Not by another process either, until an hour has passed."""
    first = await fetch(make())
    clock.now += FRESH - 1
    second = await fetch(make())
    assert (second, len(site.asked)) == (first, 1)

    site.serves("/logo.png", picture(colour="#0000ff"))
    clock.now += 1
    third = await fetch(make())
    assert (pixels(third.body)[0, 0] == (0, 0, 255)).all()
    assert not third.old


async def test_a_source_that_died_leaves_its_last_good_copy(
    site: Site, make: Make, clock: Clock
) -> None:
    first = await fetch(make())
    site.up = False
    clock.now += KEPT - 1
    old = await fetch(make())
    assert (old.body, old.old) == (first.body, True)

    clock.now += 1
    await fails(make())


async def test_a_source_that_sends_something_else_leaves_it_too(
    site: Site, make: Make, clock: Clock
) -> None:
    await fetch(make())
    clock.now += FRESH
    for answer in (status(404), status(500), redirect("https://elsewhere.example.org/")):
        site.answers["/logo.png"] = answer
        assert (await fetch(make())).old
    site.serves("/logo.png", b"<html>Sign in", "image/png")
    assert (await fetch(make())).old


@pytest.mark.parametrize("age", [0, FRESH])
async def test_a_copy_is_for_those_who_might_have_fetched_it(
    site: Site, fetcher: Fetcher, clock: Clock, age: float
) -> None:
    """Allowed hosts and bytes are those of whoever asks now, for every hop of the way."""
    site.answers["/on.png"] = redirect("https://other.example.com/logo.png")
    url = f"https://{HOST}/on.png"
    await fetch(fetcher, url)
    site.up = False
    clock.now += age

    for hosts in ([HOST], ["other.example.com"], []):
        await fails(fetcher, url, hosts)
    with pytest.raises(Unreachable):
        await fetcher.picture(url, hosts=HOSTS, max_bytes=50)
    assert await fetch(fetcher, url, [HOST, "other.example.com"])
    assert await fetch(fetcher, url, ["*"])


async def test_a_disk_that_fails_costs_the_copies_alone(
    site: Site, fetcher: Fetcher, tmp_path: Path
) -> None:
    (tmp_path / "remote").write_text("a file where a folder should be")

    assert await fetch(fetcher) == await fetch(fetcher)
    assert len(site.asked) == 2


async def test_a_disk_that_hangs_costs_a_moment(
    site: Site, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetcher, pipe = make(), os.pipe()
    monkeypatch.setattr(module, "_DISK_PATIENCE", 0.1)
    monkeypatch.setattr(Copies, "find", lambda *_: os.read(pipe[0], 1))
    try:
        fetched = await fetch(fetcher)
    finally:
        os.write(pipe[1], b"..")

    assert not fetched.old


async def test_what_could_be_had_and_how_is_counted(site: Site, make: Make, clock: Clock) -> None:
    def counts() -> list[float]:
        return [
            counted("mergeshot_fetches_total", result=result)
            for result in ("fetched", "kept", "old", "no_connection")
        ]

    before = counts()
    await fetch(make())
    await fetch(make())
    site.up = False
    clock.now += FRESH
    await fetch(make())

    assert [now - then for now, then in zip(counts(), before, strict=True)] == [1, 1, 1, 1]


# Failures are remembered


async def test_a_failure_is_remembered_for_a_minute(site: Site, make: Make) -> None:
    clock = Clock()
    fetcher = make(failures=Failures(clock))
    site.answers["/logo.png"] = status(404)
    await fails(fetcher)
    site.serves("/logo.png", picture())
    await fails(fetcher)
    assert len(site.asked) == 1

    clock.now += REST
    assert await fetch(fetcher)


@pytest.mark.alone
async def test_a_dead_host_costs_its_time_only_a_few_times(site: Site, make: Make) -> None:
    """A hundred recipients with a picture each, all on one host that does not answer."""
    fetcher = make(total=0.3, slots=Slots(of_one_host=IN_A_ROW))
    site.answers |= {f"/{number}.png": silent for number in range(100)}
    began = asyncio.get_running_loop().time()
    for number in range(100):
        await fails(fetcher, f"https://dead.example.com/{number}.png")

    assert asyncio.get_running_loop().time() - began < 0.3 * (IN_A_ROW + 2)
    assert len(site.asked) == IN_A_ROW
    assert await fetch(fetcher)  # other hosts do not suffer


async def test_a_host_that_answers_is_not_dead(site: Site, fetcher: Fetcher) -> None:
    for number in range(IN_A_ROW * 3):
        await fails(fetcher, f"https://{HOST}/missing-{number}.png")

    assert await fetch(fetcher)


async def test_a_host_is_tried_by_one_once_it_has_rested(site: Site, make: Make) -> None:
    clock = Clock()
    fetcher = make(failures=Failures(clock))
    site.names[HOST] = [[]]
    for number in range(IN_A_ROW + 3):
        await fails(fetcher, f"{URL}?{number}")
    assert len(site.looked_up) == IN_A_ROW

    clock.now += REST
    await asyncio.gather(*(fails(fetcher, f"{URL}?again-{number}") for number in range(5)))
    assert len(site.looked_up) == IN_A_ROW + 1

    clock.now += REST
    site.names[HOST] = [[PUBLIC]]
    assert await fetch(fetcher)
    assert await fetch(fetcher, f"{URL}?other")


# Without a site of our own


async def test_what_everybody_has_is_refused_by_the_policy_of_everybody(
    site: Site, tmp_path: Path
) -> None:
    """The real policy and the real look-up: nothing on this machine can be reached."""
    fetcher = Fetcher(Web(), Copies(tmp_path, SECRET), total=2)
    try:
        for host in ("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "0.0.0.0"):
            await fails(fetcher, f"https://{host}/logo.png", ["*"])
        await fails(fetcher, "https://localhost.localdomain/logo.png", ["*"])
    finally:
        await fetcher.close()

    assert site.connections == {PUBLIC: 0, PRIVATE: 0}


async def test_no_client_is_left_open(site: Site, fetcher: Fetcher) -> None:
    await fetch(fetcher)
    await fetcher.close()

    session = fetcher._web._session
    assert isinstance(session, ClientSession)
    assert session.closed
