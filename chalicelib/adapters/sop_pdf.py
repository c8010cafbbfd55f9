"""The government's SOP form (PermenPANRB 35/2012) as PDF: identity, flow chart, ladder.

Drawn on A4, landscape. The same form gives the same bytes, so a document can be kept under the
mark of its form. reportlab is imported here only; this module belongs to the printing function.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor, black
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONTS = Path(__file__).resolve().parent.parent / "data" / "fonts"
REGULAR, BOLD = "Form", "FormBold"
WIDTH, HEIGHT = landscape(A4)
LEFT, RIGHT, TOP, BOTTOM = 42.0, WIDTH - 30.0, HEIGHT - 30.0, 42.0
GREY = HexColor("#555555")
HEAD = HexColor("#e9edee")
_PAD = 3.5
#: What the font does not hold, in words that it does.
_INSTEAD = {"≤": "paling lama ", "≥": "paling sedikit ", "→": "-", "\u00a0": " ", "\u2011": "-"}

Json = Mapping[str, Any]


def render(form: Json) -> bytes:
    """Return *form* (see `chalicelib.services.sop_forms`) as a PDF."""
    register_fonts()
    pages = _Pages(form)
    _identity(pages, form)
    _flow_chart(pages, form)
    _ladder(pages, form)
    return pages.finished()


@cache
def register_fonts() -> None:
    pdfmetrics.registerFont(TTFont(REGULAR, FONTS / "SofiaSans-Regular.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, FONTS / "SofiaSans-Bold.ttf"))


class _Pages:
    """The canvas, with the foot of every page; the number of pages is known at the end only."""

    def __init__(self, form: Json) -> None:
        self.form = form
        self.canvas = Canvas(
            io.BytesIO(), pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1, lang="id-ID"
        )
        self.canvas.setTitle(f"SOP {form['name']}")
        self.canvas.setAuthor(str(form["agency"]))
        self.canvas.setSubject(f"{form['id']} versi {form['version']}, isi {form['hash']}")
        self.canvas.setCreator("LIVE Room")
        self._states: list[dict[str, Any]] = []

    def end_page(self) -> None:
        """Keep the page as drawn; its foot is added when their number is known."""
        self._states.append(dict(self.canvas.__dict__))
        self.canvas._startPage()

    def finished(self) -> bytes:
        """Return the document."""
        for number, state in enumerate(self._states, start=1):
            self.canvas.__dict__.update(state)
            self._foot(number)
            self.canvas.showPage()
        made: bytes = self.canvas.getpdfdata()
        return made

    def _foot(self, number: int) -> None:
        form, canvas = self.form, self.canvas
        canvas.setFont(REGULAR, 6.5)
        canvas.setFillColor(GREY)
        canvas.drawString(
            LEFT,
            24,
            _clean(f"SOP {form['id']} versi {form['version']}. Isi (SHA-256): {form['hash']}"),
        )
        canvas.drawRightString(RIGHT, 24, f"Halaman {number} dari {len(self._states)}")
        canvas.setFillColor(black)


# -- text in boxes -----------------------------------------------------------------------------


def _clean(text: object) -> str:
    words = str(text)
    for sign, instead in _INSTEAD.items():
        words = words.replace(sign, instead)
    return words


def _lines(text: object, width: float, size: float, font: str = REGULAR) -> list[str]:
    found: list[str] = []
    for part in _clean(text).split("\n"):
        found += simpleSplit(part, font, size, width) or [""]
    return found


def _height(lines: Sequence[str], size: float) -> float:
    return len(lines) * size * 1.22


def _write(
    canvas: Canvas, lines: Sequence[str], x: float, top: float, size: float, font: str = REGULAR,
    *, centre: float = 0.0,
) -> float:  # fmt: skip
    """Write *lines* down from *top*, centred in *centre* points if given; return where it ends."""
    canvas.setFont(font, size)
    y = top - size
    for line in lines:
        if centre:
            canvas.drawCentredString(x + centre / 2, y, line)
        else:
            canvas.drawString(x, y, line)
        y -= size * 1.22
    return y + size


def _box(
    canvas: Canvas, x: float, top: float, width: float, height: float, fill: Any = None
) -> None:
    canvas.setLineWidth(0.7)
    if fill is not None:
        canvas.setFillColor(fill)
    canvas.rect(x, top - height, width, height, stroke=1, fill=int(fill is not None))
    canvas.setFillColor(black)


# -- page 1: identity --------------------------------------------------------------------------


def _identity(pages: _Pages, form: Json) -> None:
    canvas = pages.canvas
    bottom = _head_of_identity(canvas, form)
    cells = (
        (("Dasar Hukum", [_law(row) for row in form["legal_basis"]]),
         ("Kualifikasi Pelaksana", form["qualifications"])),
        (("Keterkaitan", form["related"]), ("Peralatan dan Perlengkapan", form["equipment"])),
        (("Peringatan", form["warnings"]),
         ("Pencatatan dan Pendataan", [*form["records"], *_evidence(form)])),
    )  # fmt: skip
    half = (RIGHT - LEFT) / 2
    size = _fitting_size(cells, half, bottom - BOTTOM)
    top = bottom
    heights = [
        max(_list_height(*left, half, size), _list_height(*right, half, size))
        for left, right in cells
    ]
    spare = max(0.0, (bottom - BOTTOM - sum(heights)) / len(heights))
    for (left, right), least in zip(cells, heights, strict=True):
        height = least + min(spare, 45.0)
        _list_box(canvas, LEFT, top, half, height, left, size)
        _list_box(canvas, LEFT + half, top, half, height, right, size)
        top -= height
    pages.end_page()


def _head_of_identity(canvas: Canvas, form: Json) -> float:
    width = RIGHT - LEFT
    left_width = width * 0.42
    rows = (
        ("Nomor SOP", form["number"], 18.0),
        ("Tanggal Pembuatan", form["created"], 18.0),
        ("Tanggal Revisi", form["revised"], 18.0),
        ("Tanggal Efektif", form["effective"], 18.0),
        ("Disahkan oleh", "", 86.0),
        ("Nama SOP", form["name"], 30.0),
    )
    height = sum(row[2] for row in rows)
    _box(canvas, LEFT, TOP, left_width, height)
    _letterhead(canvas, form, left_width, height)
    x, top, label = LEFT + left_width, TOP, 104.0
    for name, value, tall in rows:
        _box(canvas, x, top, label, tall)
        _box(canvas, x + label, top, width - left_width - label, tall)
        _write(canvas, [name], x + 6, top - 5, 8.5)
        inner = width - left_width - label - 12
        if name == "Disahkan oleh":
            _signature(canvas, form, x + label + 6, top, inner, tall)
        else:
            bold = BOLD if name == "Nama SOP" else REGULAR
            size = 10.0 if name == "Nama SOP" else 8.5
            _write(canvas, _lines(value, inner, size, bold), x + label + 6, top - 5, size, bold)
        top -= tall
    return top


def _letterhead(canvas: Canvas, form: Json, width: float, height: float) -> None:
    middle = LEFT + width / 2
    canvas.setDash(2, 2)
    canvas.setStrokeColor(GREY)
    canvas.rect(middle - 24, TOP - 66, 48, 54, stroke=1, fill=0)
    canvas.setDash()
    canvas.setStrokeColor(black)
    canvas.setFillColor(GREY)
    _write(canvas, ["tempat", "lambang", "daerah"], middle - 24, TOP - 26, 6.5, centre=48)
    canvas.setFillColor(black)
    inner = width - 24
    top = TOP - 78
    top = _write(canvas, [str(form["government"]).upper()], LEFT + 12, top, 12, BOLD, centre=inner)
    name = _lines(str(form["agency"]).upper(), inner, 10, BOLD)
    top = _write(canvas, name, LEFT + 12, top - 8, 10, BOLD, centre=inner)
    words = f"Tingkat {form['tier']}: {form['tier_name']}" if form["tier"] else ""
    served = "; ".join(form["categories"])
    _write(
        canvas,
        [*_lines(f"Kategori {served}", inner, 7.5), *_lines(words, inner, 7.5)],
        LEFT + 12,
        max(top - 10, TOP - height + 30),
        7.5,
        centre=inner,
    )


def _signature(canvas: Canvas, form: Json, x: float, top: float, width: float, tall: float) -> None:
    _write(canvas, _lines(form["approved_by"], width, 8.5, BOLD), x, top - 5, 8.5, BOLD)
    line = top - tall + 24
    canvas.setLineWidth(0.5)
    canvas.line(x, line, x + 190, line)
    canvas.setFillColor(GREY)
    _write(canvas, ["Nama, tanda tangan"], x, line - 1, 6.5)
    _write(canvas, ["NIP"], x, line - 10, 6.5)
    canvas.setFillColor(black)
    trail = [_clean(f"{row['act']} {row['by']}") for row in form["trail"]]
    if trail:
        canvas.setFillColor(GREY)
        _write(canvas, trail, x + 205, top - 20, 6.5)
        canvas.setFillColor(black)


def _law(row: Json) -> str:
    return f"{row['text']} [{row['note']}]"


def _evidence(form: Json) -> list[str]:
    return [f"Bukti wajib: {', '.join(form['evidence'])}"] if form["evidence"] else []


_Cell = tuple[str, Sequence[str]]


def _fitting_size(cells: Sequence[tuple[_Cell, _Cell]], width: float, room: float) -> float:
    """Return the largest size at which all lists fit on the page, never below a readable one."""
    for size in (9.5, 9.0, 8.5, 8.0, 7.5, 7.0):
        heights = (
            max(_list_height(*left, width, size), _list_height(*right, width, size))
            for left, right in cells
        )
        if sum(heights) <= room:
            return size
    return 6.5


def _list_height(title: str, items: Sequence[str], width: float, size: float) -> float:
    lines = sum(len(_lines(item, width - 32, size)) for item in items) or 1
    return 10 + (size + 1) * 1.3 + lines * size * 1.22 + 6


def _list_box(
    canvas: Canvas, x: float, top: float, width: float, height: float, cell: _Cell, size: float
) -> None:
    title, items = cell
    _box(canvas, x, top, width, height)
    y = _write(canvas, [title], x + 6, top - 5, size + 1, BOLD) - 3
    for number, item in enumerate(items, start=1):
        _write(canvas, [f"{number}."], x + 6, y, size)
        y = _write(canvas, _lines(item, width - 32, size), x + 22, y, size)
    if not items:
        _write(canvas, ["-"], x + 6, y, size)


# -- page 2: flow chart ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Columns:
    """Where the columns of the flow chart lie: no, activity, actors, quality standard, notes."""

    edges: tuple[float, ...]
    actors: tuple[str, ...]

    def actor(self, role: str) -> tuple[float, float]:
        """Left and right edge of an actor's column."""
        place = 2 + self.actors.index(role) if role in self.actors else 2
        return self.edges[place], self.edges[place + 1]

    def middle(self, role: str) -> float:
        """The middle of an actor's column."""
        left, right = self.actor(role)
        return (left + right) / 2


