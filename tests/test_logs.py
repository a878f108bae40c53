import contextvars
import errno
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from service.errors import RenderFailed
from service.logs import (
    Facts,
    begin_facts,
    configure_logs,
    current_facts,
    described,
    log_request,
)

CANARY = "PII-4711"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    handlers, level = list(logging.getLogger().handlers), logging.getLogger().level
    stream = io.StringIO()
    configure_logs(stream)
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_gives_one_json_line_with_what_is_known(stream: io.StringIO) -> None:
    log_request(Facts(method="GET", route="/livez", status=200, request_id="abc"))

    (line,) = lines(stream)
    del line["timestamp"]
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "/livez",
        "status": 200,
        "request_id": "abc",
        "duration_ms": 0.0,
    }


def test_a_terminal_gets_a_line_for_people() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    configure_logs(stream)
    structlog.get_logger().warning("something", detail=1)
    structlog.reset_defaults()

    assert "something" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


@pytest.mark.parametrize("broken", ["write", "flush"])
def test_a_line_that_cannot_be_written_is_lost_and_breaks_nothing(
    stream: io.StringIO, broken: str
) -> None:
    """Where the disk is full the pictures go on, and so does the log once there is room again."""

    class Full(io.StringIO):
        full = True

        def write(self, text: str) -> int:
            if self.full and broken == "write":
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(text)

        def flush(self) -> None:
            if self.full and broken == "flush":
                raise OSError(errno.ENOSPC, "No space left on device")

    disk = Full()
    configure_logs(disk)
    structlog.get_logger().warning("lost")
    logging.getLogger("asyncio").error("lost too")
    disk.full = False
    structlog.get_logger().warning("written")

    assert lines(disk)[-1]["event"] == "written"


def test_an_exception_is_logged_by_kind_and_place_without_its_text(stream: io.StringIO) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        structlog.get_logger().exception("broke")

    (line,) = lines(stream)
    assert str(line["exception"]).startswith("ValueError at ")
    assert "test_logs.py" in str(line["exception"])
    assert CANARY not in stream.getvalue()


def test_our_own_errors_keep_their_text() -> None:
    assert described(RenderFailed("The page fell over.")) == (
        "service.errors.RenderFailed: The page fell over."
    )


def test_the_cause_is_named_too() -> None:
    error = RenderFailed("The page fell over.")
    error.__cause__ = KeyError(CANARY)

    assert described(error).endswith("from KeyError")


def test_the_standard_librarys_records_lose_their_arguments(stream: io.StringIO) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("aiohttp.server").exception("Error from %s\nrepr: " + CANARY, CANARY)

    (line,) = lines(stream)
    assert (line["event"], line["logger"]) == ("Error from %s", "aiohttp.server")
    assert CANARY not in stream.getvalue()


def test_every_event_of_a_request_says_which_it_belongs_to(stream: io.StringIO) -> None:
    contextvars.copy_context().run(_warn_within, Facts(request_id="abc"))
    structlog.get_logger().warning("outside")

    inside, outside = lines(stream)
    assert inside["request_id"] == "abc"
    assert "request_id" not in outside


def _warn_within(facts: Facts) -> None:
    begin_facts(facts)
    structlog.get_logger().warning("inside")


def test_facts_reach_whoever_works_for_the_request() -> None:
    facts = Facts()

    contextvars.copy_context().run(_draw_within, facts)

    assert facts.draw_ms == 12.5


def _draw_within(facts: Facts) -> None:
    begin_facts(facts)
    current_facts().draw_ms = 12.5
