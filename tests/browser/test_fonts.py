"""The set of fonts: a digest that changes when another font may draw other pixels."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.browser.fonts import font_set

SANS = "/usr/share/fonts/a/DejaVuSans.ttf: :fontversion=155320"
SERIF = "/usr/share/fonts/b/NotoSerif.ttf: :fontversion=131334"


@pytest.fixture
def fontconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty PATH, with room for an `fc-list` of our own."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "fc-list"


def lists(fontconfig: Path, *lines: str) -> str:
    """The digest when fontconfig lists these lines."""
    script = "\n".join(f"echo {shlex.quote(line)}" for line in lines)
    fontconfig.write_text(f"#!/bin/sh\n{script}\n")
    fontconfig.chmod(0o755)
    return font_set()


def test_the_digest_is_short_and_stays(fontconfig: Path) -> None:
    digest = lists(fontconfig, SANS, SERIF)

    assert re.fullmatch(r"[0-9a-f]{24}", digest)
    assert lists(fontconfig, SANS, SERIF) == digest


def test_the_order_in_which_fonts_are_found_does_not_matter(fontconfig: Path) -> None:
    assert lists(fontconfig, SANS, SERIF) == lists(fontconfig, SERIF, SANS)


def test_a_font_more_or_in_another_version_is_another_set(fontconfig: Path) -> None:
    sets = {
        lists(fontconfig),
        lists(fontconfig, SANS),
        lists(fontconfig, SANS, SERIF),
        lists(fontconfig, SANS, SERIF.replace("131334", "131335")),
    }

    assert len(sets) == 4


def test_without_fontconfig_the_set_is_unknown_and_the_log_says_so(fontconfig: Path) -> None:
    with capture_logs() as logs:
        assert font_set() == ""

    assert [entry["event"] for entry in logs] == ["fonts_unknown"]


def test_a_fontconfig_that_fails_is_like_none(fontconfig: Path) -> None:
    fontconfig.write_text("#!/bin/sh\necho half; exit 1\n")
    fontconfig.chmod(0o755)

    assert font_set() == ""