@dataclass(frozen=True)
class _Row:
    """One activity as laid out: its wrapped cells in one size of text, and its height.

    ending: points below the symbol's middle that the sign of the end takes, where a decision is
    the last activity.
    """

    activity: Json
    cells: tuple[list[str], ...]
    height: float
    size: float
    ending: float = 0.0

    def middle(self, top: float) -> float:
        """The height at which the symbol stands, for a row that begins at *top*."""
        return top - (self.height - self.ending) / 2


_Places = Mapping[int, tuple[float, Json]]
"""The activities of a page by number: the middle of their row, and what they are."""

#: Sizes of text, the first with which the whole flow stands on one page.
_SIZES = (8.5, 8.0, 7.5, 7.0)
_ENDING = 20.0
_SYMBOL_WIDTH, _SYMBOL_HEIGHT = 26.0, 13.0
_HEADER = 34.0
#: What a page has for the rows of the flow chart.
ROOM = TOP - 24 - _HEADER - BOTTOM


def _columns(form: Json) -> _Columns:
    actors = tuple(one["role"] for one in form["actors"]) or ("",)
    width = max(42.0, min(58.0, 280.0 / len(actors)))
    fixed = RIGHT - LEFT - 20 - width * len(actors) - 54
    shares = (0.34, 0.25, 0.0, 0.23, 0.18)
    activity, inputs, _, output, note = (fixed * share for share in shares)
    widths = (20.0, activity, *([width] * len(actors)), inputs, 54.0, output, note)
    edges = [LEFT]
    for one in widths:
        edges.append(edges[-1] + one)
    return _Columns(tuple(edges), actors)


