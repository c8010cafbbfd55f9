"""The simulated ladders of all categories in one table.

    python -m chalicelib.ladders --at 2027-05-14T15:59+07:00 [--csv] [--category INF-01] [--full]

For each category: whom its SOP tells first, by when what is promised, and when whom a silence
reaches, if nobody moves. Read from the shipped catalogue; nothing is started or sent. Times are
the city's. ``*`` marks a time that depends on a date not yet decreed for good.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.domain.text import spreadsheet_cell

COLUMNS = (
    "category",
    "tier",
    "sop",
    "first_told",
    "verified_by",
    "taken_on_by",
    "on_scene_by",
    "resolved_by",
    "legal_limit",
    "legal_counted_in",
    "secretary_told",
    "mayor_told",
    "rungs",
    "mails",
    "texts",
)
_WIDTHS = (9, 4, 31, 31, 12, 12, 12, 12, 12, 8, 12, 12, 5, 5, 5)
_HEADS = (
    "Kategori",
    "Tier",
    "SOP",
    "Pertama diberi tahu",
    "Verifikasi",
    "Diterima",
    "Di lokasi",
    "Selesai",
    "Batas hukum",
    "Hari",
    "Sekda",
    "Wali Kota",
    "Anak",
    "Surel",
    "SMS",
)
_KINDS = {"working": "kerja", "calendar": "kalender"}


def row_of(ladder: Mapping[str, Any]) -> dict[str, Any]:
    """Return one line of the table; times as ISO 8601, ``*`` appended where provisional."""
    legal = _promise(ladder, "legal", "resolved")
    return {
        "category": ladder["category"],
        "tier": ladder["sop"]["tier"],
        "sop": f"{ladder['sop']['id']}@{ladder['sop']['version']}",
        "first_told": _first_told(ladder),
        "verified_by": _promised(ladder, "verified"),
        "taken_on_by": _reached(ladder, "kabid", "danru", "irban", until="acknowledged"),
        "on_scene_by": _promised(ladder, "on_scene"),
        "resolved_by": _promised(ladder, "resolved"),
        "legal_limit": _due(legal),
        "legal_counted_in": legal["days"] if legal else "",
        "secretary_told": _reached(ladder, "sekda"),
        "mayor_told": _reached(ladder, "walikota"),
        "rungs": len(ladder["rungs"]),
        "mails": ladder["messages"]["mail"],
        "texts": ladder["messages"]["sms"],
    }


def table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of the table as text."""
    yield _line(_HEADS)
    yield _line(["-" * width for width in _WIDTHS])
    for row in rows:
        cells = [_KINDS.get(str(row[name]), _short(str(row[name]))) for name in COLUMNS]
        yield _line(cells)


def full(ladder: Mapping[str, Any]) -> Iterator[str]:
    """Yield every rung of one ladder, with the days of the calendar between them."""
    yield f"{ladder['category']}  {ladder['sop']['id']}@{ladder['sop']['version']}"
    for one in ladder["assumed"]:
        yield f"  {_short(one['at']):12} ({one['type']}, {one['because']})"
    for rung in ladder["rungs"]:
        told = ", ".join(one["position"] or one["role"] for one in rung["recipients"])
        limit = f" [{rung['limit']}]" if rung["limit"] else ""
        due = _due(rung) or rung["state"]
        yield f"  {_short(due):12} {rung['step']:8} {rung['clock']:12} {told}{limit}"
    for day in ladder["days"]:
        hours = " ".join("-".join(window) for window in day["windows"]) or day["kind"]
        note = (day["note"] or day["variant"] or {}).get("id", "")
        mark = " *" if day["provisional"] else ""
        yield f"  {day['date']}  {hours:24} {note}{mark}".rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return the exit code."""
    options = _parser().parse_args(arguments)
    ladders = list(_ladders(options.at, options.kelurahan, options.category))
    if options.full:
        for ladder in ladders:
            print("\n".join(full(ladder)))
        return 0
    rows = [row_of(ladder) for ladder in ladders]
    if options.csv:
        writer = csv.DictWriter(sys.stdout, COLUMNS)
        writer.writeheader()
        writer.writerows(
            {name: spreadsheet_cell(value) for name, value in row.items()} for row in rows
        )
        return 0
    print("\n".join(table(rows)))
    return 0


def _ladders(at: datetime, kelurahan: str, wanted: str) -> Iterator[dict[str, Any]]:
    from chalicelib import bootstrap
    from chalicelib.adapters.documents import FileDocuments
    from chalicelib.services.catalogue import Catalogue

    catalogue = Catalogue(FileDocuments(), lambda: 0.0)
    with bootstrap.override(catalogue=catalogue):
        simulator = bootstrap.simulator()
        for code in catalogue.categories():
            if wanted in ("", code):
                yield simulator.in_force(code, at, kelurahan)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="chalicelib.ladders", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--at", type=_instant, required=True, help="moment of filing, with zone")
    parser.add_argument("--kelurahan", default="", help="code of the place")
    parser.add_argument("--category", default="", help="one category only")
    parser.add_argument("--csv", action="store_true", help="comma separated, times with zone")
    parser.add_argument("--full", action="store_true", help="every rung and every day")
    return parser


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError("a moment needs its zone: 2027-05-14T15:59+07:00")
    return found


def _promise(ladder: Mapping[str, Any], kind: str, until: str) -> Mapping[str, Any] | None:
    rows = ladder["promises"]
    return next((one for one in rows if (one["limit"], one["until"]) == (kind, until)), None)


def _promised(ladder: Mapping[str, Any], until: str) -> str:
    return _due(_promise(ladder, "service", until))


def _due(row: Mapping[str, Any] | None) -> str:
    if row is None or row["due_at"] is None:
        return ""
    return f"{row['due_at']}{'*' if row['provisional'] else ''}"


def _first_told(ladder: Mapping[str, Any]) -> str:
    first = next((rung for rung in ladder["rungs"] if rung["recipients"]), None)
    return ", ".join(one["position"] or one["role"] for one in first["recipients"]) if first else ""


def _reached(ladder: Mapping[str, Any], *roles: str, until: str = "") -> str:
    """Return when the first rung on the clocks of the work tells one of *roles*."""
    for rung in ladder["rungs"]:
        fits = rung["clock"] in ("agency", "citizen") and until in ("", rung["until"])
        if fits and set(roles) & set(rung["to"]):
            return _due(rung)
    return ""


def _short(text: str) -> str:
    """``2027-05-21T16:30:00+07:00`` as ``21/05 16.30``; anything else as it is."""
    mark = "*" if text.endswith("*") else ""
    try:
        at = datetime.fromisoformat(text.removesuffix("*"))
    except ValueError:
        return text
    return f"{at:%d/%m %H.%M}{mark}"


def _line(cells: Sequence[object]) -> str:
    pairs = zip(cells, _WIDTHS, strict=True)
    return " ".join(str(cell)[:width].ljust(width) for cell, width in pairs).rstrip()


if __name__ == "__main__":
    raise SystemExit(main())
