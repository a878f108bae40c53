"""Commands over a folder of small templates and a fake browser."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.fakes import FakeParts, write_template


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of a command: templates, data, nothing else set."""
    templates = tmp_path / "html_templates"
    write_template(templates, "ticket")
    write_template(templates, "sealed", access="signed")
    for name in [name for name in os.environ if name.startswith("MERGESHOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def parts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> FakeParts:
    parts = FakeParts(folder / "html_templates")
    monkeypatch.setattr("service.app.open_renderer", lambda *_, **__: parts.open())
    return parts


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """Commands configure logs for their process; here that is the process of all tests."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
