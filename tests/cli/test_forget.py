import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.app import open_catalogue, open_copies, open_picture_cache, open_store
from service.cache.cache import value_digest
from service.cache.entry import Entry
from service.catalogue.canonical import canonical
from service.cli import main
from service.config import Settings, installation_secret
from service.fetch.copies import Copies, Copy
from service.model import Format, RenderRequest
from service.render.plan import Planner


@pytest.fixture
def kept(folder: Path) -> Path:
    """Pictures of Ada, of Bob and of nobody in particular, left by a server that has stopped."""
    settings = Settings.read(os.environ)
    secret = installation_secret(settings)
    catalogue = open_catalogue(settings, open_store(settings))
    planner = Planner(catalogue, secret=secret, fingerprint="a fake")

    async def keep(values: dict[str, object]) -> None:
        request = RenderRequest("ticket", values, datetime.now(UTC), Format.PNG)
        plan = planner.plan(request)
        cache = open_picture_cache(settings, secret)
        await cache.put(
            Entry(
                body=b"a picture",
                key=plan.key,
                subject=plan.subject,
                template=plan.template.name,
                version=plan.template.version,
                fingerprint="a fake",
                format="png",
                width=60,
                height=30,
                drawn_at=datetime.now(UTC).timestamp(),
                values={
                    name: value_digest(secret, name, canonical(value))
                    for name, value in plan.filled.values.items()
                },
            )
        )
        await cache.close()

    for values in ({"first_name": "Ada"}, {"first_name": "Bob"}, {}):
        asyncio.run(keep(dict(values)))
    return folder


@pytest.mark.usefixtures("kept")
def test_one_persons_pictures_go_and_the_others_stay(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forget", "ticket", "--set", "first_name=Ada"]) == 0
    assert capsys.readouterr().out == "1 picture of ticket dropped\n"

    assert main(["forget", "ticket", "--set", "First-Name=Ada"]) == 0
    assert capsys.readouterr().out == "0 pictures of ticket dropped\n"


@pytest.mark.usefixtures("kept")
def test_without_values_all_pictures_of_the_template_go(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["forget", "ticket", "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == {"template": "ticket", "dropped": 3}


@pytest.mark.usefixtures("kept")
def test_a_value_that_the_template_would_not_show_drops_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for pair in ("frist_name=Ada", "first_name="):
        assert main(["forget", "ticket", "--set", pair]) == 2
    assert "first_name" in capsys.readouterr().err

    assert main(["forget", "ticket", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dropped"] == 3


@pytest.mark.usefixtures("folder")
def test_an_unknown_template_is_exit_code_2() -> None:
    assert main(["forget", "tiket"]) == 2


@pytest.mark.usefixtures("kept")
def test_copies_of_pictures_from_the_web_go_too() -> None:
    """All of them, for nobody can tell whose they are."""
    settings = Settings.read(os.environ)
    copies = open_copies(settings, installation_secret(settings))
    url = "https://img.example.com/ada.png"
    copies.keep(url, Copy(b"Ada's face", "image/png", ("img.example.com",), 7, copies.now()))
    assert copies.find(url)

    assert main(["forget", "ticket", "--set", "first_name=Ada"]) == 0
    assert copies.find(url) is None


@pytest.mark.usefixtures("kept")
def test_copies_that_cannot_be_removed_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(_: Copies) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Copies, "forget", refused)

    assert main(["forget", "ticket"]) == 2
    assert "remote/" in capsys.readouterr().err
