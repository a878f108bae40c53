"""What becomes of a drawing whose page broke: told, counted, and refused or tried once more."""

from __future__ import annotations

import asyncio

import structlog

from service.browser.functions import PageCrashed
from service.browser.guest import crash_refusal
from service.errors import RenderFailed, RenderTimeout, ServiceError
from service.metrics import DRAWINGS
from service.model import Document

log = structlog.get_logger(__name__)


def refusal_of(
    error: BaseException, document: Document, *, last: bool, began: float, deadline: float
) -> ServiceError | None:
    """The answer to a drawing that broke with `error`; None when it may go once more.

    `began` and `deadline` are on the event loop's clock.
    """
    now = asyncio.get_running_loop().time()
    late = now >= deadline
    outcome = "failed" if last or late else "retried"
    DRAWINGS.labels(document.lane.value, outcome).inc()
    log.warning(
        "drawing_failed",
        outcome=outcome,
        error=type(error).__name__,
        seconds=round(now - began, 3),
    )
    if late or (last and isinstance(error, TimeoutError)):
        return RenderTimeout("The picture was not ready in time.")
    if last and document.guest and isinstance(error, PageCrashed):
        return crash_refusal()
    return RenderFailed("The browser failed at this picture twice.") if last else None
