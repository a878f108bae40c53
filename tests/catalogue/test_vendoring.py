from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from service.catalogue.lint import lint
from service.catalogue.vendoring import Unavailable, Vendored, remote_addresses, vendor
from tests.catalogue.workshop import Workshop, field, page

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1"
WOFF2 = b"wOF2 a font"
FONTS_CSS = b"""
@font-face { font-family: A; src: url(https://fonts.example/s/a.woff2) format("woff2"); }
@font-face { font-family: B; src: url('../s/b.woff2?v=1&x=2') format("woff2"); }
"""


def away(workshop: Workshop, files: dict[str, bytes], **more: object) -> Vendored:
    """Vendor the card with these files elsewhere; everything else is a 404."""

    async def fetch(url: str) -> bytes:
        if url not in files:
            raise Unavailable("it answers 404")
        return files[url]

    return asyncio.run(vendor(workshop.load(), workshop.root / "card", fetch))


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def test_fonts_and_pictures_come_into_assets_and_the_template_names_them(
    workshop: Workshop,
) -> None:
    css = 'body{background:#fff url("https://x.example/bg.png")}'
    head = '<link rel="stylesheet" href="https://fonts.example/css2?family=A&amp;display=swap">'
    body = '<img src="//x.example/a%20b.PNG"><p style="background:url(https://x.example/bg.png)">'
    workshop.template(page(body, head=head), files={"style.css": css})

    done = away(
        workshop,
        {
            "https://x.example/bg.png": PNG,
            "https://x.example/a%20b.PNG": PNG,
            "https://fonts.example/css2?family=A&display=swap": FONTS_CSS,
            "https://fonts.example/s/a.woff2": WOFF2,
            "https://fonts.example/s/b.woff2?v=1&x=2": WOFF2 + b"!",
        },
    )

    template = workshop.load()
    assert done.left == {}
    assert remote_addresses(template) == []
    assert lint(template) == []
    assert set(done.brought.values()) == {
        "assets/bg.png", "assets/a-b.png", "assets/css2.css", "assets/a.woff2", "assets/b.woff2"
    }  # fmt: skip
    assert 'href="assets/css2.css"' in template.text("template.html")
    sheet = template.text("assets/css2.css")
    assert "url(a.woff2)" in sheet
    assert "url('b.woff2')" in sheet


def test_what_cannot_be_had_stays_as_it_is_and_is_told(workshop: Workshop) -> None:
    css = (
        "body{background:#fff url(https://x.example/bg.png)}p{background:url(https://x.example/p)}"
    )
    workshop.template("<p>Hi", files={"style.css": css})

    done = away(workshop, {"https://x.example/bg.png": PNG, "https://x.example/p": b"<html>"})

    assert done.brought == {"https://x.example/bg.png": "assets/bg.png"}
    assert "no font and no picture" in done.left["https://x.example/p"]
    text = (workshop.root / "card/style.css").read_text()
    assert text == "body{background:#fff url(assets/bg.png)}p{background:url(https://x.example/p)}"


def test_a_style_sheet_comes_with_all_that_it_names_or_not_at_all(workshop: Workshop) -> None:
    workshop.template(
        "Hi", files={"style.css": '@import "https://x.example/a.css";body{background:#fff}'}
    )

    done = away(workshop, {"https://x.example/a.css": b"p{background:url(gone.png)}"})

    assert "gone.png" in done.left["https://x.example/a.css"]
    assert not (workshop.root / "card/assets/a.css").exists()


def test_sheets_that_import_each_other_come_to_an_end(workshop: Workshop) -> None:
    workshop.template(
        "Hi", files={"style.css": '@import "https://x.example/0.css";body{background:#fff}'}
    )
    endless = {f"https://x.example/{n}.css": f'@import "{n + 1}.css";'.encode() for n in range(60)}

    done = away(workshop, endless)

    assert done.brought == {}
    assert "https://x.example/0.css" in done.left


def test_an_address_made_of_data_is_left_to_its_designer(workshop: Workshop) -> None:
    workshop.template('<img src="https://x.example/{{ seat }}.png">', manifest=field("seat"))

    done = away(workshop, {})

    assert "made by Jinja" in done.left["https://x.example/….png"]


def test_shared_files_are_not_changed_for_one_template(workshop: Workshop) -> None:
    shared = "p{background:url(https://x.example/bg.png)}"
    workshop.write("_shared/base.css", shared)
    workshop.template(page("Hi", head='<link rel="stylesheet" href="_shared/base.css">'))

    done = away(workshop, {"https://x.example/bg.png": PNG})

    assert "several templates" in done.left["https://x.example/bg.png"]
    assert (workshop.root / "_shared/base.css").read_text() == shared


def test_an_address_that_begins_with_another_one_is_its_own(workshop: Workshop) -> None:
    css = (
        "body{background:#fff url(https://x.example/a)}p{background:url(https://x.example/a.png)}"
    )
    workshop.template("<p>Hi", files={"style.css": css})

    away(workshop, {"https://x.example/a": PNG, "https://x.example/a.png": PNG + b"2"})

    text = (workshop.root / "card/style.css").read_text()
    assert "x.example" not in text
    assert len(set(text.split("url(")[1:])) == 2


def test_two_files_of_one_name_both_find_a_place(workshop: Workshop) -> None:
    css = "body{background:#fff url(https://x.example/1/a.png)}p{background:url(https://x.example/2/a.png)}"
    workshop.template("<p>Hi", files={"style.css": css, "assets/a.png": PNG + b"0"})

    done = away(
        workshop,
        {"https://x.example/1/a.png": PNG + b"1", "https://x.example/2/a.png": PNG + b"2"},
    )

    assert sorted(done.brought.values()) == ["assets/a-2.png", "assets/a-3.png"]
    assert (workshop.root / "card/assets/a.png").read_bytes() == PNG + b"0"


def test_a_template_that_names_nothing_elsewhere_is_not_touched(workshop: Workshop) -> None:
    workshop.template("Hi")
    before = {path: path.stat().st_mtime_ns for path in workshop.root.rglob("*")}

    assert away(workshop, {}) == Vendored()
    assert {path: path.stat().st_mtime_ns for path in workshop.root.rglob("*")} == before
