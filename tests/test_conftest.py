"""The rule about skipped tests, tried on sessions of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PASSES = "def test_passes(): pass\n"
SKIPS = "import pytest\n\ndef test_skips(): pytest.skip('no browser')\n"
SKIPS_ALL = "import pytest\n\npytest.skip('no browser', allow_module_level=True)\n"
EXPECTS_FAILURE = "import pytest\n\n@pytest.mark.xfail\ndef test_fails(): assert False\n"


ALONE = ()
TOGETHER = ("-p", "xdist", "-n2")


def run_session(
    folder: Path, source: str, *more: str, ci: str
) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-c", os.devnull]
    command += more
    return subprocess.run(
        [*command, "--rootdir", folder, folder],
        cwd=ROOT,
        env=os.environ | {"CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("processes", [ALONE, TOGETHER], ids=["alone", "together"])
@pytest.mark.parametrize("source", [PASSES + SKIPS, SKIPS_ALL], ids=["test", "module"])
def test_in_ci_a_skipped_test_fails_the_run_and_is_named(
    tmp_path: Path, source: str, processes: tuple[str, ...]
) -> None:
    session = run_session(tmp_path, source, *processes, ci="true")

    assert session.returncode == pytest.ExitCode.TESTS_FAILED
    assert "CI: no test may be skipped, but these were: test_it.py" in session.stdout


@pytest.mark.parametrize("processes", [ALONE, TOGETHER], ids=["alone", "together"])
def test_at_home_a_skipped_test_is_no_failure(tmp_path: Path, processes: tuple[str, ...]) -> None:
    assert run_session(tmp_path, PASSES + SKIPS, *processes, ci="").returncode == 0


@pytest.mark.parametrize("processes", [ALONE, TOGETHER], ids=["alone", "together"])
@pytest.mark.parametrize("source", [PASSES, EXPECTS_FAILURE], ids=["passing", "expected failure"])
def test_in_ci_a_run_without_skips_passes(
    tmp_path: Path, source: str, processes: tuple[str, ...]
) -> None:
    assert run_session(tmp_path, source, *processes, ci="true").returncode == 0
