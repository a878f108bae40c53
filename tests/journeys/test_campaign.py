"""Campaign health of the whole application: real pictures, a real file, a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.conftest import Open

pytestmark = pytest.mark.chromium


async def test_a_mailing_is_counted_and_told_after_a_restart(serve: Open, tmp_path: Path) -> None:
    first = await serve(tmp_path)
    for number in range(24):
        name = "" if number < 18 else "Ada"
        response = await first.get(f"/i/event-ticket.png?first_name={name}&_send={number}")
        assert response.status == 200
    await first.close()

    second = await serve(tmp_path)
    response = await second.get("/v1/templates/event-ticket/health?window=hour")
    told = await response.json()

    assert (told["asked"], told["personalised"], told["addresses"]) == (24, 6, 24)
    assert told["rungs"]["exact"] == 24
    assert told["fields"]["first_name"]["missing"] == 18
    assert [(one["code"], one["field"]) for one in told["findings"]] == [
        ("mostly_missing", "first_name")
    ]
    assert told["lasting"]
    await second.close()
