"""`mergeshot serve`, in production, with a small web for the real one.

    python -m tests.faults.start PORT AUTHORITY

PORT is where the one site listens, AUTHORITY the certificate to believe.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import sys
from contextlib import AbstractAsyncContextManager

from service.app import Parts, open_renderer
from service.cli.server import run
from service.cli.settings import begin
from service.fetch.web import Web
from tests.fetch.site import PUBLIC, Names, Site


def main(port: int, authority: str) -> int:
    """Serve until a signal comes; the exit code."""
    settings = begin(level=logging.INFO)

    def open_parts() -> AbstractAsyncContextManager[Parts]:
        trusted = ssl.create_default_context(cafile=authority)
        web = Web(public=lambda at: at == PUBLIC, names=Names(Site(port=port)), tls=trusted)
        return open_renderer(settings, development=False, web=web)

    return asyncio.run(run(open_parts, settings, development=False))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2]))
