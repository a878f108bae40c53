"""Finding the browser: the chosen one, Playwright's own, else one on the PATH."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service.browser.locate import build_of, locate, locate_window, main
from service.errors import StartupError


def program(path: Path, script: str = "exit 0") -> Path:
    """A program that can be run, in place of a browser."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host with an empty PATH and no browser of Playwright's. Programs go into `bin`."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.delenv("MERGESHOT_CHROMIUM", raising=False)
    monkeypatch.setattr(sys, "argv", ["locate"])
    return tmp_path


def shell_of(host: Path, revision: int, name: str = "chrome-headless-shell") -> Path:
    folder = f"chromium_headless_shell-{revision}/chrome-headless-shell-linux64"
    return program(host / "playwright" / folder / name)


def test_the_chosen_browser_comes_first(host: Path) -> None:
    shell_of(host, 1200)
    program(host / "bin/chromium")
    chosen = program(host / "elsewhere/my-chromium")

    assert locate(chosen) == chosen


def test_playwrights_own_comes_before_the_path(host: Path) -> None:
    program(host / "bin/chromium-headless-shell")
    own = shell_of(host, 1200)

    assert locate(None) == own


def test_the_newest_revision_is_taken_by_number(host: Path) -> None:
    shell_of(host, 999)
    newest = shell_of(host, 1208)
    shell_of(host, 1194, "headless_shell")

    assert locate(None) == newest


def test_the_shells_former_name_is_found_too(host: Path) -> None:
    shell_of(host, 1100)
    newest = shell_of(host, 1140, "headless_shell")

    assert locate(None) == newest


def test_a_shell_that_cannot_be_run_is_passed_over(host: Path) -> None:
    older = shell_of(host, 1100)
    shell_of(host, 1200).unlink()
    left = host / "playwright/chromium_headless_shell-1300/x/headless_shell"
    left.parent.mkdir(parents=True)
    left.write_text("half a download")

    assert locate(None) == older


@pytest.mark.parametrize(
    ("platform", "folder"),
    [("linux", ".cache/ms-playwright"), ("darwin", "Library/Caches/ms-playwright")],
)
def test_playwrights_own_is_looked_for_where_playwright_puts_it(
    host: Path, monkeypatch: pytest.MonkeyPatch, platform: str, folder: str
) -> None:
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH")
    monkeypatch.setenv("HOME", str(host))
    monkeypatch.setattr(sys, "platform", platform)
    own = program(host / folder / "chromium_headless_shell-1200/any/headless_shell")

    assert locate(None) == own


def test_on_the_path_the_quickest_comes_first(host: Path) -> None:
    found = []
    for name in ("google-chrome", "chromium", "chromium-headless-shell"):
        program(host / "bin" / name)
        found.append(locate(None).name)

    assert found == ["google-chrome", "chromium", "chromium-headless-shell"]


def test_without_a_browser_the_error_says_what_to_do(host: Path) -> None:
    with pytest.raises(StartupError) as caught:
        locate(None)

    assert caught.value.message == "No browser was found."
    assert "make setup" in caught.value.hint
    assert "MERGESHOT_CHROMIUM" in caught.value.hint


@pytest.mark.parametrize("what", ["nothing", "a folder", "a text"])
def test_a_choice_that_cannot_be_run_is_an_error_even_where_there_is_another(
    host: Path, what: str
) -> None:
    program(host / "bin/chromium")
    chosen = host / "chosen"
    if what == "a folder":
        chosen.mkdir()
    elif what == "a text":
        chosen.write_text("#!/bin/sh\n")

    with pytest.raises(StartupError) as caught:
        locate(chosen)
    assert caught.value.message == (
        f"MERGESHOT_CHROMIUM: {chosen} is not a program that can be run"
    )
    assert "\n" not in caught.value.message


# What the window engine needs


def full_of(host: Path, revision: int) -> Path:
    return program(host / f"playwright/chromium-{revision}/chrome-linux64/chrome")


def test_the_window_engine_needs_xvfb_and_a_browser_with_windows(host: Path) -> None:
    program(host / "bin/chromium-headless-shell")
    shell_of(host, 1200)
    assert locate_window(None) is None

    xvfb = program(host / "bin/Xvfb")
    assert locate_window(None) is None

    chromium = program(host / "bin/chromium")
    assert locate_window(None) == (xvfb, chromium)

    xvfb.unlink()
    assert locate_window(None) is None


