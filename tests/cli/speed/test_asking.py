from __future__ import annotations

from pathlib import Path

import pytest

from service.catalogue.template import Template
from service.cli.speed.asking import Addresses, different_values
from service.config import Settings
from service.errors import BadRequest
from service.model import Format
from tests.fakes import write_template
from tests.pages import ROOT

SAMPLES = sorted(
    path.parent.name for path in (ROOT / "html_templates").glob("[!_]*/template.toml")
)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Addresses:
    return Addresses.open(
        Settings.read(
            {
                "MERGESHOT_DATA_DIR": str(tmp_path_factory.mktemp("data")),
                "MERGESHOT_TEMPLATES_DIR": str(ROOT / "html_templates"),
            }
        )
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_no_two_numbers_give_one_picture(samples: Addresses, name: str) -> None:
    values = different_values(samples.templates[name])
    addresses = {
        samples.address(name, values(number), Format.PNG) for number in (1000, 1001, 123456)
    }

    assert len(addresses) == 3


@pytest.mark.parametrize("name", SAMPLES)
def test_the_values_are_used_as_they_are(samples: Addresses, name: str) -> None:
    """Cut or refused, two of them might say the same."""
    template = samples.templates[name]
    varied, example = different_values(template)(1000), next(iter(template.examples_in_order))
    changed = {
        field
        for field, value in varied.items()
        if value != template.examples_in_order[example].get(field)
    }

    assert len(changed) == 1
    assert str(varied[changed.pop()]).endswith("1000")


def test_a_name_gets_letters_and_a_short_field_room_for_them(tmp_path: Path) -> None:
    template = made(tmp_path, '[fields.who]\nkind = "name"\nfallback = "A"\nmax_length = 8\n')

    one, other = (str(different_values(template)(number)["who"]) for number in (1000, 1001))

    assert one != other
    assert max(len(one), len(other)) <= 8
    assert one.replace(" ", "").isalpha()


def test_a_template_without_a_text_is_refused(tmp_path: Path) -> None:
    template = made(tmp_path, '[fields.many]\nkind = "integer"\nfallback = 1\n')

    with pytest.raises(BadRequest, match="no text"):
        different_values(template)


def made(folder: Path, fields: str) -> Template:
    write_template(folder / "html_templates", "small")
    manifest = folder / "html_templates" / "small" / "template.toml"
    manifest.write_text(f"width = 100\nheight = 50\n\n{fields}")
    (manifest.parent / "template.html").write_text(
        "<!doctype html><html><head></head><body>x</body></html>"
    )
    return Addresses.open(
        Settings.read(
            {
                "MERGESHOT_DATA_DIR": str(folder / "data"),
                "MERGESHOT_TEMPLATES_DIR": str(folder / "html_templates"),
            }
        )
    ).templates["small"]
