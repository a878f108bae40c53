"""What was printed: checked, cut to its paper, and rid of what could act or tell when it was."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from service.imaging.encode import PictureInvalid
from service.imaging.pdf import TooManyPages, finish_card, finish_document, pdf_writer
from service.model import Paper, Sheet

SHEET = Sheet(Paper.of_pixels(1200, 630), "A ticket", "de")
RIGHT = (900, 473.04)
"""What Chromium makes of 900 x 472.5 points."""


def printed(*sizes: tuple[float, float], change: Callable[[Pdf], object] | None = None) -> bytes:
    """A PDF of empty pages, with what Chromium writes about itself and `change` made to it."""
    pdf = Pdf.new()
    for size in sizes or (RIGHT,):
        pdf.add_blank_page(page_size=size)
    pdf.docinfo[Name.Producer] = "Skia/PDF m156"
    pdf.docinfo[Name.Creator] = "Chromium"
    pdf.docinfo[Name.CreationDate] = "D:20261125023153+00'00'"
    pdf.docinfo[Name.Title] = "Its own title"
    if change is not None:
        change(pdf)
    file = io.BytesIO()
    pdf.save(file)
    return file.getvalue()


def reopened(body: bytes) -> Pdf:
    return Pdf.open(io.BytesIO(body))


def test_a_card_is_one_page_as_large_as_its_paper_cut_at_the_right_and_below() -> None:
    pdf = reopened(finish_card(printed(), SHEET))

    assert [float(side) for side in pdf.pages[0].mediabox] == pytest.approx([0, 0.54, 900, 473.04])


def test_the_file_says_its_title_and_language_and_nothing_else() -> None:
    pdf = reopened(finish_card(printed(), SHEET))

    assert {name: str(value) for name, value in pdf.docinfo.items()} == {"/Title": "A ticket"}
    assert pdf.Root.Lang == "de"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert Name.Metadata not in pdf.Root


def test_a_document_keeps_its_own_title_and_language() -> None:
    def speak(pdf: Pdf) -> None:
        pdf.Root.Lang = pikepdf.String("fr")

    pdf = reopened(finish_document(printed(change=speak), Sheet(SHEET.paper), most=9))

    assert pdf.docinfo[Name.Title] == "Its own title"
    assert pdf.Root.Lang == "fr"


def test_the_same_page_gives_the_same_bytes_whenever_it_was_printed() -> None:
    def later(pdf: Pdf) -> None:
        pdf.docinfo[Name.CreationDate] = "D:20300101000000+00'00'"
        pdf.trailer[Name.ID] = Array([pikepdf.String("one"), pikepdf.String("two")])

    assert finish_card(printed(), SHEET) == finish_card(printed(change=later), SHEET)


def test_another_page_has_another_identifier() -> None:
    def drawn(pdf: Pdf) -> None:
        pdf.pages[0].Contents = pdf.make_stream(b"0 0 9 9 re f")

    one, other = (
        reopened(finish_card(body, SHEET)) for body in (printed(), printed(change=drawn))
    )

    assert bytes(one.trailer.ID[0]) != bytes(other.trailer.ID[0])


@pytest.mark.parametrize(
    "body",
    [b"", b"%PDF-1.7", b"no PDF at all", printed()[:200], b"\x89PNG\r\n\x1a\n"],
    ids=["nothing", "begun", "text", "cut short", "a picture"],
)
def test_what_does_not_open_is_refused(body: bytes) -> None:
    with pytest.raises(PictureInvalid):
        finish_card(body, SHEET)
    with pytest.raises(PictureInvalid):
        finish_document(body, SHEET, most=9)


@pytest.mark.parametrize(
    "sizes", [(RIGHT, RIGHT), ((595, 842),), ((900, 472.4),), ((902.1, 473.04),), ((473.04, 900),)]
)
def test_more_pages_or_another_size_is_no_card(sizes: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(PictureInvalid):
        finish_card(printed(*sizes), SHEET)


def test_the_pages_of_a_document_may_have_sizes_of_their_own() -> None:
    pdf = reopened(finish_document(printed(RIGHT, (595, 842)), SHEET, most=2))
    corners = [float(side) for page in pdf.pages for side in page.mediabox]

    assert corners == pytest.approx([0, 0.54, 900, 473.04, 0, 0, 595, 842])


def test_too_many_pages_are_told() -> None:
    assert finish_document(printed(*[RIGHT] * 3), SHEET, most=3)
    with pytest.raises(TooManyPages):
        finish_document(printed(*[RIGHT] * 4), SHEET, most=3)


# Nothing acts


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def link(**more: Any) -> Dictionary:
    return Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), **more)


def leading_to(address: str) -> Dictionary:
    return link(A=Dictionary(S=Name.URI, URI=pikepdf.String(address)))


def arm(pdf: Pdf) -> None:
    """Everything that a file could do by itself."""
    pdf.Root.OpenAction = script()
    pdf.Root.AA = Dictionary(WC=script())
    pdf.Root.AcroForm = Dictionary(Fields=Array([]))
    files = Dictionary(Names=Array([pikepdf.String("x"), Dictionary(Type=Name.Filespec)]))
    scripts = Dictionary(Names=Array([pikepdf.String("x"), script()]))
    pdf.Root.Names = Dictionary(EmbeddedFiles=files, JavaScript=scripts)
    pdf.pages[0].AA = Dictionary(O=script())
    attachment = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, FS=Dictionary())
    bad = [link(A=script()), link(AA=Dictionary(E=script())), leading_to("javascript:alert(1)")]
    pdf.pages[0].Annots = Array([attachment, *bad, leading_to("https://example.com/")])


@pytest.mark.parametrize(
    "finish", [finish_card, lambda body, sheet: finish_document(body, sheet, most=1)]
)
def test_nothing_in_the_file_acts(finish: Callable[[bytes, Sheet], bytes]) -> None:
    pdf = reopened(finish(printed(change=arm), SHEET))
    text = repr([dict(one) for one in pdf.objects if isinstance(one, Dictionary)])

    for word in ("JavaScript", "javascript", "alert", "EmbeddedFile", "FileAttachment", "/AA"):
        assert word not in text
    assert {"/OpenAction", "/AcroForm", "/Names"} & set(pdf.Root.keys()) == set()


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://example.com/", True),
        ("HTTP://example.com/", True),
        ("mailto:ada@example.com", True),
        ("tel:+441234", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("relative", False),
        ("", False),
    ],
)
def test_links_to_pages_mail_and_telephones_stay(address: str, kept: bool) -> None:
    def put(pdf: Pdf) -> None:
        pdf.pages[0].Annots = Array([leading_to(address)])

    pdf = reopened(finish_card(printed(change=put), SHEET))
    (annotation,) = pdf.pages[0].Annots.as_list()

    assert (Name.A in annotation) is kept


def test_a_link_within_the_document_stays() -> None:
    def put(pdf: Pdf) -> None:
        pdf.pages[0].Annots = Array([link(Dest=Array([pdf.pages[0].obj, Name.Fit]))])

    pdf = reopened(finish_card(printed(change=put), SHEET))
    (annotation,) = pdf.pages[0].Annots.as_list()

    assert Name.Dest in annotation


def test_what_writes_the_file_is_named_with_its_version() -> None:
    assert pdf_writer() == f"qpdf {pikepdf.__libqpdf_version__}"
