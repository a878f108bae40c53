"""Check what the browser printed and make the finished file of it. For threads: qpdf is C++.

The same page gives the same bytes: no dates, no producer, an identifier made of the content. And
nothing in the file can act: no script, no attachment, no link but to pages, mail and telephones.
"""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, Page, Pdf

from service.imaging.encode import PictureInvalid
from service.model import Sheet

_SLACK = 2.0
"""Points by which Chromium's page may be larger than the paper: it rounds, mostly up."""

_ACTING = ("/OpenAction", "/AA", "/AcroForm", "/Names", "/Collection")
_LINKS = ("http://", "https://", "mailto:", "tel:")


class TooManyPages(Exception):
    """The document has more pages than are printed."""


def pdf_writer() -> str:
    """The version of what writes the file: part of the fingerprint, since it changes bytes."""
    return f"qpdf {pikepdf.__libqpdf_version__}"


def finish_card(body: bytes, sheet: Sheet) -> bytes:
    """The finished file of a card: one page, exactly as large as its paper.

    Raises:
        PictureInvalid: when it does not open, or has more pages or another size.
    """
    try:
        with Pdf.open(io.BytesIO(body)) as pdf:
            if len(pdf.pages) != 1:
                raise PictureInvalid(f"{len(pdf.pages)} pages came instead of one")
            if not _cut(pdf.pages[0], sheet):
                raise PictureInvalid("the page has another size than its paper")
            return _written(pdf, sheet)
    except pikepdf.PdfError as error:
        raise PictureInvalid(type(error).__name__) from error


def finish_document(body: bytes, sheet: Sheet, *, most: int) -> bytes:
    """The finished file of a document of one page or more, each as large as it said itself.

    Raises:
        PictureInvalid: when it does not open, or has no page.
        TooManyPages: when it has more than `most`.
    """
    try:
        with Pdf.open(io.BytesIO(body)) as pdf:
            if not pdf.pages:
                raise PictureInvalid("no page came")
            if len(pdf.pages) > most:
                raise TooManyPages
            for page in pdf.pages:
                _cut(page, sheet)
            return _written(pdf, sheet)
    except pikepdf.PdfError as error:
        raise PictureInvalid(type(error).__name__) from error


def _cut(page: Page, sheet: Sheet) -> bool:
    """Take off what Chromium added, at the right and below; whether it is the paper's size now."""
    left, bottom, right, top = (float(side) for side in page.mediabox)
    width, height = sheet.paper.points
    wide, high = right - left - width, top - bottom - height
    if not (0 <= wide <= _SLACK and 0 <= high <= _SLACK):
        return False
    page.mediabox = Array([left, round(top - height, 4), round(left + width, 4), top])
    return True


def _written(pdf: Pdf, sheet: Sheet) -> bytes:
    title = sheet.title or str(pdf.docinfo.get(Name.Title, ""))
    for key in ("/Info", "/ID"):
        if key in pdf.trailer:
            del pdf.trailer[key]
    pdf.docinfo[Name.Title] = title
    root = pdf.Root
    if sheet.language:
        root.Lang = pikepdf.String(sheet.language)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    for key in (*_ACTING, "/Metadata"):
        if key in root:
            del root[key]
    for page in pdf.pages:
        _still(page)
    file = io.BytesIO()
    pdf.save(file, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return file.getvalue()


def _still(page: Page) -> None:
    """Keep links of a page, and nothing else that could act."""
    if Name.AA in page:
        del page[Name.AA]
    if Name.Annots in page:
        links = [one for one in page.Annots.as_list() if one.get(Name.Subtype) == Name.Link]
        for link in links:
            _disarm(link)
        page.Annots = Array(links)


def _disarm(link: pikepdf.Object) -> None:
    """Take a link its action, unless it leads to a page, mail or telephone."""
    # It stays where it is: the tags of the page refer to it.
    if Name.AA in link:
        del link[Name.AA]
    action = link.get(Name.A)
    if action is None:
        return
    leads = str(action.get(Name.URI, "")).lower().startswith(_LINKS)
    if action.get(Name.S) != Name.URI or not leads or Name.Next in action:
        del link[Name.A]
