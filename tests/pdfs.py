"""Reading PDF: the text on a page and where it stands, and whether its fonts came along."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pikepdf import (
    Array,
    Dictionary,
    Matrix,
    Name,
    Object,
    Page,
    Pdf,
    String,
    parse_content_stream,
)

FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


@dataclass(frozen=True)
class Piece:
    """Some text and where it begins, in points from the page's top left corner."""

    text: str
    x: float
    y: float


def opened(body: bytes) -> Pdf:
    return Pdf.open(io.BytesIO(body))


def size_of(page: Page) -> tuple[float, float]:
    """Width and height in points."""
    left, bottom, right, top = (float(side) for side in page.mediabox)
    return right - left, top - bottom


def text_of(pdf: Pdf) -> str:
    """All text of all pages, without spaces: how wide a gap is, only fonts tell."""
    return "".join(piece.text for page in pdf.pages for piece in pieces(page)).replace(" ", "")


def pieces(page: Page) -> list[Piece]:
    """What is written on a page, letter by letter."""
    left, top = float(page.mediabox[0]), float(page.mediabox[3])
    found = _Reader(page.obj.Resources, Matrix()).read(page.obj)
    return [Piece(text, x - left, top - y) for text, x, y in found]


def place_of(page: Page, word: str) -> tuple[float, float]:
    """Where a word begins."""
    letters = [(letter, one.x, one.y) for one in pieces(page) for letter in one.text]
    start = "".join(letter for letter, _, _ in letters).index(word)
    return letters[start][1:]


def fonts_of(pdf: Pdf) -> list[Object]:
    return [
        one
        for one in pdf.objects
        if isinstance(one, Dictionary) and one.get(Name.Type) == Name.Font
    ]


def is_embedded(font: Object) -> bool:
    """A font of drawings has them in itself; any other has a file, or a descendant that has."""
    kind = font.get(Name.Subtype)
    if kind == Name.Type3:
        return len(font.CharProcs.keys()) > 0
    if kind == Name.Type0:
        return all(is_embedded(one) for one in font.DescendantFonts.as_list())
    return any(name in font.FontDescriptor for name in FONT_FILES)


class _Reader:
    """Goes through a content stream and keeps what is written, with its place."""

    def __init__(self, resources: Object, matrix: Matrix) -> None:
        self.found: list[tuple[str, float, float]] = []
        self._resources = resources
        self._matrix = matrix
        self._line = Matrix()
        self._font: Object = Dictionary()
        self._kept: list[tuple[Matrix, Object]] = []
        self._meant: list[str | None] = []  # what a passage says in place of its letters

    def read(self, holder: Object) -> list[tuple[str, float, float]]:
        steps: Mapping[str, Callable[[list[Any]], object]] = {
            "q": lambda _: self._kept.append((self._matrix, self._font)),
            "Q": lambda _: self._restore(),
            "cm": lambda given: self._transform(_matrix(given)),
            "BT": lambda _: self._start(Matrix()),
            "Tm": lambda given: self._start(_matrix(given)),
            "Td": lambda given: self._start(_matrix([1, 0, 0, 1, *given]) @ self._line),
            "Tf": lambda given: self._choose(self._resources.Font[str(given[0])]),
            "BDC": lambda given: self._meant.append(_actual_text(given[1])),
            "EMC": lambda _: self._meant.pop(),
            "Tj": lambda given: self._write(given[0]),
            "TJ": lambda given: self._write(given[0]),
            "Do": lambda given: self._draw(self._resources.XObject[str(given[0])]),
        }
        for instruction in parse_content_stream(holder):
            step = steps.get(str(instruction.operator))
            if step is not None:
                step(list(instruction.operands))
        return self.found

    def _restore(self) -> None:
        self._matrix, self._font = self._kept.pop()

    def _transform(self, matrix: Matrix) -> None:
        self._matrix = matrix @ self._matrix

    def _start(self, matrix: Matrix) -> None:
        self._line = matrix

    def _choose(self, font: Object) -> None:
        self._font = font

    def _write(self, shown: Object) -> None:
        place = self._line @ self._matrix
        meant = next((text for text in reversed(self._meant) if text is not None), None)
        text = _read(shown, self._font) if meant is None else meant
        self.found.append((text, place.e, place.f))

    def _draw(self, form: Object) -> None:
        if form.get(Name.Subtype) == Name.Form:
            own = _matrix(form.get(Name.Matrix, [1, 0, 0, 1, 0, 0]))
            reader = _Reader(form.get(Name.Resources, self._resources), own @ self._matrix)
            self.found += reader.read(form)


def _matrix(numbers: Iterable[Any]) -> Matrix:
    return Matrix(*(float(one) for one in numbers))


def _actual_text(told: Object) -> str | None:
    text = told.get("/ActualText") if isinstance(told, Dictionary) else None
    return None if text is None else str(text)


def _read(shown: Object, font: Object) -> str:
    letters, width = _letters(font), 2 if font.get(Name.Subtype) == Name.Type0 else 1
    text = ""
    for string in shown.as_list() if isinstance(shown, Array) else [shown]:
        codes = bytes(string) if isinstance(string, String) else b""
        for start in range(0, len(codes), width):
            text += letters.get(int.from_bytes(codes[start : start + width], "big"), "\ufffd")
    return text


def _letters(font: Object) -> dict[int, str]:
    """What the codes of a font mean, from its own table."""
    table = bytes(font.ToUnicode.read_bytes()).decode("latin-1")
    letters: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.S):
        for code, meaning in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            letters[int(code, 16)] = bytes.fromhex(meaning).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, meaning in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for code in range(int(first, 16), int(last, 16) + 1):
                letters[code] = chr(int(meaning, 16) + code - int(first, 16))
    return letters
