"""What `/openapi.json` says is held against a server that runs, route by route.

A route that is added is tested without a line here: the tests are made from the routes.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import schemathesis
from aiohttp import web
from schemathesis.config import SchemathesisConfig

from service.app import create_app
from service.catalogue.loader import load_template
from service.config import Settings
from service.web import ROUTES
from service.web.connections import open_runner
from service.web.openapi import Document
from tests.fakes import FakeParts
from tests.pages import ROOT

CONFIG = {
    "generation": {"max-examples": 15, "deterministic": True, "database": "none"},
    "checks": {
        # Tolerance is the point of `/i/`, and strictness knows more than a schema can say.
        "negative_data_rejection": {"enabled": False},
        "positive_data_acceptance": {"enabled": False},
    },
}
SAMPLES = ROOT / "html_templates"
TEMPLATES = {
    "acme/everything": Path(__file__).parent / "templates/acme/everything",
    "event-ticket": SAMPLES / "event-ticket",
}
"""Two are enough: every template goes the same way."""


def described() -> dict[str, object]:
    """What the server below will say, as JSON has it."""
    templates = [
        load_template(folder, name=name, shared=SAMPLES / "_shared")
        for name, folder in TEMPLATES.items()
    ]
    document = Document(ROUTES, templates, development=True).build()
    parsed: dict[str, object] = json.loads(json.dumps(document))
    return parsed


async def serve(folder: Path, address: Queue[str], stop: threading.Event) -> None:
    settings = Settings.read({})
    app = create_app(FakeParts(folder).open, settings, development=True)
    runner = open_runner(app, max_url=settings.max_url, patience=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    address.put(f"http://{host}:{port}")
    await asyncio.to_thread(stop.wait)
    await runner.cleanup()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server in a thread of its own, because what asks it blocks."""
    folder = tmp_path_factory.mktemp("served") / "templates"
    for name, source in {**TEMPLATES, "_shared": SAMPLES / "_shared"}.items():
        shutil.copytree(source, folder / name)
    address: Queue[str] = Queue()
    stop = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(serve(folder, address, stop)))
    thread.start()
    try:
        yield address.get(timeout=20)
    finally:
        stop.set()
        thread.join()


schema = schemathesis.openapi.from_dict(described(), config=SchemathesisConfig.from_dict(CONFIG))


@schema.parametrize()
def test_every_answer_is_one_that_is_described(case: schemathesis.Case[Any], server: str) -> None:
    """No 5xx, no undocumented status, type or header; bodies are as their schemas say."""
    case.call_and_validate(base_url=server)


def test_the_server_says_of_itself_what_was_held_against_it(server: str) -> None:
    served = schemathesis.openapi.from_url(f"{server}/openapi.json").raw_schema

    assert served == described()
