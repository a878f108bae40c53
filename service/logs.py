"""Logs: one line per event, JSON for machines, coloured for a terminal, never a value.

One request gives one line, made from its `Facts` and nothing else. Exceptions are logged by type
and place: their texts may quote what a recipient's URL said, so they stay out.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from service.errors import ServiceError

_FRAMES = 8
"""Innermost frames of an exception that are worth a reader's time."""


@dataclass(slots=True)
class Facts:
    """What one request's log line may say: these fields are the allow-list.

    Times are milliseconds. Whoever knows a fact sets it on `current_facts()`; a drawing that
    several requests share tells only the request that began it.
    """

    method: str = ""
    route: str = ""
    status: int = 0
    template: str | None = None
    rung: str | None = None
    cache: str | None = None
    queue_ms: float | None = None
    draw_ms: float | None = None
    bytes: int | None = None
    request_id: str = ""
    duration_ms: float = 0.0


_FACTS: ContextVar[Facts] = ContextVar("facts")
_FIELDS = tuple(Facts.__slots__)
_log = structlog.get_logger("service.web")
_encode = json.JSONEncoder(default=str, ensure_ascii=False).encode


def begin_facts(facts: Facts) -> None:
    """Make `facts` those of the running task, and of every task that it starts."""
    _FACTS.set(facts)


def current_facts() -> Facts:
    """The facts of the request under way; outside of a request, facts that nobody reads."""
    facts = _FACTS.get(None)
    return Facts() if facts is None else facts


def log_request(facts: Facts) -> None:
    """Write a request's one line, without the facts that nobody knew."""
    known = {name: value for name in _FIELDS if (value := getattr(facts, name)) is not None}
    _log.info("request", **known)


def configure_logs(stream: TextIO, *, level: int = logging.INFO) -> None:
    """Send all logs, structlog's and the standard library's, to `stream`.

    Pretty when the stream is a terminal, else one JSON object a line.
    """
    render: Processor = (
        structlog.dev.ConsoleRenderer(colors=True)
        if stream.isatty()
        else structlog.processors.JSONRenderer(lambda event, **_: _encode(event))
    )
    structlog.configure(
        processors=[
            with_request_id,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            exceptions_without_values,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _Unfailing(stream))),
    )
    root = logging.getLogger()
    root.handlers[:] = [_Forward()]
    root.setLevel(max(level, logging.WARNING))


class _Unfailing:
    """A stream that loses what cannot be written to it.

    Where the disk is full, or whoever read the log has gone, a line is worth less than the answer
    that it is about. And asyncio, which logs what it cannot handle, ends the process when that
    fails too.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def with_request_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Say of every event for which request it happened, whichever part logs it."""
    facts = _FACTS.get(None)
    if facts is not None:
        event.setdefault("request_id", facts.request_id)
    return event


def exceptions_without_values(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by the exception's type and frames.

    The text is kept for our own errors alone, which promise to hold no value.
    """
    exc_info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if exc_info is True else exc_info
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["exception"] = described(error)
    return event


def described(error: BaseException) -> str:
    """One line: what kind of exception, and where it came from, innermost frame last."""
    kind = type(error)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    if isinstance(error, ServiceError):
        name = f"{name}: {error.message}"
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    line = f"{name} at {places}" if places else name
    return f"{line} from {described(error.__cause__)}" if error.__cause__ else line


class _Forward(logging.Handler):
    """The standard library's records as events of ours.

    Their arguments are left out and only the first line is kept: asyncio and aiohttp put whole
    requests and exceptions' texts into the rest.
    """

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger(record.name).log(
            record.levelno,
            str(record.msg).partition("\n")[0],
            logger=record.name,
            exc_info=record.exc_info,
        )
