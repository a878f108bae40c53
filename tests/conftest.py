"""What every test has at hand, and the rule that nothing is skipped where it counts."""

from __future__ import annotations

import os

import pytest

SKIPPED = pytest.StashKey[list[str]]()
"""Tests and modules that did not run, on the session's config."""


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
        if self._forbidden and self._skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._forbidden and self._skipped:
            names = ", ".join(self._skipped)
            terminalreporter.write_line(f"CI: no test may be skipped, but these were: {names}")