def _flow_chart(pages: _Pages, form: Json) -> None:
    columns = _columns(form)
    rows: list[_Row] = []
    for size in _SIZES:
        rows = _rows(form, columns, size)
        if sum(row.height for row in rows) <= ROOM:
            break
    parts = _paged(rows, ROOM)
    for number, part in enumerate(parts):
        _flow_page(pages, form, columns, part, number, last=number == len(parts) - 1)


def _rows(form: Json, columns: _Columns, size: float) -> list[_Row]:
    """Return the activities laid out; a decision that comes last has the end below it."""
    rows = [_laid_out(activity, columns, size) for activity in form["activities"]]
    if rows and rows[-1].activity["symbol"] == "decision":
        last = rows[-1]
        height = max(last.height, _SYMBOL_HEIGHT + 12 + _ENDING)
        rows[-1] = replace(last, height=height, ending=_ENDING)
    return rows


def _laid_out(activity: Json, columns: _Columns, size: float) -> _Row:
    edges, after = columns.edges, 2 + len(columns.actors)
    inputs = "\n".join(f"- {one}" for one in activity["inputs"]) or "-"
    otherwise = activity["otherwise"]
    note = activity["note"]
    if otherwise:
        back = f"{otherwise['label']}: kembali ke langkah {otherwise['to']}"
        note = f"{note}. {back}" if note else back
    texts = (activity["activity"], inputs, activity["time"], activity["output"], note)
    places = (1, after, after + 1, after + 2, after + 3)
    cells = tuple(
        _lines(text, edges[place + 1] - edges[place] - 2 * _PAD, size)
        for text, place in zip(texts, places, strict=True)
    )
    tallest = max(_height(lines, size) for lines in cells)
    return _Row(activity, cells, max(tallest + 2 * _PAD, _SYMBOL_HEIGHT + 14), size)


