from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from service.cli import main
from service.cli.url import platform_names
from tests.fakes import write_template
from tests.merge_tags.reading import Read
from tests.pages import ROOT, read

BASE = "http://127.0.0.1:8080"


@pytest.fixture
def said(folder: Path, capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    write_template(folder / "html_templates", "hello", more='alt = "Hi {first_name}"')
    return capsys


def test_without_a_platform_the_address_alone_is_printed(
    said: pytest.CaptureFixture[str],
) -> None:
    assert main(["url", "ticket", "--set", "first_name=Ada", "--format", "jpeg"]) == 0

    assert said.readouterr().out == f"{BASE}/i/ticket.jpg?first_name=Ada\n"


def test_the_tag_goes_to_a_pipe_and_advice_to_the_terminal(
    said: pytest.CaptureFixture[str],
) -> None:
    assert main(["url", "hello", "--platform", "HubSpot", "--map", "first_name=nickname"]) == 0
    out, err = said.readouterr()
    ((tag, told),) = Read(out).tags

    assert (tag, out.count("\n")) == ("img", 1)
    assert told["src"] == f"{BASE}/i/hello.png?first_name={{{{ contact.nickname }}}}&_end=1"
    assert told["alt"] == "Hi {{ contact.nickname }}"
    assert "HubSpot: paste it into" in err
    assert "first_name = contact.nickname" in err
    assert "warning: HubSpot has no way" in err


def test_open_says_which_fields_alone_are_filled_in(said: pytest.CaptureFixture[str]) -> None:
    assert main(["url", "hello", "--platform", "drip", "--open", "first_name"]) == 0

    assert "subscriber.first_name | default: 'friend' | url_encode" in said.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--platform", "klavyio"], "did you mean klaviyo"),
        (["--platform", "klaviyo", "--map", "first_name"], "--map needs a name and a value"),
        (["--platform", "klaviyo", "--map", "frist_name=x"], "did you mean first_name"),
        (["--platform", "klaviyo", "--open", "seat"], "has no field 'seat'"),
        (["--map", "first_name=x"], "--platform"),
        (["--platform", "web", "--format", "pdf"], "PDF"),
        (["--format", "bmp"], "no format"),
    ],
)
def test_what_cannot_be_is_exit_code_2_and_nothing_on_standard_output(
    said: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["url", "hello", *arguments]) == 2
    out, err = said.readouterr()

    assert out == ""
    assert message in " ".join(err.split())


def test_a_template_for_key_holders_has_no_tag(said: pytest.CaptureFixture[str]) -> None:
    write_template(Path("html_templates"), "internal", access="key")

    assert main(["url", "internal", "--platform", "klaviyo"]) == 2
    out, err = said.readouterr()
    assert out == ""
    assert 'access = "signed"' in " ".join(err.split())


def test_a_template_that_wants_a_signature_has_sealed_addresses(
    said: pytest.CaptureFixture[str],
) -> None:
    assert main(["url", "sealed", "--set", "first_name=Ada"]) == 0
    assert re.fullmatch(rf"{BASE}/p/[\w-]+\.png\n", said.readouterr().out)
    assert main(["url", "sealed", "--platform", "mandrill"]) == 0
    ((_, told),) = Read(said.readouterr().out).tags
    assert re.fullmatch(
        rf"{BASE}/p/[\w-]+\.png\?first_name=\*\|FNAME\|\*&_end=1", told["src"] or ""
    )


def test_what_had_to_be_repaired_is_said(said: pytest.CaptureFixture[str]) -> None:
    assert main(["url", "ticket", "--set", "frist_name=Ada"]) == 0

    assert "unknown_field" in said.readouterr().err


def test_a_shell_completes_platforms() -> None:
    assert platform_names("Ma")[:3] == ["mailchimp", "mandrill", "mautic"]
    assert {"web", "og", "klaviyo"} <= set(platform_names(""))


def test_the_tag_in_the_guide_is_the_one_that_is_printed(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = read("docs/guides/email-campaign.md")
    line = re.findall(r"^    mergeshot (url .*)$", guide, re.M)[0]
    shown = re.findall(r"^```html\n(.*?)^```", guide, re.M | re.S)
    for name in ("_shared", "email-banner"):
        copy = name.replace("email-banner", "spring-mail")
        shutil.copytree(ROOT / "html_templates" / name, folder / "html_templates" / copy)
    manifest = folder / "html_templates/spring-mail/template.toml"
    manifest.write_text(f'access = "public"\n{manifest.read_text("utf-8")}', "utf-8")
    monkeypatch.setenv("MERGESHOT_PUBLIC_URL", "https://img.example.com")

    assert main(shlex.split(line)) == 0
    assert shown == [capsys.readouterr().out]
