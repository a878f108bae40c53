"""What every test has at hand, and the rule that nothing is skipped where it counts."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import settings

FINE = {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
"""The second, because one half of the tests may be empty where a run is narrowed to a name."""


# How long an example takes depends on what else the machine does; every test has its time limit.
settings.register_profile(
    "ours", settings.get_profile(settings.get_current_profile_name()), deadline=None
)
settings.load_profile("ours")


def pytest_configure(config: pytest.Config) -> None:
    """Start the list of what was skipped."""
    config.pluginmanager.register(_Skips(config), "skips")


class _Skips:
    """In CI a skipped test fails the run: a promise that nobody checked is not kept.

    Of the processes that share a run the first one judges; the others tell it what they skipped,
    because it hears of the tests itself, but not of a module that was skipped as a whole.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._skipped: dict[str, None] = {}
        self._forbidden = os.environ.get("CI", "").lower() in {"1", "true"}
        self._told: dict[str, object] | None = getattr(config, "workeroutput", None)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        expected_failure = hasattr(report, "wasxfail")
        if report.skipped and not expected_failure:
            self._skipped[report.nodeid] = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._skipped[report.nodeid] = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self._skipped |= dict.fromkeys(getattr(node, "workeroutput", {}).get("skipped", ()))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._told is not None:
            self._told["skipped"] = list(self._skipped)
        elif self._forbidden and self._skipped and session.exitstatus in FINE:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._forbidden and self._skipped:
            names = ", ".join(self._skipped)
            terminalreporter.write_line(f"CI: no test may be skipped, but these were: {names}")