def test_for_windows_too_playwrights_newest_comes_before_the_path(host: Path) -> None:
    xvfb = program(host / "bin/Xvfb")
    chrome = program(host / "bin/google-chrome")
    assert locate_window(None) == (xvfb, chrome)

    chromium = program(host / "bin/chromium")
    assert locate_window(None) == (xvfb, chromium)

    full_of(host, 999)
    newest = full_of(host, 1208)
    assert locate_window(None) == (xvfb, newest)


def test_a_chosen_browser_decides_whether_there_are_windows(host: Path) -> None:
    xvfb = program(host / "bin/Xvfb")
    program(host / "bin/chromium")
    chosen = program(host / "elsewhere/my-chromium")
    shell = program(host / "elsewhere/chromium-headless-shell")
    link = host / "elsewhere/browser"
    link.symlink_to(shell)

    assert locate_window(chosen) == (xvfb, chosen)
    assert locate_window(shell) is None
    assert locate_window(shell_of(host, 1100, "headless_shell")) is None
    assert locate_window(link) is None


def test_a_chosen_browser_that_cannot_be_run_is_an_error_for_windows_too(host: Path) -> None:
    program(host / "bin/Xvfb")

    with pytest.raises(StartupError, match="is not a program that can be run"):
        locate_window(host / "nowhere")


def test_a_snap_does_not_draw_into_our_windows(host: Path) -> None:
    xvfb = program(host / "bin/Xvfb")
    (host / "bin/chromium").symlink_to(program(host / "usr/bin/snap"))
    assert locate_window(None) is None

    chrome = program(host / "bin/google-chrome")
    assert locate_window(None) == (xvfb, chrome)


# What is known of it


@pytest.mark.parametrize(
    ("says", "build"),
    [
        ("Chromium 156.0.8078.79 built on Debian", "156.0.8078.79"),
        ("Google Chrome for Testing 145.0.7632.6 ", "145.0.7632.6"),
        ("HeadlessChrome/unknown", "HeadlessChrome/unknown"),
    ],
)
def test_the_build_is_what_the_browser_says_of_itself(
    tmp_path: Path, says: str, build: str
) -> None:
    assert build_of(program(tmp_path / "chromium", f"echo '{says}'")) == build


def test_the_build_is_asked_for_without_a_start(tmp_path: Path) -> None:
    browser = program(tmp_path / "chromium", f'echo "$@" > {tmp_path}/asked; echo 1.2.3.4')
    build_of(browser)

    assert (tmp_path / "asked").read_text() == "--version\n"


@pytest.mark.parametrize("script", ["exit 3", "sleep 30"])
def test_a_program_that_does_not_say_its_version_is_no_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    _hurry(monkeypatch)

    with pytest.raises(StartupError, match="did not say its version") as caught:
        build_of(program(tmp_path / "chromium", f"exec {script}"))
    assert "make setup" in caught.value.hint


def test_a_program_that_is_not_there_is_no_browser(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="did not say its version"):
        build_of(tmp_path / "chromium")


def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait half a second at the most for a program's answer."""
    patient = subprocess.run

    def hasty(*arguments: Any, **options: Any) -> Any:
        return patient(*arguments, **{**options, "timeout": 0.5})

    monkeypatch.setattr(subprocess, "run", hasty)


# For shell scripts


def test_the_command_prints_the_path(host: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chromium = program(host / "bin/chromium")

    assert main() == 0
    assert capsys.readouterr() == (f"{chromium}\n", "")


def test_the_command_prints_the_chosen_one(
    host: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program(host / "bin/chromium")
    chosen = program(host / "chosen")
    monkeypatch.setenv("MERGESHOT_CHROMIUM", str(chosen))

    assert main() == 0
    assert capsys.readouterr().out == f"{chosen}\n"


def test_an_empty_choice_is_none(
    host: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chromium = program(host / "bin/chromium")
    monkeypatch.setenv("MERGESHOT_CHROMIUM", "")

    assert main() == 0
    assert capsys.readouterr().out == f"{chromium}\n"


def test_the_command_says_in_one_line_that_there_is_none(
    host: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main() == 1
    assert capsys.readouterr() == ("", "No browser was found.\n")


def test_the_command_prints_the_browser_with_windows(
    host: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["locate", "window"])
    shell_of(host, 1200)
    chromium = program(host / "bin/chromium")
    assert main() == 1
    assert capsys.readouterr() == ("", "Xvfb or a browser with windows was not found.\n")

    program(host / "bin/Xvfb")
    assert main() == 0
    assert capsys.readouterr().out == f"{chromium}\n"
