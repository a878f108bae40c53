"""scripts/setup.sh on machines that lack something, played by a folder of stand-in programs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ORDINARY = (
    "cat",
    "chmod",
    "cksum",
    "dirname",
    "env",
    "grep",
    "mktemp",
    "rm",
    "sh",
    "tail",
    "touch",
    "uname",
)
FONTS = "echo 'Inter:Noto Sans:Noto Color Emoji:Noto Sans CJK JP'"
GOOD_PYTHON = """
case "$*" in
    *"-m service.browser.locate window") test -e "$WINDOW" && echo "$WINDOW" ;;
    *"ssl.get_default_verify_paths"*) test -e "$CERTIFICATES" ;;
    *"-m service.browser.locate") test -e "$BROWSER" && echo "$BROWSER" ;;
    *"-m venv --clear .venv") mkdir -p .venv/bin; cp "$0" .venv/bin/python
        cp "${0%/*}/playwright" .venv/bin/playwright
        echo "VIRTUAL_ENV=$PWD/.venv" >.venv/bin/activate ;;
    -V) echo Python 3.13.1 ;;
esac
"""


class Machine:
    """A checkout and a PATH that has only what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "checkout"
        self.programs = folder / "bin"
        self.calls = folder / "calls"
        self.browser = folder / "browser"
        self.window = folder / "chromium-1/linux/chrome"
        self.certificates = folder / "certificates"
        self.programs.mkdir()
        (self.checkout / "scripts").mkdir(parents=True)
        shutil.copy(ROOT / "scripts/setup.sh", self.checkout / "scripts")
        for name in ("pyproject.toml", "requirements.txt", "requirements-build.txt"):
            shutil.copy(ROOT / name, self.checkout)
        for name in (*ORDINARY, "mkdir", "cp"):
            (self.programs / name).symlink_to(shutil.which(name) or name)
        self.has("id", "echo 1000")

    def has(self, name: str, script: str = "") -> None:
        """Put a program on the PATH that notes its call and runs `script`."""
        program = self.programs / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >>"$CALLS"\n{script}\n')
        program.chmod(0o755)

    def set_up(self, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": str(self.programs),
            "CALLS": str(self.calls),
            "BROWSER": str(self.browser),
            "WINDOW": str(self.window),
            "CERTIFICATES": str(self.certificates),
            "TMPDIR": str(self.checkout),
        }
        return subprocess.run(
            [self.checkout / "scripts/setup.sh"],
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def called(self, words: str) -> bool:
        return words in self.calls.read_text()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine that lacks a browser alone, and has no administrators."""
    machine = Machine(tmp_path)
    machine.window.parent.mkdir(parents=True)
    machine.window.touch()
    machine.certificates.touch()
    machine.has("python3", GOOD_PYTHON)
    machine.has("playwright", "exit 1")
    machine.has("fc-list", FONTS)
    return machine


def test_nothing_is_said_or_done_the_second_time(machine: Machine) -> None:
    machine.browser.touch()
    assert machine.set_up().returncode == 0
    machine.calls.unlink()

    again = machine.set_up()

    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert not machine.called("pip")


def test_a_changed_lock_file_is_installed(machine: Machine) -> None:
    machine.browser.touch()
    machine.set_up()
    machine.calls.unlink()
    with (machine.checkout / "requirements.txt").open("a") as lock:
        lock.write("segno==1.6.7\n")

    assert (
        machine.set_up().stdout == "set-up: Installing the locked packages of requirements.txt\n"
    )
    assert machine.called("--require-hashes --no-build-isolation -r requirements.txt")


def test_a_checkout_that_was_moved_gets_a_new_environment(machine: Machine) -> None:
    machine.browser.touch()
    machine.set_up()
    machine.checkout = machine.checkout.rename(machine.checkout.with_name("moved"))

    assert "Making the virtual environment" in machine.set_up().stdout
    assert machine.set_up().stdout == ""


def test_a_machine_without_python_is_told_what_to_install(machine: Machine) -> None:
    (machine.programs / "python3").unlink()

    result = machine.set_up()

    assert result.returncode == 1
    assert "Python 3.11 to 3.14 is needed" in result.stderr
    assert "apt-get install python3-venv" in result.stderr


def test_a_chosen_python_that_will_not_do_is_named(machine: Machine) -> None:
    machine.has("python2", "exit 1")

    result = machine.set_up(PYTHON="python2")

    assert result.returncode == 1
    assert result.stderr == "set-up: PYTHON: python2 is not a Python 3.11 to 3.14.\n"


def test_playwrights_browser_is_enough_when_it_starts(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("apt-get")
    machine.has("playwright", 'echo "#!/bin/sh" >"$BROWSER"; chmod +x "$BROWSER"')

    assert machine.set_up().returncode == 0
    assert not machine.called("apt-get")
    assert not machine.called("uninstall")


def test_playwrights_browser_is_tried_before_debians(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("apt-cache")
    machine.has("apt-get", 'case "$*" in *chromium-headless-shell) touch "$BROWSER" ;; esac')

    result = machine.set_up()

    assert result.returncode == 0
    assert result.stdout.index("Playwright's") < result.stdout.index("Debian's")


def test_ubuntus_snap_is_not_taken_for_a_browser(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("apt-cache", "exit 100")
    machine.has("apt-get")

    result = machine.set_up()

    assert result.returncode == 1
    assert "Ubuntu's chromium is a snap" in result.stderr
    assert not machine.called("install -y")


def test_a_chosen_browser_that_is_not_there_is_named_and_none_installed(machine: Machine) -> None:
    result = machine.set_up(MERGESHOT_CHROMIUM="/nowhere/chromium")

    assert result.returncode == 1
    assert "MERGESHOT_CHROMIUM: /nowhere/chromium is not a program" in result.stderr
    assert not machine.called("playwright")


def test_a_downloaded_browser_that_lacks_libraries_is_taken_away_again(machine: Machine) -> None:
    machine.has("playwright", 'case "$1" in install) touch "$BROWSER" ;; *) rm "$BROWSER" ;; esac')

    result = machine.set_up()

    assert result.returncode == 1
    assert machine.called("playwright uninstall")
    assert "playwright install --with-deps" in result.stderr


SLOWER = "set-up: Pictures come by the slower, headless way, for want of a window to draw in."
INSTALLS_A_WINDOW = """
case "$*" in *"install"*" chromium") echo '#!/bin/sh' >"$WINDOW"; chmod +x "$WINDOW" ;; esac
"""


@pytest.fixture
def windowless(machine: Machine) -> Machine:
    """A machine with a browser, but with neither a screen nor a browser for it."""
    machine.browser.touch()
    machine.window.unlink()
    machine.has("setpriv")
    return machine


def test_without_a_window_the_set_up_goes_on_and_says_so_in_one_line(windowless: Machine) -> None:
    result = windowless.set_up()

    assert result.returncode == 0
    assert result.stderr.startswith(SLOWER)
    assert "Please install: xvfb xkb-data x11-xkb-utils and chromium" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not windowless.called("playwright install"), "of no use without a screen"


def test_on_debian_the_screen_and_debians_chromium_are_installed(windowless: Machine) -> None:
    windowless.has("id", "echo 0")
    windowless.has("apt-cache")
    windowless.has("apt-get", INSTALLS_A_WINDOW)

    result = windowless.set_up()

    assert (result.returncode, result.stderr) == (0, "")
    assert windowless.called("--no-install-recommends xvfb xkb-data x11-xkb-utils\n")
    assert windowless.called("--no-install-recommends chromium\n")
    assert not windowless.called("playwright install")


def test_a_screen_is_started_by_setpriv_which_comes_with_it(windowless: Machine) -> None:
    (windowless.programs / "setpriv").unlink()
    windowless.has("id", "echo 0")
    windowless.has("apt-get")
    windowless.has("Xvfb")

    windowless.set_up()

    assert windowless.called("--no-install-recommends util-linux\n")


def test_on_ubuntu_the_browser_with_windows_is_playwrights(windowless: Machine) -> None:
    windowless.has("id", "echo 0")
    windowless.has("apt-cache", "exit 100")
    windowless.has("apt-get")
    windowless.has("playwright", INSTALLS_A_WINDOW)

    result = windowless.set_up()

    assert (result.returncode, result.stderr) == (0, "")
    assert windowless.called("playwright install --no-shell chromium")
    assert not windowless.called("--no-install-recommends chromium\n")


def test_both_browsers_come_from_one_place(windowless: Machine) -> None:
    windowless.browser = windowless.browser.parent / "chromium_headless_shell-1"
    windowless.browser.touch()
    windowless.has("id", "echo 0")
    windowless.has("apt-cache")
    windowless.has("apt-get")
    windowless.has("Xvfb")
    windowless.has("playwright", INSTALLS_A_WINDOW)

    assert windowless.set_up().returncode == 0
    assert windowless.called("playwright install --no-shell chromium")
    assert not windowless.called("apt-get")


def test_a_browser_with_windows_that_lacks_libraries_is_taken_away_and_no_other(
    windowless: Machine,
) -> None:
    windowless.has("Xvfb")
    windowless.has("playwright", 'mkdir -p "${WINDOW%/*}"; touch "$WINDOW"')

    result = windowless.set_up()

    assert result.returncode == 0
    assert result.stderr.startswith(SLOWER)
    assert not windowless.window.parents[1].exists()
    assert windowless.browser.exists()
    assert not windowless.called("uninstall")


def test_a_browser_with_windows_that_cannot_be_had_is_tried_for_once(windowless: Machine) -> None:
    windowless.has("Xvfb")
    windowless.set_up()
    assert windowless.called("playwright install")
    windowless.calls.unlink()

    assert windowless.set_up().stderr.startswith(SLOWER)
    assert not windowless.called("playwright install")

    with (windowless.checkout / "requirements.txt").open("a") as lock:
        lock.write("playwright==1.66.0\n")
    windowless.set_up()
    assert windowless.called("playwright install"), "another one may be had"


@pytest.mark.parametrize(
    "choice",
    [
        {"MERGESHOT_CHROMIUM": "/usr/bin/chromium-headless-shell"},
        {"MERGESHOT_SURFACE": "headless"},
    ],
)
def test_who_chose_the_headless_way_is_not_told_of_windows(
    windowless: Machine, choice: dict[str, str]
) -> None:
    windowless.has("id", "echo 0")
    windowless.has("apt-get")

    result = windowless.set_up(**choice)

    assert (result.returncode, result.stderr) == (0, "")
    assert not windowless.called("apt-get")


def test_certificates_are_installed(machine: Machine) -> None:
    machine.browser.touch()
    machine.certificates.unlink()
    machine.has("id", "echo 0")
    machine.has("apt-get")

    result = machine.set_up()

    assert result.stdout.endswith("set-up: Installing certificates\n")
    assert machine.called("ca-certificates")


def test_without_certificates_the_set_up_goes_on_and_says_what_to_install(
    machine: Machine,
) -> None:
    machine.browser.touch()
    machine.certificates.unlink()

    result = machine.set_up()

    assert result.returncode == 0
    assert result.stderr.endswith("Please install: ca-certificates\n")


def test_without_fonts_the_set_up_goes_on_and_says_which_to_install(machine: Machine) -> None:
    machine.browser.touch()
    machine.has("fc-list", "echo DejaVu Sans")

    result = machine.set_up()

    assert result.returncode == 0
    assert "Please install: fontconfig fonts-inter" in result.stderr


def test_fonts_are_installed_through_sudo(machine: Machine) -> None:
    machine.browser.touch()
    machine.has("fc-list", "echo DejaVu Sans")
    machine.has("apt-get")
    machine.has("sudo", 'exec "$@"')

    result = machine.set_up()

    assert result.stdout.endswith("set-up: Installing fonts\n")
    assert machine.called("fonts-noto-color-emoji")


def test_the_checkout_is_left_without_temporary_files(machine: Machine) -> None:
    machine.browser.touch()
    machine.set_up()

    assert list(machine.checkout.glob("tmp.*")) == []
