"""Start one Chromium under one Playwright driver, and end both for certain.

Both run apart from us: the driver in a session of its own, so that Ctrl-C and `tini -g` reach us
alone and we can drain first; Chromium as an ordinary user when we are root, because its sandbox
does not start for root.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import playwright as playwright_package
import structlog
from playwright.async_api import Browser, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from service.browser.users import as_ordinary_user, hand_over, ordinary_user
from service.errors import StartupError

log = structlog.get_logger(__name__)

START_TIMEOUT_S = 30.0
NICE = 5
"""How far browsers step back, like the threads that encode."""

CLOSE_TIMEOUT_S = 3.0

# Playwright 1.65's own list: Chromium keeps only the last `--disable-features`, so ours repeats
# it. RenderDocument is added because closing a page that is committing a navigation can hang for
# ever with it (microsoft/playwright#42068).
DISABLED_FEATURES = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "RenderDocument",
    # Each window would have two more pages, for suggestions under an address bar that nobody uses:
    # half of the work of opening one.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
)
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-features=" + ",".join(DISABLED_FEATURES),
    # Pictures are raster at once or not at all: a late tile would be a picture half made.
    "--disable-checker-imaging",
    "--disable-lcd-text",
    "--disable-gpu",
    # Nobody watches this screen: frames are made when asked for, not at the next sixtieth second.
    "--disable-gpu-vsync",
    "--disable-frame-rate-limit",
    "--num-raster-threads=2",
    # A script that fills its heap ends its own page, and soon.
    "--js-flags=--max-old-space-size=512",
    # Three walls behind our own answers to every request: no name resolves and no address is
    # taken for one, what would connect all the same asks a proxy that there is not, and no
    # datagram leaves.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://proxy.invalid:1",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


HEADLESS = (
    # A card in few large tiles: 36 pictures a second instead of 33.
    "--default-tile-width=1216",
    "--default-tile-height=640",
    # Letters where they belong, as in a window: the shell alone would round each one's width.
    "--font-render-hinting=none",
)

# What Playwright adds to a headless browser alone, and what keeps a window to its page: no banner
# above it, no greeting, nothing that asks to restore what was open before.
IN_WINDOWS = (
    "--test-type",
    "--hide-scrollbars",
    "--mute-audio",
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,"
    "primaryPointerType=4,availablePointerTypes=4",
    "--hide-crash-restore-bubble",
    # The largest tiles that leave curves as on a fresh page. The page of a window is larger than
    # the card: where tiles are larger than a card, they end elsewhere, and curves differ there.
    "--default-tile-width=512",
    "--default-tile-height=512",
    "--window-position=0,0",
)


@dataclass(slots=True)
class Launched:
    """A running browser, its driver, and the private folder that their start scripts lie in."""

    playwright: Playwright
    browser: Browser
    folder: Path

    async def close(self) -> None:
        """End browser and driver within a bound; whatever does not answer is killed."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self.browser.close()
                await self.playwright.stop()
        except (PlaywrightError, TimeoutError) as error:
            log.warning("browser_close_failed", error=type(error).__name__)
        self.kill()
        await asyncio.to_thread(shutil.rmtree, self.folder, True)

    def kill(self) -> None:
        """End everything at once, without asking. Quiet when it has ended already."""
        _kill(self.folder)


async def launch(
    executable: Path,
    *,
    sandbox: bool,
    screen: Callable[[], Awaitable[Mapping[str, str]]] | None = None,
    window: tuple[int, int] = (0, 0),
) -> Launched:
    """Start a driver and a browser.

    It is headless, or shows its windows on a `screen`, which tells the variables of the
    environment that lead to it, once the driver runs. Each `window` is at first so large.

    Raises:
        StartupError: when the browser does not start; its hint says what to do.
    """
    folder = _private_folder()
    playwright: Playwright | None = None
    try:
        async with asyncio.timeout(START_TIMEOUT_S):
            # The driver's place is read from the environment and nowhere else.
            os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(_driver_starter(folder))
            playwright = await async_playwright().start()
            variables = await screen() if screen is not None else {}
            browser = await playwright.chromium.launch(
                executable_path=_browser_starter(folder, executable),
                headless=screen is None,
                args=[*ARGUMENTS, *(HEADLESS if screen is None else _in_windows(window))],
                env={**os.environ, **variables},
                chromium_sandbox=sandbox,
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=START_TIMEOUT_S * 1000,
            )
    except BaseException as error:  # also when nobody waits any more: it would run on, unknown
        _kill(folder)
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, (PlaywrightError, OSError, TimeoutError)):
            raise _explained(executable, error) from error
        raise
    return Launched(playwright, browser, folder)


