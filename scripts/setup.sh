#!/bin/sh
# Makes what Mergeshot needs on this machine, and nothing when it is there already: the virtual
# environment .venv from the hash-locked requirements, a browser, a screen in memory with a browser
# that draws on it, which is quicker, the fonts that the samples name, certificates.
#
#   scripts/setup.sh        what the server needs
#   scripts/setup.sh dev    and what tests, lint and benchmarks need
#
# PYTHON chooses the interpreter, MERGESHOT_CHROMIUM the browser; MERGESHOT_SURFACE=headless does
# without windows. Debian and Ubuntu packages are installed as root or through sudo; where neither
# is possible, a line says what to install.
set -eu
cd "$(dirname "$0")/.."

FONT_PACKAGES="fontconfig fonts-inter fonts-noto-core fonts-noto-color-emoji fonts-noto-cjk"
SCREEN_PACKAGES="xvfb xkb-data x11-xkb-utils"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
unset PYTHONHOME PYTHONPATH

case "${1:-}" in
    "") kind=runtime lock=requirements.txt ;;
    dev) kind=dev lock=requirements-dev.txt ;;
    *) echo "usage: scripts/setup.sh [dev]" >&2; exit 2 ;;
esac

say() { echo "set-up: $*"; }
warn() { echo "set-up: $*" >&2; }
fail() { warn "$@"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command without its output, which is shown only when the command fails.
quietly() {
    output=$(mktemp)
    code=0
    "$@" >"$output" 2>&1 </dev/null || code=$?
    [ "$code" -eq 0 ] || tail -n 15 "$output" >&2
    rm -f "$output"
    return "$code"
}

# --- Debian's and Ubuntu's packages -------------------------------------------------------------

can_install() { has apt-get && { [ "$(id -u)" -eq 0 ] || has sudo; }; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 "$@"
}

refreshed=no
# The package lists of a fresh machine or container are empty, those of an old one are stale.
refresh_packages() {
    [ "$refreshed" = no ] || return 0
    refreshed=yes
    quietly apt update || warn "The package lists could not be refreshed; going on with the old ones."
}

package_exists() { apt-cache show "$1" >/dev/null 2>&1; }

install_packages() { quietly apt install -y --no-install-recommends "$@"; }

# --- Python -------------------------------------------------------------------------------------

# The locked packages are built for these versions, so neither older nor newer ones will do.
is_suitable() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        echo "$PYTHON"
        return 0
    fi
    for candidate in python3 python3.13 python3.12 python3.11 python3.14; do
        if is_suitable "$candidate"; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

can_make_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

require_python() {
    if [ -n "${PYTHON:-}" ] && ! is_suitable "$PYTHON"; then
        fail "PYTHON: $PYTHON is not a Python 3.11 to 3.14."
    fi
    if python=$(find_python) && can_make_venv "$python"; then return 0; fi
    if [ -n "$python" ]; then
        missing=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        reason="$python cannot make virtual environments: $missing is missing."
    else
        missing=python3-venv
        reason="Python 3.11 to 3.14 is needed and was not found."
    fi
    can_install || fail "$reason Please install it (Debian, Ubuntu: apt-get install $missing)" \
        "or name another Python: PYTHON=/path/to/python3 make setup"
    refresh_packages
    if [ -z "$python" ]; then missing=$(newest_python_package); fi
    [ -n "$missing" ] || fail "$reason This system's packages have none; name one:" \
        "PYTHON=/path/to/python3 make setup"
    say "Installing $missing"
    install_packages "$missing" || fail "$missing could not be installed. $reason"
    if ! python=$(find_python) || ! can_make_venv "$python"; then fail "$reason"; fi
}

newest_python_package() {
    for version in 3.14 3.13 3.12 3.11; do
        if package_exists "python$version-venv"; then
            echo "python$version-venv"
            return 0
        fi
    done
}

# What the environment was made from, and where.
fingerprint() {
    { pwd -P; .venv/bin/python -V; cat requirements-build.txt "$1" pyproject.toml; } 2>&1 | cksum
}

# An environment that was moved is no good: its programs start with the path that they had before.
# One made by uv is fine, only without pip.
has_environment() {
    is_suitable .venv/bin/python || return 1
    grep -qF "$(pwd -P)/.venv" .venv/bin/activate 2>/dev/null || return 1
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null 2>&1
}

is_made() { [ "$(cat ".venv/.made-$1" 2>/dev/null)" = "$(fingerprint "$2")" ]; }

make_environment() {
    # Whoever has the tools of a developer has the server's packages too, in the same versions.
    if is_made "$kind" "$lock" || is_made dev requirements-dev.txt; then return 0; fi
    if ! has_environment; then
        require_python
        say "Making the virtual environment .venv with $("$python" -V)"
        quietly "$python" -m venv --clear .venv || fail "The virtual environment could not be made."
    fi
    say "Installing the locked packages of $lock"
    pip="quietly .venv/bin/python -m pip install -q"
    again="The packages could not be installed; \`make setup\` tries again."
    $pip --require-hashes -r requirements-build.txt || fail "$again"
    # pyvips comes as source. Built with setuptools alone, it binds to the libvips of its binary
    # package on every machine, whatever libvips that machine may have.
    $pip --require-hashes --no-build-isolation -r "$lock" || fail "$again"
    $pip --no-deps --no-build-isolation -e . || fail "$again"
    fingerprint "$lock" >".venv/.made-$kind"
}

# --- The browser --------------------------------------------------------------------------------

located() { .venv/bin/python -m service.browser.locate 2>/dev/null; }

runs() { "$1" --version >/dev/null 2>&1; }

bounded() {
    if has timeout; then timeout 300 "$@"; else "$@"; fi
}

# A failure is normal where the download is closed off; Debian's package is next, so say no more.
install_playwrights() {
    say "Installing a browser: Playwright's headless shell (about 110 MB)"
    PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT=10000 \
        bounded .venv/bin/playwright install --only-shell chromium >/dev/null 2>&1 </dev/null || return 1
    browser=$(located) || return 1
    runs "$browser" && return 0
    if can_install; then
        say "Installing the libraries that it needs"
        quietly .venv/bin/playwright install-deps chromium && runs "$browser" && return 0
    fi
    quietly .venv/bin/playwright uninstall
    return 1
}

install_debians() {
    can_install || return 1
    refresh_packages
    package_exists chromium-headless-shell || return 1
    say "Installing a browser: Debian's chromium-headless-shell"
    install_packages chromium-headless-shell
}

require_browser() {
    located >/dev/null && return 0
    if [ -n "${MERGESHOT_CHROMIUM:-}" ]; then
        fail "MERGESHOT_CHROMIUM: $MERGESHOT_CHROMIUM is not a program that can be run."
    fi
    install_playwrights || install_debians || true
    located >/dev/null && return 0
    if [ "$(uname -s)" = Darwin ]; then
        fail "No browser could be installed. Try: .venv/bin/playwright install --only-shell chromium"
    fi
    # Ubuntu's `chromium` package is only a way to a snap, which is confined to its own folders and
    # does not run for services, so it is not installed here.
    fail "No browser could be installed. Install Debian's chromium-headless-shell or Google Chrome" \
        "(Ubuntu's chromium is a snap, which will not do), or let Playwright fetch one:" \
        ".venv/bin/playwright install --with-deps --only-shell chromium;" \
        "or set MERGESHOT_CHROMIUM to the one to use."
}

# --- The window engine --------------------------------------------------------------------------

located_window() { .venv/bin/python -m service.browser.locate window 2>/dev/null; }

is_headless() {
    case "${1##*/}" in *headless*) return 0 ;; esac
    return 1
}

