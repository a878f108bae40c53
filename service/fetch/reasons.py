"""Why a file on the web could not be had: for the log and the count, never for whoever asked."""

from __future__ import annotations

from enum import StrEnum

import aiohttp

from service.fetch.policy import Refused
from service.imaging.remake import NotAPicture
from service.remote import BadAddress


class Reason(StrEnum):
    """What a fetch came to grief over. Outside, all of them are one and the same."""

    NOT_ALLOWED = "not_allowed"
    """The address, or that of a redirect, is not one that may be asked."""

    NOT_PUBLIC = "not_public"
    NO_SUCH_HOST = "no_such_host"
    NO_CONNECTION = "no_connection"
    CERTIFICATE = "certificate"
    TIMEOUT = "timeout"
    MALFORMED = "malformed"
    STATUS = "status"
    REDIRECTS = "redirects"
    ENCODED = "encoded"
    WRONG_TYPE = "wrong_type"
    TOO_LARGE = "too_large"
    NOT_A_PICTURE = "not_a_picture"

    BUSY = "busy"
    """There was no room to ask in time."""

    REMEMBERED = "remembered"
    """It failed a moment ago, or its whole host did."""

    BROKEN = "broken"
    """A mistake of ours."""


ABOUT_THE_HOST = frozenset(
    {Reason.NO_SUCH_HOST, Reason.NO_CONNECTION, Reason.CERTIFICATE, Reason.TIMEOUT}
)
"""What the next file of the same host would come to grief over too."""


class Failed(Exception):
    """One fetch came to nothing. `host` is the one that it was at."""

    def __init__(self, reason: Reason, host: str) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.host = host


def reason_of(error: Exception) -> Reason:
    """The reason that an exception of the client, of the system or of ours stands for."""
    # A connection that failed says in `os_error` over what.
    found = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(found, Refused):
        return Reason.NOT_PUBLIC
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), Reason.BROKEN)


_REASONS: tuple[tuple[type[Exception], Reason], ...] = (
    (BadAddress, Reason.NOT_ALLOWED),
    (NotAPicture, Reason.NOT_A_PICTURE),
    (TimeoutError, Reason.TIMEOUT),
    (aiohttp.ClientConnectorDNSError, Reason.NO_SUCH_HOST),
    (aiohttp.ClientSSLError, Reason.CERTIFICATE),
    (aiohttp.ClientResponseError, Reason.MALFORMED),
    (aiohttp.ClientError, Reason.NO_CONNECTION),
    (OSError, Reason.NO_CONNECTION),
)