def _in_windows(size: tuple[int, int]) -> tuple[str, ...]:
    return (*IN_WINDOWS, "--window-size={},{}".format(*size))


def _private_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="mergeshot-"))
    folder.chmod(0o711)  # Chromium's ordinary user must reach its start script
    return folder


def _driver_starter(folder: Path) -> Path:
    """A script that runs Playwright's driver in a session of its own."""
    bundled = Path(inspect.getfile(playwright_package)).parent / "driver" / "node"
    node = bundled if bundled.is_file() else shutil.which("node")
    python = shlex.quote(sys.executable)
    code = "import os, sys; os.setsid(); os.execv(sys.argv[1], sys.argv[1:])"
    return _script(
        folder / "driver",
        f'exec {python} -S -E -c {shlex.quote(code)} {shlex.quote(str(node))} "$@"',
    )


def _browser_starter(folder: Path, executable: Path) -> Path:
    """A script that runs the browser, as an ordinary user when we are root."""
    # Behind who answers: a request that needs no browser does not wait for one.
    command = shlex.join(("nice", "-n", str(NICE), *as_ordinary_user(executable)))
    user = ordinary_user()
    if user is None:
        return _script(folder / "browser", f'exec {command} "$@"')
    home = folder / "home"
    home.mkdir()
    hand_over(home)
    places = " ".join(
        f"{name}={shlex.quote(str(home))}"
        for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
    )
    # Playwright makes the profile before it starts us, so as root: hand it over.
    own = (
        f'case "$a" in --user-data-dir=*) chown -R {user.pw_uid}:{user.pw_gid} "${{a#*=}}";; esac'
    )
    return _script(
        folder / "browser",
        f'for a in "$@"; do {own}; done',
        f"export {places}",
        f'exec {command} "$@"',
    )


def _script(path: Path, *lines: str) -> Path:
    """A start script that leaves its process number beside itself."""
    note = f"echo $$ > {shlex.quote(str(path))}.pid"
    path.write_text("\n".join(("#!/bin/sh", note, *lines, "")))
    path.chmod(0o755)
    return path


def _kill(folder: Path) -> None:
    for name in ("driver", "browser"):
        # Each leads a process group of its own; gone already is what we want.
        with contextlib.suppress(OSError, ValueError):
            os.killpg(int((folder / f"{name}.pid").read_text()), signal.SIGKILL)


def _explained(executable: Path, error: BaseException) -> StartupError:
    """What to do about a browser that did not start. Chromium's words are matched only here."""
    text = str(error)
    if "No usable sandbox" in text or "setuid sandbox" in text or "zygote_host" in text:
        return StartupError(
            "Chromium cannot start its sandbox on this host.",
            hint="Allow user namespaces (see docs/operations.md), or set "
            "MERGESHOT_ALLOW_NO_SANDBOX=1 if every template is your own.",
        )
    if "EACCES" in text or isinstance(error, PermissionError):
        return StartupError(
            "The browser's start script may not be run where temporary files are kept.",
            hint="Set TMPDIR to a folder that is not mounted noexec.",
        )
    first = next((line for line in text.splitlines() if line.strip()), type(error).__name__)
    return StartupError(
        f"The browser {executable} did not start: {first.strip()[:200]}",
        hint="Run `make setup`, or install chromium-headless-shell, or set MERGESHOT_CHROMIUM.",
    )
