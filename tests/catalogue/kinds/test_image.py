"""Reading pictures."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from service.catalogue.kinds.image import is_remote
from service.catalogue.kinds.reader import read
from service.catalogue.kinds.reading import Unusable
from service.imaging.sniff import Raster, look_at
from service.model import NoteCode
from tests.catalogue.kinds.asking import a_field, a_reading, ask, ask_with_notes

ASSETS = ("assets/logo.png", "_shared/assets/seal.svg", "style.css", "assets/font.woff2")


def picture(form: str, size: tuple[int, int] = (7, 5), **keys: Any) -> bytes:
    """A small picture."""
    stream = BytesIO()
    Image.new("RGB", size, "red").save(stream, form, **keys)
    return stream.getvalue()


def uri(form: str, body: bytes) -> str:
    """A picture as a data: URI."""
    return f"data:image/{form};base64,{b64encode(body).decode()}"


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        *(("png", {}), ("gif", {}), ("jpeg", {}), ("jpeg", {"progressive": True}), ("webp", {})),
        ("webp", {"lossless": True}),
        ("webp", {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"}),
    ],
)
def test_a_pictures_first_bytes_say_its_type_and_size(form: str, keys: dict[str, Any]) -> None:
    body = picture(form, **keys)

    assert look_at(body) == Raster(form, 7, 5)
    assert ask("image", uri(form, body)) == uri(form, body)


def test_jpg_is_jpeg() -> None:
    body = picture("jpeg")

    assert ask("image", uri("jpg", body)) == uri("jpeg", body)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("logo.png", "assets/logo.png"),
        ("assets/logo.png", "assets/logo.png"),
        ("./logo.png", "assets/logo.png"),
        ("seal.svg", "_shared/assets/seal.svg"),
        ("_shared/assets/seal.svg", "_shared/assets/seal.svg"),
    ],
)
def test_an_assets_name_means_its_path(name: str, path: str) -> None:
    assert read(a_field("image"), name, a_reading(assets=ASSETS)) == path


@pytest.mark.parametrize(
    "name", ["other.png", "style.css", "font.woff2", "../logo.png", "/etc/passwd.png", "logo"]
)
def test_what_is_no_picture_of_the_template_is_refused(name: str) -> None:
    with pytest.raises(Unusable, match="asset"):
        read(a_field("image"), name, a_reading(assets=ASSETS))


@pytest.mark.parametrize(
    ("value", "read_as"),
    [
        ("https://cdn.example.com/a.png", "https://cdn.example.com/a.png"),
        ("HTTPS://CDN.Example.com:443/A.png#x", "https://cdn.example.com/A.png"),
        (" https://cdn.example.com?w=1 ", "https://cdn.example.com/?w=1"),
        ("https://cdn.example.com/\u00e4.png", "https://cdn.example.com/%C3%A4.png"),
    ],
)
def test_an_address_on_the_web_is_read_in_one_way(value: str, read_as: str) -> None:
    assert ask("image", value, hosts=["*.example.com"]) == read_as
    assert is_remote(read_as)


@pytest.mark.parametrize(
    ("value", "hosts", "told"),
    [
        ("https://cdn.example.com/a.png", [], "has no hosts"),
        ("http://cdn.example.com/a.png", [], "has no hosts"),
        ("//cdn.example.com/a.png", [], "has no hosts"),
        ("https://cdn.example.com/a.png", ["example.com"], "not on one of the hosts"),
        ("https://example.com/a.png", ["*.example.com"], "not on one of the hosts"),
        ("http://cdn.example.com/a.png", ["*"], "https address, not an http one"),
        ("//cdn.example.com/a.png", ["*"], "such as https"),
        ("https://localhost/a.png", ["*"], "with its domain"),
        ("https://127.1/a.png", ["*"], "not a number"),
        ("https://ada:secret@cdn.example.com/a.png", ["*"], "nothing before it"),
        ("https://cdn.example.com:8443/a.png", ["*"], "usual port"),
        ("https://cdn.example.com/a b.png", ["*"], "%20"),
        ("https://cdn.example.com/{{ logo }}.png", ["*"], "%20"),
    ],
)
def test_an_address_that_may_not_be_asked_counts_as_missing_and_says_why(
    value: str, hosts: list[str], told: str
) -> None:
    with pytest.raises(Unusable, match=told) as reason:
        ask("image", value, hosts=hosts)

    assert reason.value.code is NoteCode.INVALID
    assert value not in reason.value.message


@pytest.mark.parametrize("value", ["a.png", "data:image/png;base64,AAAA", "http://x/", None, 7])
def test_nothing_else_is_on_the_web(value: object) -> None:
    assert not is_remote(value)


def test_plus_signs_that_became_spaces_are_put_back_with_a_note() -> None:
    body = picture("png") + b"\xfb\xef\xbe" * 4
    broken = uri("png", body).replace("+", " ")

    value, notes = ask_with_notes("image", broken)

    assert broken != uri("png", body)
    assert value == uri("png", body)
    assert [note.code for note in notes] == [NoteCode.REPAIRED]


@pytest.mark.parametrize(
    "value",
    [
        uri("jpeg", picture("png")),
        uri("png", b"GIF89a"),
        uri("png", b"\x89PNG\r\n\x1a\n"),
        uri("jpeg", b"\xff\xd8\xff\xe0\x00"),
        uri("webp", b"RIFF....WEBPVP8?"),
        uri("gif", b"GIF89a" + bytes(10)),
        uri("gif", b"GIF89a"),
        uri("webp", b"RIFF....WEBPVP8 "),
        uri("jpeg", b"\xff\xd8\xff\xff\xff\xd0\xff\xda\x00\x04"),
        uri("jpeg", b"\xff\xd8\xff\xc0\x00\x00"),
        "data:image/png;base64,%%%",
        "data:image/png;base64,A",
        "data:image/svg+xml;base64,PHN2Zz4=",
        "data:text/html,<script>",
        "data:image/png,raw",
        "data:",
        7,
    ],
)
def test_a_data_uri_that_is_not_what_it_says_is_refused(value: object) -> None:
    with pytest.raises(Unusable):
        ask("image", value)


def test_a_picture_of_too_many_bytes_is_refused() -> None:
    body = picture("png")

    assert ask("image", uri("png", body), max_bytes=len(body))
    with pytest.raises(Unusable, match="bytes are allowed"):
        ask("image", uri("png", body), max_bytes=len(body) - 1)


def test_a_small_file_with_too_many_pixels_is_refused() -> None:
    body = bytearray(picture("png"))
    body[16:24] = (30_000).to_bytes(4) * 2

    with pytest.raises(Unusable, match="megapixels"):
        ask("image", uri("png", bytes(body)))