# The virtual screen, and the program that starts it as an ordinary user.
require_screen() {
    missing=""
    has Xvfb || missing="$SCREEN_PACKAGES"
    has setpriv || missing="$missing util-linux"
    [ -n "$missing" ] || return 0
    can_install || return 1
    refresh_packages
    say "Installing a screen in memory"
    # shellcheck disable=SC2086 # several packages in one variable
    install_packages $missing
}

# Takes away only what it has brought itself: the headless shell lies beside it.
install_playwrights_full() {
    say "Installing a browser with windows: Playwright's Chromium (about 170 MB)"
    PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT=10000 \
        bounded .venv/bin/playwright install --no-shell chromium >/dev/null 2>&1 </dev/null || return 1
    window=$(located_window) || return 1
    runs "$window" && return 0
    if can_install; then
        say "Installing the libraries that it needs"
        quietly .venv/bin/playwright install-deps chromium && runs "$window" && return 0
    fi
    case "$window" in */chromium-*/*/chrome) rm -rf "${window%/*/*}" ;; esac
    return 1
}

# Only Debian has chromium-headless-shell; elsewhere `chromium` may be the way to a snap.
install_debians_full() {
    can_install || return 1
    refresh_packages
    package_exists chromium-headless-shell || return 1
    say "Installing a browser with windows: Debian's chromium"
    install_packages chromium
}