def _paged(rows: Sequence[_Row], room: float) -> list[list[_Row]]:
    """Return the rows page by page; what can stand on one page, drawn wider, does."""
    parts: list[list[_Row]] = [[]]
    used = 0.0
    for row in rows:
        if parts[-1] and used + row.height > room:
            parts.append([])
            used = 0.0
        parts[-1].append(row)
        used += row.height
    if len(parts) == 1 and parts[0]:
        slack = min(10.0, (room - used) / len(rows))
        return [[replace(row, height=row.height + slack) for row in parts[0]]]
    return [part for part in parts if part]


def _flow_page(
    pages: _Pages, form: Json, columns: _Columns, rows: Sequence[_Row], number: int,
    *, last: bool,
) -> None:  # fmt: skip
    canvas = pages.canvas
    more = "" if number == 0 else " (lanjutan)"
    title = _lines(f"Prosedur: {form['name']}{more}", RIGHT - LEFT, 11, BOLD)[:1]
    _write(canvas, title, LEFT, TOP, 11, BOLD)
    top = TOP - 24
    _flow_header(canvas, form, columns, top)
    top -= _HEADER
    places: dict[int, tuple[float, Json]] = {}
    for row in rows:
        _flow_row(canvas, columns, row, top)
        places[row.activity["no"]] = (row.middle(top), row.activity)
        top -= row.height
    _connections(canvas, columns, rows, places)
    if number:
        _off_page(canvas, columns.middle(rows[0].activity["actor"]), TOP - 24 - _HEADER, "dari", 0)
    if not last:
        after = columns.middle(rows[-1].activity["actor"])
        _off_page(canvas, after, top, "ke", 1)
    pages.end_page()


