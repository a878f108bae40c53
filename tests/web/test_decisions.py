"""An address that is asked for again is not read again, as long as it means the same."""

from __future__ import annotations

import time

import pytest
from multidict import CIMultiDict
from yarl import URL

from service.access.address import Address
from service.model import RenderRequest
from service.render.plan import Plan
from service.render.signed import sealed_address, signed_address
from service.web.decisions import MOST, SECONDS, Decision, Decisions
from service.web.proof import Proof
from service.web.query import Asked
from tests.fakes import PAGE, FakeParts
from tests.render.workbench import AT
from tests.web.client import Client


class Counting:
    """A renderer that counts what it plans."""

    def __init__(self, parts: FakeParts) -> None:
        self.planned = 0
        plan = parts.renderer.plan

        def counted(*arguments: object, **named: object) -> Plan:
            self.planned += 1
            return plan(*arguments, **named)  # type: ignore[arg-type]

        parts.renderer.plan = counted  # type: ignore[method-assign]


@pytest.fixture
def counting(parts: FakeParts) -> Counting:
    return Counting(parts)


async def twice(client: Client, path: str) -> set[tuple[int, str, str]]:
    """What two answers were, the headers that matter included."""
    found = set()
    for _ in range(2):
        response = await client.get(URL(path, encoded=True))
        headers = response.headers
        found.add((response.status, headers["Cache-Control"], headers.get("ETag", "")))
    return found


async def test_the_same_address_is_planned_once(
    client: Client, parts: FakeParts, counting: Counting
) -> None:
    said = Address("sealed", "png", {"first_name": "Ada"})
    for path in (
        "/i/ticket.png?first_name=Ada",
        signed_address(parts.keyring, said),
        sealed_address(parts.keyring, said),
    ):
        counting.planned = 0
        assert len(await twice(client, path)) == 1
        assert counting.planned == 1


async def test_what_may_mean_something_else_is_planned_each_time(
    client: Client, parts: FakeParts, counting: Counting
) -> None:
    soon = Address("sealed", "png", {"first_name": "Ada"}, expires=int(time.time()) + 900)
    for path in (
        "/i/clock.png",
        "/i/sealed.png?first_name=Ada",
        signed_address(parts.keyring, soon),
        sealed_address(parts.keyring, soon),
    ):
        counting.planned = 0
        await twice(client, path)
        assert counting.planned == 2


async def test_an_answer_leaves_the_headers_of_its_decision_as_they_are(
    client: Client, parts: FakeParts
) -> None:
    """They are kept for whoever asks next: no id and no name of a file may stay in them."""
    path = "/i/ticket.png?first_name=Ada"
    tag = (await client.get(path)).headers["ETag"]
    parts.renderer.kept.clear()

    unchanged = [await client.get(path, headers={"If-None-Match": tag}) for _ in range(2)]
    whole = await client.get(path)

    assert [response.status for response in (*unchanged, whole)] == [304, 304, 200]
    assert len({response.headers["X-Request-Id"] for response in (*unchanged, whole)}) == 3
    for response in unchanged:
        assert "Content-Disposition" not in response.headers
        assert "Content-Type" not in response.headers
    for response in (*unchanged, whole):
        assert len(response.headers.getall("X-Request-Id")) == 1


async def test_a_template_that_changes_is_planned_anew(client: Client, parts: FakeParts) -> None:
    said = sealed_address(parts.keyring, Address("ticket", "png", {"first_name": "Ada"}))
    first = {path: await twice(client, path) for path in ("/i/ticket.png?first_name=Ada", said)}
    (parts.folder / "ticket" / "template.html").write_text(PAGE.replace("Hello", "Good day,"))
    parts.catalogue.load_all()

    for path, before in first.items():
        assert (await twice(client, path)).isdisjoint(before)


async def test_what_a_key_opens_stays_with_its_holder(client: Client, parts: FakeParts) -> None:
    key = {"Authorization": "Bearer operators-only-0815"}
    path = "/i/sealed.png?first_name=Ada"

    assert (await client.get(path, headers=key)).headers["Mergeshot-Status"] == "exact"
    stranger = await client.get(path)
    assert stranger.headers["Mergeshot-Status"] == "generic"
    assert (await client.get(path, headers=key)).headers["Cache-Control"] == "private, no-cache"


def decision(parts: FakeParts) -> Decision:
    template = parts.catalogue.get("ticket")
    plan = parts.renderer.plan(RenderRequest("ticket", {"first_name": "Ada"}, AT))
    return Decision(template, Proof(Asked({}, {}), allowed=True), plan, CIMultiDict(), "inline")


def test_a_decision_is_kept_for_a_minute_and_the_oldest_goes_first(parts: FakeParts) -> None:
    now = 100.0
    kept, one = Decisions(clock=lambda: now), decision(parts)
    for number in range(MOST + 1):
        kept.keep(number, one)

    assert kept.recall(0) is None
    assert kept.recall(1) is one
    now += SECONDS
    assert kept.recall(1) is None