# From where the headless shell is, so that both are of one version, else from where it can be had.
install_full() {
    [ -z "${MERGESHOT_CHROMIUM:-}" ] || return 1
    case "$(located)" in
        */chromium_headless_shell-*) install_playwrights_full || install_debians_full ;;
        *) install_debians_full || install_playwrights_full ;;
    esac
    located_window >/dev/null
}

# Whoever lacks it draws more slowly; so this is no reason to stop, nor to try for minutes each time.
require_window() {
    if [ "$(uname -s)" = Darwin ] || [ "${MERGESHOT_SURFACE:-}" = headless ] \
        || is_headless "${MERGESHOT_CHROMIUM:-}" || located_window >/dev/null; then return 0; fi
    if ! is_made no-window "$lock"; then
        if require_screen && { located_window >/dev/null || install_full; }; then return 0; fi
        fingerprint "$lock" >.venv/.made-no-window
    fi
    warn "Pictures come by the slower, headless way, for want of a window to draw in. Please install:" \
        "$SCREEN_PACKAGES and chromium (operations.md, Two ways to draw)."
}

# --- Fonts --------------------------------------------------------------------------------------

has_fonts() {
    has fc-list || return 1
    families=$(fc-list : family)
    for family in "Inter" "Noto Sans" "Noto Color Emoji" "Noto Sans CJK"; do
        case "$families" in *"$family"*) ;; *) return 1 ;; esac
    done
}

require_fonts() {
    if [ "$(uname -s)" = Darwin ] || has_fonts; then return 0; fi
    if can_install; then
        refresh_packages
        say "Installing fonts"
        # shellcheck disable=SC2086 # several packages in one variable
        install_packages $FONT_PACKAGES && return 0
    fi
    # Pictures come without them too, in other letters; so this is no reason to stop.
    warn "Fonts are missing; pictures will look different. Please install: $FONT_PACKAGES"
}

# --- Certificates -------------------------------------------------------------------------------

has_certificates() {
    .venv/bin/python -c '
import os, ssl
paths = ssl.get_default_verify_paths()
raise SystemExit(not (paths.cafile or (paths.capath and os.listdir(paths.capath))))' >/dev/null 2>&1
}

require_certificates() {
    if [ "$(uname -s)" = Darwin ] || has_certificates; then return 0; fi
    if can_install; then
        refresh_packages
        say "Installing certificates"
        install_packages ca-certificates && return 0
    fi
    warn "Pictures from the web cannot be fetched without certificates. Please install: ca-certificates"
}

make_environment
require_browser
require_window
require_fonts
require_certificates
