"""The shell: addresses that cards and their assets have, and what may be said under them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.browser.shell import (
    IMAGES,
    SHELL_HEADERS,
    SHELL_HTML,
    SHELL_JS,
    asset_headers,
    asset_name,
    card_headers,
    card_path,
    random_origin,
)
from service.model import Document, Lane

VERSION = "0123456789abcdef01234567"
ORIGIN = "https://0011223344556677.invalid"
FOLDER = f"{VERSION}-10x10@1"
BASE = f"{ORIGIN}/{FOLDER}"
ASSETS = {
    "style.css": b"a",
    "assets/logo.png": b"b",
    "assets/Ünïcode name.png": b"c",
    "assets/100%.png": b"d",
    "assets/a#b?c.png": b"e",
    "_shared/assets/inter.woff2": b"f",
}
CARD = Document(
    "<html><head></head><body>Ada</body>", "<head></head>", 10, 10, 1, Lane.SWAP, VERSION, ASSETS
)


# Where a card stands


def test_cards_of_one_version_head_and_size_stand_in_one_place() -> None:
    other = replace(CARD, html="<html><head></head><body>Grace</body>", lane=Lane.FRESH)

    assert card_path(CARD) == card_path(other)


def test_another_version_head_size_or_scale_stands_elsewhere() -> None:
    """A picture that was decoded for another size would be drawn from that."""
    paths = {
        card_path(CARD),
        card_path(replace(CARD, width=11)),
        card_path(replace(CARD, height=11)),
        card_path(replace(CARD, scale=1.5)),
        card_path(replace(CARD, head="<head><title>x</title></head>")),
        card_path(replace(CARD, version="1" * 24)),
    }

    assert len(paths) == 6


def test_a_cards_place_tells_nothing_of_its_head() -> None:
    path = card_path(replace(CARD, head="<head><title>Ada</title></head>"))

    assert re.fullmatch(rf"/{FOLDER}/[0-9a-f]{{24}}\.html", path)


def test_assets_are_relative_to_the_card() -> None:
    """`style.css` in a card at its place is what `asset_name` knows as `style.css`."""
    folder = card_path(CARD).rpartition("/")[0]

    assert asset_name(CARD, ORIGIN, f"{ORIGIN}{folder}/style.css") == "style.css"


# What may be asked for


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("style.css", "style.css"),
        ("assets/logo.png", "assets/logo.png"),
        ("assets/logo.png?v=2#top", "assets/logo.png"),
        ("assets/%6Cogo.png", "assets/logo.png"),
        ("assets/%C3%9Cn%C3%AFcode%20name.png", "assets/Ünïcode name.png"),
        ("assets/100%25.png", "assets/100%.png"),
        ("assets/a%23b%3Fc.png", "assets/a#b?c.png"),
        ("_shared/assets/inter.woff2", "_shared/assets/inter.woff2"),
    ],
)
def test_an_asset_is_found_by_its_address(path: str, name: str) -> None:
    assert asset_name(CARD, ORIGIN, f"{BASE}/{path}") == name


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/style.css",
        f"https://example.com/{FOLDER}/style.css",
        f"http://0011223344556677.invalid/{FOLDER}/style.css",
        f"{ORIGIN}.example.com/{FOLDER}/style.css",
        f"{ORIGIN}:8443/{FOLDER}/style.css",
        f"https://user@0011223344556677.invalid/{FOLDER}/style.css",
        f"https://ffffffffffffffff.invalid/{FOLDER}/style.css",
        f"{ORIGIN}/{'1' * 24}-10x10@1/style.css",
        f"{ORIGIN}/{VERSION}-10x10@2/style.css",
        f"{ORIGIN}/{VERSION}/style.css",
        f"{ORIGIN}/style.css",
        f"{ORIGIN}/",
        f"file:///{FOLDER}/style.css",
        "about:blank",
        "data:image/png;base64,AAAA",
        "",
    ],
)
def test_other_origins_versions_and_scales_have_nothing(url: str) -> None:
    assert asset_name(CARD, ORIGIN, url) is None


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "//style.css",
        "//example.com/style.css",
        "/style.css",
        "../style.css",
        f"../{FOLDER}/style.css",
        "assets/../style.css",
        "assets/%2e%2e/style.css",
        "assets/..%2fstyle.css",
        "./style.css",
        "%2Fetc%2Fpasswd",
        "../../../etc/passwd",
        "assets%5Clogo.png",
        "STYLE.CSS",
        "style.css%00",
        "style%252ecss",
        "template.html",
        "template.toml",
        "assets/",
    ],
)
def test_nothing_but_an_assets_own_name_leads_to_it(path: str) -> None:
    assert asset_name(CARD, ORIGIN, f"{BASE}/{path}") is None


@settings(deadline=None)  # a busy machine is no mistake of ours
@given(st.text(st.characters(exclude_characters="[]", exclude_categories=["Cs"]), max_size=30))
def test_whatever_is_asked_for_is_an_asset_or_nothing(path: str) -> None:
    for url in (path, f"{ORIGIN}/{path}", f"{BASE}/{path}"):
        assert asset_name(CARD, ORIGIN, url) in {None, *ASSETS}


# What is said under it


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("style.css", "text/css; charset=utf-8"),
        ("assets/a.WOFF2", "font/woff2"),
        ("assets/a.woff", "font/woff"),
        ("assets/a.ttf", "font/ttf"),
        ("assets/a.otf", "font/otf"),
        ("assets/a.avif", "image/avif"),
        ("assets/a.webp", "image/webp"),
        ("assets/a.png", "image/png"),
        ("assets/a.jpg", "image/jpeg"),
        ("assets/a.svg", "image/svg+xml"),
        ("assets/a.b.gif", "image/gif"),
        ("assets/unknown", "application/octet-stream"),
    ],
)
def test_an_asset_has_its_own_media_type(path: str, media_type: str) -> None:
    assert asset_headers(path)["Content-Type"] == media_type


@pytest.mark.parametrize("ending", IMAGES)
def test_every_ending_that_counts_as_an_image_is_served_as_one(ending: str) -> None:
    assert asset_headers(f"assets/picture{ending}")["Content-Type"].startswith("image/")


def test_an_asset_may_be_kept_since_its_address_holds_its_version() -> None:
    assert "immutable" in asset_headers("style.css")["Cache-Control"]


def policy(headers: dict[str, str]) -> dict[str, str]:
    """The rules of a Content-Security-Policy by name."""
    rules = (rule.strip() for rule in headers["Content-Security-Policy"].split(";"))
    return {name: rest for name, _, rest in (rule.partition(" ") for rule in rules)}


def test_a_card_runs_no_script_and_reaches_nothing_but_its_own_address() -> None:
    rules = policy(card_headers(scripts=False))

    assert rules["sandbox"] == "allow-same-origin"
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert "script-src" not in rules
    assert not any("http" in rule or "*" in rule for rule in rules.values())
    assert set(rules["img-src"].split()) == {"'self'", "data:"}


def test_a_card_with_scripts_still_reaches_nothing_but_its_own_address() -> None:
    rules = policy(card_headers(scripts=True))

    assert rules["sandbox"] == "allow-same-origin allow-scripts"
    assert rules["connect-src"] == "'self'"
    assert not any("http" in rule or "*" in rule for rule in rules.values())
    assert "unsafe-eval" not in rules["script-src"]


def test_the_shell_itself_frames_only_its_own() -> None:
    rules = policy(SHELL_HEADERS)

    assert rules["default-src"] == "'none'"
    assert rules["frame-src"] == "'self'"
    assert b"<script" not in SHELL_HTML
    assert SHELL_JS


def test_an_origin_exists_nowhere_and_never_comes_twice() -> None:
    origins = {random_origin() for _ in range(100)}

    assert len(origins) == 100
    assert all(re.fullmatch(r"https://[0-9a-f]{16}\.invalid", origin) for origin in origins)
