"""Posters, cards and plates as PDF, A4 upright: what the page shows, to print and cut.

The same facts give the same bytes. reportlab is imported here and in `sop_pdf` only; this module
belongs to the printing function.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import segno
from reportlab.lib.colors import HexColor, black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from chalicelib.adapters.sop_pdf import BOLD, REGULAR, register_fonts

WIDTH, HEIGHT = A4
INK, ACTION, GREY = HexColor("#111a1f"), HexColor("#00586d"), HexColor("#47545c")
#: Columns and rows on a sheet of cards (A7 each) and of plates (A6 each), and how many there are
#: where no assets are named.
_GRIDS: Mapping[str, tuple[int, int, int]] = {"kartu": (2, 4, 8)}
_PLATES = (2, 2, 4)

Json = Mapping[str, Any]
Box = tuple[float, float, float, float]


def render(facts: Json) -> bytes:
    """Return the document of *facts* (`chalicelib.services.posters.Posters.facts`)."""
    register_fonts()
    canvas = Canvas(
        io.BytesIO(), pagesize=A4, invariant=1, pageCompression=1, lang=str(facts["language"])
    )
    canvas.setTitle(f"{facts['question']} {facts['place']}")
    canvas.setCreator("LIVE Room")
    if facts["medium"] == "poster":
        for item in facts["items"]:
            _poster(canvas, facts, item)
            canvas.showPage()
    else:
        _cut_sheets(canvas, facts)
    made: bytes = canvas.getpdfdata()
    return made


def _poster(canvas: Canvas, facts: Json, item: Json) -> None:
    middle, top = WIDTH / 2, HEIGHT - 14 * mm
    top = _centred(canvas, facts["city"], middle, top, 15, BOLD, WIDTH - 36 * mm) - 8 * mm
    top = _centred(canvas, facts["question"], middle, top, 46, BOLD, WIDTH - 36 * mm)
    top = _centred(canvas, facts["lead"], middle, top - 4 * mm, 21, REGULAR, WIDTH - 36 * mm)
    side = 120 * mm
    _code(canvas, item["target"], middle - side / 2, top - 6 * mm - side, side)
    top -= side + 14 * mm
    if item["asset"]:
        top = _centred(canvas, item["asset"], middle, top, 24, BOLD, WIDTH - 36 * mm)
    top = _centred(canvas, f"Kelurahan {facts['place']}", middle, top, 22, BOLD, WIDTH - 36 * mm)
    left = middle - 45 * mm
    for number, line in enumerate(facts["how"], start=1):
        top -= 9 * mm
        canvas.setFillColor(ACTION)
        canvas.setFont(BOLD, 19)
        canvas.drawString(left, top, str(number))
        canvas.setFillColor(INK)
        canvas.setFont(REGULAR, 19)
        canvas.drawString(left + 10 * mm, top, line)
    _foot_of_poster(canvas, facts, item)


def _foot_of_poster(canvas: Canvas, facts: Json, item: Json) -> None:
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1.5)
    canvas.line(18 * mm, 33 * mm, WIDTH - 18 * mm, 33 * mm)
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 22)
    canvas.drawCentredString(WIDTH / 2, 23 * mm, facts["call"])
    canvas.setFillColor(GREY)
    _centred(canvas, item["target"], WIDTH / 2, 18 * mm, 9, REGULAR, WIDTH - 36 * mm, GREY)


def _cut_sheets(canvas: Canvas, facts: Json) -> None:
    columns, rows, full = _GRIDS.get(facts["medium"], _PLATES)
    items = list(facts["items"])
    if not items[0]["asset"]:
        items = items * full
    for start in range(0, len(items), columns * rows):
        _cuts(canvas, columns, rows)
        for place, item in enumerate(items[start : start + columns * rows]):
            row, column = divmod(place, columns)
            width, height = WIDTH / columns, HEIGHT / rows
            box = (column * width, HEIGHT - (row + 1) * height, width, height)
            (_card if facts["medium"] == "kartu" else _plate)(canvas, facts, item, box)
        canvas.showPage()


def _card(canvas: Canvas, facts: Json, item: Json, box: Box) -> None:
    x, y, width, height = box
    side = 46 * mm
    _code(canvas, item["target"], x + 6 * mm, y + (height - side) / 2, side)
    left, room = x + side + 9 * mm, width - side - 15 * mm
    top = y + height - 12 * mm
    top = _left(canvas, facts["question"], left, top, 15, BOLD, room)
    top = _left(canvas, facts["lead"], left, top - 1.5 * mm, 10, REGULAR, room)
    top = _left(canvas, f"Kelurahan {facts['place']}", left, top - 3 * mm, 11, BOLD, room)
    if item["asset"]:
        top = _left(canvas, item["asset"], left, top, 11, BOLD, room)
    _left(canvas, facts["call"], left, y + 17 * mm, 10, BOLD, room)


def _plate(canvas: Canvas, facts: Json, item: Json, box: Box) -> None:
    x, y, width, height = box
    middle, room = x + width / 2, width - 16 * mm
    top = _centred(canvas, facts["question"], middle, y + height - 9 * mm, 22, BOLD, room)
    side = 74 * mm
    _code(canvas, item["target"], middle - side / 2, top - side - 2 * mm, side)
    top -= side + 4 * mm
    if item["asset"]:
        top = _centred(canvas, item["asset"], middle, top, 24, BOLD, room)
    _centred(canvas, f"Kelurahan {facts['place']}", middle, top, 12, REGULAR, room)
    _centred(canvas, facts["call"], middle, y + 13 * mm, 11, BOLD, room)


def _cuts(canvas: Canvas, columns: int, rows: int) -> None:
    canvas.setStrokeColor(GREY)
    canvas.setLineWidth(0.4)
    canvas.setDash(2, 3)
    for column in range(1, columns):
        canvas.line(column * WIDTH / columns, 0, column * WIDTH / columns, HEIGHT)
    for row in range(1, rows):
        canvas.line(0, row * HEIGHT / rows, WIDTH, row * HEIGHT / rows)
    canvas.setDash()


def _code(canvas: Canvas, target: str, x: float, y: float, side: float) -> None:
    """Draw the QR code of *target* with its quiet zone, a run of dark modules as one bar."""
    rows = [bytes(row) for row in segno.make(target, error="m", micro=False).matrix]
    size = side / (len(rows) + 8)
    canvas.setFillColor(white)
    canvas.rect(x, y, side, side, stroke=0, fill=1)
    canvas.setFillColor(black)
    for number, row in enumerate(rows):
        at = 0
        for dark, run in groupby(row):
            length = sum(1 for _ in run)
            if dark:
                bottom = y + side - (number + 5) * size
                # a hair of overlap, so that no printer leaves white lines between the bars
                canvas.rect(x + (at + 4) * size, bottom, length * size, size * 1.02, 0, 1)
            at += length


def _centred(
    canvas: Canvas, text: str, middle: float, top: float, size: float, font: str, room: float,
    colour: Any = INK,
) -> float:  # fmt: skip
    """Write *text* in lines within *room*, centred; return where it ends."""
    canvas.setFillColor(colour)
    for line in _lines(text, font, size, room):
        top -= size * 1.12
        canvas.setFont(font, size)
        canvas.drawCentredString(middle, top + size * 0.2, line)
    return top


def _left(
    canvas: Canvas, text: str, left: float, top: float, size: float, font: str, room: float
) -> float:
    canvas.setFillColor(INK)
    for line in _lines(text, font, size, room):
        top -= size * 1.15
        canvas.setFont(font, size)
        canvas.drawString(left, top + size * 0.2, line)
    return top


def _lines(text: str, font: str, size: float, room: float) -> Sequence[str]:
    """Break *text* into lines; what has no blank is broken where it must be (addresses)."""
    found: list[str] = []
    for line in simpleSplit(text, font, size, room):
        found += _pieces(line, font, size, room)
    return found


def _pieces(line: str, font: str, size: float, room: float) -> list[str]:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    pieces, piece = [], ""
    for character in line:
        if piece and stringWidth(piece + character, font, size) > room:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]