def _flow_header(canvas: Canvas, form: Json, columns: _Columns, top: float) -> None:
    edges, count = columns.edges, len(columns.actors)
    titles = {one["role"]: one["title"] for one in form["actors"]}
    after = 2 + count
    whole = (("No", 0), ("Kegiatan", 1), ("Keterangan", after + 3))
    for title, place in whole:
        width = edges[place + 1] - edges[place]
        _box(canvas, edges[place], top, width, _HEADER, HEAD)
        _write(canvas, [title], edges[place], top - 12, 7.5, BOLD, centre=width)
    for title, start, end in (("Pelaksana", 2, after), ("Mutu Baku", after, after + 3)):
        width = edges[end] - edges[start]
        _box(canvas, edges[start], top, width, 13, HEAD)
        _write(canvas, [title], edges[start], top - 3, 7.5, BOLD, centre=width)
    names = [*(titles.get(role, "") for role in columns.actors), "Kelengkapan", "Waktu", "Output"]
    for place, name in enumerate(names, start=2):
        width = edges[place + 1] - edges[place]
        _box(canvas, edges[place], top - 13, width, _HEADER - 13, HEAD)
        lines = _lines(name, width - 4, 6.5, BOLD)[:2]
        _write(canvas, lines, edges[place], top - 15, 6.5, BOLD, centre=width)


def _flow_row(canvas: Canvas, columns: _Columns, row: _Row, top: float) -> None:
    edges, after = columns.edges, 2 + len(columns.actors)
    for left, right in pairwise(edges):
        _box(canvas, left, top, right - left, row.height)
    number = edges[1] - edges[0]
    _write(canvas, [str(row.activity["no"])], edges[0], top - _PAD, row.size, centre=number)
    for place, lines in zip((1, after, after + 1, after + 2, after + 3), row.cells, strict=True):
        _write(canvas, lines, edges[place] + _PAD, top - _PAD + 1, row.size)
    middle = columns.middle(row.activity["actor"])
    _symbol(canvas, middle, row.middle(top), row.activity["symbol"])
    if row.ending:
        _end(canvas, middle, row.middle(top))


def _end(canvas: Canvas, x: float, y: float) -> None:
    """The sign of the end below a decision that comes last."""
    foot = y - _SYMBOL_HEIGHT / 2 - 1
    capsule = foot - 9 - _SYMBOL_HEIGHT / 2
    canvas.line(x, foot, x, foot - 9)
    _arrow_down(canvas, x, foot - 9)
    _symbol(canvas, x, capsule, "end")
    _label(canvas, x + 3, foot - 5.5, "Ya")
    canvas.setFont(REGULAR, 5.5)
    canvas.drawCentredString(x, capsule - 2, "Selesai")


def _symbol(canvas: Canvas, x: float, y: float, kind: str) -> None:
    """The form's signs: capsule for begin and end, diamond for a decision, box for the rest."""
    canvas.setLineWidth(1)
    half_width, half_height = _SYMBOL_WIDTH / 2, _SYMBOL_HEIGHT / 2
    if kind == "decision":
        path = canvas.beginPath()
        path.moveTo(x, y + half_height + 1)
        path.lineTo(x + half_width, y)
        path.lineTo(x, y - half_height - 1)
        path.lineTo(x - half_width, y)
        path.close()
        canvas.drawPath(path, stroke=1, fill=0)
        return
    round_ = half_height if kind in ("start", "end") else 0
    if round_:
        canvas.roundRect(x - half_width, y - half_height, _SYMBOL_WIDTH, _SYMBOL_HEIGHT, round_)
    else:
        canvas.rect(x - half_width, y - half_height, _SYMBOL_WIDTH, _SYMBOL_HEIGHT)


