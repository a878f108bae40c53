"""What every test has at hand, and the rule that nothing is skipped where it counts."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

FINE = {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
"""The second, because one half of the tests may be empty where a run is narrowed to a name."""

SKIPPED = pytest.StashKey[list[str]]()
"""Tests and modules that did not run, on the session's config."""

# How long an example takes depends on what else the machine does; every test has its time limit.
settings.register_profile(
    "ours", settings.get_profile(settings.get_current_profile_name()), deadline=None
)
settings.load_profile("ours")


def pytest_configure(config: pytest.Config) -> None:
    """Start the list of what was skipped."""
    config.stash[SKIPPED] = []
    config.pluginmanager.register(_Skips(config), "skips")


class _Skips:
    """In CI a skipped test fails the run: a promise that nobody checked is not kept."""

    def __init__(self, config: pytest.Config) -> None:
        self._skipped = config.stash[SKIPPED]
        self._forbidden = os.environ.get("CI", "").lower() in {"1", "true"}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        expected_failure = hasattr(report, "wasxfail")
        if report.skipped and not expected_failure:
            self._skipped.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._skipped.append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._forbidden and self._skipped and session.exitstatus in FINE:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._forbidden and self._skipped:
            names = ", ".join(self._skipped)
            terminalreporter.write_line(f"CI: no test may be skipped, but these were: {names}")
