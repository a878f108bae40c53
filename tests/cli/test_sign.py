"""`mergeshot sign`: what it prints is believed, and what nobody could use is refused."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.access.keyring import open_keyring
from service.access.sealing import unseal
from service.access.signing import verify
from service.cli import main
from service.cli.sign import moment
from service.errors import BadRequest
from tests.access.addresses import read

KEYS = "k9:0123456789abcdef"
RING = open_keyring(KEYS, b"")


@pytest.fixture
def keys(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERGESHOT_SIGNING_KEYS", KEYS)
    monkeypatch.setenv("MERGESHOT_PUBLIC_URL", "https://img.example.com")


@pytest.mark.usefixtures("keys")
def test_it_prints_a_sealed_address_with_its_open_fields_to_fill(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = ["sign", "ticket", "--open", "first_name", "--format", "webp", "--expires", "90d"]
    assert main(line) == 0

    out, err = capsys.readouterr()
    path, _, query = out.strip().removeprefix("https://img.example.com/p/").partition("?")
    token, _, extension = path.rpartition(".")
    said = unseal(RING, token, extension, now=time.time()).address

    assert (query, extension, err) == ("first_name=&_end=1", "webp", "")
    assert said is not None
    assert (said.template, said.open) == ("ticket", ("first_name",))
    assert said.expires is not None
    assert abs(said.expires - time.time() - 90 * 86400) < 100


@pytest.mark.usefixtures("keys")
def test_it_prints_a_signed_address_that_is_believed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sign", "ticket", "--set", "first_name=Zoë O'Hara", "--kind", "signed"]) == 0

    path, _, query = capsys.readouterr().out.strip().partition("?")
    verdict = verify(RING, "ticket", "png", read(query), declared={"first_name"}, now=0)

    assert path == "https://img.example.com/i/ticket.png"
    assert verdict.ok
    assert verdict.pinned == {"first_name", "_kid"}


def test_without_keys_and_a_public_address_it_signs_with_the_installations_own(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sign", "ticket", "--kind", "signed"]) == 0

    out, err = capsys.readouterr()
    assert out.startswith("http://127.0.0.1:8080/i/ticket.png?_kid=0&_sig=")
    assert "MERGESHOT_PUBLIC_URL is not set" in err


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--open", "first_name", "--set", "first_name=hush"], "first_name: is fixed already"),
        (["--open", "nickname"], "nickname: is no field"),
        (["--open", "_v"], "_v: is no field"),
        (["--set", "nickname=hush"], "no such field"),
        (["--set", "first_name={{ hush }}"], "first_name: "),
        (["--size", "huge"], "_size: "),
        (["--expires", "soon"], "--expires cannot be read"),
        (["--expires", "2001-01-01"], "--expires lies in the past"),
        (["--open", "portrait"], "portrait: may not stay open"),
    ],
)
def test_what_cannot_be_vouched_for_is_refused(
    folder: Path, options: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = folder / "html_templates/ticket/template.toml"
    more = '\n[fields.portrait]\nkind = "image"\nhosts = ["*"]\noptional = true\n'
    manifest.write_text(manifest.read_text() + more)

    assert main(["sign", "ticket", *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert "hush" not in err


def test_an_unknown_template_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sign", "tikcet"]) == 2
    assert "ticket" in capsys.readouterr().err


def test_a_time_of_expiry_is_a_span_or_the_end_of_a_day() -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)

    assert moment("36h", now) == datetime(2026, 5, 3, tzinfo=UTC)
    assert moment("30m", now) == datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    assert moment("2026-05-01", now) == datetime(2026, 5, 2, tzinfo=UTC)
    for wrong in ("9999-12-31", "0d", "99999d99", "2026-13-01", ""):
        with pytest.raises(BadRequest):
            moment(wrong, now)