def _connections(canvas: Canvas, columns: _Columns, rows: Sequence[_Row], places: _Places) -> None:
    canvas.setLineWidth(0.8)
    first = rows[0]
    top = places[first.activity["no"]][0] + (first.height - first.ending) / 2
    for row, following in pairwise(rows):
        top -= row.height
        _onward(canvas, columns, row, following, top)
    loops = 0
    for row in rows:
        if row.activity["otherwise"]:
            loops += 1
            _back(canvas, columns, row.activity, places, loops)


def _onward(canvas: Canvas, columns: _Columns, row: _Row, following: _Row, boundary: float) -> None:
    """From a symbol's foot, above the line between the rows, to the head of the next symbol."""
    x, other = (columns.middle(one.activity["actor"]) for one in (row, following))
    start = boundary + row.height / 2 - _SYMBOL_HEIGHT / 2
    start -= 1 if row.activity["symbol"] == "decision" else 0
    end = following.middle(boundary) + _SYMBOL_HEIGHT / 2
    end += 1 if following.activity["symbol"] == "decision" else 0
    elbow = boundary + 3
    if x == other:
        canvas.line(x, start, x, end)
    else:
        canvas.line(x, start, x, elbow)
        canvas.line(x, elbow, other, elbow)
        canvas.line(other, elbow, other, end)
    _arrow_down(canvas, other, end)
    if row.activity["symbol"] == "decision":
        _label(canvas, x + 3, start - 5.5, "Ya")


def _back(
    canvas: Canvas, columns: _Columns, activity: Json, places: _Places,
    loop: int,
) -> None:  # fmt: skip
    """From a decision's side, along the right edge of the target's column, back to the target."""
    y, _ = places[activity["no"]]
    x = columns.middle(activity["actor"])
    found = places.get(activity["otherwise"]["to"])
    if found is None:
        _off_page(canvas, x + _SYMBOL_WIDTH / 2 + 8, y, str(activity["otherwise"]["to"]), 2)
        return
    target_y, target = found
    target_x = columns.middle(target["actor"])
    from_left = target_x < x
    start = x - _SYMBOL_WIDTH / 2 if from_left else x + _SYMBOL_WIDTH / 2
    lane = columns.actor(target["actor"])[1] - 1.5 - 2.2 * loop
    # Two loops to one symbol arrive beside each other.
    arrival, side = target_y + 3.6 - 2.4 * loop, target_x + _SYMBOL_WIDTH / 2
    canvas.setDash(2, 1.5)
    canvas.line(start, y, lane, y)
    canvas.line(lane, y, lane, arrival)
    canvas.line(lane, arrival, side, arrival)
    canvas.setDash()
    _arrow_left(canvas, side, arrival)
    _label(canvas, start - 14 if from_left else start + 2, y - 6, "Tidak")


def _label(canvas: Canvas, x: float, y: float, text: str) -> None:
    canvas.setFont(REGULAR, 5.5)
    canvas.drawString(x, y, text)


def _arrow_down(canvas: Canvas, x: float, y: float) -> None:
    _triangle(canvas, (x, y), (x - 2.2, y + 4), (x + 2.2, y + 4))


def _arrow_left(canvas: Canvas, x: float, y: float) -> None:
    _triangle(canvas, (x, y), (x + 4, y + 2.2), (x + 4, y - 2.2))


def _triangle(canvas: Canvas, *corners: tuple[float, float]) -> None:
    path = canvas.beginPath()
    path.moveTo(*corners[0])
    for corner in corners[1:]:
        path.lineTo(*corner)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _off_page(canvas: Canvas, x: float, y: float, text: str, place: int) -> None:
    """The form's off-page connector, a small pentagon: below the table, above it, or beside."""
    top = (y + 14, y - 2, y + 6)[place]
    path = canvas.beginPath()
    path.moveTo(x - 8, top)
    path.lineTo(x + 8, top)
    path.lineTo(x + 8, top - 7)
    path.lineTo(x, top - 12)
    path.lineTo(x - 8, top - 7)
    path.close()
    canvas.setLineWidth(0.8)
    canvas.setFillColor(HexColor("#ffffff"))
    canvas.drawPath(path, stroke=1, fill=1)
    canvas.setFillColor(black)
    canvas.setFont(REGULAR, 5.5)
    canvas.drawCentredString(x, top - 6.5, text)


# -- page 3: the ladder ------------------------------------------------------------------------

_LADDER = (
    ("Langkah", 0.07), ("Uraian", 0.25), ("Dihitung sejak", 0.12), ("Waktu", 0.15),
    ("Gugur bila sudah", 0.11), ("Yang diberi tahu", 0.19), ("Batas", 0.11),
)  # fmt: skip
_LIMITS = {"service": "Janji layanan", "legal": "Batas hukum"}


def _ladder(pages: _Pages, form: Json) -> None:
    canvas, width = pages.canvas, RIGHT - LEFT
    edges = [LEFT]
    for _, share in _LADDER:
        edges.append(edges[-1] + width * share)
    rows = [_ladder_row(step, edges) for step in form["steps"]]
    size, room, number = 7.0, 0.0, 0
    for cells in rows:
        height = max(_height(lines, size) for lines in cells) + 5
        if room - height < BOTTOM + 14:
            if number:
                _ladder_foot(canvas, form)
                pages.end_page()
            room = _ladder_head(canvas, form, edges, number)
            number += 1
        for place, lines in enumerate(cells):
            _box(canvas, edges[place], room, edges[place + 1] - edges[place], height)
            _write(canvas, lines, edges[place] + _PAD, room - 1.5, size)
        room -= height
    _ladder_foot(canvas, form)
    pages.end_page()


def _ladder_row(step: Json, edges: Sequence[float]) -> list[list[str]]:
    limit = _LIMITS.get(step["limit"] or "", "")
    if step["basis"]:
        limit = f"{limit} ({step['basis']})"
    texts = (
        step["id"], step["name"], step["clock"], step["time"], step["until"],
        ", ".join(step["told"]), limit,
    )  # fmt: skip
    return [
        _lines(text, edges[place + 1] - edges[place] - 2 * _PAD, 7.0)
        for place, text in enumerate(texts)
    ]


def _ladder_head(canvas: Canvas, form: Json, edges: Sequence[float], number: int) -> float:
    more = "" if number == 0 else " (lanjutan)"
    title = f"Lampiran: tangga waktu dan pemberitahuan{more}"
    _write(canvas, [title], LEFT, TOP, 11, BOLD)
    top = TOP - 20
    for place, (name, _) in enumerate(_LADDER):
        _box(canvas, edges[place], top, edges[place + 1] - edges[place], 14, HEAD)
        _write(canvas, [name], edges[place] + _PAD, top - 3, 7.0, BOLD)
    return top - 14


def _ladder_foot(canvas: Canvas, form: Json) -> None:
    canvas.setFillColor(GREY)
    words = (
        "Setiap langkah menambah orang yang diberi tahu, tidak menggantikan kewajiban pelaksana. "
        "Waktu kerja dihitung menurut kalender kerja kota; langkah yang sudah tidak perlu gugur."
    )
    _write(canvas, _lines(words, RIGHT - LEFT, 6.5), LEFT, BOTTOM + 8, 6.5)
    canvas.setFillColor(black)
